"""Decode damaged files one after another, as the decoding child would, and say what came of each.

`python -m tests.analysis.fuzz_child FIRST LAST`: a line per seed, "SEED OUTCOME". In a process of
its own, because a decoder that crashes takes its process with it.
"""

from __future__ import annotations

import sys
import tempfile
from functools import cache
from pathlib import Path

import numpy as np

from api.analysis import problems
from api.analysis.decoding import decode
from tests.analysis import files
from tests.analysis.signals import tone

KINDS = ("wav", "wavfloat", "rf64", "aiff", "flac", "mp3", "vorbis", "opus", "alac", "m4a", "aac")


@cache
def original(kind: str) -> bytes:
    """A valid file of 6 s, as small as its kind allows."""
    rate = 48_000 if kind == "opus" else 8_000
    return files.encoded(tone(6, hz=440, rate=rate), rate, kind)


def damaged(seed: int) -> bytes:
    """A valid file with bytes changed, moved, doubled or missing; mostly near its beginning."""
    chance = np.random.default_rng(seed)
    content = bytearray(original(KINDS[seed % len(KINDS)]))
    reach = len(content) if chance.random() < 0.3 else min(len(content), 600)
    for _ in range(int(chance.integers(1, 24))):
        at = int(chance.integers(reach))
        match int(chance.integers(6)):
            case 0 | 1:
                content[at : at + 1] = chance.bytes(1)
            case 2:
                content[at : at + 4] = b"\xff\xff\xff\xff" if chance.random() < 0.5 else bytes(4)
            case 3:
                content[at : at + 1] = bytes([content[at] ^ 1 << int(chance.integers(8))])
            case 4:
                content[at:at] = content[at : at + int(chance.integers(1, 40))]
            case _:
                del content[at : at + int(chance.integers(1, 8))]
        reach = max(1, min(reach, len(content) - 1))
    return bytes(content)


def outcome(path: Path) -> str:
    """`sound`, or the code of the problem."""
    try:
        sound = decode.read(path)
    except problems.AnalysisError as problem:
        return problem.code
    return "sound" if np.isfinite(sound.samples).all() else "not finite"


def main(first: int, last: int) -> None:
    """Print the outcome of every seed from `first` up to `last`."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "in"
        for seed in range(first, last):
            path.write_bytes(damaged(seed))
            sys.stdout.write(f"{seed} {outcome(path)}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
