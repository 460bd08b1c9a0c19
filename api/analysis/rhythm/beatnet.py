"""Hear beats and downbeats as a small neural network does that listened to annotated records.

BeatNet (M. Heydari, F. Cwitkowitz, Z. Duan, ISMIR 2021), model 1 of its package 1.1.3, CC BY 4.0,
whose training left GTZAN out, run in numpy: a convolution over the bands of a frame and two LSTM
layers of 150 units. `beatnet.npz` is made by `api.analysis.fitting.beatnet`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from api.analysis.frames import transforms
from api.analysis.sound import RATE

WEIGHTS = Path(__file__).with_name("beatnet.npz")
WINDOW, HOP = 1_411, 441  # 64 and 20 ms
ACTIVATIONS_PER_S = RATE / HOP  # 50
BLOCK_FRAMES = 512  # 10 s
BANDS_PER_OCTAVE, LOWEST_HZ, HIGHEST_HZ, REFERENCE_HZ = 24, 30.0, 17_000.0, 440.0
BINS = WINDOW // 2
KERNEL, POOLED = 10, 131  # bands under the convolution, and what is left of them in pairs
UNITS, GATES = 150, 4
HALF = np.float32(0.5)
LEVEL = 0.15  # of full scale, the rms of loud stretches; the network was taught mastered records,
LOUD = 90  # and features are log(1 + x): the percentile of stretches that is brought to LEVEL
STRETCH = 2_205  # samples

Floats = NDArray[np.float32]
Layer = tuple[Floats, Floats, Floats]


@dataclass(frozen=True, slots=True)
class Network:
    """The weights, float32, as products take them: (inputs, outputs).

    The convolution is one product, `folded`, with the pairs of places of which the larger counts
    apart: first all even ones, then the odd. The weights of each layer are of its input, of its
    state, and biases. Its gates stand in the order in, forget, out, cell; the first three are
    halved, so that tanh serves them as sigmoid.
    """

    folded: Floats
    folded_bias: Floats
    inner: Floats
    inner_bias: Floats
    layers: tuple[Layer, ...]
    outer: Floats
    outer_bias: Floats


@cache
def network() -> Network:
    """The weights as they are shipped."""
    with np.load(WEIGHTS) as table:
        kept = {name: table[name].astype(np.float32) for name in table.files}
    layers = [
        (_gates(of_input).T.copy(), _gates(of_state).T.copy(), _gates(bias))
        for (of_input, of_state), bias in zip(kept["layers"], kept["layer_biases"], strict=True)
    ]
    return Network(
        folded=_folded(kept["kernel"].T),
        folded_bias=kept["kernel_bias"].repeat(POOLED),
        inner=kept["inner"].T.copy(),
        inner_bias=kept["inner_bias"],
        layers=tuple(layers),
        outer=kept["outer"].T.copy(),
        outer_bias=kept["outer_bias"],
    )


def _folded(kernel: Floats) -> Floats:
    """A kernel, (10, filters), laid on every place: (272, 2 x filters x 131)."""
    places = np.zeros((2 * POOLED + KERNEL, 2, kernel.shape[1], POOLED), np.float32)
    for place in range(2 * POOLED):
        places[place : place + KERNEL, place % 2, :, place // 2] = kernel
    return places.reshape(len(places), -1)


def _gates(rows: Floats) -> Floats:
    """PyTorch's order (in, forget, cell, out) turned into ours."""
    entering, forgetting, cell, leaving = np.split(rows, GATES)
    return np.concatenate([entering / 2, forgetting / 2, leaving / 2, cell])


def activations(samples: Floats) -> Floats:
    """How probably each moment is a beat that begins no bar, and one that does, (n, 2), 0 to 1.

    `samples` are (m,) float32 mono at 22,050 Hz, of any level; row `i` belongs to `i / 50` seconds.
    Probabilities rise within 20 ms of a beat and stay high for about 60.
    """
    net = network()
    states = [np.zeros((2, UNITS), np.float32) for _ in net.layers]
    found = []
    for features in _features(samples):
        heard = _embedded(net, features)
        for layer, state in zip(net.layers, states, strict=True):
            heard = _recurrent(layer, state, heard)
        odds = np.exp(heard @ net.outer + net.outer_bias)
        found.append((odds / odds.sum(axis=1, keepdims=True))[:, :2])
    return np.concatenate(found)


def _features(samples: Floats) -> Iterator[Floats]:
    """Log magnitudes in 136 bands and by how much they grew, blocks of (frames, 272)."""
    bands, gain = _filters(), _gain(samples)
    before = None
    for part in transforms(samples, window=WINDOW, hop=HOP, block=BLOCK_FRAMES):
        now = np.log10(1 + gain * (np.abs(part[:, :BINS]) @ bands))
        last = now[:1] if before is None else before
        yield np.hstack([now, np.maximum(0.0, np.diff(now, axis=0, prepend=last))])
        before = now[-1:]


def _gain(samples: Floats) -> float:
    """What brings loud stretches to the level of a mastered record."""
    whole = samples[: len(samples) // STRETCH * STRETCH].reshape(-1, STRETCH)
    levels = np.sqrt(np.einsum("ij,ij->i", whole, whole) / STRETCH)
    loud = float(np.percentile(levels, LOUD)) if len(levels) else 0.0
    return LEVEL / loud if loud > 0.0 else 1.0


@cache
def _filters() -> Floats:
    """Overlapping triangles of area 1, 24 an octave, (705, 136), as madmom's filter bank has them.

    Their corners are rounded to bins, and bands that fall on one bin are one.
    """
    at = np.arange(BINS) * (RATE / (2 * BINS))
    ends = np.log2(np.array([LOWEST_HZ, HIGHEST_HZ]) / REFERENCE_HZ) * BANDS_PER_OCTAVE
    steps = np.arange(np.ceil(ends[0]), np.floor(ends[1]) + 1)
    corners = REFERENCE_HZ * 2 ** (steps / BANDS_PER_OCTAVE)
    nearest = np.unique(np.abs(corners[:, None] - at).argmin(axis=1))
    filters = np.zeros((BINS, len(nearest) - 2), np.float32)
    for band, (low, top, high) in enumerate(zip(nearest, nearest[1:], nearest[2:], strict=False)):
        rising = np.arange(top - low) / max(top - low, 1)
        falling = 1 - np.arange(high - top) / (high - top)
        shape = np.concatenate([rising, falling]) if high - low > 1 else np.ones(1)
        filters[low : low + len(shape), band] = shape / shape.sum()
    return filters


def _embedded(net: Network, features: Floats) -> Floats:
    """Of each frame, (n, 272), the 150 values that the recurrent layers hear."""
    even, odd = np.split(features @ net.folded, 2, axis=1)
    pooled = np.maximum(np.maximum(even, odd) + net.folded_bias, 0.0)
    embedded: Floats = pooled @ net.inner + net.inner_bias
    return embedded


def _recurrent(layer: Layer, state: Floats, heard: Floats) -> Floats:
    """An LSTM layer's outputs, (n, 150); `state`, (2, 150), output and cell, is carried on."""
    of_input, of_state, bias = layer
    entering, told = heard @ of_input + bias, np.empty((len(heard), UNITS), np.float32)
    (output, cell), carried = state, np.empty(GATES * UNITS, np.float32)
    for gates, now in zip(entering, told, strict=True):  # in place: half of the time is overhead
        np.add(gates, np.dot(output, of_state, out=carried), out=gates)
        np.tanh(gates, out=gates)
        sigmoids = gates[: 3 * UNITS]
        sigmoids *= HALF
        sigmoids += HALF
        enter, forget, leave = sigmoids.reshape(3, UNITS)
        cell = forget * cell + enter * gates[3 * UNITS :]
        output = np.multiply(leave, np.tanh(cell), out=now)
    state[:] = output, cell
    return told
