"""What is sent to the API and what comes back: the value, its call, or why there is none."""

from __future__ import annotations

import json
from collections.abc import AsyncIterable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from pydantic import BaseModel

from api.schemas.library import Job
from api.schemas.problem import Problem

M = TypeVar("M", bound=BaseModel)
Parameters = Mapping[str, str | int | None]


@dataclass(frozen=True, slots=True)
class ApiRequest(Generic[M]):
    """One request of the API, and the model its answer has. `content` is sent as it comes."""

    model: type[M]
    path: str
    params: Parameters = field(default_factory=dict)
    method: str = "GET"
    content: AsyncIterable[bytes] | bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def json_request(
    model: type[M], path: str, value: object, *, method: str, headers: Mapping[str, str] = {}
) -> ApiRequest[M]:
    """One that sends `value` as JSON."""
    content = json.dumps(value).encode()
    sent = {"content-type": "application/json", **headers}
    return ApiRequest(model, path, method=method, content=content, headers=sent)


class Nothing(BaseModel):
    """An answer without a body."""


@dataclass(frozen=True, slots=True)
class ApiCall:
    """One call of the API: what was asked, and what the answer's headers say of its age."""

    path: str
    age_s: int | None
    fresh_for_s: int | None
    cache_status: str | None
    request_id: str | None
    etag: str | None = None

    @property
    def stale(self) -> bool:
        """Whether the answer is past its time and was served all the same."""
        status = self.cache_status or ""
        return "fwd=stale" in status or (self.fresh_for_s is not None and self.fresh_for_s < 0)


@dataclass(frozen=True, slots=True)
class ApiResponse(Generic[M]):
    """What the API answered, with the call that brought it."""

    value: M
    call: ApiCall


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question as it was put and whatever came back, problems included."""

    path: str
    status: int
    headers: Mapping[str, str]
    content: bytes
    seconds: float


class ApiProblem(Exception):
    """The API answered with a problem. `retry_after`: whole seconds, if asking again may help."""

    def __init__(self, problem: Problem, call: ApiCall, retry_after: int | None = None) -> None:
        super().__init__(f"{problem.status} {problem.title}")
        self.problem = problem
        self.call = call
        self.retry_after = retry_after

    @property
    def headers(self) -> dict[str, str]:
        """The Retry-After header, if there is one to pass on."""
        return {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}


class JobPending(Exception):
    """A job is at it: `job` says how far; the answer will be at the same address."""

    def __init__(self, job: Job, call: ApiCall) -> None:
        super().__init__(f"job {job.id} is {job.state}")
        self.job = job
        self.call = call
