"""Describe half a minute of sound by means, the way the table was made that the model learns.

The estimates of `perceptual` rest on a published table of such means. A value is only as good as
this likeness: every number here follows the conventions of librosa 0.11 (spectra of 2,048 samples
every 512, centred, silence beyond the ends), and a test holds it to numbers computed with librosa.
Of the table's means only those are taken that hear nothing above 6.4 kHz: what lies there follows
the encoder more than the music.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from api.analysis.frames import hann
from api.analysis.sound import RATE
from api.analysis.spectra import MEL, mel_filters

Values = NDArray[np.float64]

WINDOW, HOP = MEL.window, MEL.hop
NOTES = 12

NAMES: tuple[str, ...] = (
    *(f"chroma_stft_{place:02d}" for place in range(NOTES)),
    *(f"spectral_contrast_{place:02d}" for place in range(5)),
    "rmse",
)

FLOOR = 1e-10  # what stands for nothing when a logarithm is taken
TOP_DB = 80.0  # below the loudest value, everything counts as equally soft

CONTRAST_HZ = (0.0, 200.0, 400.0, 800.0, 1_600.0, 3_200.0)
CONTRAST_SHARE = 0.02  # of a band's bins are its peak, and as many its valley

TUNING_HZ = (150.0, 4_000.0)
TUNING_SHARE = 0.1  # of a frame's maximum: a smaller peak is no partial
TUNING_STEPS = 100  # to a semitone
A4_HZ, A0_HZ = 440.0, 27.5
BELL_OCTAVES = (5.0, 2.0)  # centre above A0 and width of the weight over pitch


@dataclass(frozen=True, slots=True)
class Description:
    """n half minutes: `means` (n, 18) of `NAMES`, `levels` (n, 128) mean dB of the mel bands."""

    means: Values
    levels: Values

    def some(self, which: NDArray[np.bool_]) -> "Description":
        """Those of the n that are true in (n,)."""
        return Description(self.means[which], self.levels[which])


def describe(windows: Iterable[NDArray[np.float32]]) -> Description:
    """What is in each of n stretches of mono samples at 22,050 Hz.

    `rmse` and all of `levels` alike depend on the level of the samples; the rest does not, so long
    as the loudest frame stays above -20 dB.
    """
    means, levels = zip(*map(_describe, windows), strict=True)
    return Description(np.stack(means), np.stack(levels))


def _describe(samples: NDArray[np.float32]) -> tuple[Values, Values]:
    framed = _frames(np.pad(samples, WINDOW // 2))
    magnitude = np.abs(fft.rfft(framed * hann(WINDOW), axis=1))
    power = magnitude * magnitude
    means = np.concatenate([_chroma(power), _contrast(magnitude), [_rms(power)]])
    return means, _decibels(power @ mel_filters(MEL)).mean(axis=0, dtype=np.float64)


def _frames(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Overlapping (n_frames, WINDOW) views, one every HOP samples."""
    return np.lib.stride_tricks.sliding_window_view(samples, WINDOW)[::HOP]


def _decibels(values: NDArray[np.float32]) -> NDArray[np.float32]:
    levels = np.float32(10.0) * np.log10(np.maximum(values, np.float32(FLOOR)))
    return np.asarray(np.maximum(levels, levels.max() - np.float32(TOP_DB)))


def _rms(power: NDArray[np.float32]) -> float:
    """Mean over frames of the level of the windowed frame, times the root of its length.

    By Parseval; the factor is the table's, whose librosa did not divide the spectrum.
    """
    doubled = 2.0 * power.sum(axis=1, dtype=np.float64) - power[:, 0] - power[:, -1]
    return float(np.sqrt(doubled / WINDOW).mean())


def _contrast(magnitude: NDArray[np.float32]) -> Values:
    """Mean dB between the peaks and the valleys of five bands (Jiang et al., ICME 2002)."""
    return np.array(
        [_band_contrast(magnitude, band) for band in range(len(CONTRAST_HZ) - 1)], np.float64
    )


def _band_contrast(magnitude: NDArray[np.float32], band: int) -> float:
    """Of one band, which overlaps the one below by a bin and leaves its own last bin out."""
    low, high = (hertz * WINDOW / RATE for hertz in CONTRAST_HZ[band : band + 2])
    first, last = int(np.ceil(low)) - (band > 0), int(np.floor(high))
    few = max(1, round(CONTRAST_SHARE * (last - first + 1)))
    bins = magnitude[:, first:last]
    count = bins.shape[1]
    ordered = np.partition(bins, (few - 1, count - few), axis=1)
    valley, peak = ordered[:, :few].mean(axis=1), ordered[:, count - few :].mean(axis=1)
    return float((_decibels(peak) - _decibels(valley)).mean())


def _chroma(power: NDArray[np.float32]) -> Values:
    """Mean of each note's power, C first, each frame divided by its strongest note."""
    raw = power @ _note_filters(_tuning(power))
    strongest = raw.max(axis=1, keepdims=True)
    heard = np.where(strongest > np.finfo(np.float32).tiny, strongest, 1.0)
    return np.asarray((raw / heard).mean(axis=0, dtype=np.float64))


def _note_filters(tuning: float) -> NDArray[np.float32]:
    """Gaussian bumps round each note's octaves, (bins, 12), after D. Ellis, chroma_stft (2007)."""
    hertz = np.arange(1, WINDOW, dtype=np.float64) * (RATE / WINDOW)
    semitones = NOTES * np.log2(hertz / (A0_HZ * 2 ** (tuning / NOTES)))
    places = np.concatenate([[semitones[0] - 1.5 * NOTES], semitones])
    widths = np.maximum(np.append(np.diff(places), 1.0), 1.0)
    away = (places[:, None] - np.arange(NOTES) + 6) % NOTES - 6
    bumps = np.exp(-0.5 * (2 * away / widths[:, None]) ** 2)
    bumps /= np.linalg.norm(bumps, axis=1, keepdims=True)
    centre, width = BELL_OCTAVES
    bumps *= np.exp(-0.5 * ((places / NOTES - centre) / width) ** 2)[:, None]
    return np.asarray(np.roll(bumps, -3, axis=1)[: WINDOW // 2 + 1], np.float32)


def _tuning(power: NDArray[np.float32]) -> float:
    """How far the strong partials lie from 440 Hz, in semitones, -0.5 to 0.5: the commonest."""
    hertz, strength = _partials(power)
    if not len(hertz):
        return 0.0
    clear = hertz[strength >= np.median(strength)]
    away = (NOTES * np.log2(clear / A0_HZ) + 0.5) % 1.0 - 0.5
    counts, edges = np.histogram(away, np.linspace(-0.5, 0.5, TUNING_STEPS + 1))
    return float(edges[np.argmax(counts)])


def _partials(power: NDArray[np.float32]) -> tuple[Values, Values]:
    """Frequency in Hz and height of every clear peak, placed by a parabola (Smith & Serra 1987)."""
    low, high = (int(np.ceil(hertz * WINDOW / RATE)) for hertz in TUNING_HZ)
    before, at, after = (power[:, low + step : high + step] for step in (-1, 0, 1))
    floor = TUNING_SHARE * power.max(axis=1, keepdims=True)
    before, after = before * (before > floor), after * (after > floor)
    where = np.nonzero((at > floor) & (at > before) & (at >= after))
    frame, place = where[0], where[1] + low
    a, b, c = (power[frame, place + step].astype(np.float64) for step in (-1, 0, 1))
    slope, bend = 0.5 * (c - a), a + c - 2 * b
    inside = np.abs(slope) < np.abs(bend)
    shift = np.where(inside, -slope / np.where(inside, bend, 1.0), 0.0)
    return np.asarray((place + shift) * (RATE / WINDOW)), b + 0.5 * slope * shift
