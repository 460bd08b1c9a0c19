"""Strips laid over each other: one feature of two to five things on its absolute scale.

Each has its own line and its own shape, so that five stay apart where they lie at one place. A pale
bar is how far a number is typically off, or how far the songs of a list spread.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from web.text.meanings import FeatureMeaning
from web.text.sounds import SideNumber

TOP, CLOSE, WIDE = 9, 6, 14  # px: the first line, and from one to the next of two, and of more
ENDS_BELOW = 26


@dataclass(frozen=True, slots=True)
class Laid:
    """One thing on the strip: `number` from 1, where its mark is, and its pale bar or its range.

    Lengths across are in percent of the width, `y` in px. `at` is None where it is a range.
    """

    number: int
    y: int
    at: float | None
    bar_from: float
    bar_width: float


@dataclass(frozen=True, slots=True)
class Overlay:
    """One feature. `axis` is the height of its scale, `foot` that of the words at its ends."""

    height: int
    axis: float
    foot: int
    ends: tuple[str, str]
    laid: tuple[Laid, ...]


def overlay(meaning: FeatureMeaning, readings: Sequence[SideNumber | None]) -> Overlay:
    """The readings of one feature, in the order of the sides; None where one has none."""
    step = CLOSE if len(readings) <= 2 else WIDE  # noqa: PLR2004  # two hug the scale
    last = TOP + step * (len(readings) - 1)
    return Overlay(
        height=last + ENDS_BELOW + 5,
        axis=(TOP + last) / 2,
        foot=last + ENDS_BELOW,
        ends=meaning.ends,
        laid=tuple(
            _laid(meaning, reading, place + 1, y=TOP + step * place)
            for place, reading in enumerate(readings)
            if reading is not None
        ),
    )


def _laid(meaning: FeatureMeaning, reading: SideNumber, number: int, *, y: int) -> Laid:
    wished = reading.wished
    reach = 0.0 if wished else reading.off
    start, end = meaning.place(reading.low - reach), meaning.place(reading.high + reach)
    at = None if wished else round(meaning.place(reading.middle), 2)
    return Laid(number, y, at, round(start, 2), round(end - start, 2))
