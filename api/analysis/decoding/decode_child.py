"""The process that touches strangers' bytes: it limits itself, decodes one file, and ends.

It answers on its standard output: samples (float32), powers (float64), a JSON object that says how
many of each or which problem, and that object's length (4 bytes, little-endian).
"""

from __future__ import annotations

import json
import resource
import struct
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from api.analysis.sound import Sound

OPEN_FILES = 32
LENGTH = struct.Struct("<I")


def main(arguments: Sequence[str], out: BinaryIO | None = None) -> None:
    """`arguments`: the path, the address space in bytes, the processor time in seconds."""
    path, memory_bytes, cpu_s = arguments
    limit_self(int(memory_bytes), int(cpu_s))
    answer(Path(path), out or sys.stdout.buffer)


def limit_self(memory_bytes: int, cpu_s: int) -> None:
    """No limit can be raised again by this process, and none is set higher than it is already.

    Beyond its processor time it is told so (SIGXCPU), and killed a second later: whoever is killed
    at once was killed by another hand.
    """
    for limit, most, last in (
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_NOFILE, OPEN_FILES, OPEN_FILES),
        (resource.RLIMIT_AS, memory_bytes, memory_bytes),
        (resource.RLIMIT_CPU, cpu_s, cpu_s + 1),
    ):
        hard = within(last, resource.getrlimit(limit)[1])
        resource.setrlimit(limit, (min(most, hard), hard))


def within(wanted: int, hard: int) -> int:
    """What is wanted, or the limit that stands already where that is lower."""
    return wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)


def answer(path: Path, out: BinaryIO) -> None:
    """Write what was heard, or the problem."""
    from api.analysis import problems  # noqa: PLC0415  # after the limits, not before
    from api.analysis.decoding import decode  # noqa: PLC0415  # likewise

    try:
        sound = decode.read(path)
    except problems.AnalysisError as problem:
        _close(out, {"problem": problem.to_json()})
    except MemoryError:
        _close(out, {"problem": problems.BadAudio(problems.TOO_MUCH).to_json()})
    else:
        out.write(sound.samples.data)
        out.write(sound.powers.data)
        _close(out, {"sound": _described(sound)})


def _described(sound: Sound) -> dict[str, object]:
    return {
        "samples": len(sound.samples),
        "powers": len(sound.powers),
        "duration_s": sound.duration_s,
        "loudness_lufs": sound.loudness_lufs,
        "channels": sound.channels,
        "source_rate": sound.source_rate,
        "beyond_s": sound.beyond_s,
        "left_out": list(sound.left_out),
    }


def _close(out: BinaryIO, told: dict[str, object]) -> None:
    trailer = json.dumps(told).encode()
    out.write(trailer + LENGTH.pack(len(trailer)))
    out.flush()
