"""Imported by the fork server alone, once, before any job: everything an analysis needs.

Hearing eight seconds of clicks here loads what is loaded late and plans the transforms, and every
analysis is forked from this state. So the first file of a day takes no longer than the others.
"""

from __future__ import annotations

import numpy as np

from api.analysis import pipeline
from api.analysis.contract import shape  # noqa: F401  # for the forked ones
from api.analysis.sound import POWERS_PER_S, RATE, Sound
from api.worker.parent_death import end_with_parent

SECONDS = 8


def clicks() -> Sound:
    """Eight seconds with two clicks each."""
    samples = np.zeros(SECONDS * RATE, dtype=np.float32)
    samples[:: RATE // 2] = 0.5
    powers = np.full(SECONDS * POWERS_PER_S, 1e-4)
    return Sound(samples, float(SECONDS), -30.0, 1, RATE, powers=powers)


end_with_parent()
pipeline.analyse(clicks())
