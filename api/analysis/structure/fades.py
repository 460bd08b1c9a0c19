"""Find where a recording has faded in and where it begins to fade out.

The level near an end is compared with what is usual there: a fade is what comes before the level
first, or after it last, reaches that. A final chord left to ring counts as a fade out.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from api.analysis.structure.levels import FLOOR_DB, FRAME_S

SMOOTH_S = 0.7  # the loudest of so much stands for a moment: rests are not the usual level
NEAR_S = 30.0  # how far from an end the usual level is looked for
BELOW_DB = 5.0
NO_FADE_IN_S, NO_FADE_OUT_S = 0.2, 0.7  # a breath, and the air after a last stroke


@dataclass(frozen=True, slots=True)
class Fades:
    """Seconds: 0.0 without a fade in, the duration without a fade out."""

    end_of_fade_in_s: float
    start_of_fade_out_s: float


def find(level_db: NDArray[np.float64], duration_s: float) -> Fades:
    """Fades of a recording of which `levels.measure` gave the (n,) level."""
    near = min(len(level_db), max(1, round(min(NEAR_S, duration_s / 2) / FRAME_S)))
    into = _first_usual(level_db, near) * FRAME_S
    out = duration_s - _first_usual(level_db[::-1], near) * FRAME_S
    return Fades(
        end_of_fade_in_s=into if into > NO_FADE_IN_S else 0.0,
        start_of_fade_out_s=max(into, out) if duration_s - out > NO_FADE_OUT_S else duration_s,
    )


def _first_usual(level_db: NDArray[np.float64], near: int) -> int:
    """The first frame within `BELOW_DB` of the usual level of the first `near` frames."""
    size = max(1, round(SMOOTH_S / FRAME_S))
    usual = float(np.median(ndimage.maximum_filter1d(level_db[:near], size, mode="nearest")))
    return int(np.argmax(level_db[:near] >= max(usual - BELOW_DB, FLOOR_DB)))
