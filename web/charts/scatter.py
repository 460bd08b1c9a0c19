"""A scatter: each track at the place that two of its numbers give it, on absolute scales.

Points keep their true place. Their numbers dodge each other, with a line back to the point where
they had to go far; where there are too many to be read, they are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import correlation

from web.charts.histogram import ticks
from web.text.meanings import FeatureMeaning

WIDTH, HEIGHT = 600, 400  # about what it has on a wide screen; numbers dodge in these
MOST_NUMBERED = 60
NEAR = ((18, 4), (-18, 4), (0, -12), (0, 22))
FAR = ((22, -14), (-22, -14), (22, 22), (-22, 22), (0, -28), (0, 38))
LABEL = (9, 7)  # half of what a number takes, in pixels
POINT = 7
ENOUGH, CLEAR = 5, 0.5  # tracks, and of a correlation


@dataclass(frozen=True, slots=True)
class Spot:
    """What is to be drawn: two numbers, the place in the list, where it leads, what it is."""

    x: float
    y: float
    number: int
    href: str
    name: str


@dataclass(frozen=True, slots=True)
class ScatterPoint:
    """A point in percent of width and height; its number stands `dx`, `dy` pixels from it."""

    x: float
    y: float
    number: str
    dx: int
    dy: int
    leader: bool
    href: str
    says: str


@dataclass(frozen=True, slots=True)
class Scatter:
    """The points, one's own song and the range wished for, the ticks of both axes from 0."""

    points: tuple[ScatterPoint, ...]
    mine: tuple[float, float] | None
    frame: tuple[float, float, float, float] | None
    x_ticks: tuple[str, str, str]
    y_ticks: tuple[str, str, str]
    corners: tuple[str, str, str, str]


Axes = tuple[FeatureMeaning, FeatureMeaning]


@dataclass(frozen=True, slots=True)
class ScatterMarks:
    """What is drawn beside the tracks: one's own song, and a range wished for on each axis."""

    mine: tuple[float | None, float | None] = (None, None)
    wish: tuple[tuple[float, float] | None, tuple[float, float] | None] = (None, None)


def scatter(axes: Axes, spots: Sequence[Spot], beside: ScatterMarks) -> Scatter:
    """Place the spots on both scales."""
    across, up = axes
    places = [_place(axes, spot.x, spot.y) for spot in spots]
    x, y = beside.mine
    own = None if x is None or y is None else _place(axes, x, y)
    offsets = _dodged(places) if len(spots) <= MOST_NUMBERED else [None] * len(spots)
    (left, right), (low, high) = across.short, up.short
    return Scatter(
        points=tuple(
            _point(spot, place, offset)
            for spot, place, offset in zip(spots, places, offsets, strict=True)
        ),
        mine=own,
        frame=_frame(axes, beside),
        x_ticks=ticks(across),
        y_ticks=ticks(up),
        corners=(
            f"{left} and {high}",
            f"{right} and {high}",
            f"{left} and {low}",
            f"{right} and {low}",
        ),
    )


def finding(axes: Axes, spots: Sequence[Spot]) -> str:
    """Whether the two go together, in words."""
    across, up = (meaning.label.lower() for meaning in axes)
    if len(spots) < ENOUGH:
        return "There are too few tracks to say whether the two go together."
    places = [spot.x for spot in spots], [spot.y for spot in spots]
    for each, label in zip(places, (across, up), strict=True):
        if len(set(each)) == 1:
            return f"All of these have the same {label}."
    together = correlation(*places)
    if abs(together) < CLEAR:
        return f"{across.capitalize()} and {up} go their own ways in this list."
    way = "more" if together > 0 else "less"
    return f"By and large, the more {across} a track of this list has, the {way} {up}."


def _frame(axes: Axes, beside: ScatterMarks) -> tuple[float, float, float, float] | None:
    """Left, top, width and height of what is wished for; the whole axis where nothing is."""
    if beside.wish == (None, None):
        return None
    ends = [wish or axis.scale for wish, axis in zip(beside.wish, axes, strict=True)]
    left, bottom = _place(axes, ends[0][0], ends[1][0])
    right, top = _place(axes, ends[0][1], ends[1][1])
    return left, top, round(right - left, 2), round(bottom - top, 2)


def _place(axes: Axes, x: float, y: float) -> tuple[float, float]:
    return round(axes[0].place(x), 2), round(100 - axes[1].place(y), 2)


def _point(spot: Spot, place: tuple[float, float], offset: tuple[int, int] | None) -> ScatterPoint:
    dx, dy = offset or (0, 0)
    return ScatterPoint(
        x=place[0],
        y=place[1],
        number=str(spot.number) if offset else "",
        dx=dx,
        dy=dy,
        leader=offset in FAR,
        href=spot.href,
        says=f"{spot.number}. {spot.name}",
    )


def _dodged(places: Sequence[tuple[float, float]]) -> list[tuple[int, int] | None]:
    """Where each number stands: the first place that is free of points and other numbers."""
    points = [(x / 100 * WIDTH, y / 100 * HEIGHT) for x, y in places]
    taken: list[tuple[float, float]] = []
    found: list[tuple[int, int] | None] = []
    for x, y in points:
        free = (
            (dx, dy) for dx, dy in (*NEAR, *FAR) if _is_free((x + dx, y + dy - 4), points, taken)
        )
        offset = next(free, NEAR[0])
        taken.append((x + offset[0], y + offset[1] - 4))
        found.append(offset)
    return found


def _is_free(
    at: tuple[float, float],
    points: Sequence[tuple[float, float]],
    taken: Sequence[tuple[float, float]],
) -> bool:
    if not (0 <= at[0] <= WIDTH and 0 <= at[1] <= HEIGHT):
        return False
    clear = not any(_touch(at, point, (LABEL[0] + POINT, LABEL[1] + POINT)) for point in points)
    return clear and not any(_touch(at, other, (2 * LABEL[0], 2 * LABEL[1])) for other in taken)


def _touch(one: tuple[float, float], other: tuple[float, float], reach: tuple[int, int]) -> bool:
    return abs(one[0] - other[0]) < reach[0] and abs(one[1] - other[1]) < reach[1]
