"""Estimate what listeners would call danceable, energetic, cheerful, acoustic, wordless or spoken.

Every value is a guess from half-minute means, learnt from what another analyser said of other
music; `uncertainty` says how far such guesses were off where they could be checked. Means tell
little of a voice: whether there is one, `voice` hears. The music had no recordings of mere speech
in it: `spoken` finds those, and corrects two of the fields. Liveness is never guessed: nothing
measured here tells it from noise.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from api.analysis.perceptual.descriptors import describe
from api.analysis.perceptual.model import load
from api.analysis.perceptual.spoken import spoken
from api.analysis.perceptual.timbre import REACH_HZ, reach_hz
from api.analysis.perceptual.voice import PATCH, voice
from api.analysis.sound import RATE

Samples = NDArray[np.float32]

WINDOW = 30 * RATE  # as long as the clips of the table
MOST_WINDOWS = 6
PATCHES, PATCHES_EACH = 8, 2  # of three seconds, to hear a voice in: in all, and in each window
SOFT_DB = 40.0  # a window so far below the loudest one is a pause, not music

SUNG = -0.5  # log-odds of a voice at which either is as likely: jazz -1, songs +1 on average
LEAN = 0.5  # log-odds of none for one normal deviate of the table's: it ranks half as well
SPEECH = 0.9  # the speechiness of speech: above 0.66 in Spotify's own words, and never quite 1

PEAK = 10 ** (-2 / 20)  # full scale less 2 dB: where a finished recording peaks
HISS = 10 ** (-75 / 20)  # laid under it: louder than the rounding of 16 bits, even 20 dB below


@dataclass(frozen=True, slots=True)
class Perceptual:
    """Estimates, 0 to 1, by field of the contract, and their mean absolute error by the same.

    Both are empty where the band of the file is too narrow to tell.
    """

    values: dict[str, float]
    uncertainty: dict[str, float]


def estimate(samples: Samples) -> Perceptual:
    """What (n,) float32 mono samples at 22,050 Hz, not all 0, would probably be called.

    Scaled to one peak first, with a soft hiss under it that hides what rounding adds: the same
    recording at another level, or rewritten in 16 bits, gets the same answer.
    """
    estimator = load()
    louder = np.float32(PEAK / float(np.abs(samples).max()))
    count = min(max(len(samples) // WINDOW, 1), MOST_WINDOWS)
    windows = [window * louder for window in _heard(samples, WINDOW, count)]
    described = describe(window + _hiss()[: len(window)] for window in windows)
    reach = reach_hz(described.levels)
    if reach is None:
        return Perceptual({}, {})
    places = {name: place.mean() for name, place in estimator.places(described, reach).items()}
    values = {name: float(estimator.value(name, place)) for name, place in places.items()}
    values["instrumentalness"] = _wordless(float(places["instrumentalness"]), windows)
    off = {name: reached.mae for name, reached in estimator.held_out.items()}
    return Perceptual(
        values=_corrected(values, float(np.mean([spoken(window) for window in windows]))),
        uncertainty=off if reach == REACH_HZ else dict(estimator.narrow),
    )


def _wordless(place: float, windows: list[Samples]) -> float:
    """The share of the music in which nobody sings.

    Of each patch the log-odds of a voice, less a little for a timbre that the table calls wordless.
    """
    count = max(-(-PATCHES // len(windows)), PATCHES_EACH)
    patches = (patch for window in windows for patch in _heard(window, PATCH, count))
    return float(np.mean([expit(LEAN * place + SUNG - voice(patch)) for patch in patches]))


def _corrected(values: dict[str, float], speech: float) -> dict[str, float]:
    """The values, moved as far to those of speech as the recording is like speech."""
    spoken_words = values["speechiness"] + speech * max(SPEECH - values["speechiness"], 0.0)
    wordless = values["instrumentalness"] * (1.0 - speech)
    return {**values, "speechiness": spoken_words, "instrumentalness": wordless}


@cache
def _hiss() -> Samples:
    """White noise as long as a window, always the same: raw bits, which NumPy keeps for good."""
    drawn = np.random.PCG64(0).random_raw(WINDOW).astype(np.float64) / 2.0**63 - 1.0
    return np.asarray(HISS * np.sqrt(3.0) * drawn, np.float32)


def _heard(samples: Samples, length: int, count: int) -> list[Samples]:
    """Those of the stretches in which something happens."""
    stretches = list(_spread(samples, length, count))
    powers = [float(np.mean(stretch * stretch, dtype=np.float64)) for stretch in stretches]
    softest = max(powers) * 10 ** (-SOFT_DB / 10)
    return [stretch for stretch, power in zip(stretches, powers, strict=True) if power >= softest]


def _spread(samples: Samples, length: int, count: int) -> Iterator[Samples]:
    """So many stretches so long, spread evenly; a file that is shorter is one of its own length."""
    for place in range(count):
        centre = int((place + 0.5) * len(samples) / count)
        start = min(max(centre - length // 2, 0), max(len(samples) - length, 0))
        yield samples[start : start + length]
