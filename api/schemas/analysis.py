"""Audio analysis: what happens when. Seconds and dB, to the last digit the source sent."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from api.schemas.base import Bpm, Decibels, Mode, Model, PitchClass, Seconds, Unit
from api.schemas.features import TempoRange
from api.schemas.provenance import Gaps, Resource, Said

Twelve = Annotated[tuple[float, ...], Field(min_length=12, max_length=12)]
Pitches = Annotated[
    tuple[Unit, ...],
    Field(
        min_length=12,
        max_length=12,
        description="How strongly each of the 12 notes C to B sounds, 0-1.",
    ),
]
TimbreBasis = Literal["spotify", "earprint-v1"]


class TrackSummary(Model):
    """The analysis of the whole track in one line. Confidences run from 0 to 1."""

    duration: Seconds
    tempo: Bpm | None
    tempo_confidence: Unit | None
    tempo_range: TempoRange = ()
    time_signature: Annotated[int | None, Field(description="Beats in a bar.")]
    time_signature_confidence: Unit | None
    key: PitchClass | None
    key_confidence: Unit | None
    mode: Mode | None
    mode_confidence: Unit | None
    loudness: Decibels | None
    end_of_fade_in: Annotated[Seconds | None, Field(description="When the fade-in is over.")]
    start_of_fade_out: Annotated[Seconds | None, Field(description="When the fade-out begins.")]


class Interval(Model):
    """A bar, beat or tatum (the smallest regular pulse a listener feels)."""

    start: Seconds
    duration: Seconds
    confidence: Unit


class Section(Model):
    """A large part of the track: a verse, a chorus, a solo."""

    start: Seconds
    duration: Seconds
    confidence: Unit
    loudness: Decibels | None
    tempo: Bpm | None
    tempo_confidence: Unit | None
    key: PitchClass | None
    key_confidence: Unit | None
    mode: Mode | None
    mode_confidence: Unit | None
    time_signature: int | None
    time_signature_confidence: Unit | None


class Segment(Model):
    """A moment whose sound hardly changes, roughly one note or chord."""

    start: Seconds
    duration: Seconds
    confidence: Unit
    loudness_start: Decibels
    loudness_max: Decibels
    loudness_max_time: Annotated[Seconds, Field(description="Counted from the segment’s start.")]
    loudness_end: Decibels | None
    pitches: Pitches
    timbre: Annotated[
        Twelve,
        Field(description="12 numbers for the colour of the sound; see `timbre_basis`."),
    ]


Intervals = tuple[Interval, ...]


class AudioAnalysis(Resource):
    """The analysis of one track. Parts that were not asked for (`include=`) are null."""

    id: str
    uri: str
    track: TrackSummary | None
    bars: Intervals | None
    beats: Intervals | None
    tatums: Intervals | None
    sections: tuple[Section, ...] | None
    segments: tuple[Segment, ...] | None
    timbre_basis: Annotated[
        TimbreBasis,
        Field(description="Whose 12 timbre axes these are; two bases cannot be compared."),
    ]
    provenance: Said
    missing: Gaps = ()


class PackedRows(Model):
    """Twelve rows of numbers, one row per note or timbre axis, with one byte per segment.

    `data` is base64 of the rows one after the other. A number of row `r` is
    `offset[r] + scale[r] * byte`: off by half of `scale[r]` at most.
    """

    data: Annotated[str, Field(json_schema_extra={"contentEncoding": "base64"})]
    scale: Twelve
    offset: Twelve


class IntervalColumns(Model):
    """Bars, beats or tatums: the n-th of each list belong together."""

    start: tuple[Seconds, ...]
    duration: tuple[Seconds, ...]
    confidence: tuple[Unit, ...]


class SectionColumns(Model):
    """Sections: the n-th of each list belong together."""

    start: tuple[Seconds, ...]
    duration: tuple[Seconds, ...]
    confidence: tuple[Unit, ...]
    loudness: tuple[Decibels | None, ...]
    tempo: tuple[Bpm | None, ...]
    tempo_confidence: tuple[Unit | None, ...]
    key: tuple[PitchClass | None, ...]
    key_confidence: tuple[Unit | None, ...]
    mode: tuple[Mode | None, ...]
    mode_confidence: tuple[Unit | None, ...]
    time_signature: tuple[int | None, ...]
    time_signature_confidence: tuple[Unit | None, ...]


class SegmentColumns(Model):
    """Segments: the n-th of each list belong together, and the n-th byte of each packed row."""

    start: tuple[Seconds, ...]
    duration: tuple[Seconds, ...]
    confidence: tuple[Unit, ...]
    loudness_start: tuple[Decibels, ...]
    loudness_max: tuple[Decibels, ...]
    loudness_max_time: tuple[Seconds, ...]
    loudness_end: tuple[Decibels | None, ...]
    pitches: PackedRows
    timbre: PackedRows


class AnalysisColumns(Resource):
    """The same analysis, one list per field: compact, and ready to draw.

    Everything is as exact as in rows, but for pitches and timbre, which have 256 steps.
    """

    id: str
    uri: str
    track: TrackSummary | None
    bars: IntervalColumns | None
    beats: IntervalColumns | None
    tatums: IntervalColumns | None
    sections: SectionColumns | None
    segments: SegmentColumns | None
    timbre_basis: TimbreBasis
    provenance: Said
    missing: Gaps = ()
