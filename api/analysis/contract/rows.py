"""The rows of an analysis: intervals, sections and segments, rounded so that they still meet."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from api.analysis.contract import calibration
from api.analysis.contract.calibration import Estimate
from api.analysis.contract.intervals import Spans
from api.analysis.pipeline import Heard, MeasuredSection
from api.analysis.structure.segments import Segments
from api.schemas.analysis import Interval, Section, Segment

TIME_DECIMALS, DECIMALS = 5, 3
_INHERITED = 0.5
"""What is left of a confidence where a short section has the whole track's value."""

Matrix = NDArray[np.float32] | NDArray[np.float64]


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
        confidence=1.0 if first else _sure(Estimate.SECTION, part.strength),
        loudness=round(part.loudness_lufs, DECIMALS),
        tempo=None if part.tempo_bpm is None else round(part.tempo_bpm, DECIMALS),
        tempo_confidence=(
            None if part.tempo_bpm is None else _sure(Estimate.TEMPO, part.tempo_margin, share)
        ),
        key=guess.key if guess else None,
        key_confidence=_sure(Estimate.KEY, guess.margin, share) if guess else None,
        mode=guess.mode if guess else None,
        mode_confidence=_sure(Estimate.MODE, guess.mode_margin, share) if guess else None,
        time_signature=pulse.metre,
        time_signature_confidence=(
            None
            if pulse.metre is None
            else _sure(Estimate.TIME_SIGNATURE, pulse.metre_margin, share)
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


def _sure(kind: Estimate, margin: float, share: float = 1.0) -> float:
    return round(share * calibration.confidence(kind, margin), DECIMALS)
