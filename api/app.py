"""The JSON API: routes, errors and documentation around the parts; `uvicorn api.app:app`."""

from __future__ import annotations

import gc
import logging
import random
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from http import HTTPStatus
from typing import Any, TypeVar

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.telemetry import TelemetryConfig
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import __version__
from api.clock import Chance, Clock
from api.db.session import cause_of, is_full, is_locked
from api.http import openapi
from api.http.access_log import keep_secrets
from api.http.content_encoding import ContentEncoding
from api.http.cross_site import OwnPagesOnly
from api.http.docs.routes import router as playground
from api.http.edge import Edge, anybody
from api.http.responses import problem_response, request_id, working_response
from api.http.session_cookie import SignedInCaller
from api.problems.errors import ApiError, Internal, InvalidRequest, PlainHttp, Refused, StillWorking
from api.problems.invalid_request import complaints
from api.routes import (
    artists,
    brands,
    collections,
    distance,
    identities,
    jobs,
    library,
    lookup,
    me,
    playlists,
    server,
    sign_in,
    tracks,
    worksheets,
)
from api.routes.dependencies import known_query
from api.settings import Settings, load_settings
from api.system import file_descriptors, heap
from api.system.disk_space import no_room
from api.system.hosts import IN_PROCESS, OwnHosts
from api.text import quoted
from api.wiring import CannotStart, assemble, opened

BUSY = "The database of this server is locked: something else has been writing to it for seconds."
COME_BACK = "Nothing was changed. Try again in a few seconds."
BUSY_S = 2
SWITCH_S = 0.001
NO_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False}
"""Asking at each request whether anybody wants some costs as much as a hit of the cache."""
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_log = logging.getLogger(__name__)
AnApp = TypeVar("AnApp")


class Earprint(FastAPI):
    """FastAPI behind the edge, with the OpenAPI document of this server."""

    def build_middleware_stack(self) -> ASGIApp:
        """All that FastAPI makes of routes, handlers and middleware, the edge around it."""
        edge: Edge = self.state.edge
        stack = super().build_middleware_stack()
        return edge.around(stack, lifespan=failing_in_one_line(stack))

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document, made once."""
        if not self.openapi_schema:
            self.openapi_schema = openapi.document(self, self.state.services[Settings])
        return self.openapi_schema


def create_app(
    settings: Settings,
    *,
    html: APIRouter | None = None,
    clock: Clock = time.time,
    chance: Chance = random.random,  # noqa: S311  # jitter, not secrets
) -> Earprint:
    """The API for these settings, with pages if `html` brings them. Opens nothing yet."""
    keep_secrets()
    parts = assemble(settings, clock=clock, chance=chance)
    hosts = OwnHosts((settings.host, *settings.hosts))
    admit = SignedInCaller(parts.people.person) if settings.signs_in else anybody
    edge = Edge(parts.tiers, clock, hosts=hosts, admit=admit)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with opened(parts):
            try:
                yield
            finally:
                await edge.close()

    app = Earprint(
        title="Earprint",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # the edge takes them off: a redirect names the caller's Host
        lifespan=lifespan,
        telemetry=NO_TELEMETRY,
    )
    app.state.parts = parts
    app.state.services = parts.services()
    app.state.tiers = parts.tiers
    app.state.clock = clock
    app.state.hosts = hosts
    app.state.signs_in = settings.signs_in
    app.state.edge = edge
    app.routes.extend(_routes())
    if html is not None:
        app.routes.extend(html.routes)
    app.include_router(server.fallback)
    app.add_middleware(ContentEncoding)
    app.add_middleware(OwnPagesOnly, hosts=hosts)
    for error, handler in _HANDLERS.items():
        app.add_exception_handler(error, handler)
    return app


@cache
def _routes() -> list[BaseRoute]:
    """The API's, once a process: what FastAPI makes of them hangs on no settings."""
    router = APIRouter()
    for routes in (
        artists,
        tracks,
        playlists,
        lookup,
        identities,
        library,
        collections,
        brands,
        distance,
        jobs,
        me,
        worksheets,
        server,
    ):
        router.include_router(routes.router, dependencies=[Depends(known_query)])
    router.include_router(sign_in.router)  # Spotify adds to the query what it likes
    router.include_router(playground)
    return router.routes


def in_process(app: ASGIApp) -> ASGIApp:
    """The app for callers in this process, who need no host name: no socket marks a scope."""

    async def asked(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, IN_PROCESS: True}, receive, send)

    return asked


def failing_in_one_line(app: ASGIApp) -> ASGIApp:
    """What a server logs of a start that failed: the reason, without a traceback before it."""
    name = f"{CannotStart.__name__}: "

    async def started(scope: Scope, receive: Receive, send: Send) -> None:
        async def brief(message: Message) -> None:
            if message["type"] == "lifespan.startup.failed" and name in message["message"]:
                message["message"] = message["message"].rsplit(name, 1)[1].strip()
            await send(message)

        await app(scope, receive, brief)

    return started


async def _api_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)  # noqa: S101  # what it is registered for
    if isinstance(error, StillWorking):
        return working_response(error)
    return problem_response(request, error)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101  # what it is registered for
    return problem_response(request, InvalidRequest(complaints(request, error.errors())))


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  # what it is registered for
    response = problem_response(request, PlainHttp(error.status_code))
    for name, value in (error.headers or {}).items():
        response.headers[name] = _allowed(request) if name == "Allow" else value
    return response


def _allowed(request: Request) -> str:
    """Every method of this address: the router names only those of the first route it met."""
    routes = request.app.routes
    methods = [
        method
        for method in _METHODS
        if any(
            route.matches({**request.scope, "method": method})[0] is Match.FULL for route in routes
        )
    ]
    return ", ".join([*methods, "HEAD"] if "GET" in methods else methods)


async def _storage(request: Request, error: Exception) -> Response:
    """A lock, a full disk or no descriptor left is nobody’s mistake; other trouble is ours."""
    if file_descriptors.none_left(error):
        detail = f"Nothing can be opened just now: {file_descriptors.in_words()}."
        refusal = Refused("busy", detail, hint=COME_BACK, retry_after=BUSY_S)
    elif is_full(error):
        refusal = no_room()
    elif is_locked(error):
        refusal = Refused("busy", BUSY, hint=COME_BACK, retry_after=BUSY_S)
    else:
        raise error
    told = quoted(cause_of(error))
    _log.warning("request %s: %s: %s", request_id(request), refusal.slug, told)
    return problem_response(request, refusal)


async def _left(request: Request, error: Exception) -> Response:
    """Whoever goes away in the middle is nobody's mistake, and reads no answer."""
    if not isinstance(error, ClientDisconnect) and not await request.is_disconnected():
        raise error
    _log.debug("request %s: the client has left", request_id(request))
    return problem_response(request, PlainHttp(HTTPStatus.BAD_REQUEST))


async def _mistake(request: Request, error: Exception) -> Response:
    _log.error("request %s failed", request_id(request), exc_info=error)
    return problem_response(request, Internal())


_HANDLERS = {
    ApiError: _api_error,
    RequestValidationError: _invalid,
    HTTPException: _http_error,
    ClientDisconnect: _left,
    ConnectionError: _left,
    OperationalError: _storage,
    OSError: _storage,
    Exception: _mistake,
}


def tuned(app: AnApp) -> AnApp:
    """The app of a server, its process set up for short waits and little memory (R-26).

    Routes, schemas and modules are 150,000 objects that never become garbage. A full round over
    them stops the loop for 70 ms, longer on a busy machine, and reading a few analyses brings one
    about: what exists now is never looked through again. Python lets a thread that reads a large
    list go on for 5 ms whenever others want to, and glibc keeps a heap for each thread, with what
    all of them have freed: both are worth less to a server than that everybody is answered.
    """
    sys.setswitchinterval(SWITCH_S)
    heap.keep_little()
    gc.collect()
    gc.freeze()
    return app


def __getattr__(name: str) -> Earprint:
    """`api.app:app`, made when a server asks for it: importing this module opens nothing."""
    if name == "app":
        return tuned(create_app(load_settings()))
    raise AttributeError(name)
