"""Spotify's audio analysis on the wire.

One dialect (2020) leaves out every number that is 0 and sends some as strings. So here, unlike
everywhere else, a missing number is 0, except `loudness_end`. A number that may not be null is one
that its line means nothing without: where it cannot be read, the line cannot.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from api.schemas.base import Seconds
from api.sources.sound import Mode, PitchClass
from api.sources.spotify.wire import Metre
from api.sources.wire import NUMERIC, LevelDb, PlaceS, Row, TempoBpm, Wire, Zero2One

Twelve = Field(min_length=12, max_length=12)
OffsetS = Annotated[Seconds, Field(ge=-1_000, le=1_000), NUMERIC]  # a little below 0 at times
TimbreAxis = Annotated[float, Field(ge=-100_000, le=100_000), NUMERIC]


class WireInterval(Wire):
    """A bar, beat or tatum."""

    start: PlaceS = 0.0
    duration: PlaceS = 0.0
    confidence: Zero2One = 0.0


class WireHarmony(Wire):
    """What is said alike of a section and of the whole track."""

    loudness: LevelDb | None = 0.0
    tempo: TempoBpm | None = 0.0
    tempo_confidence: Zero2One | None = 0.0
    key: PitchClass | None = 0
    key_confidence: Zero2One | None = 0.0
    mode: Mode | None = 0
    mode_confidence: Zero2One | None = 0.0
    time_signature: Metre | None = 0
    time_signature_confidence: Zero2One | None = 0.0


class WireSection(WireHarmony, WireInterval):
    """A large part of the track."""


class WireSegment(WireInterval):
    """A moment of one sound."""

    pitches: Annotated[tuple[Zero2One, ...], Twelve]
    timbre: Annotated[tuple[TimbreAxis, ...], Twelve]
    loudness_start: LevelDb = 0.0
    loudness_max: LevelDb = 0.0
    loudness_max_time: OffsetS = 0.0
    loudness_end: LevelDb | None = None


class WireSummary(WireHarmony):
    """The whole track in one line, and the fingerprints of the audio, which we do not keep."""

    duration: PlaceS
    end_of_fade_in: PlaceS | None = 0.0
    start_of_fade_out: PlaceS | None = 0.0
    num_samples: Any = None
    sample_md5: Any = None
    offset_seconds: Any = None
    window_seconds: Any = None
    analysis_sample_rate: Any = None
    analysis_channels: Any = None
    codestring: Any = None
    code_version: Any = None
    echoprintstring: Any = None
    echoprint_version: Any = None
    synchstring: Any = None
    synch_version: Any = None
    rhythmstring: Any = None
    rhythm_version: Any = None


class WireAnalysis(Wire):
    """The whole analysis, or what can be read of it."""

    track: WireSummary | None = None
    bars: Row[WireInterval] | None = None
    beats: Row[WireInterval] | None = None
    tatums: Row[WireInterval] | None = None
    sections: Row[WireSection] | None = None
    segments: Row[WireSegment] | None = None
    meta: Any = None
