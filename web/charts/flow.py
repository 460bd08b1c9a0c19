"""A list in its order: one number along it as a line, and all numbers of each track as a path."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from web.charts.histogram import ticks
from web.text.meanings import FeatureMeaning

Numbers = Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class FlowStop:
    """A track on the line, in percent of width and height."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class FlowLine:
    """One number along a list. `path` is drawn in 100 by 100 units and broken where none is known.

    `mine`: how high one's own song lies.
    """

    path: str
    stops: tuple[FlowStop, ...]
    mine: float | None
    ticks: tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Bundle:
    """All numbers of each track as a path over parallel scales, in 100 by 100 units."""

    axes: tuple[tuple[float, str, tuple[str, str]], ...]
    paths: tuple[str, ...]
    mine: str | None


def line(
    meaning: FeatureMeaning, values: Sequence[float | None], mine: float | None = None
) -> FlowLine:
    """The numbers in the order of the list; None where none is known."""
    width = max(len(values) - 1, 1)
    stops = [
        None if value is None else FlowStop(round(place / width * 100, 2), _height(meaning, value))
        for place, value in enumerate(values)
    ]
    return FlowLine(
        path=_path([None if stop is None else (stop.x, stop.y) for stop in stops]),
        stops=tuple(stop for stop in stops if stop is not None),
        mine=None if mine is None else _height(meaning, mine),
        ticks=ticks(meaning),
    )


def steepest(values: Sequence[float | None]) -> tuple[int, float] | None:
    """Behind which place the largest step is, and how large it is; None where there is none."""
    steps = [
        (place, after - before)
        for place, (before, after) in enumerate(pairwise(values))
        if before is not None and after is not None and after != before
    ]
    return max(steps, key=lambda step: abs(step[1]), default=None)


def bundle(
    meanings: Sequence[FeatureMeaning], tracks: Sequence[Numbers], mine: Numbers | None = None
) -> Bundle:
    """A path per track over the scales of `meanings`."""
    width = max(len(meanings) - 1, 1)
    across = [round(place / width * 100, 2) for place in range(len(meanings))]

    def path(numbers: Numbers) -> str:
        values = [numbers.get(meaning.field) for meaning in meanings]
        return _path(
            [
                None if value is None else (x, _height(meaning, value))
                for x, meaning, value in zip(across, meanings, values, strict=True)
            ]
        )

    return Bundle(
        axes=tuple(
            (x, meaning.label, meaning.ends) for x, meaning in zip(across, meanings, strict=True)
        ),
        paths=tuple(drawn for track in tracks if (drawn := path(track))),
        mine=None if mine is None else path(mine) or None,
    )


def _height(meaning: FeatureMeaning, value: float) -> float:
    return round(100 - meaning.place(value), 2)


def _path(points: Sequence[tuple[float, float] | None]) -> str:
    """Lines between neighbours; a gap where one of them is absent."""
    drawn, pen = [], "M"
    for point in points:
        if point is None:
            pen = "M"
            continue
        drawn.append(f"{pen}{point[0]:g} {point[1]:g}")
        pen = "L"
    return "".join(drawn)
