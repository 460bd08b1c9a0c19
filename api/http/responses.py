"""Turn what is told anew each time into responses: what is our own, and problems."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import Request, Response

from api.cache.entry import Key, etag_of
from api.cache.tiers import Tiers
from api.caller import caller
from api.http.scope import REQUEST_ID, told_path
from api.http.stored_answer import StoredAnswer, is_private
from api.problems.errors import ApiError, StillWorking
from api.schemas.base import Model
from api.schemas.problem import Problem
from api.schemas.provenance import SourceName

PERSONAL = "/v1/playlists/"
PROBLEM_JSON = "application/problem+json"


def at_home(request: Request, kind: str, value: Model) -> StoredAnswer:
    """What is this server's own: read anew each time, private, and with an ETag."""
    tiers: Tiers = request.app.state.tiers
    key = Key(SourceName.LIBRARY, kind, "")
    return StoredAnswer(tiers.at_home(key, value.model_dump_json().encode()), known_to_edge=False)


def changed(
    value: Model, status: int = 200, headers: Mapping[str, str] = {}, *, tag: str | None = None
) -> Response:
    """What has just been made or changed, under the ETag that If-Match takes; kept by nobody.

    `tag`: the ETag, without quotes, where it is not that of this body.
    """
    body = value.model_dump_json()
    usual = {"ETag": f'"{tag or etag_of(body.encode())}"', "Cache-Control": "no-store"}
    return Response(body, status, {**usual, **headers}, "application/json")


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
        instance=told_path(request.scope["path"]), request_id=request_id(request)
    )
    return Response(
        document.model_dump_json(),
        status_code=error.status,
        media_type=PROBLEM_JSON,
        headers=_problem_headers(request, error),
    )


def _problem_headers(request: Request, error: ApiError) -> dict[str, str]:
    """How long a refusal may be kept: never what might be this server's own, or somebody's.

    What another site is refused, a file that lies here may answer to others; a playlist that
    nobody is shown, its owner is once they have signed in.
    """
    fresh_s, headers = error.fresh_s, {"Cache-Control": "no-store", **error.headers}
    if error.retry_after is not None:
        headers["Retry-After"] = str(error.retry_after)
        fresh_s = min(error.retry_after, 5)
    own = is_private(request.scope) or not caller().sees_own_music or _is_personal(request)
    if fresh_s > 0 and request.method in {"GET", "HEAD"} and not own:
        headers["Cache-Control"] = f"public, max-age={fresh_s}"
    return headers


def _is_personal(request: Request) -> bool:
    """Whether somebody who has signed in may be answered otherwise than everybody."""
    signs_in = getattr(request.app.state, "signs_in", False)
    return signs_in and request.scope["path"].startswith(PERSONAL)
