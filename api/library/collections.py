"""Collections: playlists of the owner's own making, from pasted lines or a spreadsheet."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from api.clock import Clock
from api.db.collections import CollectionTables, Counted, Values
from api.db.library import LibraryTables
from api.db.models import CollectionRow
from api.db.session import Offload
from api.library.collection_changes import (
    OWNER,
    changed,
    collection,
    columns_of,
    named_by,
    refuse,
    snapshot_of,
)
from api.library.imports import (
    MOST_LINES,
    MOST_UNREAD,
    Draft,
    DraftEntry,
    told_unread,
    too_many,
    without,
)
from api.music.ids import own_id
from api.problems.errors import Refused
from api.schemas.library import Collection, CollectionChange, RefusedLine, UnreadPart
from api.schemas.library import Collections as Shelf
from api.schemas.problem import InvalidPart

TOLD_LINES = 100  # of a list that is refused as a whole
NO_FILE = "There is no such file in this server’s library."
_NOT_THERE = "No collection with this id exists."


class OwnCollections:
    """Makes, lists and deletes collections. Raises ApiError."""

    def __init__(self, tables: CollectionTables, music: LibraryTables, clock: Clock) -> None:
        self._tables = tables
        self._music = music
        self._clock = clock
        self._apart = Offload("lists", threads=1)
        self._one_at_a_time = asyncio.Semaphore()

    async def make(self, read: Callable[[], Draft]) -> Collection:
        """A new collection of what `read` finds; raises Refused where that is no track.

        Lists are read in one thread of their own, one after the other, so that however many are
        under way (see `Receiving`) they take no more than a share of a core from others.
        """
        async with self._one_at_a_time:
            draft = await self._known(await self._apart(read))
            made = await self._apart(lambda: _made(draft, self._clock()))
            await self._tables.add(made.row, made.items, made.imported)
            return await self._apart(made.shown)

    def close(self) -> None:
        """Nothing can be made afterwards."""
        self._apart.close()

    async def every(self) -> Shelf:
        """All collections, newest first."""
        return Shelf(items=tuple(collection(one) for one in await self._tables.every()))

    async def one(self, ident: str) -> Collection:
        """The collection with this id."""
        found = await self._tables.one(ident)
        if found is None:
            raise Refused("playlist-not-found", _NOT_THERE)
        return collection(found)

    async def change(
        self, ident: str, asked: CollectionChange, *, is_seen: Callable[[str], bool]
    ) -> Collection:
        """The collection as it is afterwards; all of the change is done, or nothing.

        `is_seen`: whether whoever asks has seen what has this tag. Raises InvalidRequest,
        ChangedMeanwhile.
        """
        async with self._one_at_a_time:
            entries = await self._apart(lambda: named_by(asked))
            await self._refuse_unknown(asked, entries)
        change = partial(changed, asked=asked, entries=entries, now=self._clock(), is_seen=is_seen)
        found = await self._tables.change(ident, change)
        if found is None:
            raise Refused("playlist-not-found", _NOT_THERE)
        return collection(found)

    async def delete(self, ident: str) -> None:
        """Remove a collection and what was imported with it alone."""
        if not await self._tables.delete(ident):
            raise Refused("playlist-not-found", _NOT_THERE)

    async def _known(self, draft: Draft) -> Draft:
        """The draft without own ids that are nobody's."""
        return without(draft, await self._nobodys(draft.entries), NO_FILE)

    async def _refuse_unknown(self, asked: CollectionChange, entries: Sequence[DraftEntry]) -> None:
        nobodys = await self._nobodys(entries)
        refuse(asked, {at: NO_FILE for at, one in enumerate(entries) if one.track_id in nobodys})

    async def _nobodys(self, entries: Sequence[DraftEntry]) -> set[str]:
        """Own ids that are no file's."""
        own = {entry.track_id for entry in entries if entry.is_own and entry.track_id}
        there = await self._music.by_ids(sorted(own)) if own else {}
        return own - set(there)


@dataclass(frozen=True, slots=True)
class _Made:
    """A draft as rows, and what is told of them."""

    draft: Draft
    row: CollectionRow
    items: list[Values]
    imported: list[Values]

    def shown(self) -> Collection:
        shown = collection(Counted(self.row, len(self.items), len(self.imported)))
        return shown.model_copy(update={"refused": tuple(self.draft.refused)})


def _made(draft: Draft, now: float) -> _Made:
    """The rows of a draft. Raises Refused where it names no track, or too many."""
    if not draft.entries or len(draft.entries) > MOST_LINES:
        raise _refusal(draft)
    row = _row(draft, now)
    imported = [
        {
            "track_id": ident,
            "values": values,
            "file": draft.file or draft.name,
            "imported_at": now,
        }
        for ident, values in draft.features.items()
    ]
    items = [
        {"collection_id": row.id, "position": position, **columns_of(entry)}
        for position, entry in enumerate(draft.entries)
    ]
    return _Made(draft, row, items, imported)


def _row(draft: Draft, now: float) -> CollectionRow:
    snapshot = snapshot_of((entry.track_id, entry.isrc, entry.name) for entry in draft.entries)
    identity = hashlib.sha256(f"collection:{draft.name}:{now!r}:{snapshot}".encode()).digest()
    return CollectionRow(
        id=own_id(identity),
        name=draft.name.strip(),
        description=(draft.description or "").strip() or None,
        owner=OWNER,
        snapshot=snapshot,
        made_at=now,
        refused=_json(draft.refused[:MOST_UNREAD]),
        unread=_json(told_unread(draft)),
    )


def _json(parts: Sequence[RefusedLine | UnreadPart]) -> str | None:
    return json.dumps([part.model_dump() for part in parts], ensure_ascii=False) if parts else None


def _refusal(draft: Draft) -> Refused:
    if draft.entries:
        return too_many()
    refused = Refused(
        "collection-refused",
        "None of the lines names a track.",
        hint="Paste one track link, id or ISRC a line, or choose the CSV file Exportify writes.",
    )
    refused.errors = _told(draft.refused)
    return refused


def _told(refused: Sequence[RefusedLine]) -> tuple[InvalidPart, ...]:
    return tuple(
        InvalidPart(pointer=f"line/{one.line}", detail=one.reason) for one in refused[:TOLD_LINES]
    )
