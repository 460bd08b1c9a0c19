"""Follow a pulse: for a given beat period, the chain of moments that fits the onsets best."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from api.analysis.rhythm.onsets import RATE

SHORTEST, LONGEST = 0.8, 1.25  # steps from beat to beat, in periods
TIGHTNESS = 1_000.0  # cost of a step's squared logarithm, in onset strengths

LOUD = 2.0  # a stroke above it is no better a beat: one accent must not bend the chain
HARDLY = 1e-3  # ... nor may the last bit of a sample decide between two: the softer is the beat
NEAR_S = 0.045  # within which an onset is taken to mean the beat
SETTLING = 0.7  # beats: how far a beat's neighbours have a say
ROUNDS = 3
EARLY_S = 0.005  # what envelopes rise before a click; instruments speak that much late instead


def track(envelope: NDArray[np.float32], periods_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Times of the beats, (m,) seconds, from end to end of the envelope.

    `periods_s` is the length of a beat at each of the envelope's values. Dynamic programming after
    Ellis, Beat Tracking by Dynamic Programming (2007), in blocks as long as the shortest step,
    within which no beat can precede another.
    """
    ordinary, worth = float(np.median(periods_s)) * RATE, np.minimum(envelope, LOUD)
    worth = worth - HARDLY * envelope
    lags = np.arange(max(1, int(SHORTEST * ordinary)), int(np.ceil(LONGEST * ordinary)) + 1)
    reach, block = int(lags[-1]), int(lags[0])
    total = np.zeros(reach + len(envelope))
    came_from = np.full(len(envelope), -1)
    for first in range(0, len(envelope), block):
        at = np.arange(first, min(first + block, len(envelope)))
        cost = TIGHTNESS * np.log(lags / (periods_s[at[len(at) // 2]] * RATE)) ** 2
        paths = total[reach + at[:, None] - lags] - cost
        best = paths.argmax(axis=1)
        total[reach + at] = worth[at] + paths[np.arange(len(at)), best]
        came_from[at] = at - lags[best]
    return _sharpen(envelope, _chain(total[reach:], came_from, reach)) / RATE


def settle(envelope: NDArray[np.float32], beats_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """The chain drawn on to the onsets around it, (m,) seconds, still rising.

    A beat moves to the middle of the onset strength about it, squared so that one clear stroke
    outweighs a murmur, and its neighbours' moves count where it is faint itself.
    """
    reach = NEAR_S * RATE
    offsets = np.arange(-int(reach) - 1, int(reach) + 2)
    frames = beats_s * RATE
    for _ in range(ROUNDS):
        at = np.round(frames).astype(np.int64)[:, None] + offsets
        away = at - frames[:, None]
        near = np.exp(-2 * (away / reach) ** 2) * np.maximum(0.0, 1 - (away / offsets[-1]) ** 2)
        pull = envelope[np.clip(at, 0, len(envelope) - 1)] ** 2 * near
        whole = ndimage.gaussian_filter1d(pull.sum(axis=1), SETTLING, mode="constant") + 1e-6
        moved = ndimage.gaussian_filter1d((pull * away).sum(axis=1), SETTLING, mode="constant")
        frames = frames + moved / whole
    return np.maximum(frames / RATE + EARLY_S, 0.0)


def _chain(
    total: NDArray[np.float64], came_from: NDArray[np.int64], reach: int
) -> NDArray[np.int64]:
    beats = [int(len(total) - 1 - total[: -reach - 1 : -1].argmax())]
    while came_from[beats[-1]] >= 0:
        beats.append(int(came_from[beats[-1]]))
    return np.array(beats[::-1])


def _sharpen(envelope: NDArray[np.float32], frames: NDArray[np.int64]) -> NDArray[np.float64]:
    """Frames and parts of frames: the top of the parabola through a peak and its neighbours."""
    inner = np.clip(frames, 1, max(len(envelope) - 2, 1))
    before, here, after = (envelope[inner + step].astype(np.float64) for step in (-1, 0, 1))
    bend = before - 2 * here + after
    is_peak = (here >= before) & (here >= after) & (bend < 0)
    shift = np.where(is_peak, 0.5 * (before - after) / np.where(bend < 0, bend, -1.0), 0.0)
    return inner.astype(np.float64) + shift
