"""Collections: playlists of the owner's own making, from pasted lines or a spreadsheet."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from api.clock import Clock, moment
from api.db.collections import CollectionTables, Counted
from api.db.models import CollectionItemRow, CollectionRow, ImportedFeaturesRow
from api.db.own_music import OwnMusic
from api.errors import Refused
from api.ids import own_id
from api.schemas.library import Collection, RefusedLine, UnreadPart
from api.schemas.library import Collections as Shelf
from api.schemas.problem import InvalidPart
from api.services.drafts import MOST_LINES, Draft, told_unread, without

OWNER = "This server’s owner"
TOLD_LINES = 100  # of a list that is refused as a whole
NO_FILE = "There is no such file in this server’s library."
_NOT_THERE = "No collection with this id exists."


class Collections:
    """Makes, lists and deletes collections. Raises ApiError."""

    def __init__(self, tables: CollectionTables, music: OwnMusic, clock: Clock) -> None:
        self._tables = tables
        self._music = music
        self._clock = clock

    async def make(self, draft: Draft) -> Collection:
        """A new collection of what the draft names; raises Refused where it names no track."""
        draft = await self._known(draft)
        if not draft.entries or len(draft.entries) > MOST_LINES:
            raise _refusal(draft)
        now = self._clock()
        row = _row(draft, now)
        imported = [
            ImportedFeaturesRow(
                track_id=ident, values=values, file=draft.file or draft.name, imported_at=now
            )
            for ident, values in draft.features.items()
        ]
        await self._tables.add(row, _items(row.id, draft), imported)
        made = Counted(row, len(draft.entries), len(imported))
        return _shown(made, tuple(draft.refused), told_unread(draft.unread))

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


def _items(ident: str, draft: Draft) -> list[CollectionItemRow]:
    return [
        CollectionItemRow(
            collection_id=ident,
            position=position,
            track_id=entry.track_id,
            name=entry.name,
            artists=json.dumps(entry.artists, ensure_ascii=False),
            album=entry.album,
            duration_ms=entry.duration_ms,
            isrc=entry.isrc,
            added_at=entry.added_at,
        )
        for position, entry in enumerate(draft.entries)
    ]


def _refusal(draft: Draft) -> Refused:
    if draft.entries:
        detail = f"There are more than {MOST_LINES:,} lines."
        return Refused("collection-refused", detail, hint="Make several collections of it.")
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
