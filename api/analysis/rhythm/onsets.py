"""Turn band powers into onset envelopes: how much new sound starts at each moment, low and high."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from api.analysis import sound, spectra

RATE = sound.RATE / spectra.ATTACK.hop  # envelope values in a second: 86.13
EDGES_HZ = (180.0, 700.0, 3_000.0)  # between the four ranges: bass, chords, voice, cymbals
RANGES = len(EDGES_HZ) + 1
FLOOR = 1e-7  # of the loudest band power: what is 70 dB below it counts as silence
RISE = 3  # frames: the time in which an attack fills the window
BEGINNING = 14  # frames: where a recording's first sound rises out of nothing, by 60 dB or more
ABRUPT = 2.0  # times the sharpest of the other rises is as much as that counts
LEVELLING_S = 6.0
SHARPEST = 99.0  # percentile


@dataclass(frozen=True, slots=True)
class Onsets:
    """Onset envelopes; value `i` belongs to `i / RATE` seconds, and around 1 is an ordinary rms.

    `ranges` is (n, 4) float32, `broad` (n,) float32 their blend; all are at least 0.
    `attack_db` is by how much the bands rise together in the sharpest hundredth of all moments:
    below 1 dB in a held or gliding tone, 5 dB and more in music.
    """

    ranges: NDArray[np.float32]
    broad: NDArray[np.float32]
    attack_db: float


def find(heard: spectra.Spectra) -> Onsets:
    """Onset envelopes of a recording, levelled so that quiet stretches count like loud ones."""
    rises = _rises(heard.attack)
    groups = np.searchsorted(EDGES_HZ, _centres())
    ranges = np.stack([rises[:, groups == g].mean(axis=1) for g in range(RANGES)], axis=1)
    broad = rises.mean(axis=1)
    return Onsets(level(ranges), level(broad), float(np.percentile(broad, SHARPEST)))


def _centres() -> NDArray[np.float64]:
    bins = spectra.mel_filters(spectra.ATTACK).argmax(axis=0)
    centres: NDArray[np.float64] = bins * (sound.RATE / spectra.ATTACK.window)
    return centres


def _rises(powers: NDArray[np.float32]) -> NDArray[np.float32]:
    """Half-wave rectified growth in dB over `RISE` frames (Bello et al. 2005, spectral flux)."""
    loudest = max(float(powers.max(initial=0.0)), 1e-20)
    decibels = 10 * np.log10(powers / loudest + FLOOR, dtype=np.float32)
    padded = np.pad(decibels, ((RISE - 1, 1), (0, 0)), mode="edge")
    rises: NDArray[np.float32] = np.maximum(0.0, padded[RISE:] - padded[:-RISE])
    most = ABRUPT * np.percentile(rises, SHARPEST, axis=0)
    rises[:BEGINNING] = np.minimum(rises[:BEGINNING], most)
    return rises


def level(envelope: NDArray[np.float32]) -> NDArray[np.float32]:
    """The envelope divided by its own rms over the neighbouring seconds, column by column."""
    size = max(1, round(LEVELLING_S * RATE))
    energy = ndimage.uniform_filter1d(envelope**2, size, axis=0, mode="reflect")
    floor = 0.03 * energy.max(axis=0, initial=1e-12)
    levelled: NDArray[np.float32] = (envelope / np.sqrt(np.maximum(energy, floor))).astype(
        np.float32
    )
    return levelled
