"""The analyser as anybody runs it: `python -m api.analysis FILE…`, with what it costs."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
KIBIBYTES_OF_A_MEGABYTE = 1_000 / 1.024
SECONDS_OF_A_MINUTE = 60


@dataclass(frozen=True, slots=True)
class Run:
    """What one start of the analyser said, a record a file, and took; children included."""

    records: tuple[dict[str, Any], ...]
    cpu_s: float
    wall_s: float

    @property
    def analyses(self) -> list[Mapping[str, Any] | None]:
        """In the order of the files; None where there was a problem."""
        return [record.get("analysis") for record in self.records]

    @property
    def audio_min(self) -> float:
        """Minutes of audio heard."""
        seconds = (one["track"]["duration"] for one in self.analyses if one)
        return sum(seconds) / SECONDS_OF_A_MINUTE


def run(files: Sequence[str]) -> Run:
    """Analyse them in one process."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), perf_counter()
    done = subprocess.run(  # noqa: S603  # our own program
        [sys.executable, "-m", "api.analysis", *files],
        cwd=ROOT,
        env=os.environ | ONE_THREAD,
        stdout=subprocess.PIPE,
        check=False,
    )
    wall_s, after = perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(tuple(json.loads(line) for line in done.stdout.splitlines()), cpu_s, wall_s)


def peak_mb(file: str) -> float:
    """The largest resident memory of any process that analyses one file, in MB."""
    program = (
        "import resource, subprocess, sys\n"
        "subprocess.run([sys.executable, '-m', 'api.analysis', sys.argv[1]],"
        " stdout=subprocess.DEVNULL, check=True)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n"
    )
    done = subprocess.run(  # noqa: S603  # our own program
        [sys.executable, "-c", program, file],
        cwd=ROOT,
        env=os.environ | ONE_THREAD,
        stdout=subprocess.PIPE,
        check=True,
    )
    return int(done.stdout) / KIBIBYTES_OF_A_MEGABYTE
