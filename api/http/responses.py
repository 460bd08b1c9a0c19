"""Turn what is told anew each time into responses: what is our own, batches, problems."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import Request, Response

from api.cache.entry import Key
from api.cache.tiers import Served, Tiers, as_served, composed, joint_key
from api.caller import PUBLIC, caller
from api.http.scope import REQUEST_ID
from api.http.stored_answer import (
    StoredAnswer,
    is_private,
)
from api.problems.errors import ApiError, StillWorking
from api.schemas.base import Model
from api.schemas.lists import Batch, BatchItem
from api.schemas.problem import Problem
from api.schemas.provenance import SourceName

PROBLEM_JSON = "application/problem+json"


def at_home(request: Request, kind: str, value: Model) -> StoredAnswer:
    """What is this server's own: read anew each time, private, and with an ETag."""
    tiers: Tiers = request.app.state.tiers
    key = Key(SourceName.LIBRARY, kind, "")
    return StoredAnswer(tiers.at_home(key, value.model_dump_json().encode()), known_to_edge=False)


def batch(
    request: Request, value: type[Model], outcomes: Sequence[tuple[str, Served | ApiError]]
) -> Response:
    """Answers and problems in the order asked; kept only where none of them is a problem."""
    items = tuple(_item(request, value, outcome) for outcome in outcomes)
    body = Batch[value](items=items).model_dump_json().encode()  # type: ignore[valid-type]
    served = [one for _, one in outcomes if isinstance(one, Served)]
    if not served or len(served) < len(outcomes):
        kept = "private, no-store" if any(_is_own(one) for _, one in outcomes) else "no-store"
        return Response(body, media_type="application/json", headers={"Cache-Control": kept})
    entry = composed(joint_key(served, "batch"), served, body)
    return StoredAnswer(as_served(entry, served), known_to_edge=False)


def _is_own(one: Served | ApiError) -> bool:
    """Whether it tells of what lies on this machine."""
    if isinstance(one, ApiError):
        return isinstance(one, StillWorking)
    return one.entry.key.principal != PUBLIC


def _item(
    request: Request, value: type[Model], outcome: tuple[str, Served | ApiError]
) -> BatchItem[Any]:
    ident, one = outcome
    item = BatchItem[value]  # type: ignore[valid-type]
    if isinstance(one, ApiError):
        problem = one.problem(instance=request.scope["path"], request_id=request_id(request))
        return item(id=ident, ok=False, value=None, problem=problem)
    parsed = value.model_validate_json(one.entry.body)
    return item(id=ident, ok=True, value=parsed, problem=None)


def request_id(request: Request) -> str:
    """The id that finds this request's log lines."""
    return str(request.scope.get(REQUEST_ID, "-"))


def working_response(error: StillWorking) -> Response:
    """202: the job that will lead to the answer, and when to look again."""
    headers = {"Location": error.job.href, "Retry-After": str(error.retry_after)}
    return Response(
        error.job.model_dump_json(),
        status_code=error.status,
        media_type="application/json",
        headers=headers
        | {"Cache-Control": "private, no-store"},  # whoever waits has brought a file
    )


def problem_response(request: Request, error: ApiError) -> Response:
    """The error as problem+json, with how long it may be kept."""
    document: Problem = error.problem(
        instance=request.scope["path"], request_id=request_id(request)
    )
    return Response(
        document.model_dump_json(),
        status_code=error.status,
        media_type=PROBLEM_JSON,
        headers=_problem_headers(request, error),
    )


def _problem_headers(request: Request, error: ApiError) -> dict[str, str]:
    """How long a refusal may be kept: never what might be this server's own.

    What another site is refused, a file that lies here may answer to others.
    """
    fresh_s, headers = error.fresh_s, {"Cache-Control": "no-store", **error.headers}
    if error.retry_after is not None:
        headers["Retry-After"] = str(error.retry_after)
        fresh_s = min(error.retry_after, 5)
    own = is_private(request.scope) or not caller().sees_own_music
    if fresh_s > 0 and request.method in {"GET", "HEAD"} and not own:
        headers["Cache-Control"] = f"public, max-age={fresh_s}"
    return headers
