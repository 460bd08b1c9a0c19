"""Loudness as people hear it: LUFS after ITU-R BS.1770-4, at any sampling rate.

One channel counts once: a mono file reads 3 dB lower than the same signal in two channels.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from api.analysis.sound import POWERS_PER_S

Floats = NDArray[np.float64]

ABSOLUTE_GATE_LUFS = -70.0
RELATIVE_GATE_LU = -10.0
SURROUND = 1.41
"""Weight of a channel at the listener's side (BS.1770-4, table 3)."""
_OFFSET = -0.691
_BLOCK = 4  # 400 ms in steps of 100 ms: 75 % overlap
_TINY = 1e-30
_SETTLED_S = 0.08  # after which the filter's memory has fallen by 150 dB
_LEADS = 6  # in a stretch, at least: of three, half would be heard twice

# The analogue prototypes behind the 48 kHz coefficients of BS.1770-4, tables 1 and 2:
# centre in Hz and Q of the shelf ("head") and of the high-pass ("RLB"), gains of the shelf.
_SHELF_HZ, _SHELF_Q = 1681.974450955533, 0.7071752369554196
_SHELF_HIGH = 10 ** (3.999843853973347 / 20)
_SHELF_BAND = _SHELF_HIGH**0.4996667741545416
_PASS_HZ, _PASS_Q = 38.13547087602444, 0.5003270373238773


def weighting(rate: int, frequencies_hz: Floats) -> NDArray[np.complex128]:
    """The K-weighting filter's complex response, designed bilinearly for this sampling rate."""
    z = np.exp(-2j * np.pi * frequencies_hz / rate)
    shelf = _biquad(rate, (_SHELF_HZ, _SHELF_Q), (_SHELF_HIGH, _SHELF_BAND, 1.0))
    high_pass = _biquad(rate, (_PASS_HZ, _PASS_Q), (1.0, 0.0, 0.0))
    response = np.ones_like(z, dtype=np.complex128)
    for upper, lower in (shelf, high_pass):
        response *= np.polyval(upper[::-1], z) / np.polyval(lower[::-1], z)
    return response


def _biquad(
    rate: int, pole: tuple[float, float], gains: tuple[float, float, float]
) -> tuple[list[float], list[float]]:
    """Coefficients of a second-order filter with these gains at high, centre and low frequency."""
    k, q = math.tan(math.pi * pole[0] / rate), pole[1]
    high, band, low = gains
    lower = [1 + k / q + k * k, 2 * (k * k - 1), 1 - k / q + k * k]
    if not low:  # BS.1770 leaves the high-pass's numerator at 1, -2, 1
        return [1.0, -2.0, 1.0], [value / lower[0] for value in lower]
    upper = [
        high + band * k / q + low * k * k,
        2 * (low * k * k - high),
        high - band * k / q + low * k * k,
    ]
    return [value / lower[0] for value in upper], [value / lower[0] for value in lower]


def channel_weights(channels: int, *, lfe_last: bool = False) -> Floats:
    """Weights (channels,) by the usual layouts: 5.1 is L R C LFE Ls Rs, or LFE last (Vorbis, Opus).

    Front, centre and rear count 1, side channels SURROUND, the low-frequency channel 0.
    """
    layout = {
        4: (1, 1, SURROUND, SURROUND),
        5: (1, 1, 1, SURROUND, SURROUND),
        6: (1, 1, 1, 0, SURROUND, SURROUND),
        7: (1, 1, 1, 0, 1, SURROUND, SURROUND),
        8: (1, 1, 1, 0, 1, 1, SURROUND, SURROUND),
    }.get(channels, (1,) * channels)
    if lfe_last and 0 in layout:
        layout = {
            6: (1, 1, 1, SURROUND, SURROUND, 0),
            7: (1, 1, 1, SURROUND, SURROUND, 1, 0),
            8: (1, 1, 1, SURROUND, SURROUND, 1, 1, 0),
        }[channels]
    return np.array(layout, dtype=np.float64)


class Meter:
    """Takes blocks of samples and keeps one K-weighted power per 100 ms.

    The filter works on overlapping stretches in the frequency domain, which is exact to the
    precision of float32 and leaves no mark where two blocks meet.
    """

    def __init__(self, rate: int, weights: Floats) -> None:
        self._weights = weights
        self._step = round(rate / POWERS_PER_S)
        self._lead = math.ceil(rate * _SETTLED_S)
        self._size = 1 << (_LEADS * self._lead).bit_length()
        grid = np.asarray(np.fft.rfftfreq(self._size, 1 / rate), dtype=np.float64)
        self._response = weighting(rate, grid).astype(np.complex64)
        self._waiting = np.zeros((len(weights), self._lead), dtype=np.float32)
        self._powers: list[Floats] = []

    def feed(self, block: NDArray[np.float32]) -> None:
        """The next samples, (n, channels) float32."""
        self._waiting = np.concatenate([self._waiting, block.T], axis=1)
        fresh = (self._size - self._lead) // self._step * self._step
        while self._waiting.shape[1] >= self._lead + fresh:
            self._measure(fresh)

    def powers(self) -> Floats:
        """(n,) weighted mean square per whole 100 ms; a rest shorter than that is not counted."""
        self._measure((self._waiting.shape[1] - self._lead) // self._step * self._step)
        return np.concatenate(self._powers)

    def _measure(self, fresh: int) -> None:
        """Weigh the next `fresh` samples, a whole number of steps, led in by those before."""
        stretch = self._waiting[:, : self._lead + fresh]
        spectrum = np.fft.rfft(stretch, self._size) * self._response
        heard = np.fft.irfft(spectrum, self._size)[:, self._lead : self._lead + fresh]
        steps = heard.reshape(len(heard), -1, self._step)
        self._powers.append(self._weights @ np.einsum("cij,cij->ci", steps, steps) / self._step)
        self._waiting = self._waiting[:, fresh:]


def level(power: float) -> float:
    """LUFS of a K-weighted power; -300 for none at all."""
    return _OFFSET + 10 * math.log10(max(power, _TINY))


def integrated(powers: Floats) -> float | None:
    """Integrated loudness in LUFS with both gates of BS.1770-4; None where all is below -70 LUFS.

    Used for the whole and, alike, for each section. Under 400 ms there is no block to gate, and
    the plain mean counts.
    """
    if not len(powers):
        return None
    blocks = _blocks(powers)
    loud = blocks[blocks > _power(ABSOLUTE_GATE_LUFS)]
    if not len(loud):
        return None
    gate = _power(level(float(loud.mean())) + RELATIVE_GATE_LU)
    return level(float(loud[loud > gate].mean()))


def _power(lufs: float) -> float:
    return float(10 ** ((lufs - _OFFSET) / 10))


def _blocks(powers: Floats) -> Floats:
    width = min(_BLOCK, len(powers))
    return np.convolve(powers, np.full(width, 1 / width), mode="valid")
