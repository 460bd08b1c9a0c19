"""A feature strip: one value on its scale, with a whisker where it is only an estimate."""

from __future__ import annotations

from dataclasses import dataclass

from web.text.meanings import FeatureMeaning


@dataclass(frozen=True, slots=True)
class Strip:
    """Positions in percent of the width, 0 at the left."""

    at: float
    whisker_from: float | None = None
    whisker_width: float | None = None


def strip(meaning: FeatureMeaning, value: float, error: float | None = None) -> Strip:
    """Place `value` on the scale of `meaning`; `error` is its typical absolute error."""
    at = round(meaning.place(value), 2)
    if error is None:
        return Strip(at)
    low, high = meaning.place(value - error), meaning.place(value + error)
    return Strip(at, round(low, 2), round(high - low, 2))
