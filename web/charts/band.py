"""A range on a feature's scale: where its box begins, and how wide it is."""

from __future__ import annotations

from dataclasses import dataclass

from web.text.meanings import FeatureMeaning

LEAST = 0.75  # percent: of a range that is a single value something is to be seen


@dataclass(frozen=True, slots=True)
class Band:
    """Positions in percent of the width, 0 at the left."""

    left: float
    width: float


def band(meaning: FeatureMeaning, low: float, high: float) -> Band:
    """Place the range from `low` to `high` on the scale of `meaning`."""
    left, right = meaning.place(low), meaning.place(high)
    width = max(right - left, LEAST)
    return Band(round(min(left, 100 - width), 2), round(width, 2))
