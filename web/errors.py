"""Errors as pages: whatever is not the API's gets HTML in the usual layout, with the paste box.

The API's own paths keep the handlers that the API installed: problem+json stays problem+json.
Here too are the pages that say what each type of problem means.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import ClassVar

from fastapi import APIRouter, FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException as StarletteHTTPException

from api.problems.errors import ApiError
from api.problems.types import SLUGS
from web.client import ApiCall, ApiProblem, JobPending
from web.pages.jobs import job_path
from web.render import FRAGMENTS, Data
from web.request import PageRequest, PageRequestDep, page_request
from web.responses import fragment, page
from web.text.provenance import ProblemNotice, trouble
from web.text.walk import walk_at

API_PATHS = ("/v1", "/openapi.json", "/healthz", "/readyz", "/docs", "/spotify")
REQUEST_ID = "earprint.request_id"  # where the API's edge leaves it in the scope
BY_STATUS = {404: "not-found", 405: "method-not-allowed", 422: "invalid-request", 500: "internal"}
HINTS = {
    "not-found": "Paste a link into the box, or start again.",
    "method-not-allowed": "Open the page from a link on this site.",
    "invalid-request": "Paste a link into the box, or start again.",
    "internal": "Try again. If it stays, tell whoever runs this server the request id.",
    "http-error": "Go back and try again.",
}
GET_AND_HEAD = "GET, HEAD"

Handler = Callable[[Request, Exception], Response | Awaitable[Response]]
router = APIRouter()
_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class ProblemPage(Data):
    """What a type of problem means, and what to do about it."""

    template: ClassVar[str] = "problem.html"

    slug: str
    title: str
    status: int
    meaning: str
    remedy: str


@dataclass(frozen=True, kw_only=True)
class TroublePage(Data):
    """A page that cannot be shown, and why. `here`: its address; what was sent has none."""

    template: ClassVar[str] = "trouble.html"

    trouble: ProblemNotice
    here: str | None


@router.get("/problems/{slug}")
async def problem_type(slug: str, request: PageRequestDep) -> Response:
    """What a type of problem means, and what to do about it."""
    if slug not in SLUGS:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    text = SLUGS[slug].here(upload_mb=request.site.upload_mb)
    data = ProblemPage(
        shell=request.shell(),
        slug=slug,
        title=text.title,
        status=text.status,
        meaning=text.meaning,
        remedy=text.remedy,
    )
    return page(request, data)


def install(app: FastAPI) -> None:
    """Put pages before the handlers `app` has; they stay in force on the API's paths."""
    app.add_exception_handler(ApiProblem, _on_problem)
    app.add_exception_handler(JobPending, _on_work)
    ours: tuple[tuple[type[Exception], Handler], ...] = (
        (ApiError, _on_api_error),
        (StarletteHTTPException, _on_refusal),
        (RequestValidationError, _on_invalid),
        (Exception, _on_crash),
    )
    for kind, own in ours:
        app.add_exception_handler(kind, _either(app.exception_handlers.get(kind), own))


def is_api(path: str) -> bool:
    """Whether a path is the API's, which never answers HTML for an error."""
    return any(path == root or path.startswith(f"{root}/") for root in API_PATHS)


def _either(theirs: Handler | None, ours: Handler) -> Handler:
    async def handle(request: Request, error: Exception) -> Response:
        chosen = theirs if theirs is not None and is_api(request.scope["path"]) else ours
        answer = chosen(request, error)
        return await answer if inspect.isawaitable(answer) else answer

    return handle


async def _on_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, ApiProblem)  # noqa: S101  # what it is registered for
    asked = page_request(request)
    return _answer(asked, trouble(error, asked.base), error.headers)


async def _on_api_error(request: Request, error: Exception) -> Response:
    """What an address of the API that people go to has to say, such as that of a sign-in."""
    assert isinstance(error, ApiError)  # noqa: S101  # what it is registered for
    path, request_id = request.scope["path"], _request_id(request)
    problem = error.problem(instance=path, request_id=request_id)
    call = ApiCall(path, None, None, None, request_id)
    return await _on_problem(request, ApiProblem(problem, call, error.retry_after))


async def _on_work(_request: Request, error: Exception) -> Response:
    """A page that has nothing to show yet leads to the job that will bring it."""
    assert isinstance(error, JobPending)  # noqa: S101  # what it is registered for
    headers = {"Cache-Control": "no-store"}
    return RedirectResponse(job_path(error.job), HTTPStatus.SEE_OTHER, headers=headers)


async def _on_refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, StarletteHTTPException)  # noqa: S101  # what it is registered for
    methods = (error.headers or {}).get("Allow")
    allowed = {"Allow": methods.replace("GET", GET_AND_HEAD)} if methods else {}
    return _plain(request, error.status_code, allowed)


async def _on_invalid(request: Request, _error: Exception) -> Response:
    return _plain(request, HTTPStatus.UNPROCESSABLE_ENTITY, {})


async def _on_crash(request: Request, error: Exception) -> Response:
    _log.error("page %s failed", _request_id(request), exc_info=error)
    return _plain(request, HTTPStatus.INTERNAL_SERVER_ERROR, {})


def _plain(request: Request, status: int, headers: Mapping[str, str]) -> Response:
    """A refusal that never reached the API, worded by the table of problem types."""
    slug = BY_STATUS.get(status, "http-error")
    told = ProblemNotice(
        title=SLUGS[slug].title,
        detail=SLUGS[slug].meaning,
        hint=HINTS[slug],
        request_id=_request_id(request),
        status=status,
        type=f"/problems/{slug}",
    )
    return _answer(page_request(request), told, headers)


def _request_id(request: Request) -> str:
    return str(request.scope.get(REQUEST_ID, ""))


def _answer(request: PageRequest, told: ProblemNotice, headers: Mapping[str, str]) -> Response:
    path, shell = request.http.scope["path"], request.shell()
    here = shell.here if request.http.method in {"GET", "HEAD"} else None
    data = TroublePage(shell=shell, walk=walk_at(path), trouble=told, here=here)
    send = fragment if path.startswith(FRAGMENTS) else page
    return send(request, data, status=told.status, headers=headers)
