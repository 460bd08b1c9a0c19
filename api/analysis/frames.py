"""Cut a recording into overlapping windows and take their spectra, a block at a time.

Nothing here keeps a spectrum of a whole file at full resolution: a block is gone with the next.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import fft


def hann(window: int) -> NDArray[np.float32]:
    """(window,) float32: one period of a raised cosine, so that overlapping windows add up."""
    return np.hanning(window + 1)[:-1].astype(np.float32)


def transforms(
    samples: NDArray[np.float32], *, window: int, hop: int, block: int
) -> Iterator[NDArray[np.complex64]]:
    """Spectra of `block` frames at a time, (frames, window // 2 + 1), of (n,) float32 samples.

    There are 1 + n // hop frames in all; frame `i` is centred on sample `i * hop`, with silence
    beyond the ends.
    """
    shape, half = hann(window), window // 2
    count = 1 + len(samples) // hop
    for first in range(0, count, block):
        last = min(first + block, count)
        start = first * hop - half
        stop = (last - 1) * hop - half + window
        before = max(-start, 0)
        inside = samples[max(start, 0) : stop]
        stretch = np.pad(inside, (before, stop - start - before - len(inside)))
        frames = np.lib.stride_tricks.sliding_window_view(stretch, window)[::hop]
        yield fft.rfft(frames * shape, axis=1)
