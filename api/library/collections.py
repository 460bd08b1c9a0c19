"""Collections: playlists of the owner's own making, from pasted lines or a spreadsheet."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from api.clock import Clock, moment
from api.db.collections import CollectionTables, Counted, Values
from api.db.library import LibraryTables
from api.db.models import CollectionRow
from api.db.session import Offload
from api.library.imports import MOST_LINES, Draft, told_unread, too_many, without
from api.music.ids import own_id
from api.problems.errors import Refused
from api.schemas.library import Collection, RefusedLine, UnreadPart
from api.schemas.library import Collections as Shelf
from api.schemas.problem import InvalidPart

OWNER = "This server’s owner"
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
        return Shelf(items=tuple(_shown(one) for one in await self._tables.every()))

    async def one(self, ident: str) -> Collection:
        """The collection with this id."""
        found = await self._tables.one(ident)
        if found is None:
            raise Refused("playlist-not-found", _NOT_THERE)
        return _shown(found)

    async def delete(self, ident: str) -> None:
        """Remove a collection and what was imported with it alone."""
        if not await self._tables.delete(ident):
            raise Refused("playlist-not-found", _NOT_THERE)

    async def _known(self, draft: Draft) -> Draft:
        """The draft without own ids that are nobody's."""
        own = {entry.track_id for entry in draft.entries if entry.is_own and entry.track_id}
        there = await self._music.by_ids(sorted(own)) if own else {}
        return without(draft, own - set(there), NO_FILE)


@dataclass(frozen=True, slots=True)
class _Made:
    """A draft as rows, and what is told of them."""

    draft: Draft
    row: CollectionRow
    items: list[Values]
    imported: list[Values]

    def shown(self) -> Collection:
        counted = Counted(self.row, len(self.items), len(self.imported))
        return _shown(counted, tuple(self.draft.refused), told_unread(self.draft.unread))


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
    return _Made(draft, row, _items(row.id, draft), imported)


def _row(draft: Draft, now: float) -> CollectionRow:
    contents = json.dumps([[entry.track_id, entry.isrc, entry.name] for entry in draft.entries])
    snapshot = hashlib.sha256(contents.encode()).digest()
    identity = hashlib.sha256(f"collection:{draft.name}:{now!r}:".encode() + snapshot).digest()
    return CollectionRow(
        id=own_id(identity),
        name=draft.name.strip(),
        description=(draft.description or "").strip() or None,
        owner=OWNER,
        snapshot=snapshot.hex()[:32],
        made_at=now,
    )


def _items(ident: str, draft: Draft) -> list[Values]:
    return [
        {
            "collection_id": ident,
            "position": position,
            "track_id": entry.track_id,
            "name": entry.name,
            "artists": json.dumps(entry.artists, ensure_ascii=False),
            "album": entry.album,
            "duration_ms": entry.duration_ms,
            "isrc": entry.isrc,
            "added_at": entry.added_at,
        }
        for position, entry in enumerate(draft.entries)
    ]


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


def _shown(
    counted: Counted,
    refused: tuple[RefusedLine, ...] = (),
    unread: tuple[UnreadPart, ...] = (),
) -> Collection:
    row = counted.row
    return Collection(
        id=row.id,
        name=row.name,
        description=row.description,
        playlist=f"/v1/playlists/{row.id}",
        items_total=counted.items,
        made_at=moment(row.made_at),
        demo=row.demo is not None,
        features_imported=counted.imported,
        refused=refused,
        unread=unread,
    )
