"""Take a file into the library: told apart by its bytes, checked at once, analysed soon."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from sqlalchemy.exc import IntegrityError

from api import ids
from api.clock import Clock
from api.db.ledger import ACTIVE
from api.db.library import LibraryTables
from api.db.models import LibraryTrackRow
from api.errors import Refused
from api.forms import Form, Received
from api.schemas.library import Job, LibraryTrack
from api.services.jobs import Jobs, Wish
from api.services.library import Library
from api.services.naming import Names, names_for, names_in
from api.shelf import Shelf


@dataclass(frozen=True, slots=True)
class Facts:
    """What a first look at a file tells: its format, and the tags in it."""

    format: str
    tags: dict[str, str] = field(default_factory=dict)


class FirstLook(Protocol):
    """Whoever can tell quickly whether a file can be heard as music."""

    async def __call__(self, path: Path) -> Facts:
        """The facts. Raises Refused with what is wrong with the file."""
        ...


@dataclass(frozen=True, slots=True)
class Taken:
    """The file as it is in the library now, and the job that was started for it, if one was."""

    track: LibraryTrack
    started: Job | None


class Uploads:
    """Takes files in. Raises Refused, InvalidRequest; then nothing of the file is kept."""

    def __init__(
        self,
        library: Library,
        jobs: Jobs,
        look: FirstLook,
        *,
        tables: LibraryTables,
        shelf: Shelf,
        clock: Clock,
    ) -> None:
        self._library = library
        self._jobs = jobs
        self._look = look
        self._tables = tables
        self._shelf = shelf
        self._clock = clock

    async def take(self, form: Form, key: str | None) -> Taken:
        """`key`: the upload's Idempotency-Key; the same one starts no second job."""
        names = names_in(form.fields)
        ident = ids.own_id(bytes.fromhex(form.file.sha256))
        await self._refuse_another_file(ident, key)
        row = await self._tables.track(ident)
        if row is not None:
            return await self._known(row, names, key)
        await self._jobs.check_room()
        facts = await self._look(form.file.path)
        row = await self._placed(form.file, names, facts)
        try:
            started = await self._jobs.start(Wish(ident, row, key))
        except IntegrityError:  # the same file, sent twice at once: the other request was first
            return await self._met(ident, names, key)
        except BaseException:
            await asyncio.to_thread(self._shelf.remove, row)
            raise
        return Taken(await self._library.track(ident), started)

    async def _placed(self, file: Received, given: Names, facts: Facts) -> LibraryTrackRow:
        names = names_for(given, facts.tags, file.name)
        place = await asyncio.to_thread(self._shelf.keep, file.path, file.sha256, facts.format)
        return LibraryTrackRow(
            id=ids.own_id(bytes.fromhex(file.sha256)),
            sha256=file.sha256,
            artist_id=ids.own_artist_id(names.artist or ""),
            format=facts.format,
            size_bytes=file.size_bytes,
            file=place,
            added_at=self._clock(),
            **names.given(),
        )

    async def _met(self, ident: str, names: Names, key: str | None) -> Taken:
        await self._refuse_another_file(ident, key)
        row = await self._tables.track(ident)
        if row is None:
            raise Refused("conflict", "The same file was deleted while it was being sent.")
        return await self._known(row, names, key)

    async def _known(self, row: LibraryTrackRow, names: Names, key: str | None) -> Taken:
        """The same bytes again: perhaps other names, and a job where none has succeeded."""
        changes = names.given()
        if changes:
            if "artist" in changes:
                changes["artist_id"] = ids.own_artist_id(changes["artist"])
            await self._tables.change(LibraryTrackRow(**{**row.model_dump(), **changes}))
        started = None if await self._is_heard(row.id) else await self._again(row.id, key)
        return Taken(await self._library.track(row.id), started)

    async def _is_heard(self, ident: str) -> bool:
        job = await self._jobs.tables.of_track(ident)
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
        job = await self._jobs.tables.run(lambda ledger: ledger.asked_by(key))
        if job is not None and job.track_id != ident:
            raise Refused(
                "conflict", "This Idempotency-Key was used for another file. Make a new one."
            )
