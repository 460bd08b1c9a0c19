"""Describe the colour of a segment by twelve numbers on a fixed, documented basis, `earprint-v1`.

P(t, b) is the segment's level in dB in 8 equal parts of its time, t, and 40 mel bands from 0 to
11,025 Hz, b; nothing is counted that lies 70 dB or more below the recording's loudest. D is P less
its own mean, so that a change of gain leaves all but the first number as they were. With

    u_j(b) = cos(pi j (b + 1/2) / 40),  v_k(t) = cos(pi k (t + 1/2) / 8),
    c_jk = 2 x the mean over t and b of D(t, b) u_j(b) v_k(t)

the axes, before each is scaled as `SCALES` says (number = offset + factor x value), are

    1  level: the loudest level in the segment, dB of full scale, held between -60 and 0
    2  brightness: -c_10, high against low bands
    3  flatness: the mean over b of P's mean over t, less the dB of the same bands' mean power
    4  attack: the rise, in dB averaged over bands, from the start to the peak of the first 0.12 s
    5  c_20, the middle against both ends      6  c_30, formants
    7  c_01, the start against the end         8  c_11, a spectrum that opens or closes
    9  c_40, finer formants                   10  c_21, as 8, the middle against both ends
    11 c_02, the middle of the time           12  c_50, finest formants

Offsets and factors were chosen once so that over much music each axis has about the mean and spread
that listeners of Spotify's axes are used to; the axes themselves are other ones, so numbers of the
two bases must never be compared.
"""

import numpy as np
from numpy.typing import NDArray

from api.analysis.spectra import Spectra
from api.analysis.structure import averages, levels

PARTS = 8
SHAPES = ((2, 0), (3, 0), (0, 1), (1, 1), (4, 0), (2, 1), (0, 2), (5, 0))  # axes 5-12
RANGE_DB = 70.0
ATTACK_S = 0.12
LOWEST_DB, HIGHEST_DB = -60.0, 0.0

# Offset and factor of each axis, chosen once; see above.
SCALES = np.array(
    [
        (60.0, 1.0),
        (165.0, 14.0),
        (135.0, 9.5),
        (-55.0, 6.7),
        (26.0, 6.0),
        (-56.0, 10.0),
        (-24.0, 9.3),
        (6.0, 20.0),
        (-4.0, 6.5),
        (0.0, 23.0),
        (1.0, 10.5),
        (-2.0, 6.0),
    ]
)
SILENCE = (SCALES[:, 0] + SCALES[:, 1] * np.append(LOWEST_DB, np.zeros(11))).astype(np.float32)
"""What is said of a stretch in which nothing sounds: the lowest level, and no shape."""


def describe(
    heard: Spectra, edges_s: NDArray[np.float64], loudest_db: NDArray[np.float64]
) -> NDArray[np.float32]:
    """(n, 12) of the n stretches between (n + 1,) edges whose loudest levels are (n,) dB."""
    decibels = levels.relative_db(heard.attack, RANGE_DB)
    patches = _patches(decibels, edges_s)
    shapes = _shapes(patches)
    axes = [
        np.clip(loudest_db, LOWEST_DB, HIGHEST_DB),
        -shapes[:, 1, 0],
        _flatness(patches),
        _attacks(decibels, edges_s),
        *(shapes[:, j, k] for j, k in SHAPES),
    ]
    return np.asarray(SCALES[:, 0] + SCALES[:, 1] * np.stack(axes, axis=1), np.float32)


def _patches(decibels: NDArray[np.float32], edges_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, 8, 40): P of each segment."""
    shares = np.arange(PARTS) / PARTS
    inner = edges_s[:-1, None] + np.diff(edges_s)[:, None] * shares
    parts = averages.between(decibels, levels.FRAME_S, np.append(inner.ravel(), edges_s[-1]))
    return parts.reshape(-1, PARTS, decibels.shape[1])


def _shapes(patches: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, 6, 3): c_jk of each segment."""
    _, parts, bands = patches.shape
    away = patches - patches.mean(axis=(1, 2), keepdims=True)
    over_bands = np.cos(np.pi * np.outer(np.arange(6), np.arange(bands) + 0.5) / bands)
    over_time = np.cos(np.pi * np.outer(np.arange(3), np.arange(parts) + 0.5) / parts)
    whole = np.einsum("ntb,jb,kt->njk", away, over_bands, over_time, optimize=True)
    return np.asarray(2 * whole / (parts * bands))


def _flatness(patches: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,): dB of the geometric over the arithmetic mean of the bands; 0 where all are alike."""
    bands = patches.mean(axis=1)
    power = (10 ** (bands / 10)).mean(axis=1)
    return np.asarray(bands.mean(axis=1) - 10 * np.log10(power))


def _attacks(decibels: NDArray[np.float32], edges_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,): dB from the start of each segment to its peak within 0.12 s, the mean of the bands."""
    mean = decibels.mean(axis=1, dtype=np.float64)
    first = np.minimum(np.round(edges_s / levels.FRAME_S).astype(np.intp), len(mean) - 1)
    reach = np.minimum(
        np.arange(round(ATTACK_S / levels.FRAME_S))[None, :], np.diff(first)[:, None]
    )
    return np.asarray(mean[first[:-1, None] + reach].max(axis=1) - mean[first[:-1]])
