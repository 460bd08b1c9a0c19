"""A playlist, its entries, and how its tracks spread."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from api.schemas.artist import Images
from api.schemas.base import Bpm, Decibels, Milliseconds, Model, Moment, Unit
from api.schemas.features import TempoRange
from api.schemas.provenance import Gaps, Resource, Said, SourceName
from api.schemas.track import Track


class Owner(Model):
    """Whose playlist it is."""

    id: str
    name: Annotated[str | None, Field(description="As shown; null where it is not given.")]


class Playlist(Resource):
    """What a playlist says of itself; its entries are at /v1/playlists/{id}/items."""

    id: str
    uri: str
    url: str | None
    name: str
    description: Annotated[str | None, Field(description="Plain text, no markup.")]
    owner: Owner
    images: Images
    public: Annotated[bool | None, Field(description="Shown on the owner’s profile.")]
    collaborative: Annotated[bool | None, Field(description="Open to others to edit.")]
    snapshot_id: Annotated[str | None, Field(description="Changes whenever the playlist changes.")]
    items_total: Annotated[int | None, Field(ge=0)]
    provenance: Said
    missing: Gaps = ()


class ItemKind(StrEnum):
    """What stands at a position of a playlist."""

    TRACK = "track"
    EPISODE = "episode"
    LOCAL = "local"
    REMOVED = "removed"
    OTHER = "other"  # of a kind that is not known here; `reason` names it


class PlaylistItem(Model):
    """One position of a playlist. Nothing is skipped, so positions stay true."""

    position: Annotated[int, Field(ge=0, description="0 is the first.")]
    kind: ItemKind
    added_at: Moment | None
    name: str
    artists: tuple[str, ...]
    duration_ms: Milliseconds | None
    track: Track | None
    reason: Annotated[
        str | None, Field(description="Why there is no track here, or why it cannot be played.")
    ]
    isrc: Annotated[
        str | None, Field(description="The recording’s number, where no more is known of it.")
    ] = None


class Fold(StrEnum):
    """What may be counted as one in a profile."""

    TEMPO = "tempo"


class Histogram(Model):
    """`counts[i]` tracks lie from `edges[i]` up to `edges[i + 1]`; the last edge is included."""

    edges: tuple[float, ...]
    counts: tuple[int, ...]


class Distribution(Model):
    """How one feature spreads over the tracks that have it."""

    n: Annotated[int, Field(ge=1)]
    mean: float
    sd: Annotated[float, Field(ge=0, description="Standard deviation of these n tracks.")]
    min: float
    p10: float
    p25: float
    median: float
    p75: float
    p90: float
    max: float
    histogram: Histogram


class KeyCount(Model):
    """How many tracks are in one key."""

    camelot: str
    key_name: str
    count: int


class Excluded(Model):
    """Entries that the profile does not describe, by why."""

    local: int
    episode: int
    removed: int
    no_features: int
    other: int = 0


class Outlier(Model):
    """A track far from the rest of the playlist."""

    position: int
    id: str
    name: str
    distance: Annotated[
        float, Field(description="Root mean square of its distances, in standard deviations.")
    ]
    because: Annotated[str, Field(description="The feature that sets it apart, in words.")]


class PlaylistProfile(Resource):
    """What a playlist sounds like, from one source that is named."""

    id: str
    name: str
    source: SourceName
    items_total: int
    described: Annotated[int, Field(description="N of `items_total` entries have features.")]
    excluded: Excluded
    by_source: dict[SourceName, int]
    features: dict[str, Distribution]
    keys: tuple[KeyCount, ...]
    time_signatures: dict[str, int]
    outliers: tuple[Outlier, ...]
    provenance: Said
    missing: Gaps = ()


class SoundingEntry(Model):
    """One position of a playlist with its numbers, all of one source."""

    position: Annotated[int, Field(ge=0, description="0 is the first.")]
    kind: ItemKind
    id: Annotated[str | None, Field(description="The track’s; null where there is none.")]
    name: str
    artists: tuple[str, ...]
    duration_ms: Milliseconds | None
    acousticness: Unit | None = None
    danceability: Unit | None = None
    energy: Unit | None = None
    instrumentalness: Unit | None = None
    liveness: Unit | None = None
    speechiness: Unit | None = None
    valence: Unit | None = None
    loudness: Decibels | None = None
    tempo: Bpm | None = None
    tempo_factor: Annotated[
        float,
        Field(description="With `fold=tempo`: what the source’s tempo was multiplied by."),
    ] = 1
    tempo_range: TempoRange = ()
    key_name: Annotated[str | None, Field(examples=["F♯ minor"])] = None
    camelot: Annotated[str | None, Field(examples=["11A"])] = None
    time_signature: Annotated[int | None, Field(ge=3, le=7)] = None
    reason: Annotated[str | None, Field(description="Why there are no numbers.")] = None


class PlaylistTable(Resource):
    """A playlist’s entries with their numbers: sorted, filtered, a part at a time."""

    id: str
    source: Annotated[SourceName | None, Field(description="Whose numbers; null if nobody’s.")]
    items_total: Annotated[int, Field(ge=0, description="Entries of the playlist that were read.")]
    described: Annotated[int, Field(ge=0, description="How many of them have numbers.")]
    total: Annotated[int, Field(ge=0, description="How many fit the filter.")]
    unjudged: Annotated[
        int, Field(ge=0, description="Left out because the number a filter asks for is not known.")
    ]
    averages: Annotated[
        dict[str, float],
        Field(
            description="The mean of each feature over all that fit and have it.",
            examples=[{"tempo": 118.4, "energy": 0.62}],
        ),
    ]
    limit: Annotated[int, Field(ge=1)]
    offset: Annotated[int, Field(ge=0)]
    href: str
    items: tuple[SoundingEntry, ...]
    next: str | None
    previous: str | None
    provenance: Said
    missing: Gaps = ()


class Neighbour(Model):
    """A track of the playlist, and how far from it another one is."""

    position: int
    id: str
    name: str
    distance: Annotated[
        float, Field(description="Root mean square of the differences, in standard deviations.")
    ]


class Blending(Model):
    """A track of the playlist whose key is the same, or next to it on the wheel."""

    position: int
    id: str
    name: str
    camelot: str


class Fit(Resource):
    """Where a track would stand in a playlist, by the numbers of one source that is named."""

    id: Annotated[str, Field(description="The playlist’s id.")]
    track: Annotated[str, Field(description="The track’s id.")]
    source: Annotated[SourceName, Field(description="Who describes the playlist.")]
    described: Annotated[int, Field(description="How many of its entries have features.")]
    distance: Annotated[
        float | None,
        Field(
            description="From the playlist’s average: root mean square over the features, in "
            "standard deviations. Below 1 it is one of them; from 1.75 on it stands apart."
        ),
    ]
    percentile: Annotated[
        dict[str, float | None],
        Field(description="Per feature: how many of a hundred tracks here have less of it."),
    ]
    because: Annotated[tuple[str, ...], Field(description="What sets it apart, in words.")]
    nearest: tuple[Neighbour, ...]
    farthest: tuple[Neighbour, ...]
    values: Annotated[
        dict[str, float | None], Field(description="Per feature: the track’s own number.")
    ]
    uncertainty: Annotated[
        dict[str, float], Field(description="Typical error of those that are estimated.")
    ]
    key_name: str | None
    camelot: str | None
    blending: Annotated[
        tuple[Blending, ...], Field(description="The first few whose key blends with it.")
    ]
    blending_total: Annotated[int, Field(ge=0, description="How many do.")]
    provenance: Said
    missing: Gaps = ()
