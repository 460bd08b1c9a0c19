"""Collections as playlists. Pure: rows in, schema out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.clock import moment
from api.db.collections import Counted
from api.db.models import CollectionItemRow, CollectionRow
from api.music.ids import OWN_PREFIX, own_uri
from api.paging import Listing
from api.schemas.artist import ArtistCredit
from api.schemas.lists import Page
from api.schemas.playlist import ItemKind, Owner, Playlist, PlaylistItem
from api.schemas.reference import Kind
from api.schemas.track import AlbumCredit, Track
from api.sources.library.normalise import Own, page, track
from api.sources.library.texts import ABSENCES, LABEL_LICENCE, origin
from api.sources.resource import Absences, Origin

OWNER_ID = "library"
LICENCE = "The owner’s own list"
LISTED = "As its owner listed it on this server."
WRITTEN = "As written in the list or the spreadsheet that the collection was made from."
UNWRITTEN = "The list or spreadsheet that the collection was made from does not say it."
DELETED = "The file was deleted from this server’s library."
ISRC_ONLY = "It is known by its ISRC alone, and no file in this server’s library has that."
ON_A_COMPUTER = (
    "Only its name is known: a file on its owner’s own computer, or a line without a link."
)


@dataclass(frozen=True, slots=True)
class Known:
    """The own files that positions name, by own id and by ISRC.

    `by_link`: those that their owner has linked to a track of Spotify's, by Spotify's id.
    """

    by_id: Mapping[str, Own]
    by_isrc: Mapping[str, Own]
    by_link: Mapping[str, Own]


def playlist(counted: Counted) -> Playlist:
    """What a collection says of itself."""
    row = counted.row
    values: dict[str, Any] = {
        "id": row.id,
        "uri": own_uri(Kind.PLAYLIST, row.id),
        "url": None,
        "name": row.name,
        "description": row.description,
        "owner": Owner(id=OWNER_ID, name=row.owner),
        "images": (),
        "public": None,
        "collaborative": False,
        "snapshot_id": row.snapshot,
        "items_total": counted.items,
    }
    return _origin(row, LISTED).resource(Playlist, values)


def items(
    counted: Counted, rows: Sequence[CollectionItemRow], *, known: Known, listing: Listing
) -> Page[PlaylistItem]:
    """A part of its positions, in order."""
    written = _origin(counted.row, WRITTEN, Absences(UNWRITTEN))
    each = tuple(_item(row, known, written) for row in rows)
    listed = _origin(counted.row, LISTED)
    return page(Page[PlaylistItem], each, counted.items, listing=listing, origin=listed)


def _origin(row: CollectionRow, detail: str, absences: Absences = ABSENCES) -> Origin:
    licence = LICENCE if row.demo is None else LABEL_LICENCE
    return origin(moment(row.made_at), licence, detail, absences=absences)


def _item(row: CollectionItemRow, known: Known, written: Origin) -> PlaylistItem:
    own = known.by_id.get(row.track_id or "") or known.by_isrc.get(_lone_isrc(row) or "")
    named = own or (known.by_link.get(row.track_id or "") if is_nameless(row) else None)
    values: dict[str, Any] = {
        "position": row.position,
        "added_at": None if row.added_at is None else moment(row.added_at),
        "name": row.name,
        "artists": tuple(json.loads(row.artists)),
        "duration_ms": row.duration_ms,
        **({} if named is None else _of_file(named)),
    }
    return PlaylistItem(**values | _track_part(row, own, written))


def is_nameless(row: CollectionItemRow) -> bool:
    """Whether the list says no more of a track than Spotify's address of it."""
    return row.track_id is not None and row.name == f"spotify:track:{row.track_id}"


def _lone_isrc(row: CollectionItemRow) -> str | None:
    return row.isrc if row.track_id is None else None


def _of_file(own: Own) -> dict[str, Any]:
    return {
        "name": own.row.title,
        "artists": (own.row.artist,),
        "duration_ms": own.duration_ms,
    }


def _track_part(row: CollectionItemRow, own: Own | None, written: Origin) -> dict[str, Any]:
    if own is not None:
        return {"kind": ItemKind.TRACK, "track": track(own), "reason": None}
    if row.track_id is None:
        known = row.isrc is not None
        kind, reason = (ItemKind.TRACK, ISRC_ONLY) if known else (ItemKind.LOCAL, ON_A_COMPUTER)
        return {"kind": kind, "track": None, "reason": reason, "isrc": row.isrc}
    if row.track_id.startswith(OWN_PREFIX):
        return {"kind": ItemKind.REMOVED, "track": None, "reason": DELETED}
    return {
        "kind": ItemKind.TRACK,
        "track": _of_spotify(row, row.track_id, written),
        "reason": None,
    }


def _of_spotify(row: CollectionItemRow, ident: str, written: Origin) -> Track:
    """A track of Spotify's with what the list says of it, which may be no more than its id."""
    artists = tuple(ArtistCredit(id=None, name=name, uri=None) for name in json.loads(row.artists))
    values: dict[str, Any] = {
        "id": ident,
        "uri": f"spotify:track:{ident}",
        "url": f"https://open.spotify.com/track/{ident}",
        "name": row.name,
        "artists": artists,
        "album": None if row.album is None else _album(row.album),
        "duration_ms": row.duration_ms,
        "explicit": None,
        "isrc": row.isrc,
        "popularity": None,
        "track_number": None,
        "disc_number": None,
        "is_playable": None,
        "linked_from": None,
    }
    undated = (written.absences.of("album.release_date"),) if row.album else ()
    return written.resource(Track, values, also=undated)


def _album(name: str) -> AlbumCredit:
    return AlbumCredit(
        id=None, name=name, release_date=None, release_date_precision=None, images=()
    )
