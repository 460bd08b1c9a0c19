"""On which scale the numbers of a column are: judged by the whole column, and by its neighbours.

One cell cannot tell: 1 is all there is from 0 to 1, and next to nothing from 0 to 100. Where the
columns together cannot tell either, the column is refused in words. Pure.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum

from api.library.sheet.cells import Number

CLEARLY = 3  # times as many cells for one scale as for the other
FEWEST_MS, MOST_S, FEWEST_S, MOST_MS = 10_000, 3_600, 20, 86_400_000
_ONE, _TEN = 1.0, 10.0


class Scale(Enum):
    """How large the largest value of a column can be."""

    UNIT = 1.0
    TEN = 10.0
    PERCENT = 100.0
    UNTOLD = 0.0


HINTS = {
    "%": Scale.PERCENT,
    "percent": Scale.PERCENT,
    "prozent": Scale.PERCENT,
    "0-100": Scale.PERCENT,
    "0–100": Scale.PERCENT,
    "/100": Scale.PERCENT,
    "0-10": Scale.TEN,
    "0–10": Scale.TEN,
    "/10": Scale.TEN,
    "0-1": Scale.UNIT,
    "0–1": Scale.UNIT,
}


def judge(columns: Mapping[int, Sequence[Number]], hints: Mapping[int, str]) -> dict[int, Scale]:
    """The scale of each of the columns from 0 to 1 that stand side by side in one file."""
    alone = {at: HINTS.get(hints[at]) or _alone(numbers) for at, numbers in columns.items()}
    clear = {scale for scale in alone.values() if scale is not Scale.UNTOLD}
    together = clear.pop() if len(clear) == 1 else Scale.UNTOLD
    return {at: together if scale is Scale.UNTOLD else scale for at, scale in alone.items()}


def _alone(numbers: Sequence[Number]) -> Scale:
    """What a column says by itself: 88 is of a hundred; 8 may be of ten, and 1 is anything."""
    if any(one.percent for one in numbers):
        return Scale.PERCENT
    above = sum(one.value > _ONE for one in numbers)
    between = sum(0 < one.value < _ONE for one in numbers)
    if above and above >= CLEARLY * between and max(one.value for one in numbers) > _TEN:
        return Scale.PERCENT
    return Scale.UNIT if between and between >= CLEARLY * above else Scale.UNTOLD


def milliseconds_each(numbers: Iterable[float], hint: str) -> float | None:
    """How many milliseconds 1 is in a column of lengths; None where that cannot be told."""
    if hint in {"ms", "msec", "毫秒", "ミリ秒", "بالمللي ثانية", "milliseconds"}:
        return 1.0
    if hint in {"s", "sec", "secs", "seconds", "sek", "秒"}:
        return 1_000.0
    if hint in {"min", "minutes", "minuten", "m"}:
        return 60_000.0
    usual = statistics.median([one for one in numbers if one > 0] or [0.0])
    if FEWEST_MS <= usual < MOST_MS:
        return 1.0
    return 1_000.0 if FEWEST_S <= usual <= MOST_S else None


def is_decibels(numbers: Sequence[Number]) -> bool:
    """Whether these are dB below full scale: something of them is below 0, or all are 0."""
    return any(one.value < 0 for one in numbers) or all(one.value == 0 for one in numbers)
