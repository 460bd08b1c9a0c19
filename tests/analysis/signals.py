"""Sounds made by numpy, whose truth is known because we made them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]


def tone(seconds: float, *, hz: float = 997.0, dbfs: float = -20.0, rate: int = 44_100) -> Samples:
    """(n,) a sine whose peak lies at `dbfs`."""
    times = np.arange(round(seconds * rate)) / rate
    return np.asarray(10 ** (dbfs / 20) * np.sin(2 * np.pi * hz * times), dtype=np.float32)


def channels(*parts: Samples) -> Samples:
    """(n, channels) from one signal per channel."""
    return np.stack(parts, axis=1)


def noise(seconds: float, *, dbfs: float = -20.0, rate: int = 44_100, seed: int = 1) -> Samples:
    """(n,) white noise with this standard deviation; the same for the same seed."""
    drawn = np.random.default_rng(seed).standard_normal(round(seconds * rate))
    return np.asarray(10 ** (dbfs / 20) * drawn, dtype=np.float32)


def pulse(beats_s: NDArray[np.float64], seconds: float, *, rate: int = 44_100) -> Samples:
    """(n,) a short click with a tail at each of these times."""
    out = np.zeros(round(seconds * rate), dtype=np.float32)
    click = noise(0.03, dbfs=-12, rate=rate) * np.exp(-np.arange(round(0.03 * rate)) / 200)
    for beat in beats_s:
        start = round(float(beat) * rate)
        piece = click[: max(0, len(out) - start)]
        out[start : start + len(piece)] += piece.astype(np.float32)
    return out


def chords(
    roots: list[tuple[int, str]], seconds_each: float, *, dbfs: float = -24.0, rate: int = 44_100
) -> Samples:
    """(n,) held triads: (MIDI number, "major" or "minor") each for some seconds."""
    return np.concatenate(
        [_triad(root, kind, seconds_each, dbfs=dbfs, rate=rate) for root, kind in roots]
    )


def _triad(root: int, kind: str, seconds: float, *, dbfs: float, rate: int) -> Samples:
    notes = (root, root + (4 if kind == "major" else 3), root + 7)
    partials = [
        tone(seconds, hz=440 * 2 ** ((note - 69) / 12) * part, dbfs=dbfs - 6 * part, rate=rate)
        for note in notes
        for part in (1, 2, 3)
    ]
    out = np.sum(partials, axis=0)
    fade = np.minimum(1, np.arange(len(out)) / 400) * np.minimum(1, np.arange(len(out))[::-1] / 400)
    return np.asarray(out * fade, dtype=np.float32)
