"""Long files for the costs that depend on length: rendered pieces, one after another."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle
from pathlib import Path

import soundfile

SECONDS_OF_A_MINUTE = 60


def joined_up(files: Sequence[str], minutes: float, to: Path) -> str:
    """A file of so many minutes, of these files in turn.

    Written piece by piece: a process starts with its parent's peak memory as its own.
    """
    rate = soundfile.info(files[0]).samplerate
    owed = int(minutes * SECONDS_OF_A_MINUTE * rate)
    with soundfile.SoundFile(to, "w", rate, channels=2) as out:
        for file in cycle(files):
            samples, _ = soundfile.read(file, frames=owed, dtype="int16", always_2d=True)
            out.write(samples)
            owed -= len(samples)
            if owed <= 0:
                return str(to)
    raise AssertionError  # a cycle has no end
