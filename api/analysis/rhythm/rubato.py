"""Follow a pulse whose tempo is free: the chain of beats that explains every moment best.

A bar pointer without bars (Whiteley, Cemgil and Godsill 2006; Krebs, Böck and Widmer 2015): a beat
has a time and the length of the step that led to it, a step is about as long as the one before, and
what sounds between beats speaks as well. Where players push and pull it goes with them.
"""

import numpy as np
from numpy.typing import NDArray

from api.analysis.rhythm.beatnet import ACTIVATIONS_PER_S
from api.analysis.rhythm.cues import Cues
from api.analysis.rhythm.onsets import RATE

BANDS_BPM = ((40.0, 85.0), (60.0, 125.0), (85.0, 175.0), (120.0, 250.0))  # an octave and a bit each
INERTIA = 80.0  # what the squared logarithm of two neighbouring steps' ratio costs, in log-odds
STRUCK, LOUD = 1.0, 3.0  # log-odds that an ordinary onset is worth, and the onset that says no more
BETWEEN = 2.0  # times as many moments lie between beats as are theirs

Figures = NDArray[np.float64]
Indices = NDArray[np.int64]


def chains(cues: Cues) -> list[Figures]:
    """The best chain of each band of tempi, (m,) seconds each; none where two beats do not fit."""
    beat, rest = _worth(cues)
    bands = [np.arange(_moments(fast), _moments(slow) + 1) for slow, fast in BANDS_BPM]
    return [
        _chain(beat, rest, steps) / ACTIVATIONS_PER_S
        for steps in bands
        if len(beat) > 2 * steps[-1]
    ]


def _moments(bpm: float) -> int:
    return int(60 / bpm * ACTIVATIONS_PER_S)


def _worth(cues: Cues) -> tuple[Figures, Figures]:
    """Log-likelihood of each moment as a beat and as none, (n,) each."""
    odds = cues.moments.astype(np.float64)
    at = np.arange(len(odds)) / ACTIVATIONS_PER_S
    struck = np.interp(at, np.arange(len(cues.onsets.broad)) / RATE, cues.onsets.broad)
    beat = -np.logaddexp(0.0, -odds)
    return beat + STRUCK * np.minimum(struck, LOUD), beat - odds - np.log(BETWEEN)


def _chain(beat: Figures, rest: Figures, steps: Indices) -> Indices:
    """The best beats of all, by Viterbi over the time of a beat and the step before it.

    In blocks of the shortest step, within which no beat can precede another.
    """
    count, reach = len(beat), int(steps[-1])
    logs = np.log(steps)
    cost = INERTIA * (logs[:, None] - logs) ** 2
    silent = np.append(0.0, np.cumsum(rest))
    total = np.full((reach + count, len(steps)), -np.inf)
    came_from = np.full((count, len(steps)), -1)
    for first in range(0, count, int(steps[0])):
        at = np.arange(first, min(first + int(steps[0]), count))
        before = at[:, None] - steps
        paths = total[reach + before] - cost
        lengths = paths.argmax(axis=2)
        until = np.take_along_axis(paths, lengths[..., None], axis=2)[..., 0]
        until = until + silent[at][:, None] - silent[np.maximum(before, -1) + 1]
        begins = np.where(before < 0, silent[at][:, None], -np.inf)
        came_from[at] = np.where(begins >= until, -1, lengths)
        total[reach + at] = np.maximum(begins, until) + beat[at][:, None]
    is_last = np.arange(count)[:, None] + steps >= count
    ends = np.where(is_last, total[reach:] + (silent[-1] - silent[1:])[:, None], -np.inf)
    return _path(came_from, steps, np.unravel_index(int(ends.argmax()), ends.shape))


def _path(came_from: Indices, steps: Indices, last: tuple[np.intp, ...]) -> Indices:
    at, length = map(int, last)
    path = [at]
    while came_from[at, length] >= 0:
        at, length = at - int(steps[length]), int(came_from[at, length])
        path.append(at)
    return np.array(path[::-1])
