"""What a margin means: the share of right answers among results with the same margin.

The analyser's rooms say by how much their answer won, each in a unit of its own. The tables in
calibration.json, fitted on pieces with known truth by `make calibration`, turn that into a
confidence in 0-1. Between two knots it is interpolated; beyond the ends it stays.
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


def confidence(kind: Estimate | str, margin: float) -> float:
    """The confidence of one answer that won by `margin`."""
    return float(confidences(kind, [margin])[0])


def confidences(kind: Estimate | str, margins: ArrayLike) -> NDArray[np.float64]:
    """The same for many: (n,) margins → (n,) confidences in 0-1."""
    table = tables()[Estimate(kind)]
    at = np.asarray(margins, np.float64)
    sure: NDArray[np.float64] = np.interp(at, table["margin"], table["confidence"])
    return sure


@cache
def tables() -> Mapping[str, Mapping[str, list[float]]]:
    """The knots of each kind, rising, as fitted."""
    told: dict[str, dict[str, list[float]]] = json.loads(TABLES.read_text(encoding="utf-8"))[
        "tables"
    ]
    return told
