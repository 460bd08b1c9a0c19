"""The rows of an analysis: beats laid out as bars, beats and tatums; sections; segments.

Rounded so that each still ends where the next begins.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from api.analysis.contract import calibration
from api.analysis.contract.calibration import Estimate
from api.analysis.pipeline import Heard, MeasuredSection
from api.analysis.rhythm.rhythm import STRAIGHT, Rhythm
from api.analysis.structure.segments import Segments
from api.schemas.analysis import Interval, Section, Segment

TIME_DECIMALS, DECIMALS = 5, 3
_INHERITED = 0.5
"""What is left of a confidence where a short section has the whole track's value."""
SWUNG = 2 / 3
"""Where the off-beat of a swung or compound beat is put."""

Values = NDArray[np.float64]
Matrix = NDArray[np.float32] | Values


@dataclass(frozen=True, slots=True)
class Spans:
    """n stretches: (n + 1,) edges in seconds, each the end of one and the start of the next."""

    edges_s: Values
    confidences: Values


NO_SPANS = Spans(np.zeros(0), np.zeros(0))


@dataclass(frozen=True, slots=True)
class Grid:
    """Beats, two tatums each, and bars that begin on beats; all empty where there is no pulse."""

    beats: Spans
    tatums: Spans
    bars: Spans


def lay_out(pulse: Rhythm, ends_s: float) -> Grid:
    """The grid of music that ends there; beats outside of the file or after that are left out."""
    inside = (pulse.beats_s >= 0) & (pulse.beats_s < ends_s)
    first = int(inside.argmax()) if inside.any() else 0
    starts = pulse.beats_s[inside]
    if len(starts) < 2:  # noqa: PLR2004  # one beat has no length
        return Grid(NO_SPANS, NO_SPANS, NO_SPANS)
    edges = np.append(starts, min(ends_s, 2 * starts[-1] - starts[-2]))
    margins, strokes = pulse.beat_margins[inside], pulse.beat_strengths[inside]
    sure = calibration.confidences(Estimate.BEAT, margins, strokes, pulse.clarity)
    beats = Spans(edges, sure)
    return Grid(beats, _tatums(beats, pulse.swing), _bars(beats, pulse, first))


def time(seconds: float) -> float:
    """Seconds as the contract writes them."""
    return round(seconds, TIME_DECIMALS)


def intervals(row: Spans) -> tuple[Interval, ...]:
    """Bars, beats or tatums."""
    edges = [time(edge) for edge in row.edges_s.tolist()]
    return tuple(
        Interval(start=start, duration=time(end - start), confidence=round(sure, DECIMALS))
        for (start, end), sure in zip(pairwise(edges), row.confidences.tolist(), strict=True)
    )


def sections(heard: Heard) -> tuple[Section, ...]:
    """One per part; the first begins with the recording, which is certain."""
    return tuple(_section(heard, part, first=place == 0) for place, part in enumerate(heard.parts))


def _section(heard: Heard, part: MeasuredSection, *, first: bool) -> Section:
    pulse, guess = heard.rhythm, part.key
    start, end = time(part.start_s), time(part.end_s)
    share = _INHERITED if part.inherited else 1.0
    return Section(
        start=start,
        duration=time(end - start),
        confidence=1.0 if first else confidence(Estimate.SECTION, part.strength),
        loudness=round(part.loudness_lufs, DECIMALS),
        tempo=None if part.tempo_bpm is None else round(part.tempo_bpm, DECIMALS),
        tempo_confidence=(
            None
            if part.tempo_bpm is None
            else confidence(Estimate.TEMPO, part.tempo_margin, share=share)
        ),
        key=guess.key if guess else None,
        key_confidence=confidence(Estimate.KEY, guess.margin, guess.fit, share=share)
        if guess
        else None,
        mode=guess.mode if guess else None,
        mode_confidence=confidence(Estimate.MODE, guess.mode_margin, guess.fit, share=share)
        if guess
        else None,
        time_signature=pulse.metre,
        time_signature_confidence=(
            None
            if pulse.metre is None
            else confidence(Estimate.TIME_SIGNATURE, pulse.metre_margin, share=share)
        ),
    )


def segments(cut: Segments) -> tuple[Segment, ...]:
    """One per moment; the end of each is the start of the next."""
    last = float(cut.starts_s[-1] + cut.durations_s[-1]) if len(cut.starts_s) else 0.0
    edges = [time(edge) for edge in [*cut.starts_s.tolist(), last]]
    sure = calibration.confidences(Estimate.SEGMENT, cut.confidences)
    columns = zip(
        pairwise(edges),
        *(_listed(column) for column in (sure, cut.loudness_starts_db, cut.loudness_maxima_db)),
        _listed(cut.loudness_max_times_s, TIME_DECIMALS),
        *(_listed(column) for column in (cut.loudness_ends_db, cut.pitches, cut.timbres)),
        strict=True,
    )
    return tuple(
        Segment(
            start=start,
            duration=time(end - start),
            confidence=confidence,
            loudness_start=level,
            loudness_max=loudest,
            loudness_max_time=loudest_at,
            loudness_end=level_end,
            pitches=pitches,
            timbre=timbre,
        )
        for (
            start,
            end,
        ), confidence, level, loudest, loudest_at, level_end, pitches, timbre in columns
    )


def _listed(values: Matrix, decimals: int = DECIMALS) -> list[object]:
    return list(np.round(values.astype(np.float64), decimals).tolist())


def confidence(kind: Estimate, *cues: float, share: float = 1.0) -> float:
    """The confidence of an answer, or so much of it, as it is told."""
    return round(share * calibration.confidence(kind, *cues), DECIMALS)


def _tatums(beats: Spans, swing: float) -> Spans:
    place = STRAIGHT if swing == STRAIGHT else SWUNG
    starts = beats.edges_s[:-1]
    between = starts + place * np.diff(beats.edges_s)
    edges = np.append(np.column_stack([starts, between]).ravel(), beats.edges_s[-1])
    return Spans(edges, np.repeat(beats.confidences, 2))


def _bars(beats: Spans, pulse: Rhythm, first: int) -> Spans:
    """From downbeat to downbeat; the last ends with the last beat, and may be cut short."""
    at = pulse.downbeats - first
    inside = (at >= 0) & (at < len(beats.confidences))
    if not inside.any():
        return NO_SPANS
    edges = np.append(beats.edges_s[at[inside]], beats.edges_s[-1])
    margins, accents = pulse.bar_margins[inside], pulse.downbeat_strengths[inside]
    sure = calibration.confidences(Estimate.BAR, margins, accents, pulse.clarity)
    return Spans(edges, sure)
