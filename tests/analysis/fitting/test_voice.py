import struct

import numpy as np
import pytest

from api.analysis.fitting import voice


def number(value):
    """Seven bits a byte, the last without the eighth."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def block(entries):
    """Keys that share what they begin with, their values, and one restart."""
    out, before = b"", b""
    for key, value in entries:
        shared = next((i for i, (a, b) in enumerate(zip(key, before, strict=False)) if a != b), 0)
        out += (
            number(shared) + number(len(key) - shared) + number(len(value)) + key[shared:] + value
        )
        before = key
    return out + struct.pack("<II", 0, 1)


@pytest.fixture
def folder(tmp_path):
    """A checkpoint of two tensors and what an optimiser keeps of one."""
    tensors = {
        "conv2d/bias": np.arange(3, dtype="<f4"),
        "conv2d/bias/Adam": np.ones(3, dtype="<f4"),
        "conv2d/kernel": np.arange(300, dtype="<f4").reshape(100, 3),
    }
    data, entries = b"", []
    for name, tensor in tensors.items():
        sides = b"".join(
            b"\x12" + number(len(s)) + s for s in (b"\x08" + number(n) for n in tensor.shape)
        )
        entry = b"\x08\x01\x12" + number(len(sides)) + sides
        entry += b"\x20" + number(len(data)) + b"\x28" + number(tensor.nbytes) + b"\x35abcd"
        entries.append((name.encode(), entry))
        data += tensor.tobytes()
    table = block(entries)
    about = block([(b"z", number(0) + number(len(table)))])
    footer = number(0) * 2 + number(len(table) + 5) + number(len(about))
    (tmp_path / ".index").write_bytes(table + bytes(5) + about + bytes(5) + footer.ljust(48, b"\0"))
    (tmp_path / ".data-00000-of-00001").write_bytes(data)
    return tmp_path


def test_a_checkpoint_is_read_without_its_framework(folder):
    """Tensors have their names, shapes and values; what the optimiser keeps is left out."""
    found = voice.checkpoint(folder)

    assert found.keys() == {"conv2d/bias", "conv2d/kernel"}
    assert found["conv2d/bias"].tolist() == [0, 1, 2]
    assert found["conv2d/kernel"].shape == (100, 3)
    assert found["conv2d/kernel"][99].tolist() == [297, 298, 299]


def test_dead_filters_leave_nothing_but_what_they_said():
    """A filter of zeros is left out, and its constant stands in the layers that heard it."""
    rng = np.random.default_rng(3)
    net = {}
    for name in voice.LAYERS[: voice.FRONT]:
        net[f"{name}.kernel"] = rng.normal(size=(4, 3, 2)) * [0.0, 1.0]
        net |= {f"{name}.{part}": rng.normal(size=2) for part in ("bias", "scale", "shift")}
    net |= {"middle_1.kernel": rng.normal(size=(7, 10, 5)), "middle_1.bias": np.zeros(5)}
    net |= {"dense.kernel": rng.normal(size=(30, 4)), "dense.bias": np.zeros(4)}
    said = [
        np.maximum(net[f"{name}.bias"][0], 0) * net[f"{name}.scale"][0] + net[f"{name}.shift"][0]
        for name in voice.LAYERS[: voice.FRONT]
    ]
    wanted = np.repeat(said, 2) @ net["dense.kernel"][:20].reshape(5, 2, 2, 4)[:, 0].reshape(10, 4)

    voice._bury(net)

    assert net["timbre_40.kernel"].shape == (4, 3, 1)
    assert net["middle_1.kernel"].shape == (7, 5, 5)
    assert net["dense.kernel"].shape == (20, 4)
    assert net["dense.bias"] == pytest.approx(wanted)


def test_tags_have_their_places():
    """Fifty tags, eight of voices, three of none."""
    assert len(set(voice.TAGS)) == 50
    assert set(voice.VOICE) | set(voice.NO_VOICE) < set(voice.TAGS)
    assert (len(voice.VOICE), len(voice.NO_VOICE)) == (8, 3)
