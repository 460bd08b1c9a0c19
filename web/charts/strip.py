"""A feature strip: one value on its absolute scale, and what it may be read against.

The typical error is a pale bar, the range that is wished for a framed one behind it; a second value
is a diamond, and what else there is are ticks below the line. All of it in percent of the width.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from web.text.meanings import FeatureMeaning, figure

MOST_TICKS = 200  # beyond that they are a grey bar; evenly chosen, they still show where most lie


@dataclass(frozen=True, slots=True)
class Reach:
    """A stretch of the scale, in percent of its width."""

    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands on a strip beside its value, in the feature's own unit.

    `band`: the range wished for; `other`: a second value, with its own typical error; `ticks`: the
    values of all else.
    """

    band: tuple[float, float] | None = None
    other: float | None = None
    other_error: float | None = None
    ticks: Sequence[float] = ()


NOTHING_ELSE = Beside()


@dataclass(frozen=True, slots=True)
class Strip:
    """Positions in percent of the width, 0 at the left. `says`: the same for who cannot see it."""

    says: str
    ends: tuple[str, str]
    at: float
    error: Reach | None
    band: Reach | None
    other: float | None
    other_error: Reach | None
    ticks: tuple[float, ...]


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
    other, band = beside.other, beside.band
    return Strip(
        says=_says(meaning, (value, error, word or meaning.word(value)), beside),
        ends=meaning.ends,
        at=_at(meaning, value),
        error=_around(meaning, value, error),
        band=None if band is None else _span(meaning, *band),
        other=None if other is None else _at(meaning, other),
        other_error=None if other is None else _around(meaning, other, beside.other_error),
        ticks=tuple(_at(meaning, each) for each in _few(sorted(beside.ticks))),
    )


def _at(meaning: FeatureMeaning, value: float) -> float:
    return round(meaning.place(value), 2)


def _around(meaning: FeatureMeaning, value: float, error: float | None) -> Reach | None:
    return None if error is None else _span(meaning, value - error, value + error)


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
    if beside.other is not None:
        parts.append(f"the other one has {figure(meaning.field, beside.other)}")
    if beside.band is not None:
        low, high = (figure(meaning.field, end) for end in beside.band)
        parts.append(f"your range is {low} to {high}")
    return "; ".join(parts)
