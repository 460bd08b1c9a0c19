"""Own files as artists, tracks and albums of the contract. Pure: rows in, schema out."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from api.clock import moment
from api.db.models import LibraryTrackRow
from api.music.ids import own_id, own_uri
from api.paging import Listing
from api.schemas.analysis import AudioAnalysis
from api.schemas.artist import Artist, ArtistCredit, Image
from api.schemas.base import Model
from api.schemas.features import AudioFeatures
from api.schemas.lists import Page
from api.schemas.provenance import Provenance
from api.schemas.reference import Kind
from api.schemas.track import Album, AlbumCredit, DatePrecision, Track, TrackList
from api.sources.library.texts import ABSENCES, LABEL_LICENCE, LICENCE, OLDER, TAGS, origin
from api.sources.resource import Origin

MOST_TRACKS = 50
COVER_PX = 320  # the side of every cover's square
M = TypeVar("M", bound=Model)
HeardT = TypeVar("HeardT", AudioFeatures, AudioAnalysis)
Rows = Sequence[LibraryTrackRow]
IN_ORDER = "In the order in which the files were added: nobody counts plays here."
LINKED = "This is the owner’s own file “{title}”, which is linked to this track of Spotify’s."
SET_BY_HAND = "This is the owner’s own file “{title}”, which was set here for this track."
SAME_ISRC = "This is the owner’s own file “{title}”, which has the same ISRC."


@dataclass(frozen=True, slots=True)
class Release:
    """A release as its label, the demo one, tells of it; `number`: the file’s place, from 1."""

    kind: str
    date: str
    precision: DatePrecision
    total: int
    number: int


ReleaseOf = Callable[[LibraryTrackRow], Release | None]


@dataclass(frozen=True, slots=True)
class Own:
    """An own file, under the id it was asked by. `why`: what leads from that id to this file."""

    row: LibraryTrackRow
    ident: str
    duration_ms: int | None = None
    why: str | None = None
    release: Release | None = None

    @property
    def uri(self) -> str:
        """The URI of the id it was asked by."""
        return (
            own_uri(Kind.TRACK, self.ident) if self.why is None else f"spotify:track:{self.ident}"
        )

    @property
    def reason(self) -> str | None:
        """Why this file answers for an id of Spotify's, as a sentence."""
        return None if self.why is None else self.why.format(title=self.row.title)


def origin_of(row: LibraryTrackRow, *, detail: str = TAGS) -> Origin:
    """Since when, and under which terms, a file is here."""
    return origin(moment(row.added_at), LICENCE if row.demo is None else LABEL_LICENCE, detail)


def heard_under(said: HeardT, own: Own, *, by: int, now: int) -> HeardT:
    """What was heard under the id it was asked by: whose file it is, and which version heard it.

    `by`: the analyser's version that did; `now`: the one that is here.
    """
    licence = origin_of(own.row).licence
    older = OLDER.format(by=by, now=now) if by < now else None

    def told(one: Provenance) -> Provenance:
        detail = "; ".join(part for part in (one.detail, own.reason, older) if part)
        changes = {"licence": licence, "detail": detail or None, "analyser": by}
        return one.model_copy(update=changes)

    provenance = tuple(map(told, said.provenance))
    return said.model_copy(update={"id": own.ident, "uri": own.uri, "provenance": provenance})


def artist(rows: Rows, genres: tuple[str, ...] | None, images: tuple[Image, ...]) -> Artist:
    """The artist of these files, the newest of which tells how the name is written."""
    newest = rows[-1]
    values: dict[str, Any] = {
        "id": newest.artist_id,
        "uri": own_uri(Kind.ARTIST, newest.artist_id),
        "url": None,
        "name": newest.artist,
        "images": images,
        "genres": genres,
        "popularity": None,
        "followers": None,
    }
    return origin_of(newest).resource(Artist, values)


def track(own: Own) -> Track:
    """A file as a track."""
    row = own.row
    detail = f"{TAGS} {own.reason}" if own.reason else TAGS
    values: dict[str, Any] = {
        "id": own.ident,
        "uri": own.uri,
        "url": None if own.why is None else f"https://open.spotify.com/track/{own.ident}",
        "name": row.title,
        "artists": credits_of(row),
        "album": _album_credit(own),
        "duration_ms": own.duration_ms,
        "explicit": None,
        "isrc": row.isrc,
        "popularity": None,
        "track_number": None if own.release is None else own.release.number,
        "disc_number": None,
        "is_playable": None,
        "linked_from": None,
    }
    undated = (ABSENCES.of("album.release_date"),) if row.album and own.release is None else ()
    return origin_of(row, detail=detail).resource(Track, values, also=undated)


def credits_of(row: LibraryTrackRow) -> tuple[ArtistCredit, ...]:
    """The artist as named on a track."""
    uri = own_uri(Kind.ARTIST, row.artist_id)
    return (ArtistCredit(id=row.artist_id, name=row.artist, uri=uri),)


def _album_credit(own: Own) -> AlbumCredit | None:
    row, release = own.row, own.release
    if row.album is None:
        return None
    return AlbumCredit(
        id=album_id(row),
        name=row.album,
        release_date=None if release is None else release.date,
        release_date_precision=None if release is None else release.precision,
        images=cover(row, release),
    )


def cover(row: LibraryTrackRow, release: Release | None) -> tuple[Image, ...]:
    """The picture on the release, at this server; own uploads have none."""
    if release is None:
        return ()
    url = f"/v1/library/tracks/{row.id}/cover"
    return (Image(url=url, width=COVER_PX, height=COVER_PX),)


def album_id(row: LibraryTrackRow) -> str:
    """The own id of the album a file is on: files of one artist and one album name share it."""
    name = (row.album or "").strip().casefold()
    return own_id(hashlib.sha256(f"album:{row.artist_id}:{name}".encode()).digest())


def track_list(ident: str, owned: Sequence[Own]) -> TrackList:
    """An artist's files."""
    items = tuple(map(track, owned[:MOST_TRACKS]))
    listed = origin_of(owned[-1].row, detail=IN_ORDER)
    return listed.resource(TrackList, {"id": ident, "items": items})


def albums(rows: Rows, listing: Listing, release_of: ReleaseOf) -> Page[Album]:
    """A part of the albums that an artist's files name."""
    first = {album_id(row): row for row in reversed(rows) if row.album}
    every = list(reversed(first.values()))
    window = listing.window
    chosen = every[window.offset : window.offset + window.limit]
    items = tuple(album(row, release_of(row)) for row in chosen)
    return page(Page[Album], items, len(every), listing=listing, origin=origin_of(rows[-1]))


def album(row: LibraryTrackRow, release: Release | None) -> Album:
    """The album a file is on; files themselves know nothing else of it than its name."""
    ident = album_id(row)
    values: dict[str, Any] = {
        "id": ident,
        "uri": own_uri(Kind.ALBUM, ident),
        "url": None,
        "name": row.album,
        "album_type": None if release is None else release.kind,
        "album_group": None,
        "artists": credits_of(row),
        "release_date": None if release is None else release.date,
        "release_date_precision": None if release is None else release.precision,
        "total_tracks": None if release is None else release.total,
        "images": cover(row, release),
    }
    return origin_of(row).resource(Album, values)


def page(
    model: type[Page[M]],
    items: tuple[M, ...],
    total: int,
    *,
    listing: Listing,
    origin: Origin,
) -> Page[M]:
    """A part of a list."""
    values = {
        **listing.links(following=listing.following(total)),
        "items": items,
        "limit": listing.window.limit,
        "offset": listing.window.offset,
        "total": total,
    }
    return origin.resource(model, values)
