"""Take a file into the library: told apart by its bytes, checked at once, analysed soon."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from sqlalchemy.exc import IntegrityError

from api.clock import Clock
from api.db.jobs import ACTIVE
from api.db.library import LibraryTables
from api.db.models import LibraryTrackRow
from api.library.audio_store import AudioStore
from api.library.jobs import Jobs, Wish
from api.library.names import Names, names_for, names_in
from api.library.tracks import OwnTracks
from api.music import ids
from api.problems.errors import NotFound, Refused
from api.problems.jobs import JobGone
from api.schemas.library import Job, LibraryTrack

_DELETED = "The same file was deleted while it was being sent."


class FileFacts(Protocol):
    """What a quick look at a file tells: its format, and the tags in it."""

    @property
    def format(self) -> str: ...  # noqa: D102  # said above
    @property
    def tags(self) -> Mapping[str, str]: ...  # noqa: D102  # likewise


class Probe(Protocol):
    """Whoever can tell quickly whether a file can be heard as music."""

    async def check(self) -> None:
        """Raises Refused where no file can be opened at all, or none safely."""
        ...

    async def facts(self, path: Path) -> FileFacts:
        """What the file is. Raises Refused with what is wrong with it."""
        ...


class ReceivedFile(Protocol):
    """A file that has arrived: where it lies, what its sender calls it, how large it is."""

    @property
    def path(self) -> Path: ...  # noqa: D102  # said above
    @property
    def name(self) -> str: ...  # noqa: D102  # likewise
    @property
    def size_bytes(self) -> int: ...  # noqa: D102  # likewise
    @property
    def sha256(self) -> str: ...  # noqa: D102  # likewise


@dataclass(frozen=True, slots=True)
class Taken:
    """The file as it is in the library now, and the job that was started for it, if one was."""

    track: LibraryTrack
    started: Job | None


class Uploads:
    """Takes files in. Raises Refused, InvalidRequest; then nothing of the file is kept."""

    def __init__(
        self,
        library: OwnTracks,
        jobs: Jobs,
        probe: Probe,
        *,
        tables: LibraryTables,
        audio_store: AudioStore,
        clock: Clock,
    ) -> None:
        self._library = library
        self._jobs = jobs
        self._probe = probe
        self._tables = tables
        self._audio_store = audio_store
        self._clock = clock

    async def check(self) -> None:
        """Raises Refused where no file can be opened, or none safely, before any of it comes."""
        await self._probe.check()

    @asynccontextmanager
    async def incoming(self) -> AsyncIterator[Path]:
        """Where a file may be received; what lies there afterwards is removed. Raises Refused."""
        await self._jobs.check_room()
        path = await asyncio.to_thread(self._audio_store.incoming)
        try:
            yield path
        finally:
            await asyncio.to_thread(path.unlink, missing_ok=True)

    async def take(self, file: ReceivedFile, fields: Mapping[str, str], key: str | None) -> Taken:
        """`key`: the upload's Idempotency-Key; the same one starts no second job."""
        try:
            taken = await self._taken(file, names_in(fields), key)
        except (NotFound, JobGone) as error:
            raise Refused("conflict", _DELETED) from error
        if taken is None:
            raise Refused("conflict", _DELETED)
        return taken

    async def _taken(self, file: ReceivedFile, names: Names, key: str | None) -> Taken | None:
        try:
            return await self._known(file, names, key) or await self._new(file, names, key)
        except IntegrityError:  # the same file, sent twice at once: the other request was first
            return await self._known(file, names, key)

    async def _new(self, file: ReceivedFile, names: Names, key: str | None) -> Taken:
        """Bytes that were not here: their row, their file and their job come together, or none."""
        await self._jobs.check_room()
        facts = await self._probe.facts(file.path)
        row = self._row(file, names_for(names, facts.tags, file.name), facts.format)
        around = partial(self._audio_store.kept, file.path, row.file)
        started = await self._jobs.start(Wish(row.id, row, key, around))
        return Taken(await self._library.track(row.id), started)

    def _row(self, file: ReceivedFile, names: Names, kind: str) -> LibraryTrackRow:
        return LibraryTrackRow(
            id=_ident(file),
            sha256=file.sha256,
            artist_id=ids.own_artist_id(names.artist or ""),
            format=kind,
            size_bytes=file.size_bytes,
            file=self._audio_store.place_for(file.sha256, kind),
            added_at=self._clock(),
            **names.given(),
        )

    async def _known(self, file: ReceivedFile, names: Names, key: str | None) -> Taken | None:
        """The same bytes again: perhaps other names, and a job where none has succeeded.

        None if they are not here, or were deleted meanwhile. A file that is gone from the disk is
        put back.
        """
        ident = _ident(file)
        await self._refuse_another_file(ident, key)
        row = await self._tables.track(ident)
        if row is None:
            return None
        changes = names.given()
        if "artist" in changes:
            changes["artist_id"] = ids.own_artist_id(changes["artist"])
        around: Callable[[], AbstractContextManager[None]] = nullcontext
        if not await asyncio.to_thread(self._audio_store.has, row):
            changes["file"] = self._audio_store.place_for(file.sha256, row.format)
            around = partial(self._audio_store.kept, file.path, changes["file"])
        if changes and not await self._tables.change(ident, changes, around):
            return None
        started = None if await self._is_heard(ident) else await self._again(ident, key)
        return Taken(await self._library.track(ident), started)

    async def _is_heard(self, ident: str) -> bool:
        job = await self._jobs.of_track(ident)
        if job is not None and job.state in ACTIVE:
            return True
        return await self._tables.analysis(ident) is not None

    async def _again(self, ident: str, key: str | None) -> Job | None:
        try:
            return await self._jobs.start(Wish(ident, asked_by=key))
        except IntegrityError:
            return None  # this key has had its job, and that one is over

    async def _refuse_another_file(self, ident: str, key: str | None) -> None:
        if key is None:
            return
        job = await self._jobs.asked_by(key)
        if job is not None and job.track_id != ident:
            raise Refused(
                "conflict", "This Idempotency-Key was used for another file. Make a new one."
            )


def _ident(file: ReceivedFile) -> str:
    """The same bytes are the same track."""
    return ids.own_id(bytes.fromhex(file.sha256))
