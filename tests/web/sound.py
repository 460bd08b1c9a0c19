"""Invented answers of /v1 about sound: features and analysis."""

from __future__ import annotations

import math
from typing import Any

from api.schemas.analysis import AudioAnalysis, Interval, Section, Segment, TrackSummary
from api.schemas.features import AudioFeatures, FeatureComparison, Spread
from api.schemas.lists import Batch, BatchItem
from api.schemas.provenance import Reason, SourceName
from tests.web import music


def features(
    ident: str = music.TRACK, source: SourceName = SourceName.RECCOBEATS, **more: Any
) -> AudioFeatures:
    """Audio features; liveness is not known, valence is only estimated."""
    given: dict[str, Any] = {
        "id": ident,
        "uri": f"spotify:track:{ident}",
        "acousticness": 0.71,
        "danceability": 0.62,
        "energy": 0.34,
        "instrumentalness": 0.04,
        "liveness": None,
        "speechiness": 0.03,
        "valence": 0.22,
        "loudness": -9.81,
        "tempo": 72.02,
        "tempo_candidates": (144.04,),
        "key": 6,
        "mode": 0,
        "key_name": "F♯ minor",
        "camelot": "11A",
        "time_signature": 4,
        "duration_ms": 225_400,
        "uncertainty": {"valence": 0.21},
        "provenance": music.said(
            source, detail="dBFS-like", fields=("energy", "key", "mode", "key_name")
        ),
        "missing": (music.gone("liveness", Reason.NOT_KNOWN),),
    }
    return AudioFeatures(**given | more)


def comparison() -> FeatureComparison:
    """Two sources that agree on the key and differ in energy."""
    first, second = features(), features(source=SourceName.LIBRARY, energy=0.5, tempo=None)
    return FeatureComparison(
        id=music.TRACK,
        items=(first, second),
        spread={"energy": Spread(min=0.34, max=0.5, spread=0.16)},
        sources=(SourceName.RECCOBEATS, SourceName.LIBRARY),
        notes=(),
        provenance=(*first.provenance, *second.provenance),
    )


def batch(idents: list[str]) -> Batch[AudioFeatures]:
    """Features of many; the last of several is not known."""
    known = idents[:-1] if len(idents) > 1 else idents
    return Batch[AudioFeatures](
        items=tuple(
            BatchItem[AudioFeatures](
                id=i, ok=i in known, value=features(i) if i in known else None, problem=None
            )
            for i in idents
        )
    )


def analysis(seconds: float = 225.4, **more: Any) -> AudioAnalysis:
    """An analysis of invented music in slow waves."""
    beat = 60 / 72
    given: dict[str, Any] = {
        "id": music.TRACK,
        "uri": f"spotify:track:{music.TRACK}",
        "track": summary(seconds),
        "bars": pulse(seconds, beat * 4),
        "beats": pulse(seconds, beat),
        "tatums": pulse(seconds, beat / 2),
        "sections": sections(seconds),
        "segments": segments(seconds),
        "timbre_basis": "spotify",
        "provenance": music.said(),
    }
    return AudioAnalysis(**given | more)


def summary(seconds: float = 225.4, **more: Any) -> TrackSummary:
    """The whole track; where the fade-out begins was not found."""
    given: dict[str, Any] = {
        "duration": seconds,
        "tempo": 72.02,
        "tempo_confidence": 0.61,
        "time_signature": 4,
        "time_signature_confidence": 1.0,
        "key": 6,
        "key_confidence": 0.72,
        "mode": 0,
        "mode_confidence": 0.55,
        "loudness": -9.81,
        "end_of_fade_in": 0.2,
        "start_of_fade_out": None,
    }
    return TrackSummary(**given | more)


def sections(seconds: float = 225.4) -> tuple[Section, ...]:
    """Nine sections of equal length."""
    return tuple(_section(number, seconds / 9) for number in range(9))


def segments(seconds: float = 225.4) -> tuple[Segment, ...]:
    """700 segments of equal length."""
    return tuple(_segment(number, seconds / 700) for number in range(700))


def pulse(seconds: float, step: float) -> tuple[Interval, ...]:
    """A mark every `step` seconds."""
    count = int(seconds / step)
    return tuple(Interval(start=n * step, duration=step, confidence=0.5) for n in range(count))


def _section(number: int, step: float) -> Section:
    return Section(
        start=number * step,
        duration=step,
        confidence=(number * 37 % 100) / 100,
        loudness=-8.0 - number,
        tempo=72.0,
        tempo_confidence=0.5,
        key=(6, 9, 1)[number % 3],
        key_confidence=0.6,
        mode=number % 2,
        mode_confidence=0.5,
        time_signature=4,
        time_signature_confidence=1.0,
    )


def _segment(number: int, step: float) -> Segment:
    level = -25 + 15 * math.sin(number / 60) + 5 * math.sin(number / 3)
    notes = [abs(math.sin(number / 40 + note * 1.7)) for note in range(12)]
    peak = max(notes)
    return Segment(
        start=number * step,
        duration=step,
        confidence=0.5,
        loudness_start=level - 6,
        loudness_max=level,
        loudness_max_time=step / 4,
        loudness_end=None,
        pitches=tuple(note / peak for note in notes),
        timbre=tuple(100 * math.sin(number / 50 + axis) for axis in range(12)),
    )
