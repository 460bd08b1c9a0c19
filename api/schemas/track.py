"""A track, the albums it stands on, lists of tracks."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from api.schemas.artist import ArtistCredit, Images
from api.schemas.base import Milliseconds, Model, Percent
from api.schemas.provenance import Gaps, Resource, Said

DatePrecision = Literal["year", "month", "day"]
PRECISION_BY_LENGTH: dict[int, DatePrecision] = {4: "year", 7: "month", 10: "day"}
ReleaseDate = Annotated[
    str | None,
    Field(
        description="As exact as `release_date_precision` says: 1999, 1999-03 or 1999-03-21.",
        examples=["2024-05-17"],
    ),
]


class AlbumCredit(Model):
    """The album a track stands on."""

    id: str | None
    name: Annotated[str, Field(description="Empty where the album was taken down.")]
    release_date: ReleaseDate
    release_date_precision: DatePrecision | None
    images: Images


class LinkedFrom(Model):
    """The track that was asked for, where the market plays another copy of it."""

    id: str
    uri: str


class Track(Resource):
    """One recording, as its source describes it."""

    id: str
    uri: str
    url: str | None
    name: str
    artists: tuple[ArtistCredit, ...]
    album: AlbumCredit | None
    duration_ms: Milliseconds | None
    explicit: Annotated[bool | None, Field(description="false can also mean that nobody has said.")]
    isrc: Annotated[
        str | None,
        Field(description="The recording’s own number, the same at every service."),
    ]
    popularity: Annotated[
        Percent | None,
        Field(description="Spotify’s own 0-100: how much the track is played lately."),
    ]
    track_number: int | None
    disc_number: int | None
    is_playable: Annotated[
        bool | None, Field(description="In the market asked for; null without a market.")
    ]
    linked_from: LinkedFrom | None
    provenance: Said
    missing: Gaps = ()


class UnlinkedTrack(Model):
    """A track of a list, of which nobody here knows which of Spotify’s tracks it is."""

    position: Annotated[int, Field(ge=1, description="Its place in the whole list.")]
    url: str | None
    name: str
    artists: tuple[ArtistCredit, ...]
    album: AlbumCredit | None
    duration_ms: Milliseconds | None
    explicit: bool | None
    isrc: str | None


class TrackList(Resource):
    """An artist’s most played tracks, most played first."""

    id: Annotated[str, Field(description="The artist’s id.")]
    items: Annotated[
        tuple[Track, ...],
        Field(description="In the list’s order; those in `unlinked` stand between them."),
    ]
    unlinked: Annotated[
        tuple[UnlinkedTrack, ...],
        Field(
            description="The tracks of which the Spotify id is not known, where a source has ids "
            "of its own; `missing` says how many."
        ),
    ] = ()
    provenance: Said
    missing: Gaps = ()


class Album(Resource):
    """One release of an artist."""

    id: str
    uri: str
    url: str | None
    name: Annotated[str, Field(description="Empty where the album was taken down.")]
    album_type: Annotated[str | None, Field(examples=["album", "single", "compilation"])]
    album_group: Annotated[
        str | None,
        Field(
            description="What the release is to this artist; `appears_on` for a guest.",
            examples=["single"],
        ),
    ]
    artists: tuple[ArtistCredit, ...]
    release_date: ReleaseDate
    release_date_precision: DatePrecision | None
    total_tracks: int | None
    images: Images
    provenance: Said
    missing: Gaps = ()
