"""A stand-in for /v1 with the real pages in front; any path can be made to fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from fastapi import FastAPI, Request, Response
from pydantic import BaseModel

from api.music import references
from api.problems.errors import ApiError
from api.schemas.analysis import AudioAnalysis
from api.schemas.library import Job, JobState
from api.schemas.problem import Problem
from api.schemas.provenance import SourceName
from api.services.about_data import about_data
from api.services.analysis import columns
from tests.contract.repository import ROOT
from tests.web import brands, lists, music, own, sheets, sound
from web import errors
from web.app import page_routes
from web.client import ApiClient
from web.request import Web, equip
from web.site import ExampleIds, Site

CACHED = {
    "Cache-Status": "earprint; hit; ttl=75600",
    "Age": "11000",
    "Cache-Control": "max-age=75600",
}
MAY_WAIT = ("/v1/tracks/", "/v1/playlists/", "/v1/brands/")  # for a job
DESCRIPTION = ROOT / "tests/contract/openapi.json"
EXAMPLES = ExampleIds(music.ARTIST, music.TRACK, music.PLAYLIST)


def as_it_is(model: BaseModel) -> BaseModel:
    """An answer in its own words."""
    return model


@dataclass
class Fake:
    """What the API is asked, and what it should answer instead of the usual.

    `asks`: what answers by the parameters.
    """

    answers: dict[str, Any] = field(default_factory=dict)
    asks: dict[str, Callable[[dict[str, str]], BaseModel]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    sent: list[bytes] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=lambda: dict(CACHED))
    worded: Callable[[BaseModel], BaseModel] = as_it_is  # may put other words into an answer

    def refuse(self, path: str, status: int, slug: str, **more: Any) -> None:
        """Answer `path` with a problem."""
        self.answers[path] = music.problem(status, slug, **more)

    async def answer(self, request: Request) -> Response:
        """The canned answer, or the usual one."""
        path, method = _whole_parts(request), request.method
        self.asked.append(f"{path}?{request.url.query}".rstrip("?"))
        if method != "GET":
            self.asked[-1] = f"{method} {self.asked[-1]}"
            self.sent.append(await request.body())
        unsafe = self.answers.get(f"{method} {path}")
        query = dict(request.query_params)
        asks = self.asks.get(path)
        canned = unsafe or (asks(query) if asks else self.answers.get(path))
        file = Response(b"a file") if path.endswith("/export") else None
        found = (
            canned
            or file
            or lists.closed(path)
            or _identity(path)
            or _own(path, query)
            or _brand(path, query)
            or _sheet(path, query)
            or _server(path)
            or _usual(path, query)
        )
        if not isinstance(found, Response) and callable(found):
            found = found()
        if isinstance(found, Response):
            return found
        if isinstance(found, AudioAnalysis) and query.get("view") == "columns":
            found = columns(found)
        status = found.status if isinstance(found, Problem) else 200
        if isinstance(found, Job) and path.startswith(
            ("/v1/tracks/", "/v1/playlists/", "/v1/brands/")
        ):
            status = 202
        retry = {"Retry-After": "90"} if status == 503 else {}
        return _json(self.worded(found), status, self.headers | retry)


def _whole_parts(request: Request) -> str:
    """The path asked for; an id with a slash in it, as only hostile ones have, stays one part."""
    parts = request.scope["raw_path"].decode("ascii").partition("?")[0].split("/")
    return "/".join(unquote(part).replace("/", "\N{FRACTION SLASH}") for part in parts)


def _identity(path: str) -> BaseModel | None:
    root, _, reference = path.rpartition("/")
    return music.identity(reference) if root == "/v1/identities" else None


def _usual(path: str, query: dict[str, str]) -> BaseModel:
    match path.removeprefix("/v1/").split("/"):
        case ["resolve"]:
            return _resolve(query["q"])
        case ["search"]:
            return music.found(query["type"].split(","), int(query.get("offset", 0)))
        case ["tracks" | "features" as kind]:
            return _BATCHES[kind](query["ids"].split(","))
        case ["playlists", ident, "items" | "table" as kind]:
            return lists.part(kind, int(query.get("offset", 0)), int(query["limit"]), ident=ident)
        case [kind, *rest]:
            return _BY_SHAPE[kind, *rest[1:]]()
    raise LookupError(path)


def _own(path: str, query: dict[str, str]) -> BaseModel | Response | None:
    """What concerns the owner's own files, if it does."""
    match path.removeprefix("/v1/").split("/"):
        case ["library", *rest]:
            return _library(rest, query)
        case ["jobs", ident, *rest]:
            return _job(ident, rest)
        case ["collections", *rest]:
            return own.collection() if rest else own.collections()
    return _own_track(path) if "/own_" in path else _unlinked(path, query)


def _brand(path: str, query: dict[str, str]) -> BaseModel | None:
    match path.removeprefix("/v1/").split("/"):
        case ["brands"]:
            return brands.shelf()
        case ["distance"]:
            return brands.preview(query["tracks"].split(","))
        case ["brands", ident]:
            return brands.brand(ident)
        case ["brands", _, "distance"]:
            return brands.distance()
    return None


def _sheet(path: str, query: dict[str, str]) -> BaseModel | None:
    match path.removeprefix("/v1/").split("/"):
        case ["worksheets"]:
            return sheets.shelf(total=45 if "offset" in query else None)
        case ["worksheets", _]:
            return sheets.sheet()
        case ["worksheets", _, "share"]:
            return sheets.link()
        case ["shared"]:
            return sheets.sheet(share=sheets.shared())
    return None


def _server(path: str) -> BaseModel | None:
    """What concerns the server itself, if it does."""
    told = {
        "/v1/sources": music.sources(),
        "/v1/about/data": about_data(),
        "/readyz": music.health(),
    }
    return told.get(path)


def _unlinked(path: str, query: dict[str, str]) -> BaseModel | None:
    """No file of this library is linked to a track of Spotify's."""
    asked = path.endswith("/features") and query.get("source") == SourceName.LIBRARY
    return music.problem(404, "features-unavailable") if asked else None


def _library(rest: list[str], query: dict[str, str]) -> BaseModel | Response:
    match rest:
        case ["nearest"]:
            return own.near(query["track"])
        case ["tracks"] if "spotify_id" in query:
            return own.none()
        case ["tracks"]:
            return own.files(total=120 if "offset" in query else None)
        case ["tracks", _, "audio"]:
            return Response(own.tone(), media_type="audio/wav")
        case ["tracks", ident]:
            return own.demo() if ident == own.DEMO else own.file(ident)
    return _by_version(rest)


def _by_version(rest: list[str]) -> BaseModel:
    """What concerns the versions of the analyser."""
    match rest:
        case ["analyses"]:
            return own.renewal()
        case ["tracks", _, "analyses"]:
            return own.outdated(job=own.job(JobState.QUEUED))
        case ["tracks", ident, "analyses", version, "features"]:
            return own.features(ident, tempo=100.0 + int(version))
        case ["tracks", ident, "analyses", _, "analysis"]:
            return sound.analysis().model_copy(update={"id": ident})
    raise LookupError(rest)


def _job(ident: str, rest: list[str]) -> BaseModel:
    if ident == own.FAILED:
        return own.failed()
    return own.job(JobState.QUEUED if rest == ["retry"] else JobState.RUNNING)


def _own_track(path: str) -> BaseModel | None:
    _, _, kind, ident, *rest = path.split("/")
    if (kind, rest) == ("tracks", ["features"]):
        return own.features(ident)
    if (kind, rest) == ("tracks", []):
        return music.track(ident, url=None)
    if rest in (["items"], ["table"]):
        return None
    return _BY_SHAPE[kind, *rest]().model_copy(update={"id": ident})


_BATCHES: dict[str, Any] = {"tracks": music.batch, "features": sound.batch}
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
    ("playlists", "fit"): lists.fit,
}


def _resolve(text: str) -> BaseModel:
    try:
        return references.read(text)
    except ApiError as error:
        return error.problem(instance="/v1/resolve", request_id="req-1")


def _json(model: BaseModel, status: int, headers: dict[str, str]) -> Response:
    kind = "application/problem+json" if status >= 400 else "application/json"
    return Response(model.model_dump_json(), status, {**headers, "X-Request-ID": "req-7"}, kind)


async def described() -> Response:
    """The description of the whole API, as it is committed."""
    return Response(DESCRIPTION.read_bytes(), media_type="application/json")


def product(fake: Fake, site: Site | None = None, *, clock: float | None = None) -> FastAPI:
    """The pages in front of `fake`."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.add_api_route("/v1/{path:path}", fake.answer, methods=["GET", "POST", "PATCH", "DELETE"])
    app.add_api_route("/readyz", fake.answer)
    app.add_api_route("/openapi.json", described)
    app.routes.extend(page_routes().routes)
    now = clock or music.NOW.timestamp()
    chosen = site or Site(examples=EXAMPLES, stand_in=True)
    equip(app, Web(client=ApiClient.in_process(app), site=chosen, clock=lambda: now))
    errors.install(app)
    return app
