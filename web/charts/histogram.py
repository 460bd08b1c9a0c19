"""A histogram: how many tracks lie where on a feature's absolute scale.

Several stand side by side, so they share the axis that counts: a bar of the same height is the
same number of tracks everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from api.schemas.playlist import Distribution
from web.text.formatting import decimal
from web.text.meanings import FeatureMeaning

GAP = 0.8  # percent of the width between two bars
STEPS = (2, 4, 6, 8, 10, 14)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar in percent of width and height; `label` says where it stands, in words."""

    x: float
    y: float
    width: float
    height: float
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Bars:
    """The bars that are not empty, and what is marked: the middle track, one's own song, a wish.

    Positions in percent of the width. `ticks` are three figures of the scale, `counts` three of
    the axis that counts, from the top.
    """

    bars: tuple[Bar, ...]
    median: float
    mine: float | None
    wish: tuple[float, float] | None
    ticks: tuple[str, str, str]
    counts: tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Marks:
    """What is marked on a histogram beside its bars: one's own song, and a range wished for."""

    mine: float | None = None
    wish: tuple[float, float] | None = None


UNMARKED = Marks()


def top(distributions: Iterable[Distribution]) -> int:
    """Where the axis that counts ends: an even number, no smaller than any bar."""
    tallest = max((max(each.histogram.counts) for each in distributions), default=1)
    size = 1
    while True:
        for step in STEPS:
            if step * size >= tallest:
                return step * size
        size *= 10


def bars(
    meaning: FeatureMeaning, found: Distribution, most: int, *, marks: Marks = UNMARKED
) -> Bars:
    """Draw a distribution over the scale of `meaning`; what is beyond an end stands at the end."""
    wish = None if marks.wish is None else tuple(map(meaning.place, marks.wish))
    return Bars(
        bars=tuple(_bars(meaning, found, most)),
        median=round(meaning.place(found.median), 2),
        mine=None if marks.mine is None else round(meaning.place(marks.mine), 2),
        wish=None if wish is None else (round(wish[0], 2), round(wish[1] - wish[0], 2)),
        ticks=ticks(meaning),
        counts=(str(most), str(most // 2), "0"),
    )


def ticks(meaning: FeatureMeaning) -> tuple[str, str, str]:
    """The two ends of a scale and its middle, in figures."""
    low, high = meaning.scale
    first, middle, last = (_plain(end) for end in (low, (low + high) / 2, high))
    return first, middle, last


def _bars(meaning: FeatureMeaning, found: Distribution, most: int) -> Iterable[Bar]:
    """Bins beyond the scale are one bar at its end, as wide as the bins within it."""
    edges, counts = found.histogram.edges, found.histogram.counts
    low, high = meaning.scale
    width = (edges[1] - edges[0]) if len(edges) > 1 else high - low
    heaps: dict[float, int] = {}
    for start, number in zip(edges, counts, strict=False):
        place = min(max(start, low), high - width)
        heaps[place] = heaps.get(place, 0) + number
    for start, number in sorted(heaps.items()):
        if number:
            left, right = meaning.place(start), meaning.place(start + width)
            height = number / most * 100
            yield Bar(
                x=round(left + GAP / 2, 2),
                width=round(max(right - left - GAP, GAP), 2),
                y=round(100 - height, 2),
                height=round(height, 2),
                label=_label(meaning, start, start + width),
                count=number,
            )


def _label(meaning: FeatureMeaning, start: float, end: float) -> str:
    low, high = meaning.scale
    if start <= low < end and low != 0:
        return f"up to {_plain(end)}"
    if end >= high and high not in {0, 1}:
        return f"{_plain(start)} and more"
    return f"{_plain(start)} to {_plain(end)}"


def _plain(value: float) -> str:
    return decimal(value).rstrip("0").rstrip(".") if value % 1 else decimal(value, 0)
