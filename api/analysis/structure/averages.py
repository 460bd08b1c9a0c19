"""Average what was measured frame by frame over stretches of time, however short they are."""

import numpy as np
from numpy.typing import NDArray


def between(
    values: NDArray[np.float32], frame_s: float, edges_s: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(n, d): the mean of (frames, d) values from each of n + 1 rising edges to the next.

    Frame `i` stands for the `frame_s` seconds around `i * frame_s`; a stretch takes the shares of
    the frames it covers. An empty stretch takes the frame it lies in.
    """
    sums = np.zeros((len(values) + 1, values.shape[1]))
    np.cumsum(values, axis=0, out=sums[1:], dtype=np.float64)
    at = np.clip(edges_s / frame_s + 0.5, 0.0, len(values))
    frame = np.minimum(at.astype(np.intp), len(values) - 1)
    until = sums[frame] + values[frame] * (at - frame)[:, None]
    width = np.diff(at)[:, None]
    means = np.diff(until, axis=0) / np.where(width > 0.0, width, 1.0)
    return np.asarray(np.where(width > 0.0, means, values[frame[:-1]]))
