"""An artist, and those who sound or sell alike."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from api.schemas.base import Model, Percent, Unit
from api.schemas.identity import IdScheme
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


class GenreSaid(Model):
    """One genre that a source gives."""

    name: str
    votes: Annotated[
        int | None, Field(ge=0, description="How many people say so, where the source counts them.")
    ] = None


class GenresBy(Model):
    """The genres that one source gives, its first choice first."""

    source: SourceName
    genres: tuple[GenreSaid, ...]


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
    genres_by: Annotated[
        tuple[GenresBy, ...],
        Field(description="Who gives which genres, side by side; those in `genres` come first."),
    ] = ()
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
    ids: dict[IdScheme, str] = Field(
        default_factory=dict,
        description="Its ids elsewhere, by whose they are, as far as sources state them.",
    )


class MatchedBy(StrEnum):
    """What two sources’ namings of an artist have in common."""

    MBID = "mbid"
    SPOTIFY = "spotify"
    DEEZER = "deezer"
    OWN = "own"
    NAME = "name"


class RelatedVote(Model):
    """What one source says of one relation."""

    source: SourceName
    rank: Annotated[int, Field(ge=1, description="1 is the nearest.")]
    score: Annotated[
        Unit,
        Field(description="1 is the nearest. Computed from the rank where only that is known."),
    ]
    matched_by: Annotated[
        MatchedBy | None,
        Field(
            description="Why this is taken for the artist whom others name: the same id, or "
            "nothing but the same `name`. Null for the first to name it."
        ),
    ] = None


class Relation(Model):
    """One related artist, with who says so."""

    artist: RelatedArtist
    score: Annotated[Unit, Field(description="Mean of the sources’ scores.")]
    agreement: Annotated[int, Field(ge=1, description="How many sources name this artist.")]
    sources: tuple[RelatedVote, ...]


class RankedArtist(Model):
    """One of Spotify’s related artists, in Spotify’s order, which is all it says."""

    artist: RelatedArtist
    rank: Annotated[int, Field(ge=1, description="1 is the nearest.")]


class RelatedArtists(Resource):
    """Artists related to one artist, nearest first, merged over the sources that can say.

    Whom most sources name comes first; among those, whom they rate the nearest on average.
    """

    id: str
    items: tuple[Relation, ...]
    spotify: Annotated[
        tuple[RankedArtist, ...] | None,
        Field(
            description="Spotify’s own list, apart: an order is no distance, so it takes no part "
            "in `items`, scores and agreement. Null where Spotify does not tell."
        ),
    ] = ()
    answering: Annotated[int, Field(ge=1, description="How many sources answered.")] = 1
    provenance: Said
    missing: Gaps = ()
