"""The way from the pages to the owner's own files: uploads, jobs, collections."""

from __future__ import annotations

from collections.abc import AsyncIterable, Mapping, Sequence
from typing import Any, Protocol
from urllib.parse import quote

from api.schemas.features import AudioFeatures
from api.schemas.library import (
    Collection,
    Collections,
    Job,
    LibraryTrack,
    LibraryTracks,
    Renewal,
)
from api.schemas.nearest import NearestTracks
from web.client.messages import ApiRequest, ApiResponse, M, Nothing, Parameters, json_request

TRACKS, JOBS, COLLECTIONS = "/v1/library/tracks", "/v1/jobs", "/v1/collections"
NEAREST = "/v1/library/nearest"
DEMO = "/v1/library/demo"
ANALYSES = "/v1/library/analyses"
OWN = "own_"  # how the id of an own file, artist or collection begins
PASSED_ON = ("content-type", "content-length")


def is_own(ident: str) -> bool:
    """Whether an id is of this server's own making."""
    return ident.startswith(OWN)


class Send(Protocol):
    """What sends a request to the API."""

    async def __call__(self, request: ApiRequest[M]) -> ApiResponse[M]:
        """The answer. Raises ApiProblem, JobPending."""
        ...


class LibraryClient:
    """Typed questions about own files."""

    def __init__(self, send: Send) -> None:
        self._send = send

    async def tracks(self, *, limit: int, offset: int = 0) -> ApiResponse[LibraryTracks]:
        """A part of the files, newest first."""
        params = {"limit": limit, "offset": offset or None}
        return await self._send(ApiRequest(LibraryTracks, TRACKS, params))

    async def track(self, ident: str) -> ApiResponse[LibraryTrack]:
        """One file, with its latest job."""
        return await self._send(ApiRequest(LibraryTrack, _at(TRACKS, ident)))

    async def linked(self, spotify_id: str) -> LibraryTrack | None:
        """The newest file that is linked to this track of Spotify's; None where none is."""
        params: Parameters = {"limit": 1, "spotify_id": spotify_id}
        found = await self._send(ApiRequest(LibraryTracks, TRACKS, params))
        return next(iter(found.value.items), None)

    async def nearest(
        self, track: str, keys: Sequence[str] = (), *, limit: int = 10
    ) -> ApiResponse[NearestTracks]:
        """The files that sound most like a track; with `keys`, of those in these alone."""
        params: Parameters = {"track": track, "camelot": ",".join(keys) or None, "limit": limit}
        return await self._send(ApiRequest(NearestTracks, NEAREST, params))

    async def upload(
        self, form: AsyncIterable[bytes], headers: Mapping[str, str]
    ) -> ApiResponse[LibraryTrack]:
        """Pass a multipart form on as it arrives; nothing of it is held here."""
        return await self._send(_posted(LibraryTrack, TRACKS, form=form, headers=headers))

    async def rename(self, ident: str, change: Mapping[str, Any]) -> ApiResponse[LibraryTrack]:
        """Name a file otherwise; null clears."""
        path = _at(TRACKS, ident)
        return await self._send(json_request(LibraryTrack, path, change, method="PATCH"))

    async def renew(self, ident: str) -> ApiResponse[LibraryTrack]:
        """Have a file heard again by a newer version of the analyser; its job tells how far."""
        path = f"{_at(TRACKS, ident)}/analyses"
        return await self._send(ApiRequest(LibraryTrack, path, method="POST"))

    async def kept_features(self, ident: str, analyser: int) -> ApiResponse[AudioFeatures]:
        """What one version of the analyser heard in a file."""
        path = f"{_at(TRACKS, ident)}/analyses/{analyser}/features"
        return await self._send(ApiRequest(AudioFeatures, path))

    async def renewal(self) -> ApiResponse[Renewal]:
        """How many files an older version of the analyser has heard."""
        return await self._send(ApiRequest(Renewal, ANALYSES))

    async def renew_all(self) -> ApiResponse[Renewal]:
        """Have all of them heard again."""
        return await self._send(ApiRequest(Renewal, ANALYSES, method="POST"))

    async def stop_renewal(self) -> None:
        """Begin no more of them."""
        await self._send(ApiRequest(Nothing, ANALYSES, method="DELETE"))

    async def remove_demo(self) -> None:
        """Remove the demo label, for good."""
        await self._send(ApiRequest(Nothing, DEMO, method="DELETE"))

    async def delete(self, ident: str) -> None:
        """Delete a file and all that was heard in it."""
        await self._send(ApiRequest(Nothing, _at(TRACKS, ident), method="DELETE"))

    async def job(self, ident: str) -> ApiResponse[Job]:
        """How far an analysis is."""
        return await self._send(ApiRequest(Job, _at(JOBS, ident)))

    async def cancel(self, ident: str) -> None:
        """Stop an analysis."""
        await self._send(ApiRequest(Nothing, _at(JOBS, ident), method="DELETE"))

    async def retry(self, ident: str) -> ApiResponse[Job]:
        """Begin an analysis again."""
        return await self._send(ApiRequest(Job, f"{_at(JOBS, ident)}/retry", method="POST"))

    async def collections(self) -> ApiResponse[Collections]:
        """The owner's collections, newest first."""
        return await self._send(ApiRequest(Collections, COLLECTIONS))

    async def collection(self, ident: str) -> ApiResponse[Collection]:
        """One collection."""
        return await self._send(ApiRequest(Collection, _at(COLLECTIONS, ident)))

    async def forget(self, ident: str) -> None:
        """Delete a collection; what it lists stays."""
        await self._send(ApiRequest(Nothing, _at(COLLECTIONS, ident), method="DELETE"))

    async def collect(
        self, form: AsyncIterable[bytes], headers: Mapping[str, str]
    ) -> ApiResponse[Collection]:
        """Make a collection of a form with links or a spreadsheet."""
        return await self._send(_posted(Collection, COLLECTIONS, form=form, headers=headers))

    async def make(self, name: str, items: Sequence[str]) -> ApiResponse[Collection]:
        """Make a collection of these tracks."""
        value = {"name": name, "items": items}
        return await self._send(json_request(Collection, COLLECTIONS, value, method="POST"))

    async def change(
        self, ident: str, change: Mapping[str, Any], *, seen: str | None = None
    ) -> ApiResponse[Collection]:
        """Change a collection; with the ETag that was `seen`, nothing else than that."""
        headers = {} if seen is None else {"if-match": seen}
        path = _at(COLLECTIONS, ident)
        return await self._send(
            json_request(Collection, path, change, method="PATCH", headers=headers)
        )


def _at(root: str, ident: str) -> str:
    return f"{root}/{quote(ident, safe='')}"


def _posted(
    model: type[M], path: str, *, form: AsyncIterable[bytes], headers: Mapping[str, str]
) -> ApiRequest[M]:
    passed = {name: headers[name] for name in PASSED_ON if name in headers}
    return ApiRequest(model, path, method="POST", content=form, headers=passed)
