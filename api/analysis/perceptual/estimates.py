"""Estimate what listeners would call danceable, energetic, cheerful, acoustic, wordless or spoken.

Every value is a guess from half-minute means, learnt from what another analyser said of other
music; `uncertainty` says how far such guesses were off where they could be checked. The music had
no recordings of mere speech in it: `spoken` finds those, and corrects two of the fields. Liveness
is never guessed: nothing measured here tells it from noise.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from api.analysis.perceptual.descriptors import describe
from api.analysis.perceptual.model import inputs, load
from api.analysis.perceptual.spoken import spoken
from api.analysis.sound import RATE

WINDOW_S = 30  # as long as the clips of the table
MOST_WINDOWS = 6
SOFT_DB = 40.0  # a window so far below the loudest one is a pause, not music

SPEECH = 0.9  # the speechiness of speech: above 0.66 in Spotify's own words, and never quite 1

PEAK = 10 ** (-2 / 20)  # full scale less 2 dB: where a finished recording peaks
HISS = 10 ** (-75 / 20)  # laid under it: louder than the rounding of 16 bits, even 20 dB below


@dataclass(frozen=True, slots=True)
class Perceptual:
    """Estimates, 0 to 1, by field of the contract, and their mean absolute error by the same."""

    values: dict[str, float]
    uncertainty: dict[str, float]


def estimate(samples: NDArray[np.float32]) -> Perceptual:
    """What (n,) float32 mono samples at 22,050 Hz, not all 0, would probably be called.

    Scaled to one peak first, with a soft hiss under it that hides what rounding adds: the same
    recording at another level, or rewritten in 16 bits, gets the same answer.
    """
    estimator = load()
    louder = np.float32(PEAK / float(np.abs(samples).max()))
    windows = [window * louder for window in _heard(samples)]
    described = [describe(window + _hiss()[: len(window)]) for window in windows]
    places = estimator.places(inputs(np.stack(described)))
    values = {name: float(estimator.value(name, place.mean())) for name, place in places.items()}
    return Perceptual(
        values=_corrected(values, float(np.mean([spoken(window) for window in windows]))),
        uncertainty={name: reached.mae for name, reached in estimator.held_out.items()},
    )


def _corrected(values: dict[str, float], speech: float) -> dict[str, float]:
    """The values, moved as far to those of speech as the recording is like speech."""
    spoken_words = values["speechiness"] + speech * max(SPEECH - values["speechiness"], 0.0)
    wordless = values["instrumentalness"] * (1.0 - speech)
    return {**values, "speechiness": spoken_words, "instrumentalness": wordless}


@cache
def _hiss() -> NDArray[np.float32]:
    """White noise as long as a window, always the same: raw bits, which NumPy keeps for good."""
    drawn = np.random.PCG64(0).random_raw(WINDOW_S * RATE).astype(np.float64) / 2.0**63 - 1.0
    return np.asarray(HISS * np.sqrt(3.0) * drawn, np.float32)


def _heard(samples: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    """The windows in which something happens."""
    windows = list(_windows(samples))
    powers = [float(np.mean(window * window, dtype=np.float64)) for window in windows]
    softest = max(powers) * 10 ** (-SOFT_DB / 10)
    return [window for window, power in zip(windows, powers, strict=True) if power >= softest]


def _windows(samples: NDArray[np.float32]) -> Iterator[NDArray[np.float32]]:
    """Up to six stretches of 30 s, spread evenly and without overlap; a short file is one."""
    length = WINDOW_S * RATE
    count = min(max(len(samples) // length, 1), MOST_WINDOWS)
    for place in range(count):
        centre = int((place + 0.5) * len(samples) / count)
        start = max(centre - length // 2, 0)
        yield samples[start : start + length]
