"""Hear the key of a piece or of a stretch of it from its chroma.

Each of the 24 keys has a profile, how much each note is expected to sound; the key whose profile
goes best with what was heard is the answer, and by how much it is ahead says how sure that is.
Pieces tend to close on their tonic, so a whole piece's last seconds count more than the others.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from api.analysis.harmony.chroma import FRAME_S, Chroma

MINOR, MAJOR = 0, 1
LEAST_FRAMES = 8  # a third of a second: less is a sound, not a key
CLOSING_FRAMES = round(3.0 / FRAME_S)
CLOSING_WEIGHT = 0.2  # of the closing beside the whole
HOME_S = 8.0  # a stretch is weighed against so much of the whole: most parts are in its key

# Measured: steadiness x contrast is 0.000-0.003 for noise and read speech (up to 0.005 in 5 s of
# it), 0.03-0.3 for played and sung music, metal with drums included.
HALF_TONAL = 0.008  # where the tonality is a half
LEAST_TONALITY = 0.25

# Albrecht & Shanahan (2013), The use of large corpora to train a new type of key-finding algorithm.
PROFILES = np.array(
    [
        [0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052],
        [0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081],
    ]
)


@dataclass(frozen=True, slots=True)
class KeyGuess:
    """A key 0-11 (C is 0), a mode (1 major, 0 minor), and how far ahead they are.

    `fit` is the correlation with the key's profile, -1 to 1; `margin` its lead over the next of the
    24 keys, and `mode_margin` over the best key of the other mode: both 0 or more.
    """

    key: int
    mode: int
    fit: float
    margin: float
    mode_margin: float


def hear(chroma: Chroma, span_s: tuple[float, float] | None = None) -> KeyGuess | None:
    """The key of the whole, or of `span_s` (start, end in seconds); None where there is none.

    Speech, noise and silence have no key, nor has a stretch too short to hold one.
    """
    if tonality(chroma) < LEAST_TONALITY:
        return None
    whole = _sounding(chroma.values)
    heard = whole if span_s is None else _sounding(_within(chroma, span_s))
    if len(heard) < LEAST_FRAMES:
        return None
    if span_s is None:
        fits = _fits(_mean(whole) + CLOSING_WEIGHT * _mean(whole[-CLOSING_FRAMES:]))
    else:
        fits = _fits(_mean(heard) + HOME_S / (len(heard) * FRAME_S) * _mean(whole))
    mode, key = (int(i) for i in np.unravel_index(np.argmax(fits), fits.shape))
    best = fits[mode, key]
    others = np.delete(fits.ravel(), mode * 12 + key)
    return KeyGuess(
        key=key,
        mode=mode,
        fit=float(best),
        margin=float(best - others.max()),
        mode_margin=float(best - fits[1 - mode].max()),
    )


def tonality(chroma: Chroma) -> float:
    """0 to 1: near 0 for speech, noise, silence and lone drums, near 1 where notes are played.

    Notes keep to a tuning (`steadiness`), and a piece prefers some of the twelve: the contrast, the
    standard deviation of its mean chroma over their mean. Below `LEAST_TONALITY` a key means
    nothing, and a tempo should be doubted unless drums mark it.
    """
    sounding = chroma.values[chroma.values.any(axis=1)]
    if len(sounding) == 0:
        return 0.0
    mean = sounding.mean(axis=0, dtype=np.float64)
    evidence = chroma.steadiness * float(mean.std() / mean.mean())
    return evidence**2 / (evidence**2 + HALF_TONAL**2)


def _fits(heard: NDArray[np.float64]) -> NDArray[np.float64]:
    """(2, 12): the correlation of (12,) notes with each mode's profile on each tonic."""
    profiles = np.stack([np.roll(PROFILES, tonic, axis=1) for tonic in range(12)], axis=1)
    return _unit(profiles) @ _unit(heard)


def _within(chroma: Chroma, span_s: tuple[float, float]) -> NDArray[np.float32]:
    first, last = np.searchsorted(chroma.times, span_s)
    return chroma.values[first:last]


def _sounding(values: NDArray[np.float32]) -> NDArray[np.float32]:
    return values[values.any(axis=1)]


def _mean(values: NDArray[np.float32]) -> NDArray[np.float64]:
    return np.asarray(values.mean(axis=0, dtype=np.float64))


def _unit(values: NDArray[np.float64]) -> NDArray[np.float64]:
    centred = values - values.mean(axis=-1, keepdims=True)
    length = np.linalg.norm(centred, axis=-1, keepdims=True)
    return np.asarray(centred / np.maximum(length, np.finfo(np.float64).tiny))
