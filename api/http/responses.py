"""Turn what services give into responses: stored bytes, or a problem. Headers come from answers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from time import perf_counter
from typing import Any

from fastapi import Request, Response
from starlette.types import Receive, Scope, Send

from api.cache.entry import Key
from api.cache.tiers import Served, Tiers, as_served, composed, joint_key
from api.caller import PUBLIC, caller
from api.clock import Clock
from api.http.content_encoding import encode
from api.http.scope import CACHE_KEY, REQUEST_ID
from api.http.stored_answer import (
    Asker,
    Headers,
    body_in,
    cache_status,
    headers_for,
    is_private,
    not_modified,
)
from api.problems.errors import ApiError, StillWorking
from api.schemas.base import Model
from api.schemas.lists import Batch, BatchItem
from api.schemas.problem import Problem
from api.schemas.provenance import SourceName

PROBLEM_JSON = "application/problem+json"


class StoredAnswer(Response):
    """A response that sends stored bytes in the encoding asked for, and tells the edge of them."""

    def __init__(self, served: Served, *, known_to_edge: bool = True) -> None:
        super().__init__(media_type="application/json")
        self._served = served
        self._known_to_edge = known_to_edge

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Send it, or 304 where the client holds it already."""
        entry = self._served.entry
        clock: Clock = scope["app"].state.clock
        asker = Asker.of(scope["headers"])
        body, encoding = body_in(entry, asker.encoding)
        started = perf_counter()
        if body is None:
            tiers: Tiers = scope["app"].state.tiers
            body = await tiers.encoded(entry, encoding, partial(encode, encoding=encoding))
        encode_ms = (perf_counter() - started) * 1000
        now = clock()
        headers = headers_for(entry, encoding, now=now)
        headers += _of_this_request(self._served, now, encode_ms)
        held = not_modified(entry, asker.if_none_match)
        if not held:
            headers.append((b"content-length", b"%d" % len(body)))
        status = 304 if held else 200
        start = {"type": "http.response.start", "status": status, "headers": headers}
        await send(start | self._for_the_edge())
        await send({"type": "http.response.body", "body": b"" if held else body})

    def _for_the_edge(self) -> dict[str, Key]:
        """Nothing where the entry is not what this address always leads to."""
        key, who = self._served.entry.key, caller()
        always = self._known_to_edge and key.principal == who.principal and who.sees_own_music
        return {CACHE_KEY: key} if always else {}


def at_home(request: Request, kind: str, value: Model) -> StoredAnswer:
    """What is this server's own: read anew each time, private, and with an ETag."""
    tiers: Tiers = request.app.state.tiers
    key = Key(SourceName.LIBRARY, kind, "")
    return StoredAnswer(tiers.at_home(key, value.model_dump_json().encode()), known_to_edge=False)


def _of_this_request(served: Served, now: float, encode_ms: float) -> Headers:
    timing = f"cache;dur=0, upstream;dur={served.upstream_ms:.1f}, encode;dur={encode_ms:.2f}"
    return [
        (b"cache-status", cache_status(served, now=now).encode()),
        (b"server-timing", timing.encode()),
    ]


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
