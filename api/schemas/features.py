"""Audio features: one number per question about the sound of a whole track."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from api.schemas.base import Bpm, Decibels, Milliseconds, Mode, Model, PitchClass, Unit
from api.schemas.provenance import Gaps, Resource, Said, SourceName

UNIT_FEATURES = (
    "acousticness",
    "danceability",
    "energy",
    "instrumentalness",
    "liveness",
    "speechiness",
    "valence",
)
"""The fields that run from 0 to 1."""


TempoRange = Annotated[
    tuple[Bpm, ...],
    Field(
        max_length=2,
        description="The slowest and the fastest, where the tempo changes audibly; `tempo` is then "
        "but its middle. Empty where it keeps one tempo, or the source does not say.",
        examples=[[62.0, 96.0]],
    ),
]


class AudioFeatures(Resource):
    """The audio features of one track, from one source. Values of two sources never mix."""

    id: str
    uri: str
    acousticness: Annotated[
        Unit | None,
        Field(description="How sure the source is that the sound is acoustic, not amplified."),
    ]
    danceability: Annotated[
        Unit | None,
        Field(description="How well it suits dancing: steady tempo, clear beat, regularity."),
    ]
    energy: Annotated[
        Unit | None,
        Field(description="Calm to intense: loudness, brightness, how busy it is."),
    ]
    instrumentalness: Annotated[
        Unit | None, Field(description="How likely there are no sung or spoken words.")
    ]
    liveness: Annotated[
        Unit | None, Field(description="How likely an audience can be heard in the recording.")
    ]
    speechiness: Annotated[
        Unit | None, Field(description="How much of it is spoken words rather than music.")
    ]
    valence: Annotated[Unit | None, Field(description="Sad or angry (0) to cheerful (1).")]
    loudness: Annotated[
        Decibels | None,
        Field(
            description="Loudness of the whole track in dB, usually -60 to 0. What 0 refers to "
            "stands in `provenance[].detail`: `dBFS-like` or `LUFS`."
        ),
    ]
    tempo: Annotated[Bpm | None, Field(description="Beats per minute.", examples=[121.0])]
    tempo_candidates: Annotated[
        tuple[Bpm, ...],
        Field(description="Other tempi a listener may tap, likeliest first, where known."),
    ]
    tempo_range: TempoRange = ()
    key: PitchClass | None
    mode: Mode | None
    key_name: Annotated[str | None, Field(examples=["F♯ minor"])]
    camelot: Annotated[
        str | None,
        Field(
            description="The key as DJs write it. The same number, its neighbours and the other "
            "letter blend well.",
            examples=["11A"],
        ),
    ]
    time_signature: Annotated[int | None, Field(ge=3, le=7, description="Beats in a bar, 3 to 7.")]
    duration_ms: Milliseconds | None
    uncertainty: Annotated[
        dict[str, float],
        Field(description="Typical absolute error of each estimated field; else empty."),
    ]
    provenance: Said
    missing: Gaps = ()


class Spread(Model):
    """How far the sources are apart on one field."""

    min: float
    max: float
    spread: Annotated[float, Field(ge=0, description="max − min")]


class ComparisonNote(Model):
    """What one has to know to read two sources beside each other."""

    fields: tuple[str, ...]
    sources: tuple[SourceName, ...]
    says: Annotated[
        str,
        Field(
            examples=[
                "Relative keys: A minor (Spotify) and C major (Deezer) have the same seven notes."
            ]
        ),
    ]


class FeatureComparison(Resource):
    """Every source that can, side by side. Nothing is averaged."""

    id: str
    items: Annotated[
        tuple[AudioFeatures, ...],
        Field(description="One per source, in the server’s order; `provenance` names it."),
    ]
    spread: Annotated[
        dict[str, Spread],
        Field(description="Per field that two or more sources give; empty with one source."),
    ]
    sources: Annotated[tuple[SourceName, ...], Field(description="Those that answered.")]
    notes: Annotated[
        tuple[ComparisonNote, ...],
        Field(description="What looks like a disagreement and is none, or cannot be compared."),
    ]
    provenance: Said
    missing: Gaps = ()
