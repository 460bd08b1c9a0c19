"""Find where a recording has faded in and where it begins to fade out.

The level near an end is compared with what is usual there: a fade is what comes before the level
first, or after it last, reaches that. A final chord left to ring counts as a fade out.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from api.analysis.levels import FLOOR_DB, FRAME_S

SMOOTH_S = 0.35  # the loudest of so much stands for a moment: rests between notes are no fade
NEAR_S = 30.0  # how far from an end the usual level is looked for
USUAL_PERCENTILE = 60.0
BELOW_DB = 7.0
NO_FADE_S = 0.1
NO_FADE_OUT_S = 0.5


@dataclass(frozen=True, slots=True)
class Fades:
    """Seconds: 0.0 without a fade in, the duration without a fade out."""

    end_of_fade_in_s: float
    start_of_fade_out_s: float


def find(level_db: NDArray[np.float64], duration_s: float) -> Fades:
    """Fades of a recording of which `levels.measure` gave the (n,) level."""
    loud = ndimage.maximum_filter1d(level_db, max(1, round(SMOOTH_S / FRAME_S)), mode="nearest")
    near = min(len(loud), max(1, round(min(NEAR_S, duration_s / 2) / FRAME_S)))
    into = _first_usual(loud, near) * FRAME_S
    out = duration_s - _first_usual(loud[::-1], near) * FRAME_S
    return Fades(
        end_of_fade_in_s=into if into > NO_FADE_S else 0.0,
        start_of_fade_out_s=max(into, out) if duration_s - out > NO_FADE_OUT_S else duration_s,
    )


def _first_usual(loud: NDArray[np.float64], near: int) -> int:
    """The first frame within `BELOW_DB` of the usual level of the first `near` frames."""
    usual = float(np.percentile(loud[:near], USUAL_PERCENTILE))
    return int(np.argmax(loud >= max(usual - BELOW_DB, FLOOR_DB)))
