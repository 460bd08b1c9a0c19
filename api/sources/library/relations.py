"""Artists near by sound as the contract's related artists. Pure: distances in, schema out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from api.music.ids import own_uri
from api.schemas.artist import Image, RelatedArtist, RelatedArtists, RelatedVote, Relation
from api.schemas.provenance import Method, Provenance, SourceName
from api.schemas.reference import Kind
from api.sources.library.nearness import Near
from api.sources.library.texts import LICENCE, Origin

HOW = (
    "Nearest by sound, from this server’s own analysis of {count} files: energy, acousticness, "
    "danceability, valence, instrumentalness, speechiness and tempo, each in standard deviations "
    "of these files; score = 1 ÷ (1 + distance). Only artists of this library are compared."
)


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The artists that are near, by id, and of how many files it is that they were compared."""

    names: Mapping[str, str]
    genres: Mapping[str, tuple[str, ...] | None]
    images: Mapping[str, tuple[Image, ...]]
    count: int
    at: datetime


def related(ident: str, near: Sequence[Near], among: Neighbours) -> RelatedArtists:
    """The nearest, each with its score."""
    origin = Origin(among.at)
    items = tuple(_relation(one, rank, among) for rank, one in enumerate(near, start=1))
    return RelatedArtists(
        id=ident,
        items=items,
        provenance=(_provenance(among),),
        missing=tuple(
            origin.absence(f"items[{place}].artist.{field}")
            for place, item in enumerate(items)
            for field in ("url", "genres")
            if getattr(item.artist, field) is None
        ),
    )


def _relation(near: Near, rank: int, among: Neighbours) -> Relation:
    ident = near.artist_id
    return Relation(
        artist=RelatedArtist(
            id=ident,
            name=among.names[ident],
            uri=own_uri(Kind.ARTIST, ident),
            url=None,
            images=among.images.get(ident, ()),
            genres=among.genres.get(ident),
        ),
        score=near.score,
        agreement=1,
        sources=(RelatedVote(source=SourceName.LIBRARY, rank=rank, score=near.score),),
    )


def _provenance(among: Neighbours) -> Provenance:
    return Provenance(
        source=SourceName.LIBRARY,
        method=Method.ESTIMATED,
        fields=("items",),
        retrieved_at=among.at,
        licence=LICENCE,
        detail=HOW.format(count=among.count),
    )
