"""ListenBrainz' artists as the contract has them. Pure: wire in, schema out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from api.music.ids import is_deezer_id, is_mbid, is_qid
from api.problems.refusals import Garbled, SourceError
from api.schemas.artist import Artist, RelatedArtist, RelatedArtists
from api.schemas.identity import IdScheme
from api.schemas.provenance import Missing, SourceName
from api.sources.base import Link
from api.sources.genres import counted, voted
from api.sources.listenbrainz import texts
from api.sources.listenbrainz.wire import (
    ListenBrainzArtist,
    ListenBrainzNeighbour,
    ListenBrainzNeighbours,
)
from api.sources.relations import relation
from api.sources.resource import Origin
from api.sources.wire import readable

PAGE = "https://listenbrainz.org/artist/{}/"
_PLACES: Mapping[IdScheme, tuple[re.Pattern[str], Callable[[str], bool]]] = {
    IdScheme.DEEZER: (
        re.compile(r"https?://(?:www\.)?deezer\.com/(?:[a-z]{2}/)?artist/(\w+)/?(?:[?#].*)?"),
        is_deezer_id,
    ),
    IdScheme.WIKIDATA: (
        re.compile(r"https?://(?:www\.)?wikidata\.org/(?:wiki|entity)/(\w+)(?:[?#].*)?"),
        is_qid,
    ),
}
Known = Mapping[str, ListenBrainzArtist]


def artist(wire: ListenBrainzArtist, mbid: str, origin: Origin, *, with_genres: bool) -> Artist:
    """An artist, of whom ListenBrainz has the name and the genres of MusicBrainz."""
    if not wire.name:
        raise Garbled(SourceName.LISTENBRAINZ, texts.NOTHING)
    url = PAGE.format(mbid)
    values = {
        "id": mbid,
        "uri": f"listenbrainz:artist:{mbid}",
        "url": url,
        "name": wire.name,
        "images": (),
        "genres": tuple(genres(wire)) or None if with_genres else None,
        "popularity": None,
        "followers": None,
    }
    return voted(origin.resource(Artist, values, wire, url=url), genres(wire))


def genres(wire: ListenBrainzArtist) -> dict[str, int]:
    """The genres among the tags, and how often each was given; most often first."""
    tags = readable(wire.tag.artist if wire.tag else None)
    return counted((tag.tag, tag.count or 0) for tag in tags if tag.tag and tag.genre_mbid)


def links(wire: ListenBrainzArtist) -> tuple[Link, ...]:
    """The ids elsewhere to which its addresses lead."""
    urls = wire.rels.values() if isinstance(wire.rels, dict) else ()
    found = (_link(url) for url in urls if isinstance(url, str))
    return tuple(dict.fromkeys(link for link in found if link is not None))


def _link(url: str) -> Link | None:
    for scheme, (pattern, is_one) in _PLACES.items():
        place = pattern.fullmatch(url)
        if place and is_one(place[1]):
            return Link(scheme, place[1])
    return None


def related(
    wire: ListenBrainzNeighbours,
    mbid: str,
    origin: Origin,
    *,
    known: Known | SourceError,
    with_genres: bool,
) -> RelatedArtists:
    """The neighbours, nearest first; `known`: who they are, or why nobody said.

    One whose name is not given with its score has the name that it is known by; who then has
    none, or no score, is left out.
    """
    by_mbid: Known = {} if isinstance(known, SourceError) else known
    rows = readable(wire.artists)
    named = [(row, _name(row, by_mbid)) for row in rows]
    scored = [(row, name, row.score) for row, name in named if name and row.score is not None]
    if not scored:
        raise Garbled(SourceName.LISTENBRAINZ, texts.NOTHING)
    scored.sort(key=lambda one: -one[2])
    largest = max(score for _row, _name, score in scored)
    artists = [
        _neighbour(row, name, by_mbid, with_genres=with_genres) for row, name, _score in scored
    ]
    scores = [score / largest if largest else 0.0 for _row, _name, score in scored]
    items = tuple(
        relation(SourceName.LISTENBRAINZ, one, rank=rank, score=score)
        for rank, (one, score) in enumerate(zip(artists, scores, strict=True), start=1)
    )
    nameless = sum(not name for _row, name in named)
    scoreless = len(rows) - nameless - len(scored)
    return origin.resource(
        RelatedArtists,
        {"id": mbid, "items": items},
        wire,
        url=PAGE.format(mbid),
        detail=texts.score_explained(largest),
        also=(
            *((texts.left_out(nameless, scoreless),) if nameless or scoreless else ()),
            *_without_genres(artists, known if with_genres else {}, origin),
        ),
    )


def _name(row: ListenBrainzNeighbour, known: Known) -> str | None:
    wire = known.get(row.artist_mbid or "")
    return row.name or (wire.name if wire else None)


def _neighbour(
    row: ListenBrainzNeighbour, name: str, known: Known, *, with_genres: bool
) -> RelatedArtist:
    mbid = row.artist_mbid if is_mbid(row.artist_mbid or "") else None
    wire = known.get(mbid or "")
    found = links(wire) if wire else ()
    schemes = [link.scheme for link in found]
    elsewhere = {  # of two ids of one kind one may be wrong, so neither is taken
        link.scheme: link.ident for link in found if schemes.count(link.scheme) == 1
    }
    return RelatedArtist(
        id=None,
        name=name,
        uri=None,
        url=PAGE.format(mbid) if mbid else None,
        images=(),
        genres=tuple(genres(wire)) or None if wire and with_genres else None,
        ids={**({IdScheme.MBID: mbid} if mbid else {}), **elsewhere},
    )


def _without_genres(
    artists: Sequence[RelatedArtist], known: Known | SourceError, origin: Origin
) -> Iterator[Missing]:
    for place, one in enumerate(artists):
        field = f"items[{place}].artist.genres"
        if one.genres is not None:
            continue
        if isinstance(known, SourceError):
            yield texts.not_asked_for_genres(field, known)
        else:
            yield origin.absences.of(field)
