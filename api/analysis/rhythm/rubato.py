"""Follow a pulse whose tempo is free: the chain of beats that is worth most.

A bar pointer without bars (Whiteley, Cemgil and Godsill 2006; Krebs, Böck and Widmer 2015): a beat
has a time and the length of the step that led to it, and a step is about as long as the one before.
Where players push and pull it goes with them.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from api.analysis.rhythm.beatnet import ACTIVATIONS_PER_S
from api.analysis.rhythm.cues import Cues
from api.analysis.rhythm.onsets import RATE

BANDS_BPM = ((40.0, 85.0), (60.0, 125.0), (85.0, 175.0), (120.0, 250.0))  # an octave and a bit each
INERTIA = 80.0  # what the squared logarithm of two neighbouring steps' ratio costs, in log-odds
STRUCK, LOUD = 3.0, 3.0  # what an ordinary onset is worth, and the onset that says no more: of a
# piano's strokes, those on beats have hardly better odds with the network than others
ANEW = 3.0  # what ordinary strokes in the bass soon after cost: on a beat it begins and holds
SOON = slice(3, 17)  # moments after it: 60 to 340 ms

Figures = NDArray[np.float64]
Indices = NDArray[np.int64]


def chains(cues: Cues) -> list[Figures]:
    """The best chain of each band of tempi, (m,) seconds each; none where two beats do not fit."""
    worth = _worth(cues)
    bands = [np.arange(_moments(fast), _moments(slow) + 1) for slow, fast in BANDS_BPM]
    return [
        _chain(worth, steps) / ACTIVATIONS_PER_S for steps in bands if len(worth) > 2 * steps[-1]
    ]


def _moments(bpm: float) -> int:
    return int(60 / bpm * ACTIVATIONS_PER_S)


def _worth(cues: Cues) -> Figures:
    """What each moment is worth as a beat, (n,); a moment between beats is worth nothing."""
    at = np.arange(len(cues.moments)) / ACTIVATIONS_PER_S
    broad, bass = (
        np.minimum(np.interp(at, np.arange(len(envelope)) / RATE, envelope), LOUD)
        for envelope in (cues.onsets.broad, cues.onsets.ranges[:, 0])
    )
    soon = sliding_window_view(np.append(bass, np.zeros(SOON.stop)), SOON.stop)[: len(bass), SOON]
    worth: Figures = cues.moments + STRUCK * broad - ANEW * soon.mean(axis=1)
    return worth


def _chain(worth: Figures, steps: Indices) -> Indices:
    """The best beats of all, by Viterbi over the time of a beat and the step before it.

    In blocks of the shortest step, within which no beat can precede another.
    """
    count, reach = len(worth), int(steps[-1])
    logs = np.log(steps)
    cost = INERTIA * (logs[:, None] - logs) ** 2
    total = np.full((reach + count, len(steps)), -np.inf)
    came_from = np.full((count, len(steps)), -1)
    for first in range(0, count, int(steps[0])):
        at = np.arange(first, min(first + int(steps[0]), count))
        before = at[:, None] - steps
        paths = total[reach + before] - cost
        lengths = paths.argmax(axis=2)
        until = np.take_along_axis(paths, lengths[..., None], axis=2)[..., 0]
        begins = np.where(before < 0, 0.0, -np.inf)
        came_from[at] = np.where(begins >= until, -1, lengths)
        total[reach + at] = np.maximum(begins, until) + worth[at][:, None]
    is_last = np.arange(count)[:, None] + steps >= count
    ends = np.where(is_last, total[reach:], -np.inf)
    return _path(came_from, steps, np.unravel_index(int(ends.argmax()), ends.shape))


def _path(came_from: Indices, steps: Indices, last: tuple[np.intp, ...]) -> Indices:
    at, length = map(int, last)
    path = [at]
    while came_from[at, length] >= 0:
        at, length = at - int(steps[length]), int(came_from[at, length])
        path.append(at)
    return np.array(path[::-1])
