"""Any sampling rate to RATE, block by block, without a seam and without loading scipy.

A polyphase filter: output m is the input around m * rate / RATE, weighted by a windowed sinc.
The weights repeat every `down` inputs and `up` outputs, so that neighbouring outputs become one
product of two matrices. scipy.signal would take 0.8 s to import in every decoding child.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from api.analysis.sound import RATE

Samples = NDArray[np.float32]

_CROSSINGS = 32  # of the sinc on either side: the wider, the steeper
_BETA = 8.6  # Kaiser window, about 85 dB down
_PASS = 0.92  # of the lower Nyquist frequency: nothing above it folds back
_GROUP = 64  # outputs computed by one product
_LEAST_UP = 256  # so that the windows of one product do not overlap, which BLAS asks for


class Resampler:
    """Takes mono blocks at `rate` and gives what is ready at RATE."""

    def __init__(self, rate: int) -> None:
        common = math.gcd(rate, RATE)
        periods = math.ceil(_LEAST_UP * common / RATE)
        self._rate = rate
        self._up, self._down = RATE // common * periods, rate // common * periods
        self._half = math.ceil(_CROSSINGS * max(1.0, rate / RATE))
        self._groups = [] if rate == RATE else [self._group(p) for p in self._starts()]
        self._span = self._down + 2 * self._half + 1
        self._carry: Samples = np.zeros(self._half, dtype=np.float32)
        self._taken = 0
        self._given = 0

    def feed(self, block: Samples) -> Samples:
        """The next (n,) samples in, those that are ready out (may be none)."""
        self._taken += len(block)
        if self._rate == RATE:
            return block
        buffer = np.concatenate([self._carry, block])
        periods = max(0, (len(buffer) - self._span) // self._down + 1)
        self._carry = buffer[periods * self._down :].copy()
        self._given += periods * self._up
        return self._filtered(buffer, periods)

    def finish(self) -> Samples:
        """What is left: together with all before it, ceil(taken * RATE / rate) samples."""
        if self._rate == RATE:
            return np.zeros(0, dtype=np.float32)
        total = -(-self._taken * RATE // self._rate)
        owed = total - self._given
        periods = -(-owed // self._up)
        needed = (periods - 1) * self._down + self._span if periods else 0
        buffer = np.pad(self._carry, (0, max(0, needed - len(self._carry))))
        self._given = total
        return self._filtered(buffer, periods)[:owed]

    def _starts(self) -> range:
        return range(0, self._up, _GROUP)

    def _group(self, first: int) -> tuple[int, int, Samples]:
        """(first output, first input, weights (inputs, outputs)) of neighbouring outputs."""
        outputs = np.arange(first, min(first + _GROUP, self._up))
        places = outputs * self._down / self._up
        start, end = int(places[0]) - self._half, int(places[-1]) + self._half + 1
        apart = places[None, :] - np.arange(start, end + 1)[:, None]
        return first, start + self._half, self._kernel(apart).astype(np.float32)

    def _kernel(self, apart: NDArray[np.float64]) -> NDArray[np.float64]:
        cutoff = _PASS * min(1.0, RATE / self._rate)
        inside = np.clip(1 - (apart / self._half) ** 2, 0, None)
        window = np.i0(_BETA * np.sqrt(inside)) / np.i0(_BETA) * (inside > 0)
        return np.asarray(cutoff * np.sinc(cutoff * apart) * window)

    def _filtered(self, buffer: Samples, periods: int) -> Samples:
        out = np.empty((periods, self._up), dtype=np.float32)
        for first, start, weights in self._groups:
            shape = (periods, weights.shape[0])
            strides = (self._down * buffer.itemsize, buffer.itemsize)
            windows = np.lib.stride_tricks.as_strided(buffer[start:], shape, strides)
            out[:, first : first + weights.shape[1]] = windows @ weights
        return out.ravel()
