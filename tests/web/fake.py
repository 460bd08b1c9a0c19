"""A stand-in for /v1 with the real pages in front; any path can be made to fail."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI, Request, Response
from pydantic import BaseModel

from api import ids
from api.errors import ApiError
from api.schemas.problem import Problem
from tests.web import lists, music, sound
from web import errors, views
from web.client import ApiClient
from web.deps import Web, equip
from web.site import Examples, Site

CACHED = {
    "Cache-Status": "earprint; hit; ttl=75600",
    "Age": "11000",
    "Cache-Control": "max-age=75600",
}
EXAMPLES = Examples(music.ARTIST, music.TRACK, music.PLAYLIST)


@dataclass
class Fake:
    """What the API is asked, and what it should answer instead of the usual."""

    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=lambda: dict(CACHED))

    def refuse(self, path: str, status: int, slug: str, **more: Any) -> None:
        """Answer `path` with a problem."""
        self.answers[path] = music.problem(status, slug, **more)

    def answer(self, request: Request) -> Response:
        """The canned answer, or the usual one."""
        path = request.url.path
        self.asked.append(f"{path}?{request.url.query}".rstrip("?"))
        found = self.answers.get(path) or _usual(path, dict(request.query_params))
        if callable(found):
            found = found()
        if isinstance(found, Response):
            return found
        status = found.status if isinstance(found, Problem) else 200
        retry = {"Retry-After": "90"} if status == 503 else {}
        return _json(found, status, self.headers | retry)


def _usual(path: str, query: dict[str, str]) -> BaseModel:
    match path.removeprefix("/v1/").split("/"):
        case ["resolve"]:
            return _resolve(query["q"])
        case ["search"]:
            return music.found(query["type"].split(","), int(query.get("offset", 0)))
        case ["sources"]:
            return music.sources()
        case ["features"]:
            return sound.batch(query["ids"].split(","))
        case ["playlists", _, "items"]:
            return lists.entries(int(query.get("offset", 0)), int(query["limit"]))
        case [kind, *rest]:
            return _BY_SHAPE[kind, *rest[1:]]()
    raise LookupError(path)


_BY_SHAPE: dict[tuple[str, ...], Any] = {
    ("artists",): music.artist,
    ("artists", "related"): music.related,
    ("artists", "top-tracks"): music.tracks,
    ("tracks",): music.track,
    ("tracks", "features"): sound.features,
    ("tracks", "features", "sources"): sound.comparison,
    ("tracks", "analysis"): sound.analysis,
    ("playlists",): lists.playlist,
    ("playlists", "profile"): lists.profile,
}


def _resolve(text: str) -> BaseModel:
    try:
        return ids.parse(text)
    except ApiError as error:
        return error.problem(instance="/v1/resolve", request_id="req-1")


def _json(model: BaseModel, status: int, headers: dict[str, str]) -> Response:
    kind = "application/problem+json" if status >= 400 else "application/json"
    return Response(model.model_dump_json(), status, {**headers, "X-Request-ID": "req-7"}, kind)


def product(fake: Fake, site: Site | None = None, *, clock: float | None = None) -> FastAPI:
    """The pages in front of `fake`."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.add_api_route("/v1/{path:path}", fake.answer, methods=["GET"])
    app.include_router(views.router())
    app.include_router(errors.router)
    now = clock or music.NOW.timestamp()
    chosen = site or Site(examples=EXAMPLES, stand_in=True)
    equip(app, Web(client=ApiClient.in_process(app), site=chosen, clock=lambda: now))
    errors.install(app)
    return app
