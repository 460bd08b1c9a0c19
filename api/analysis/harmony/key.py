"""Hear the key of a piece or of a stretch of it from the notes that stand out in it.

Each of the 24 keys has a profile, how much each note is expected to sound; the key whose profile
goes best with what was heard is the answer, and by how much it is ahead says how sure that is. A
piece that ends, instead of being cut off, closes on its tonic: its last seconds count for more.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from api.analysis.harmony.chroma import FRAME_S, Chroma

MINOR, MAJOR = 0, 1
LEAST_FRAMES = 8  # a third of a second: less is a sound, not a key
HOME_S = 8.0  # a stretch is weighed against so much of the whole: most parts are in its key

MINOR_LEAD = 0.06  # overtones, blue notes and modal sevenths sound major: see DECISIONS

CLOSING_FRAMES = round(3.0 / FRAME_S)
CLOSING_WEIGHT = 0.3  # of the closing beside the whole ...
ENDING_FRAMES = round(0.5 / FRAME_S)
ENDED_DB = -8.0  # ... if the last half second is so much softer than the whole: fragments are not

# Where there is no key. Measured: evidence is .007 and more in rap and metal, .01-.7 in other
# music, at most .005 in speech, drums, noise, sirens and telephone numbers; contrast .08-.7 in
# music, at most .071 in chromatic runs, 1.3 and more in one or two tones; change .08 and more, at
# most .052 in whatever is one sound, held or repeated.
LEAST_EVIDENCE = 0.0058
CONTRASTS = (0.08, 1.3)
LEAST_CHANGE = 0.06

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

    `fit` is the correlation with the key's profile, -1 to 1, plus `MINOR_LEAD` for a minor key;
    `margin` its lead over the next of the 24 keys, and `mode_margin` over the best key of the other
    mode: both 0 or more.
    """

    key: int
    mode: int
    fit: float
    margin: float
    mode_margin: float


def hear(chroma: Chroma, span_s: tuple[float, float] | None = None) -> KeyGuess | None:
    """The key of the whole, or of `span_s` (start, end in seconds); None where there is none.

    Speech, noise, drums, silence, one held sound and a chromatic run have no key, nor has a stretch
    too short to hold one.
    """
    whole = _sounding(chroma.pitched)
    if len(whole) < LEAST_FRAMES:
        return None
    fits = _fits(_mean(whole) + _closing(chroma))
    if not _has_key(chroma, whole, float(fits.max())):
        return None
    if span_s is not None:
        heard = _sounding(_within(chroma, span_s))
        if len(heard) < LEAST_FRAMES:
            return None
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


def _has_key(chroma: Chroma, whole: NDArray[np.float32], fit: float) -> bool:
    """Whether the notes of (n, 12) frames, which fit a key so well, are music in a key.

    It keeps to a tuning, holds notes, and fits (evidence), prefers some notes of the twelve but not
    only one or two (contrast: the deviation of their mean over its mean), and does not stay the
    same (change: what the mean of the frames, each of length 1, lacks to that length).
    """
    evidence = chroma.steadiness * chroma.held_share * max(fit, 0.0) ** 2
    mean = _mean(whole)
    contrast = float(mean.std() / mean.mean())
    frames = whole / np.linalg.norm(whole, axis=1, keepdims=True)
    change = 1.0 - float(np.square(_mean(frames)).sum())
    least, most = CONTRASTS
    return evidence >= LEAST_EVIDENCE and least <= contrast <= most and change >= LEAST_CHANGE


def _closing(chroma: Chroma) -> NDArray[np.float64]:
    """(12,) notes of the last seconds, weighted; all 0 if the piece was cut off before its end."""
    sounding = chroma.pitched.any(axis=1)
    power = np.square(chroma.loudness[sounding])
    ended = power[-ENDING_FRAMES:].mean() < power.mean() * 10 ** (ENDED_DB / 10)
    last = chroma.pitched[sounding][-CLOSING_FRAMES:]
    return np.asarray(CLOSING_WEIGHT * ended * _mean(last))


def _fits(heard: NDArray[np.float64]) -> NDArray[np.float64]:
    """(2, 12): how (12,) notes fit each mode on each tonic; see `KeyGuess.fit`."""
    profiles = np.stack([np.roll(PROFILES, tonic, axis=1) for tonic in range(12)], axis=1)
    lead = np.array([[MINOR_LEAD], [0.0]])
    return np.asarray(_unit(profiles) @ _unit(heard) + lead)


def _within(chroma: Chroma, span_s: tuple[float, float]) -> NDArray[np.float32]:
    first, last = np.searchsorted(chroma.times, span_s)
    return chroma.pitched[first:last]


def _sounding(values: NDArray[np.float32]) -> NDArray[np.float32]:
    return values[values.any(axis=1)]


def _mean(values: NDArray[np.float32]) -> NDArray[np.float64]:
    return np.asarray(values.mean(axis=0, dtype=np.float64))


def _unit(values: NDArray[np.float64]) -> NDArray[np.float64]:
    centred = values - values.mean(axis=-1, keepdims=True)
    length = np.linalg.norm(centred, axis=-1, keepdims=True)
    return np.asarray(centred / np.maximum(length, np.finfo(np.float64).tiny))
