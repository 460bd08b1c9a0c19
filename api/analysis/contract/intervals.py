"""Lay beats out as beats, tatums and bars: stretches that meet end to start."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from api.analysis.contract import calibration
from api.analysis.contract.calibration import Estimate
from api.analysis.rhythm.rhythm import STRAIGHT, Rhythm

Floats = NDArray[np.float64]

SWUNG = 2 / 3
"""Where the off-beat of a swung or compound beat is put."""


@dataclass(frozen=True, slots=True)
class Spans:
    """n stretches: (n + 1,) edges in seconds, each the end of one and the start of the next."""

    edges_s: Floats
    confidences: Floats


NONE = Spans(np.zeros(0), np.zeros(0))


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
        return Grid(NONE, NONE, NONE)
    edges = np.append(starts, min(ends_s, 2 * starts[-1] - starts[-2]))
    sure = calibration.confidences(Estimate.BEAT, beat_margins(pulse)[inside])
    beats = Spans(edges, sure)
    return Grid(beats, _tatums(beats, pulse.swing), _bars(beats, pulse, first))


def beat_margins(pulse: Rhythm) -> Floats:
    """(m,), 0 to 1: how plainly each beat is one.

    The tempo's margin times the geometric mean of its own stroke and the usual one: of what was
    tried on rendered music this tells right beats from wrong ones best.
    """
    usual = pulse.beat_strengths.mean()
    return np.asarray(pulse.tempo_margin * np.sqrt(pulse.beat_strengths * usual))


def bar_margins(pulse: Rhythm) -> Floats:
    """(k,), 0 to 1: how plainly each bar begins where it is said to.

    The metre's margin times how much downbeats usually stand out, and this one's own stroke.
    """
    usual = pulse.downbeat_strengths.mean()
    own = pulse.beat_strengths[pulse.downbeats]
    return np.asarray(pulse.metre_margin * usual * (0.5 + 0.5 * own))


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
        return NONE
    edges = np.append(beats.edges_s[at[inside]], beats.edges_s[-1])
    return Spans(edges, calibration.confidences(Estimate.BAR, bar_margins(pulse)[inside]))
