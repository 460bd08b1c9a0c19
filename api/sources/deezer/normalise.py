"""Deezer's artists and tracks as the contract has them. Pure: wire in, schema out."""

from __future__ import annotations

from api.schemas.artist import ArtistCredit, Image, RelatedArtist, RelatedArtists, Relation
from api.schemas.identity import IdScheme
from api.schemas.provenance import Missing, SourceName
from api.schemas.track import AlbumCredit, Track
from api.sources.deezer.texts import ABSENCES, NOBODY
from api.sources.deezer.wire import DeezerAlbum, DeezerArtist, DeezerRelated, DeezerTrack
from api.sources.relations import relation, score_of_rank, scores_from_ranks, told
from api.sources.resource import Origin
from api.sources.wire import Wire, readable

PAGES = "https://www.deezer.com/"
SIZES = (("xl", 1000), ("big", 500), ("medium", 250), ("small", 56))  # widest first
_NO_PICTURE = "//"  # stands in the path where the picture’s number should


def related(wire: DeezerRelated, ident: str, origin: Origin) -> RelatedArtists:
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
        url=_page(wire.link, "artist", wire.id),
        images=_images(wire, "picture"),
        genres=None,
        ids={IdScheme.DEEZER: wire.id} if wire.id else {},
    )
    return relation(SourceName.DEEZER, artist, rank=rank, score=score_of_rank(rank, count))


def track(wire: DeezerTrack, isrc: str, origin: Origin) -> Track:
    """The recording with this number."""
    url = _page(wire.link, "track", wire.id)
    values = {
        "id": isrc,
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


def _page(link: str | None, kind: str, ident: str | None) -> str | None:
    """The page at Deezer that it links to, or that its number leads to."""
    if link is not None and link.startswith(PAGES):
        return link
    return f"{PAGES}{kind}/{ident}" if ident else None
