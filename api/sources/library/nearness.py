"""Who sounds near to whom: artists of this library compared by what was heard in their files. Pure.

Each artist is the mean of its files on seven features that do not depend on how loud a file was
mastered: the six estimates of 0-1 and the logarithm of the tempo, since a fifth faster is as far at
60 as at 120 BPM. Each is measured in standard deviations of all files here, so that none outweighs
the others by its unit. Two artists are as far apart as the root mean square of their differences d;
score = 1 / (1 + d), 1 for the same sound. Key is left out: transposed music is no other music.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean
from typing import Any

from api.music.ids import own_uri
from api.schemas.artist import Image, RelatedArtist, RelatedArtists, Relation
from api.schemas.provenance import Method, SourceName
from api.schemas.reference import Kind
from api.sources.library.texts import ABSENCES, origin
from api.sources.library.versions import with_versions
from api.sources.relations import relation

COMPARED = (
    "energy",
    "acousticness",
    "danceability",
    "valence",
    "instrumentalness",
    "speechiness",
)
TEMPO = "tempo"
MOST = 20
SAME = 1e-9  # a spread below this is rounding
HOW = (
    "Nearest by sound, from this server’s own analysis of {count} files: energy, acousticness, "
    "danceability, valence, instrumentalness, speechiness and tempo, each in standard deviations "
    "of these files; score = 1 ÷ (1 + distance). Only artists of this library are compared."
)

Point = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Near:
    """An artist and how near it is: 1 is the same sound."""

    artist_id: str
    score: float


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The artists that are near, by id, and of how many files it is that they were compared.

    `versions`: of the analyser, that have heard them.
    """

    names: Mapping[str, str]
    genres: Mapping[str, tuple[str, ...] | None]
    images: Mapping[str, tuple[Image, ...]]
    count: int
    versions: frozenset[int]
    at: datetime


def point(features: Mapping[str, Any]) -> Point:
    """Where a file lies: what was heard of it, and nothing for what was not."""
    place = {name: float(v) for name in COMPARED if (v := features.get(name)) is not None}
    tempo = features.get(TEMPO)
    return place | ({TEMPO: math.log2(tempo)} if tempo else {})


def nearest(artist_id: str, files: Iterable[tuple[str, Point]]) -> tuple[Near, ...]:
    """The artists nearest to this one, given every file's artist and place."""
    places = _standardised(list(files))
    artists: dict[str, list[Point]] = defaultdict(list)
    for name, place in places:
        artists[name].append(place)
    means = {name: _mean(those) for name, those in artists.items()}
    here = means.pop(artist_id, {})
    others = [Near(name, _score(here, there)) for name, there in means.items()]
    others.sort(key=lambda near: (-near.score, near.artist_id))
    return tuple(near for near in others if near.score > 0)[:MOST]


def related(ident: str, near: Sequence[Near], among: Neighbours) -> RelatedArtists:
    """The nearest, each with its score."""
    items = tuple(_relation(one, rank, among) for rank, one in enumerate(near, start=1))
    missing = tuple(
        ABSENCES.of(f"items[{place}].artist.{field}")
        for place, item in enumerate(items)
        for field in ("url", "genres")
        if getattr(item.artist, field) is None
    )
    compared = origin(among.at, detail=HOW.format(count=among.count), method=Method.ESTIMATED)
    found = compared.resource(RelatedArtists, {"id": ident, "items": items}, also=missing)
    return found.model_copy(update={"provenance": with_versions(found.provenance, among.versions)})


def _standardised(files: Sequence[tuple[str, Point]]) -> list[tuple[str, Point]]:
    columns: dict[str, list[float]] = defaultdict(list)
    for _, place in files:
        for name, value in place.items():
            columns[name].append(value)
    scale = {name: _scale(values) for name, values in columns.items()}
    return [
        (
            artist,
            {
                name: (value - scale[name][0]) / scale[name][1] if scale[name][1] > SAME else 0.0
                for name, value in place.items()
            },
        )
        for artist, place in files
    ]


def _scale(values: Sequence[float]) -> tuple[float, float]:
    """Mean and standard deviation; `statistics.pstdev` is exact, and too slow for 70,000 values."""
    mean = fmean(values)
    return mean, math.sqrt(fmean((value - mean) ** 2 for value in values))


def _mean(places: Sequence[Point]) -> Point:
    names = {name for place in places for name in place}
    return {name: fmean(place[name] for place in places if name in place) for name in names}


def _score(here: Point, there: Point) -> float:
    """0 where the two have nothing in common that could be compared."""
    shared = sorted(here.keys() & there.keys())
    if not shared:
        return 0.0
    distance = math.sqrt(fmean((here[name] - there[name]) ** 2 for name in shared))
    return 1 / (1 + distance)


def _relation(near: Near, rank: int, among: Neighbours) -> Relation:
    ident = near.artist_id
    artist = RelatedArtist(
        id=ident,
        name=among.names[ident],
        uri=own_uri(Kind.ARTIST, ident),
        url=None,
        images=among.images.get(ident, ()),
        genres=among.genres.get(ident),
    )
    return relation(SourceName.LIBRARY, artist, rank=rank, score=near.score)
