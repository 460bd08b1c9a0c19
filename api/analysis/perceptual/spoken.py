"""Tell a recording of somebody speaking, and nothing else, from music.

The estimates of `perceptual` are learnt from music alone, so of speech they say too little. Three
things that read speech does together, and music hardly ever: it pauses and stresses, so that many
moments are far softer than their surroundings (Scheirer & Slaney 1997, "percentage of low-energy
frames"); it has a pitch for many moments in a row, which drums have not; and that pitch glides all
the time, where notes, sung or played, stay or jump.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from api.analysis.frames import hann
from api.analysis.sound import RATE

WINDOW, HOP = 2_048, 512
BAND_HZ = (60.0, 3_000.0)  # where a voice's first partials lie
PITCH_HZ = (70.0, 440.0)  # of a speaking voice
CLEAR = 0.6  # of a frame repeats itself after one period: it has a pitch
LOUD_DB = 30.0  # below the loudest frame, nothing is said
SOFT = 0.5  # of the mean level of the second around
SAME_VOICE = 3.0  # semitones between frames: more is another note, or an error of an octave
GLIDE = 0.25  # semitones between frames, 23 ms apart: less is a note, held or with vibrato
FEWEST = 20  # frames with a pitch, before anything can be said of how it moves

# What music stays below and speech reaches, from rendered pieces, drums alone, single voices of
# pieces, recorded music, recorded speech and synthetic speech. Between the two is doubt.
SOFT_SHARE = (0.16, 0.26)
PITCH_SHARE = (0.30, 0.42)
GLIDE_SHARE = (0.24, 0.40)


def spoken(samples: NDArray[np.float32]) -> float:
    """How much (n,) float32 mono samples at 22,050 Hz are like read speech: 0 no, 1 certainly.

    Does not depend on the level. Whoever raps or sings over music gets 0.
    """
    frames = np.lib.stride_tricks.sliding_window_view(samples, WINDOW)[::HOP]
    level = np.sqrt(np.einsum("ij,ij->i", frames, frames) / np.float32(WINDOW))
    pausing = _ramp(_soft_share(level), SOFT_SHARE)
    if not pausing:  # most music: the rest is dear
        return 0.0
    loud = level > level.max() * 10 ** (-LOUD_DB / 20)
    pitch = _pitches(frames)
    steps = np.abs(np.diff(pitch))[loud[1:] & loud[:-1]]
    steps = steps[steps < SAME_VOICE]  # not a number where either frame has no pitch
    if len(steps) < FEWEST:
        return 0.0
    voiced = _ramp(len(steps) / loud.sum(), PITCH_SHARE)
    gliding = _ramp(float((steps > GLIDE).mean()), GLIDE_SHARE)
    return min(pausing, voiced, gliding)


def _ramp(share: float, bounds: tuple[float, float]) -> float:
    low, high = bounds
    return min(max((share - low) / (high - low), 0.0), 1.0)


def _soft_share(level: NDArray[np.float32]) -> float:
    """Share of the frames that are far softer than the second around them."""
    second = np.ones(RATE // HOP) / (RATE // HOP)
    return float((level < SOFT * np.convolve(level, second, "same")[: len(level)]).mean())


def _pitches(frames: NDArray[np.float32]) -> NDArray[np.float64]:
    """The pitch of each frame in semitones, not a number where it has none.

    The lag of the strongest peak of the autocorrelation, over that of the window (Boersma 1993).
    """
    window = hann(WINDOW)
    bins = fft.rfft(frames * window, axis=1)
    low, high = (round(hertz * WINDOW / RATE) for hertz in BAND_HZ)
    power = np.zeros(bins.shape, np.float32)
    power[:, low:high] = np.abs(bins[:, low:high]) ** 2
    shortest, longest = (round(RATE / hertz) for hertz in reversed(PITCH_HZ))
    likeness = fft.irfft(power, axis=1)[:, : longest + 1]
    fading = np.correlate(window, window, "full")[WINDOW - 1 : WINDOW + longest]
    whole = np.maximum(likeness[:, :1], np.finfo(np.float32).tiny)
    likeness = likeness / whole * (fading[0] / fading)
    at = likeness[:, shortest:longest]
    peaks = (at > likeness[:, shortest - 1 : longest - 1]) & (at >= likeness[:, shortest + 1 :])
    heights = np.where(peaks, at, 0.0)
    lags = heights.argmax(axis=1) + shortest
    return np.where(heights.max(axis=1) > CLEAR, 12 * np.log2(RATE / lags), np.nan)
