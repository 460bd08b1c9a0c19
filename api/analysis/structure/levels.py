"""Tell how loud it is at each moment: in dB of full scale, or of the recording's own loudest."""

import numpy as np
from numpy.typing import NDArray

from api.analysis import sound, spectra

HOP = spectra.ATTACK.hop  # samples from one level to the next
FRAME_S = HOP / sound.RATE
FLOOR_DB = -60.0


def measure(samples: NDArray[np.float32]) -> NDArray[np.float64]:
    """(1 + n // 256,): rms of the 23 ms around every 256th sample, in dB of full scale, >= -60."""
    whole = samples[: len(samples) // HOP * HOP].reshape(-1, HOP)
    energy = np.einsum("ij,ij->i", whole, whole) / np.float32(HOP)
    around = (np.pad(energy, (1, 0)) + np.pad(energy, (0, 1))).astype(np.float64) / 2
    return np.asarray(10 * np.log10(np.maximum(around, 10 ** (FLOOR_DB / 10))))


def relative_db(powers: NDArray[np.float32], range_db: float) -> NDArray[np.float32]:
    """Powers in dB of their largest, at least `-range_db`; all `-range_db` where all are 0."""
    loudest = max(float(powers.max()), float(np.finfo(np.float32).tiny))
    share = np.maximum(powers / np.float32(loudest), np.float32(10 ** (-range_db / 10)))
    return np.asarray(np.float32(10) * np.log10(share))
