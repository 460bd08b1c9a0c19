"""Play a composed piece as people do: a tempo that bends, parts that lag, notes that waver.

A piece is that of ../shared/tools/audio_truth/compose.py: notes in quarters from the first
downbeat, and `seconds`, which says when a quarter sounds. What is true of it is read off
`seconds` too, so that beats stay exact whatever the curve.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import pi, sin
from random import Random
from typing import Any

DRUMS = 9
STEADY = 0.3  # of the pieces keep their tempo
TREND_QUARTERS = 400.0  # so slow that it only rises or falls within a piece
MOST_LAG_S = 0.015
Wave = tuple[float, float, float]  # share of the tempo, quarters in a period, phase


@dataclass(frozen=True, slots=True)
class Manner:
    """How a piece is played: the waves of its tempo, seconds each part lags, and wavers."""

    waves: tuple[Wave, ...]
    lags_s: tuple[float, ...]
    jitter_s: float


def manner(rng: Random) -> Manner:
    """One of many; three in ten keep time as a machine does, two in ten bend phrases plainly."""
    waves: list[Wave] = []
    if rng.random() >= STEADY:
        waves.append((rng.uniform(0, 0.03), TREND_QUARTERS, rng.uniform(0, 2 * pi)))
        waves.append((rng.uniform(0, 0.025), rng.uniform(24, 80), rng.uniform(0, 2 * pi)))
        if rng.random() < STEADY:
            waves.append((rng.uniform(0.03, 0.09), rng.choice((8, 12, 16)), rng.uniform(0, 2 * pi)))
    lags = [max(-MOST_LAG_S, min(MOST_LAG_S, rng.gauss(0, 0.006))) for _ in range(16)]
    lags[DRUMS] = 0.0
    return Manner(tuple(waves), tuple(lags), rng.uniform(0, 0.008))


def play(piece: Any, how: Manner, rng: Random) -> None:
    """Bend the piece's time and move its notes; whoever asks it later hears both."""
    second = 1e6 / piece.us_per_quarter
    piece.notes = [
        (start + moved, end + moved, channel, pitch, velocity)
        for start, end, channel, pitch, velocity in piece.notes
        for moved in [(how.lags_s[channel] + rng.gauss(0, how.jitter_s)) * second]
    ]
    piece.lead_in += piece.pickup * sum(share for share, *_ in how.waves) / second
    piece.seconds = bent(piece.seconds, how.waves)


def bent(seconds: Callable[[float], float], waves: Sequence[Wave]) -> Callable[[float], float]:
    """When a quarter sounds once the tempo sways: its length grows by each wave's share at most."""

    def moved(quarter: float) -> float:
        sway = sum(
            share * period / (2 * pi) * (sin(2 * pi * quarter / period + phase) - sin(phase))
            for share, period, phase in waves
        )
        return seconds(quarter + sway)

    return moved
