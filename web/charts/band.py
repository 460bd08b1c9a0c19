"""A range on a feature's scale: where its box begins, and how wide it is."""

from __future__ import annotations

from web.charts.strip import Reach
from web.text.meanings import FeatureMeaning

LEAST = 0.75  # percent: of a range that is a single value something is to be seen


def band(meaning: FeatureMeaning, low: float, high: float) -> Reach:
    """Place the range from `low` to `high` on the scale of `meaning`."""
    left, right = meaning.place(low), meaning.place(high)
    width = max(right - left, LEAST)
    return Reach(round(min(left, 100 - width), 2), round(width, 2))
