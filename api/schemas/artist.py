"""An artist, and those who sound or sell alike."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from api.schemas.base import Model, Percent, Unit
from api.schemas.provenance import Gaps, Resource, Said, SourceName


class Image(Model):
    """A picture at its source; sizes are null where the source does not give them."""

    url: str
    width: Annotated[int | None, Field(description="Pixels.", ge=0)]
    height: Annotated[int | None, Field(description="Pixels.", ge=0)]


Images = Annotated[tuple[Image, ...], Field(description="Pictures, widest first as sent.")]


class ArtistCredit(Model):
    """An artist as named on a track or album. Local files have names only."""

    id: str | None
    name: str
    uri: str | None


class Artist(Resource):
    """One artist, as its source describes it."""

    id: str
    uri: str
    url: Annotated[str | None, Field(description="The artist’s page at the source.")]
    name: str
    images: Images
    genres: Annotated[
        tuple[str, ...] | None,
        Field(description="Genre names; null when no source says, which never means “none”."),
    ]
    popularity: Annotated[
        Percent | None,
        Field(description="Spotify’s own 0-100: how much the artist is played lately."),
    ]
    followers: Annotated[int | None, Field(ge=0, description="People who follow the artist.")]
    provenance: Said
    missing: Gaps = ()


class RelatedArtist(Model):
    """An artist that a source relates to the one asked for."""

    id: str | None
    name: str
    uri: str | None
    url: str | None
    images: Images
    genres: tuple[str, ...] | None


class RelatedVote(Model):
    """What one source says of one relation."""

    source: SourceName
    rank: Annotated[int, Field(ge=1, description="1 is the nearest.")]
    score: Annotated[
        Unit,
        Field(description="1 is the nearest. Computed from the rank where only that is known."),
    ]


class Relation(Model):
    """One related artist, with who says so."""

    artist: RelatedArtist
    score: Annotated[Unit, Field(description="Mean of the sources’ scores.")]
    agreement: Annotated[int, Field(ge=1, description="How many sources name this artist.")]
    sources: tuple[RelatedVote, ...]


class RelatedArtists(Resource):
    """Artists related to one artist, nearest first, merged over the sources that can say."""

    id: str
    items: tuple[Relation, ...]
    provenance: Said
    missing: Gaps = ()
