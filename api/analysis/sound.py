"""What the analyser hears: one decoded piece of music, ready for every measurement."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

RATE = 22_050
"""Samples a second of everything that is analysed."""
MIN_S = 5
MAX_S = 900
"""Only this much of a long file is analysed."""
POWERS_PER_S = 10


@dataclass(frozen=True, eq=False)
class Sound:
    """A decoded file.

    samples: (n,) float32, the mean of the channels at RATE, 1.0 = full scale, every value finite.
    duration_s: decoded samples / source_rate; the header is never believed.
    loudness_lufs: integrated, on the true channels; None only where nothing passes the gate.
    beyond_s: how much longer the file is; only its beginning is kept of a long one.
    left_out: what else of the file was not heard, in words.
    powers: (n,) float64, K-weighted power of the true channels per 100 ms (see loudness.Meter).
    """

    samples: NDArray[np.float32]
    duration_s: float
    loudness_lufs: float | None
    channels: int
    source_rate: int
    beyond_s: float = 0.0
    left_out: tuple[str, ...] = ()
    powers: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))


def clock(seconds: float) -> str:
    """`3:05`."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
