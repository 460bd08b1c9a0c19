"""The way from the pages to the owner's own files: uploads, jobs, collections."""

from __future__ import annotations

from collections.abc import AsyncIterable, Mapping
from typing import Protocol
from urllib.parse import quote

from api.schemas.library import Collection, Collections, Job, LibraryTrack, LibraryTracks
from web.client.answer import Answer, M, Nothing, Question

TRACKS, JOBS, COLLECTIONS = "/v1/library/tracks", "/v1/jobs", "/v1/collections"
OWN = "own_"  # how the id of an own file, artist or collection begins
PASSED_ON = ("content-type", "content-length")


def is_own(ident: str) -> bool:
    """Whether an id is of this server's own making."""
    return ident.startswith(OWN)


class Ask(Protocol):
    """What asks the API."""

    async def __call__(self, question: Question[M]) -> Answer[M]:
        """The answer. Raises ApiProblem, StillWorking."""
        ...


class LibraryClient:
    """Typed questions about own files."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    async def tracks(self, *, limit: int, offset: int = 0) -> Answer[LibraryTracks]:
        """A part of the files, newest first."""
        asked = {"limit": limit, "offset": offset or None}
        return await self._ask(Question(LibraryTracks, TRACKS, asked))

    async def track(self, ident: str) -> Answer[LibraryTrack]:
        """One file, with its latest job."""
        return await self._ask(Question(LibraryTrack, _at(TRACKS, ident)))

    async def upload(
        self, form: AsyncIterable[bytes], headers: Mapping[str, str]
    ) -> Answer[LibraryTrack]:
        """Pass a multipart form on as it arrives; nothing of it is held here."""
        return await self._ask(_posted(LibraryTrack, TRACKS, form=form, headers=headers))

    async def delete(self, ident: str) -> None:
        """Delete a file and all that was heard in it."""
        await self._ask(Question(Nothing, _at(TRACKS, ident), method="DELETE"))

    async def job(self, ident: str) -> Answer[Job]:
        """How far an analysis is."""
        return await self._ask(Question(Job, _at(JOBS, ident)))

    async def cancel(self, ident: str) -> None:
        """Stop an analysis."""
        await self._ask(Question(Nothing, _at(JOBS, ident), method="DELETE"))

    async def retry(self, ident: str) -> Answer[Job]:
        """Begin an analysis again."""
        return await self._ask(Question(Job, f"{_at(JOBS, ident)}/retry", method="POST"))

    async def collections(self) -> Answer[Collections]:
        """The owner's collections, newest first."""
        return await self._ask(Question(Collections, COLLECTIONS))

    async def collection(self, ident: str) -> Answer[Collection]:
        """One collection."""
        return await self._ask(Question(Collection, _at(COLLECTIONS, ident)))

    async def forget(self, ident: str) -> None:
        """Delete a collection; what it lists stays."""
        await self._ask(Question(Nothing, _at(COLLECTIONS, ident), method="DELETE"))

    async def collect(
        self, form: AsyncIterable[bytes], headers: Mapping[str, str]
    ) -> Answer[Collection]:
        """Make a collection of a form with links or a spreadsheet."""
        return await self._ask(_posted(Collection, COLLECTIONS, form=form, headers=headers))


def _at(root: str, ident: str) -> str:
    return f"{root}/{quote(ident, safe='')}"


def _posted(
    model: type[M], path: str, *, form: AsyncIterable[bytes], headers: Mapping[str, str]
) -> Question[M]:
    passed = {name: headers[name] for name in PASSED_ON if name in headers}
    return Question(model, path, method="POST", content=form, headers=passed)
