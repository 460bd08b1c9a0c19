"""The way from the pages to the API: a method per resource of /v1, the contract's models back.

The API is asked in-process (`ApiClient.in_process`) or over the network (`ApiClient.remote`);
the pages cannot tell which. What is not a 2xx answer is raised as `ApiProblem`, and what a
job still has to bring as `JobPending`. The owner's own files are asked for through `library`,
brands through `brands`, worksheets through `worksheets`.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

import httpx
from pydantic import ValidationError

from api.schemas.about import AboutData
from api.schemas.analysis import AudioAnalysis
from api.schemas.artist import Artist, RelatedArtists
from api.schemas.features import AudioFeatures, FeatureComparison
from api.schemas.identity import Identity
from api.schemas.library import Job
from api.schemas.lists import Batch, Page, SearchResults
from api.schemas.me import Me, Stretch
from api.schemas.playlist import Fit, Playlist, PlaylistItem, PlaylistProfile, PlaylistTable
from api.schemas.problem import Problem
from api.schemas.reference import Kind, Reference
from api.schemas.sources import ServerHealth, SourceReport
from api.schemas.track import Track, TrackList
from web.client.brands import BrandClient
from web.client.description import ApiEndpoint, Document
from web.client.library import LibraryClient, is_own
from web.client.messages import (
    ApiCall,
    ApiProblem,
    ApiRequest,
    ApiResponse,
    Exchange,
    JobPending,
    M,
    Parameters,
    json_request,
)
from web.client.worksheets import WorksheetClient

IN_PROCESS = "http://earprint.internal"
TIMEOUT_S = 20  # the API's own budget for a request is 8 s
WORKING = 202
BY_JOBS = (
    "/v1/tracks/",
    "/v1/playlists/",
    "/v1/library/nearest",
    "/v1/brands/",
)  # whose answers a job may still have to bring
_TTL = re.compile(r"\bttl=(-?\d+)")
_MAX_AGE = re.compile(r"\bmax-age=(\d+)")


class ApiClient:
    """Typed questions to /v1."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http
        self._document: Document | None = None
        self.library = LibraryClient(self._send)
        self.brands = BrandClient(self._send)
        self.worksheets = WorksheetClient(self._send)

    @classmethod
    def in_process(cls, app: httpx._transports.asgi._ASGIApp) -> ApiClient:
        """Ask `app` itself; a crash inside becomes an ordinary 500."""
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        return cls(httpx.AsyncClient(transport=transport, base_url=IN_PROCESS, trust_env=False))

    @classmethod
    def remote(cls, base_url: str) -> ApiClient:
        """Ask the API that runs at `base_url`."""
        return cls(httpx.AsyncClient(base_url=base_url, timeout=TIMEOUT_S, trust_env=False))

    async def close(self) -> None:
        """Give back connections; nothing can be asked afterwards."""
        await self._http.aclose()

    async def resolve(self, text: str) -> ApiResponse[Reference]:
        """What a pasted text refers to; nobody else is asked."""
        return await self._get(Reference, "/v1/resolve", {"q": text})

    async def search(
        self, text: str, types: Iterable[str], *, limit: int, offset: int = 0
    ) -> ApiResponse[SearchResults]:
        """One page of results per type."""
        params: Parameters = {
            "q": text,
            "type": ",".join(types),
            "limit": limit,
            "offset": offset or None,
        }
        return await self._get(SearchResults, "/v1/search", params)

    async def artist(self, ident: str) -> ApiResponse[Artist]:
        """An artist."""
        return await self._get(Artist, _path("artists", ident))

    async def related(self, ident: str) -> ApiResponse[RelatedArtists]:
        """Who is related to an artist, and who says so."""
        return await self._get(RelatedArtists, _path("artists", ident, "related"))

    async def top_tracks(self, ident: str) -> ApiResponse[TrackList]:
        """An artist's most played tracks."""
        return await self._get(TrackList, _path("artists", ident, "top-tracks"))

    async def track(self, ident: str) -> ApiResponse[Track]:
        """A track."""
        return await self._get(Track, _path("tracks", ident))

    async def tracks_of(self, idents: Iterable[str]) -> ApiResponse[Batch[Track]]:
        """Up to 50 tracks."""
        return await self._get(Batch[Track], "/v1/tracks", {"ids": ",".join(idents)})

    async def features(self, ident: str, source: str | None = None) -> ApiResponse[AudioFeatures]:
        """A track's audio features, from the first source that can, or from the one named."""
        params = {"source": source}
        return await self._get(AudioFeatures, _path("tracks", ident, "features"), params)

    async def feature_sources(self, ident: str) -> ApiResponse[FeatureComparison]:
        """What each source says of a track's features."""
        return await self._get(FeatureComparison, _path("tracks", ident, "features", "sources"))

    async def features_of(
        self, idents: Iterable[str], source: str | None = None
    ) -> ApiResponse[Batch[AudioFeatures]]:
        """The audio features of up to 100 tracks, each from the first that can, or all from one."""
        params: Parameters = {"ids": ",".join(idents), "source": source}
        return await self._get(Batch[AudioFeatures], "/v1/features", params)

    async def analysis(
        self, ident: str, include: str | None = None, source: str | None = None
    ) -> ApiResponse[AudioAnalysis]:
        """A track's analysis, or the parts of it that `include` lists."""
        params = {"include": include, "source": source}
        return await self._get(AudioAnalysis, _path("tracks", ident, "analysis"), params)

    async def playlist(self, ident: str) -> ApiResponse[Playlist]:
        """What a playlist says of itself."""
        return await self._get(Playlist, _path("playlists", ident))

    async def playlist_items(
        self, ident: str, *, limit: int, offset: int
    ) -> ApiResponse[Page[PlaylistItem]]:
        """A part of a playlist's entries."""
        params = {"limit": limit, "offset": offset or None}
        return await self._get(Page[PlaylistItem], _path("playlists", ident, "items"), params)

    async def playlist_profile(
        self, ident: str, fold: str | None = None, *, so_far: bool = False
    ) -> ApiResponse[PlaylistProfile]:
        """What a playlist sounds like; with `fold` half and double tempo are one.

        `so_far`: as far as is known while a job reads it.
        """
        path = _path("playlists", ident, "profile")
        params = {"fold": fold, "so_far": "true" if so_far else None}
        return await self._get(PlaylistProfile, path, params)

    async def playlist_table(self, ident: str, wanted: Parameters) -> ApiResponse[PlaylistTable]:
        """A playlist's entries with their numbers, sorted and filtered as the parameters say."""
        return await self._get(PlaylistTable, _path("playlists", ident, "table"), wanted)

    async def playlist_fit(self, ident: str, track: str) -> ApiResponse[Fit]:
        """Where a track would stand in a playlist."""
        return await self._get(Fit, _path("playlists", ident, "fit"), {"track": track})

    async def identity(self, kind: Kind, ident: str) -> ApiResponse[Identity]:
        """Under which ids others know an artist or track."""
        return await self._get(Identity, _identity(kind, ident))

    async def correct_identity(
        self, kind: Kind, ident: str, links: Mapping[str, str | None]
    ) -> ApiResponse[Identity]:
        """Set which of them are right; with no links forget all that was set."""
        value = {"links": links}
        return await self._send(json_request(Identity, _identity(kind, ident), value, method="PUT"))

    async def me(self) -> ApiResponse[Me]:
        """Who is signed in."""
        return await self._get(Me, "/v1/me")

    async def my_playlists(self, *, limit: int, offset: int) -> ApiResponse[Page[Playlist]]:
        """A part of their playlists."""
        params: Parameters = {"limit": limit, "offset": offset or None}
        return await self._get(Page[Playlist], "/v1/me/playlists", params)

    async def my_top_artists(self, stretch: Stretch, *, limit: int) -> ApiResponse[Page[Artist]]:
        """The artists they play most."""
        params: Parameters = {"range": stretch, "limit": limit}
        return await self._get(Page[Artist], "/v1/me/top/artists", params)

    async def my_top_tracks(self, stretch: Stretch, *, limit: int) -> ApiResponse[Page[Track]]:
        """The tracks they play most."""
        params: Parameters = {"range": stretch, "limit": limit}
        return await self._get(Page[Track], "/v1/me/top/tracks", params)

    async def sources(self) -> ApiResponse[SourceReport]:
        """What each source can be asked here."""
        return await self._get(SourceReport, "/v1/sources")

    async def about_data(self) -> ApiResponse[AboutData]:
        """How far the numbers can be trusted, and under whose terms they come."""
        return await self._get(AboutData, "/v1/about/data")

    async def health(self) -> ApiResponse[ServerHealth]:
        """What each part of this server says of itself, and how busy it is."""
        return await self._get(ServerHealth, "/readyz")

    async def document(self) -> Document:
        """The API's description of itself, read once: it stays as long as the server runs."""
        if self._document is None:
            response = await asyncio.create_task(self._http.get("/openapi.json"))
            self._document = response.raise_for_status().json()
        return self._document

    async def exchange(self, endpoint: ApiEndpoint, values: Mapping[str, str]) -> Exchange:
        """Ask an address of /v1 and take the answer as it is. Raises ApiProblem if none comes."""
        path = endpoint.path(values)
        started = time.perf_counter()
        try:
            response = await asyncio.create_task(self._http.get(path))
        except httpx.HTTPError as error:
            raise _silent(path) from error
        seconds = time.perf_counter() - started
        return Exchange(
            path, response.status_code, response.headers, content=response.content, seconds=seconds
        )

    async def _get(
        self, model: type[M], path: str, params: Parameters | None = None
    ) -> ApiResponse[M]:
        return await self._send(ApiRequest(model, path, params or {}))

    async def _send(self, request: ApiRequest[M]) -> ApiResponse[M]:
        """Ask in a task of its own, so that the inner request's context never becomes ours."""
        sent = self._http.build_request(
            request.method,
            request.path,
            params=_given(request.params),
            content=request.content,
            headers=request.headers,
        )
        shown = sent.url.raw_path.decode("ascii")
        try:
            response = await asyncio.create_task(self._http.send(sent))
        except httpx.HTTPError as error:
            raise _silent(shown) from error
        call = _call(shown, response.headers)
        if not response.is_success:
            raise _refusal(response, call)
        return ApiResponse(_read(request.model, response, call), call)


def following(page: Page[Any]) -> int | None:
    """Where the part after this page begins, which need not be where this one was to end."""
    if page.next is None:
        return None
    return int(httpx.URL(page.next).params.get("offset", page.offset + page.limit))


def _read(model: type[M], response: httpx.Response, call: ApiCall) -> M:
    """The body as `model`, `{}` where there is none. Raises JobPending, ApiProblem."""
    body = response.content or b"{}"
    working = response.status_code == WORKING and call.path.startswith(BY_JOBS)
    try:
        if working:
            raise JobPending(Job.model_validate_json(body), call)
        return model.model_validate_json(body)
    except ValidationError as error:
        raise ApiProblem(_own_problem(502, "cannot be read", call), call) from error


def _path(*parts: str) -> str:
    return "/".join(("/v1", *(quote(part, safe=":") for part in parts)))


def _identity(kind: Kind, ident: str) -> str:
    """A bare id of Spotify's does not say what it is of."""
    bare = ident.rpartition(":")[2]
    return _path("identities", bare if is_own(bare) else f"spotify:{kind}:{bare}")


def _given(params: Parameters) -> dict[str, str | int]:
    return {name: value for name, value in params.items() if value is not None}


def _call(path: str, headers: Mapping[str, str]) -> ApiCall:
    status = headers.get("cache-status")
    age_s = _whole(headers.get("age"))
    return ApiCall(
        path=path,
        age_s=age_s,
        fresh_for_s=_fresh_for_s(status or "", headers.get("cache-control", ""), age_s or 0),
        cache_status=status,
        request_id=headers.get("x-request-id"),
        etag=headers.get("etag"),
    )


def _fresh_for_s(status: str, control: str, age_s: int) -> int | None:
    """What is left: `ttl` says it, `max-age` counts from when the answer was stored."""
    if left := _TTL.search(status):
        return int(left[1])
    whole = _MAX_AGE.search(control)
    return int(whole[1]) - age_s if whole else None


def _whole(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdigit() else None


def _refusal(response: httpx.Response, call: ApiCall) -> ApiProblem:
    try:
        problem = Problem.model_validate_json(response.content)
    except ValidationError:
        status = response.status_code if response.is_error else 502
        problem = _own_problem(status, "answered without saying what is wrong", call)
    return ApiProblem(problem, call, _whole(response.headers.get("retry-after")))


def _silent(path: str) -> ApiProblem:
    call = ApiCall(path, None, None, None, None)
    return ApiProblem(_own_problem(503, "did not answer", call), call, 5)


def _own_problem(status: int, what: str, call: ApiCall) -> Problem:
    return Problem(
        type="about:blank",
        title="The API cannot be understood",
        status=status,
        detail=f"Earprint’s own API {what}.",
        instance=call.path,
        request_id=call.request_id or "none",
    )
