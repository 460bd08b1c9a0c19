"""What cues are worth: the share of right answers among results that as much speaks for.

The analyser's rooms say by how much their answer won, and what else bears on it, each in a unit of
its own, 0 to 1: its cues. The tables in calibration.json, fitted on rendered pieces and on records
with known truth by `make calibration`, weigh them into a margin and turn that into a confidence in
0-1. Between two knots it is interpolated; beyond the ends it stays.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

TABLES = Path(__file__).with_name("calibration.json")


class Estimate(StrEnum):
    """What can be right or wrong; how that was judged stands beside each table."""

    TEMPO = "tempo"
    KEY = "key"
    MODE = "mode"
    TIME_SIGNATURE = "time_signature"
    BEAT = "beat"
    BAR = "bar"
    SECTION = "section"
    SEGMENT = "segment"


CUES: Mapping[Estimate, tuple[str, ...]] = dict.fromkeys(Estimate, ("margin",)) | {
    Estimate.KEY: ("margin", "fit"),
    Estimate.MODE: ("margin", "fit"),
    Estimate.BEAT: ("margin", "stroke", "clarity"),
    Estimate.BAR: ("margin", "accent", "clarity"),
}
"""What speaks for an answer of each kind, in the order in which it is given."""


def confidence(kind: Estimate | str, *cues: float) -> float:
    """The confidence of one answer for which these cues speak."""
    return float(confidences(kind, *([cue] for cue in cues))[0])


def confidences(kind: Estimate | str, *cues: ArrayLike) -> NDArray[np.float64]:
    """The same for many: (n,) of each cue, or one for all → (n,) confidences in 0-1."""
    table = tables()[Estimate(kind)]
    margin = np.asarray(table["weights"]) @ np.array(np.broadcast_arrays(*cues), np.float64)
    sure: NDArray[np.float64] = np.interp(margin, table["margin"], table["confidence"])
    return sure


@cache
def tables() -> Mapping[str, Mapping[str, list[float]]]:
    """The weights of its cues and the knots of each kind, rising, as fitted."""
    told: dict[str, dict[str, list[float]]] = json.loads(TABLES.read_text(encoding="utf-8"))[
        "tables"
    ]
    return told
