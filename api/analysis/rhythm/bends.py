"""Follow a tempo that bends: the local length of a beat whose ordinary length is known.

Players breathe: over half a minute a beat may grow by a tenth. Within a few seconds its onsets
still repeat, so the local period is read from autocorrelations of short windows, smoothly joined.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from api.analysis.rhythm.onsets import RATE, Onsets
from api.analysis.rhythm.tempo import autocorrelation

WINDOW_S, HOP_S = 8.0, 2.0
LONGEST_S = 4.0  # lag up to which repetitions are looked at
MULTIPLES = np.arange(1, 5)  # of the period, at which they are
STRETCHES = np.exp(np.linspace(-0.13, 0.13, 53))  # local periods, as shares of the ordinary one
RELUCTANCE = 40.0  # what a squared logarithm of a stretch costs, in autocorrelation
INERTIA = 30.0  # what a squared change of it costs from one window to the next

Figures = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Windows:
    """Autocorrelations of (w, lags) short windows whose middles are at `centres_s`."""

    centres_s: Figures
    curves: Figures


def look(onsets: Onsets) -> Windows:
    """Autocorrelations of the onsets in windows of 8 s, every 2 s."""
    size, hop, lags = round(WINDOW_S * RATE), round(HOP_S * RATE), round(LONGEST_S * RATE)
    envelope = np.minimum(onsets.broad, 3.0)
    starts = range(0, max(len(envelope) - size, 0) + 1, hop)
    curves = [autocorrelation(envelope[start : start + size], lags) for start in starts]
    centres = np.array([(start + size / 2) / RATE for start in starts])
    return Windows(centres, np.array(curves))


def follow(windows: Windows, period_s: float, times_s: Figures) -> Figures:
    """The local period at each of the times, in seconds."""
    wanted = period_s * RATE * STRETCHES[:, None] * MULTIPLES
    wanted = wanted[:, : max(1, int((wanted[-1] < windows.curves.shape[1] - 1).sum()))]
    low = np.minimum(wanted.astype(np.int64), windows.curves.shape[1] - 2)
    part = wanted - low
    curves = windows.curves[:, low] * (1 - part) + windows.curves[:, low + 1] * part
    path = _smoothest(curves.mean(axis=2))
    return np.interp(times_s, windows.centres_s, period_s * STRETCHES[path])


def _smoothest(worth: Figures) -> NDArray[np.int64]:
    """The path through (w, stretches) that gains most, changing little (Viterbi)."""
    logs = np.log(STRETCHES)
    gains = worth - RELUCTANCE * logs**2
    cost = INERTIA * (logs[:, None] - logs) ** 2
    total, came_from = gains[0], np.zeros(gains.shape, np.int64)
    for i in range(1, len(gains)):
        paths = total - cost
        came_from[i] = paths.argmax(axis=1)
        total = paths.max(axis=1) + gains[i]
    path = [int(total.argmax())]
    for i in range(len(gains) - 1, 0, -1):
        path.append(int(came_from[i, path[-1]]))
    return np.array(path[::-1])
