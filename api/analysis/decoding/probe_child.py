"""The process of the first look: it limits itself, decodes one file, says what it is, and ends.

It writes one JSON object: `{"format": "mp3", "tags": {…}}`, or the problem.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from api.analysis.decoding.decode_child import limit_self

NICE = 5


def main(arguments: Sequence[str], out: TextIO | None = None) -> None:
    """`arguments`: the path, the address space in bytes, the processor time in seconds."""
    path, memory_bytes, cpu_s = arguments
    os.nice(NICE)
    limit_self(int(memory_bytes), int(cpu_s))
    answer(Path(path), out or sys.stdout)


def answer(path: Path, out: TextIO) -> None:
    """Write what the file is, or the problem."""
    from api.analysis import problems  # noqa: PLC0415  # after the limits
    from api.analysis.containers import recognition  # noqa: PLC0415  # likewise
    from api.analysis.decoding import decode, tags  # noqa: PLC0415  # likewise
    from api.analysis.structure import silence  # noqa: PLC0415  # likewise

    try:
        silence.find(decode.read(path).samples)
        with path.open("rb") as file:
            found = recognition.recognise(file)
        told: dict[str, object] = {"format": found.format, "tags": tags.read(path, found)}
    except problems.AnalysisError as problem:
        told = {**problem.to_json()}
    except MemoryError:
        told = {**problems.BadAudio(problems.TOO_MUCH).to_json()}
    out.write(json.dumps(told))
    out.flush()
