"""The process of the first look: it limits itself, decodes one file, says what it is, and ends.

It writes one JSON object: `{"tags": {…}}`, or the problem.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from api.analysis.decode_child import limit_self
from api.analysis.formats import Format, recognise

NICE = 5
_ENDINGS = {Format.VORBIS: "ogg", Format.MP4: "m4a", Format.ADTS: "aac"}


def main(arguments: Sequence[str], out: TextIO | None = None) -> None:
    """`arguments`: the path, the address space in bytes, the processor time in seconds."""
    path, memory_bytes, cpu_s = arguments
    os.nice(NICE)
    limit_self(int(memory_bytes), int(cpu_s))
    answer(Path(path), out or sys.stdout)


def answer(path: Path, out: TextIO) -> None:
    """Write what the file is, or the problem."""
    from api.analysis import decode, problems, silence, tags  # noqa: PLC0415  # after the limits

    try:
        silence.find(decode.read(path).samples)
        with path.open("rb") as file:
            found = recognise(file).format
        told: dict[str, object] = {"tags": tags.read(path, _ENDINGS.get(found, found.value))}
    except problems.Problem as problem:
        told = {**problem.to_json()}
    except MemoryError:
        told = {**problems.BadAudio(problems.TOO_MUCH).to_json()}
    out.write(json.dumps(told))
    out.flush()
