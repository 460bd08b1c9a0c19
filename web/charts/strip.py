"""A feature strip: one or several values on an absolute scale, and what they may be read against.

Each value has its shape, so that five stay apart where they lie at one place, and its typical error
as a pale bar. The range that is wished for is a framed bar behind all of them; what else there is
are ticks below the line. Lengths across are in percent of the width, heights in px.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from web.text.meanings import FeatureMeaning, figure
from web.text.sounds import SideNumber

MOST_TICKS = 200  # beyond that they are a grey bar; evenly chosen, they still show where most lie
TOP, CLOSE, WIDE = 9, 6, 14  # the first line, and from one to the next of two, and of more
ALONE, WITH_TICKS = 12, 32  # the line of a single value, and from it to the words at its ends
ENDS_BELOW, DESCENT = 26, 5


@dataclass(frozen=True, slots=True)
class Reach:
    """A stretch of the scale."""

    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands on a strip beside its value, in the feature's own unit.

    `band`: the range wished for; `ticks`: the values of all else.
    """

    band: tuple[float, float] | None = None
    ticks: Sequence[float] = ()


NOTHING_ELSE = Beside()


@dataclass(frozen=True, slots=True)
class Laid:
    """One thing on a strip: `number` from 1 is its shape. `at` is None where it is a range."""

    number: int
    y: int
    at: float | None
    bar: Reach | None


@dataclass(frozen=True, slots=True)
class Strip:
    """One feature. `axis` is the height of its scale, `foot` that of the words at its ends.

    `says`: the same for who cannot see it.
    """

    says: str
    ends: tuple[str, str]
    laid: tuple[Laid, ...]
    band: Reach | None
    ticks: tuple[float, ...]
    axis: float
    foot: int

    @property
    def height(self) -> int:
        """Of all of it."""
        return self.foot + DESCENT

    @property
    def error(self) -> Reach | None:
        """The typical error of the first."""
        return self.laid[0].bar


def strip(
    meaning: FeatureMeaning,
    value: float,
    error: float | None = None,
    *,
    beside: Beside = NOTHING_ELSE,
    word: str | None = None,
) -> Strip:
    """Place `value` on the scale of `meaning`; `error` is its typical absolute error.

    `word`: what is said of the value, if not what its meaning says.
    """
    bar = None if error is None else _span(meaning, value - error, value + error)
    return Strip(
        says=_says(meaning, (value, error, word or meaning.word(value)), beside),
        ends=meaning.ends,
        laid=(Laid(1, ALONE, _at(meaning, value), bar),),
        band=None if beside.band is None else _span(meaning, *beside.band),
        ticks=tuple(_at(meaning, each) for each in _few(sorted(beside.ticks))),
        axis=ALONE,
        foot=ALONE + WITH_TICKS,
    )


def overlay(
    meaning: FeatureMeaning,
    readings: Sequence[SideNumber | None],
    *,
    says: str,
    band: tuple[float, float] | None = None,
) -> Strip:
    """The readings of one feature, in the order of the sides; None where one has none.

    Each has its own line: two hug the scale, more stand under each other.
    """
    step = CLOSE if len(readings) <= 2 else WIDE  # noqa: PLR2004
    last = TOP + step * (len(readings) - 1)
    return Strip(
        says=says,
        ends=meaning.ends,
        laid=tuple(
            _laid(meaning, reading, place + 1, y=TOP + step * place)
            for place, reading in enumerate(readings)
            if reading is not None
        ),
        band=None if band is None else _span(meaning, *band),
        ticks=(),
        axis=(TOP + last) / 2,
        foot=last + ENDS_BELOW,
    )


def _laid(meaning: FeatureMeaning, reading: SideNumber, number: int, *, y: int) -> Laid:
    reach = 0.0 if reading.wished else reading.off
    bar = _span(meaning, reading.low - reach, reading.high + reach)
    return Laid(number, y, None if reading.wished else _at(meaning, reading.middle), bar)


def _at(meaning: FeatureMeaning, value: float) -> float:
    return round(meaning.place(value), 2)


def _span(meaning: FeatureMeaning, low: float, high: float) -> Reach:
    start, end = sorted((meaning.place(low), meaning.place(high)))
    return Reach(round(start, 2), round(end - start, 2))


def _few(values: Sequence[float]) -> Sequence[float]:
    """At most so many as can be told apart, evenly chosen from the lowest to the highest."""
    if len(values) <= MOST_TICKS:
        return values
    step = (len(values) - 1) / (MOST_TICKS - 1)
    return [values[round(place * step)] for place in range(MOST_TICKS)]


def _says(meaning: FeatureMeaning, stated: tuple[float, float | None, str], beside: Beside) -> str:
    """`Energy 0.30, calm; typically off by 0.11; your range is 0.20 to 0.45`."""
    value, error, word = stated
    parts = [f"{meaning.label} {figure(meaning.field, value)}, {word}"]
    if error is not None:
        parts.append(f"typically off by {figure(meaning.field, error)}")
    if beside.band is not None:
        low, high = (figure(meaning.field, end) for end in beside.band)
        parts.append(f"your range is {low} to {high}")
    return "; ".join(parts)
