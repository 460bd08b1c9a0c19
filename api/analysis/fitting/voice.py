"""Write the network that hears voices, as numpy reads it, from its authors' checkpoint.

`python -m api.analysis.fitting.voice FOLDER OUT` reads `MTT_musicnn` of the package musicnn 0.1.0
(J. Pons, Music Technology Group, UPF, 2019; ISC licence) without TensorFlow. A checkpoint's index
is a sorted string table of the LevelDB kind, its values are protocol buffers, and the data lie as
they are. Normalisations are folded into the layers around them; of 50 tags one sum is kept. More
than half of the first filters died in training and say the same of everything: they are left out,
and what they say is added to the layers that would have heard it.
"""

import struct
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from api.analysis.perceptual.voice import Arrays

Weights = NDArray[Any]

FOOTER = 48  # bytes: two places of blocks, padding, a magic number
LONG, BYTES, SHORT = 1, 2, 5  # ways a protocol buffer lays a field out; 0 is a number
SHAPE, OFFSET, SIZE = 2, 4, 5  # fields of a checkpoint's entry
EPSILON = 1e-3
DEAD = 1e-2  # norm of a filter: the living have 0.1 and more

LAYERS = (
    *("timbre_40", "timbre_70", "tempo_128", "tempo_64", "tempo_32"),
    *("middle_1", "middle_2", "middle_3"),
)
FRONT = 5  # of them hear the bands themselves

TAGS = (
    *("guitar", "classical", "slow", "techno", "strings", "drums", "electronic", "rock", "fast"),
    *("piano", "ambient", "beat", "violin", "vocal", "synth", "female", "indian", "opera", "male"),
    *("singing", "vocals", "no vocals", "harpsichord", "loud", "quiet", "flute", "woman"),
    *("male vocal", "no vocal", "pop", "soft", "sitar", "solo", "man", "classic", "choir", "voice"),
    *("new age", "dance", "male voice", "female vocal", "beats", "harp", "cello", "no voice"),
    *("weird", "country", "metal", "female voice", "choral"),
)
VOICE = (
    *("vocal", "singing", "vocals", "voice"),
    *("male vocal", "male voice", "female vocal", "female voice"),
)
NO_VOICE = ("no vocals", "no vocal", "no voice")


def checkpoint(folder: Path) -> Arrays:
    """Every tensor of a checkpoint by its name, but for what the optimiser keeps."""
    index = (folder / ".index").read_bytes()
    data = (folder / ".data-00000-of-00001").read_bytes()
    at = len(index) - FOOTER
    places = []
    for _ in range(
        4
    ):  # offset and size of the block about blocks, which is empty, and of the index
        place, at = _number(index, at)
        places.append(place)
    found = {}
    for _, block in _entries(index, *places[2:]):
        offset, at = _number(block, 0)
        for key, value in _entries(index, offset, _number(block, at)[0]):
            name, entry = key.decode(), _fields(value)
            if name.startswith(("batch_normalization", "conv2d", "dense")) and "Adam" not in name:
                found[name] = np.frombuffer(_part(data, entry), "<f4").reshape(_shape(entry))
    return found


def _part(data: bytes, entry: Mapping[int, list[int | bytes]]) -> bytes:
    (offset,), (size,) = entry.get(OFFSET, [0]), entry[SIZE]
    return data[int(offset) : int(offset) + int(size)]


def _shape(entry: Mapping[int, list[int | bytes]]) -> list[int]:
    (shape,) = entry[SHAPE]
    sides = _fields(bytes(shape))[SHAPE]
    return [int(_fields(bytes(side))[1][0]) for side in sides]


def _number(data: bytes, at: int) -> tuple[int, int]:
    """A number of seven bits a byte, and where the next thing begins."""
    value = shift = 0
    while True:
        value |= (data[at] & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if data[at - 1] < 0x80:  # noqa: PLR2004  # the last byte has no eighth bit
            return value, at


def _entries(table: bytes, offset: int, size: int) -> Iterator[tuple[bytes, bytes]]:
    """Keys and values of a block; a key says how much of the one before it begins with."""
    block = table[offset : offset + size]
    end = len(block) - 4 * (1 + struct.unpack("<I", block[-4:])[0])
    at, key = 0, b""
    while at < end:
        shared, at = _number(block, at)
        fresh, at = _number(block, at)
        length, at = _number(block, at)
        key = key[:shared] + block[at : at + fresh]
        yield key, block[at + fresh : at + fresh + length]
        at += fresh + length


def _fields(message: bytes) -> dict[int, list[int | bytes]]:
    """The fields of a protocol buffer by number."""
    found: dict[int, list[int | bytes]] = {}
    at = 0
    while at < len(message):
        tag, at = _number(message, at)
        value: int | bytes
        if tag & 7 == 0:
            value, at = _number(message, at)
        else:
            size = {LONG: 8, SHORT: 4}.get(tag & 7)
            if size is None:
                size, at = _number(message, at)
            value, at = message[at : at + size], at + size
        found.setdefault(tag >> 3, []).append(value)
    return found


def folded(raw: Arrays) -> Arrays:
    """The arrays that `perceptual.voice` reads, in half precision."""
    net = {"entry": np.concatenate(_normalisation(raw, 0))}
    for place, name in enumerate(LAYERS):
        layer = f"conv2d_{place}" if place else "conv2d"
        kernel = raw[f"{layer}/kernel"]
        net[f"{name}.kernel"] = kernel.reshape(kernel.shape[0], -1, kernel.shape[-1])
        net[f"{name}.bias"] = raw[f"{layer}/bias"]
        net[f"{name}.scale"], net[f"{name}.shift"] = _normalisation(raw, place + 1)
    scale, shift = _normalisation(raw, 9)
    net["dense.kernel"] = scale[:, None] * raw["dense/kernel"]
    net["dense.bias"] = raw["dense/bias"] + shift @ raw["dense/kernel"]
    _bury(net)
    scale, shift = _normalisation(raw, 10)
    voice = np.zeros(len(TAGS), np.float32)
    for tags, share in ((VOICE, 1 / len(VOICE)), (NO_VOICE, -1 / len(NO_VOICE))):
        voice[[TAGS.index(tag) for tag in tags]] = share
    kernel = raw["dense_1/kernel"] @ voice
    net["voice.kernel"] = scale * kernel
    net["voice.bias"] = np.asarray(raw["dense_1/bias"] @ voice + shift @ kernel)
    return {name: np.asarray(array, np.float16) for name, array in net.items()}


def _bury(net: dict[str, Weights]) -> None:
    """Take dead filters out of the layers in front, and out of the two layers that hear those."""
    alive, constant = [], []
    for name in LAYERS[:FRONT]:
        own = np.linalg.norm(net[f"{name}.kernel"], axis=(0, 1)) > DEAD
        said = np.maximum(net[f"{name}.bias"], 0.0) * net[f"{name}.scale"] + net[f"{name}.shift"]
        alive.append(own)
        constant.append(np.where(own, 0.0, said))
        for part in ("kernel", "bias", "scale", "shift"):
            net[f"{name}.{part}"] = net[f"{name}.{part}"][..., own]
    living, said = np.concatenate(alive), np.concatenate(constant)
    net["middle_1.bias"] = net["middle_1.bias"] + (said @ net["middle_1.kernel"]).sum(axis=0)
    net["middle_1.kernel"] = net["middle_1.kernel"][:, living]
    heard = len(net["dense.kernel"]) // 2
    later = np.ones(heard - len(living), bool)  # what the layers in the middle say
    said = np.repeat(np.append(said, np.zeros(len(later))), 2)  # maximum and mean in turn
    net["dense.bias"] = net["dense.bias"] + said @ net["dense.kernel"]
    net["dense.kernel"] = net["dense.kernel"][np.repeat(np.append(living, later), 2)]


def _normalisation(raw: Arrays, place: int) -> tuple[Weights, Weights]:
    """What a layer's values are multiplied by, and what is added to them."""
    name = f"batch_normalization_{place}" if place else "batch_normalization"
    scale = raw[f"{name}/gamma"] / np.sqrt(raw[f"{name}/moving_variance"] + EPSILON)
    return scale, raw[f"{name}/beta"] - scale * raw[f"{name}/moving_mean"]


def main(source: str, target: str) -> None:
    """Convert the checkpoint in the folder `source` and write `target`."""
    net = folded(checkpoint(Path(source)))
    np.savez(target, allow_pickle=False, **net)


if __name__ == "__main__":
    main(*sys.argv[1:])
