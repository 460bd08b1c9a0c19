"""Deezer's artists and tracks as the contract has them. Pure: wire in, schema out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from api.music.ids import normalise_isrc
from api.music.names import exactly
from api.paging import Listing
from api.problems.refusals import Garbled, Unknown
from api.schemas.artist import (
    Artist,
    ArtistCredit,
    Image,
    RelatedArtist,
    RelatedArtists,
    Relation,
)
from api.schemas.identity import IdScheme
from api.schemas.lists import Page
from api.schemas.provenance import Missing, SourceName
from api.schemas.track import AlbumCredit, Track, TrackList
from api.sources.deezer import texts
from api.sources.deezer.texts import ABSENCES, NOBODY
from api.sources.deezer.wire import (
    DeezerAlbum,
    DeezerArtist,
    DeezerArtists,
    DeezerTrack,
    DeezerTracks,
)
from api.sources.relations import relation, score_of_rank, scores_from_ranks, told
from api.sources.resource import Origin
from api.sources.wire import Wire, readable

PAGES = "https://www.deezer.com/"
SIZES = (("xl", 1000), ("big", 500), ("medium", 250), ("small", 56))  # widest first
_NO_PICTURE = "//"  # stands in the path where the picture’s number should
M = TypeVar("M", Artist, Track)


def related(wire: DeezerArtists, ident: str, origin: Origin) -> RelatedArtists:
    """Related artists in Deezer's order, which is all it says."""
    named = told(SourceName.DEEZER, wire.data, NOBODY)
    items = tuple(_relation(one, rank, len(named)) for rank, one in enumerate(named, start=1))
    return origin.resource(
        RelatedArtists,
        {"id": ident, "items": items},
        wire,
        url=f"{PAGES}artist/{ident}",
        detail=scores_from_ranks("Deezer"),
        also=tuple(_gap(place) for place in range(len(items))),
    )


def _gap(place: int) -> Missing:
    return ABSENCES.of(f"items[{place}].artist.genres")


def _relation(wire: DeezerArtist, rank: int, count: int) -> Relation:
    artist = RelatedArtist(
        id=None,
        name=wire.name,
        uri=None,
        url=_page_of(wire.link, "artist", wire.id),
        images=_images(wire, "picture"),
        genres=None,
        ids={IdScheme.DEEZER: wire.id} if wire.id else {},
    )
    return relation(SourceName.DEEZER, artist, rank=rank, score=score_of_rank(rank, count))


def top_tracks(wire: DeezerTracks, ident: str, origin: Origin) -> TrackList:
    """An artist’s tracks under Deezer’s own ids, in Deezer’s order.

    Raises Unknown of none, Garbled where all of them are somebody else’s.
    """
    if not wire.data:
        raise Unknown(SourceName.DEEZER, texts.NO_TOP_TRACKS)
    items = tuple(_listed_track(one, origin) for one in readable(wire.data) if one.is_by(ident))
    if not items:
        raise Garbled(SourceName.DEEZER, texts.ELSE)
    values = {"id": ident, "items": items}
    url = f"{PAGES}artist/{ident}"
    return origin.resource(TrackList, values, wire, url=url, detail=texts.TOP_ORDER)


def artists_found(
    wire: DeezerArtists, listing: Listing, origin: Origin, *, words: str
) -> Page[Artist]:
    """Artists under Deezer’s own ids: who has just this name first, then who has most fans."""
    told = [one for one in readable(wire.data) if one.id]
    told.sort(key=lambda one: (exactly(one.name) != exactly(words), -(one.nb_fan or 0)))
    items = tuple(_artist(one, origin) for one in told)
    return _page(Page[Artist], items, wire, listing=listing, origin=origin)


def tracks_found(wire: DeezerTracks, listing: Listing, origin: Origin) -> Page[Track]:
    """Tracks under Deezer’s own ids, in Deezer’s order."""
    items = tuple(_listed_track(one, origin) for one in readable(wire.data))
    return _page(Page[Track], items, wire, listing=listing, origin=origin)


def _page(
    model: type[Page[M]],
    items: Sequence[M],
    wire: DeezerArtists | DeezerTracks,
    *,
    listing: Listing,
    origin: Origin,
) -> Page[M]:
    """A part of what was found. Raises Garbled where nothing of what there is can be read."""
    if wire.data and not items:
        raise Garbled(SourceName.DEEZER, texts.UNREADABLE)
    following = None if wire.total is None else listing.following(wire.total)
    values = {
        **listing.links(following=following),
        "items": tuple(items),
        "limit": listing.window.limit,
        "offset": listing.window.offset,
        "total": wire.total,
    }
    return origin.resource(model, values, wire, detail=None if items else texts.NO_HIT)


def _artist(wire: DeezerArtist, origin: Origin) -> Artist:
    url = _page_of(wire.link, "artist", wire.id)
    values = {
        "id": wire.id,
        "uri": f"deezer:artist:{wire.id}",
        "url": url,
        "name": wire.name,
        "images": _images(wire, "picture"),
        "genres": None,
        "popularity": None,
        "followers": None,
    }
    fans = None if wire.nb_fan is None else texts.FANS.format(wire.nb_fan)
    return origin.resource(Artist, values, wire, url=url, detail=fans)


def track(wire: DeezerTrack, isrc: str, origin: Origin) -> Track:
    """The recording with this number."""
    return _track(wire, origin, ident=isrc, isrc=isrc)


def _listed_track(wire: DeezerTrack, origin: Origin) -> Track:
    """A track in a list, which may not name the recording’s number."""
    return _track(wire, origin, ident=wire.id, isrc=normalise_isrc(wire.isrc or ""))


def _track(wire: DeezerTrack, origin: Origin, *, ident: str, isrc: str | None) -> Track:
    url = _page_of(wire.link, "track", wire.id)
    values: dict[str, Any] = {
        "id": ident,
        "uri": f"deezer:track:{wire.id}",
        "url": url,
        "name": wire.title,
        "artists": _credits(wire),
        "album": None if wire.album is None else _album(wire.album),
        "duration_ms": wire.duration * 1_000 if wire.duration else None,
        "explicit": wire.explicit_lyrics,
        "isrc": isrc,
        "popularity": None,
        "track_number": wire.track_position,
        "disc_number": wire.disk_number,
        "is_playable": None,
        "linked_from": None,
    }
    return origin.resource(Track, values, wire, url=url, detail=_own_measures(wire))


def _own_measures(wire: DeezerTrack) -> str:
    """What else it gives, in words: numbers of its own, that stand in no field of ours."""
    measures = [
        f"{wire.bpm:g} bpm" if wire.bpm else "",  # 0 means that it does not know
        "" if wire.gain is None else f"a gain of {wire.gain:g} dB".replace("-", "−"),
        "" if wire.rank is None else f"a rank of {wire.rank:,}",
    ]
    *first, last = [one for one in measures if one] or [""]
    if not last:
        return "Deezer gives lengths in whole seconds."
    listed = f"{', '.join(first)} and {last}" if first else last
    return (
        f"Deezer also gives {listed}, by measures of its own, which are not those of others. "
        "Its lengths are in whole seconds."
    )


def _credits(wire: DeezerTrack) -> tuple[ArtistCredit, ...]:
    named = readable(wire.contributors) or readable((wire.artist,))
    return tuple(ArtistCredit(id=None, name=one.name, uri=None) for one in named)


def _album(wire: DeezerAlbum) -> AlbumCredit:
    return AlbumCredit(
        id=None,
        name=wire.title or "",
        release_date=None,
        release_date_precision=None,
        images=_images(wire, "cover"),
    )


def _images(wire: Wire, kind: str) -> tuple[Image, ...]:
    """Pictures, widest first; all are square. Who has none is given addresses without number."""
    urls = ((getattr(wire, f"{kind}_{size}") or "", width) for size, width in SIZES)
    return tuple(
        Image(url=url, width=width, height=width)
        for url, width in urls
        if url.startswith("https://") and _NO_PICTURE not in url.removeprefix("https://")
    )


def _page_of(link: str | None, kind: str, ident: str | None) -> str | None:
    """The page at Deezer that it links to, or that its number leads to."""
    if link is not None and link.startswith(PAGES):
        return link
    return f"{PAGES}{kind}/{ident}" if ident else None
