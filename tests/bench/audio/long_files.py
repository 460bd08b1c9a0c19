"""Long files for the costs that depend on length: rendered pieces, one after another."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soundfile

SECONDS_OF_A_MINUTE = 60


def joined_up(files: Sequence[str], minutes: float, to: Path) -> str:
    """A file of so many minutes, of these files in turn."""
    pieces = [soundfile.read(file, dtype="int16", always_2d=True) for file in files]
    rate = pieces[0][1]
    wanted = int(minutes * SECONDS_OF_A_MINUTE * rate)
    once = np.concatenate([samples for samples, _ in pieces])
    soundfile.write(to, np.resize(once, (wanted, once.shape[1])), rate)
    return str(to)
