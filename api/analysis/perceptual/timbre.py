"""Cepstral coefficients of the timbre as it would be, given only what lies below 6.5 kHz.

The mean spectrum of a recording ends where its encoder or sampling rate cut it off, and 20
coefficients of the whole spectrum all feel that step: the same song was called wordless as an mp3
and sung as a FLAC. So the treble is never looked at. What music sounds like is a Gaussian over the
coefficients, taken from the rows that the model learns from; what is measured are the bands below,
within a few dB; what is used is the posterior mean, for rows and files alike.
"""

from dataclasses import dataclass

import numpy as np
from scipy import fft

from api.analysis.perceptual.descriptors import WINDOW, Values
from api.analysis.sound import RATE
from api.analysis.spectra import MEL, mel_filters

COEFFICIENTS = 20
REACH_HZ = 6_500.0  # 5 kHz costs instrumentalness .08 of its rank, 7 kHz follows a 7 kHz low-pass
NARROW_HZ = 3_200.0  # of a file whose band ends below REACH_HZ, only this much counts
LEAST_HZ = 2_400.0  # where nothing is above, too little is left
EDGE_HZ = 6_000.0  # from here to REACH_HZ the band of a whole file is not empty ...
EMPTY_DB = 1.5  # ... but above the softest band, which holds our own hiss, by more than this ...
DEEP_DB = 30.0  # ... unless the music's loudest is not even so far above it, as of white noise
NOISE_DB = 2.0  # a band's mean level strays so far from a smooth spectrum
ANY_LEVEL = 1e8  # variance of the coefficient that is the level: none is likelier than another

SMOOTH: Values = fft.idct(np.eye(COEFFICIENTS), n=MEL.bands, type=2, norm="ortho")
"""(20, 128): the mean dB of the bands for one of each coefficient."""


def bands_below(hertz: float) -> int:
    """How many mel bands hear nothing from there on."""
    above = mel_filters(MEL)[int(np.ceil(hertz * WINDOW / RATE)) :]
    return int((above.sum(axis=0) == 0).sum())


def reach_hz(levels: Values) -> float | None:
    """How far up (n, 128) mean dB can be trusted; None where there is too little band.

    A band cut off anywhere holds nothing but the even hiss laid under it. Of 96 recordings none
    looked cut, two did as 40 kbit/s mp3, and all that were sampled at 8 kHz.
    """
    level = levels.mean(axis=0)
    empty = level < min(level.min() + EMPTY_DB, level.max() - DEEP_DB)
    top, edge, least = (bands_below(hertz) for hertz in (REACH_HZ, EDGE_HZ, LEAST_HZ))
    if not empty[edge:top].all():
        return REACH_HZ
    return None if empty[least:top].all() else NARROW_HZ


@dataclass(frozen=True, slots=True)
class Timbre:
    """What timbres there are: (20,) mean and (20, 20) covariance of cepstral coefficients."""

    mean: Values
    covariance: Values

    @classmethod
    def of(cls, levels: Values) -> "Timbre":
        """The timbres of music whose mean dB in all mel bands are (n, 128)."""
        coefficients = levels @ SMOOTH.T
        return cls(coefficients.mean(axis=0), np.cov(coefficients, rowvar=False))

    def coefficients(self, levels: Values, reach_hz: float = REACH_HZ) -> Values:
        """(n, 20) likeliest coefficients, given the bands of (n, 128) that lie below."""
        bands = bands_below(reach_hz)
        low, prior = SMOOTH[:, :bands], self.covariance.copy()
        prior[0, 0] += ANY_LEVEL
        seen = low.T @ prior @ low + NOISE_DB**2 * np.eye(bands)
        surprise = levels[:, :bands] - self.mean @ low
        return np.asarray(self.mean + surprise @ np.linalg.solve(seen, low.T @ prior))
