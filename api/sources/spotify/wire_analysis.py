"""Spotify's audio analysis on the wire.

One dialect (2020) leaves out every number that is 0 and sends some as strings. So here, unlike
everywhere else, a missing number is 0, except `loudness_end`.
"""

from __future__ import annotations

from typing import Any

from api.sources.answers import Wire


class WireInterval(Wire):
    """A bar, beat or tatum."""

    start: float = 0.0
    duration: float = 0.0
    confidence: float = 0.0


class WireSection(Wire):
    """A large part of the track."""

    start: float = 0.0
    duration: float = 0.0
    confidence: float = 0.0
    loudness: float = 0.0
    tempo: float = 0.0
    tempo_confidence: float = 0.0
    key: int = 0
    key_confidence: float = 0.0
    mode: int | None = 0
    mode_confidence: float = 0.0
    time_signature: int = 0
    time_signature_confidence: float = 0.0


class WireSegment(Wire):
    """A moment of one sound."""

    pitches: tuple[float, ...]
    timbre: tuple[float, ...]
    start: float = 0.0
    duration: float = 0.0
    confidence: float = 0.0
    loudness_start: float = 0.0
    loudness_max: float = 0.0
    loudness_max_time: float = 0.0
    loudness_end: float | None = None


class WireSummary(Wire):
    """The whole track in one line, and the fingerprints of the audio, which we do not keep."""

    duration: float
    end_of_fade_in: float = 0.0
    start_of_fade_out: float = 0.0
    loudness: float = 0.0
    tempo: float = 0.0
    tempo_confidence: float = 0.0
    time_signature: int = 0
    time_signature_confidence: float = 0.0
    key: int = 0
    key_confidence: float = 0.0
    mode: int | None = 0
    mode_confidence: float = 0.0
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
    """The whole analysis."""

    track: WireSummary
    bars: tuple[WireInterval, ...]
    beats: tuple[WireInterval, ...]
    tatums: tuple[WireInterval, ...]
    sections: tuple[WireSection, ...]
    segments: tuple[WireSegment, ...]
    meta: Any = None
