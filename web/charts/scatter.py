"""A scatter: each track at the place that two of its numbers give it, on absolute scales.

Points keep their true place. Their numbers dodge each other, with a line back to the point where
they had to go far; where there are too many to be read, they are left out. A third number may be
said by fill and shape together, never by colour alone, and a fourth by size.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import correlation

from web.charts.histogram import ticks
from web.text.meanings import FeatureMeaning, figure

WIDTH, HEIGHT = 600, 400  # about what it has on a wide screen; numbers dodge in these
MOST_NUMBERED = 60
NEAR = ((18, 4), (-18, 4), (0, -12), (0, 22))
FAR = ((22, -14), (-22, -14), (22, 22), (-22, 22), (0, -28), (0, 38))
LABEL = (9, 7)  # half of what a number takes, in pixels
POINT = 7
RADIUS, SMALLEST, LARGEST = 5.5, 3.5, 11.0
KINDS = ("", "some", "much")  # of a number in its lowest, middle and highest part
UNTOLD = "untold"
ENOUGH, CLEAR = 5, 0.5  # tracks, and of a correlation


@dataclass(frozen=True, slots=True)
class Spot:
    """What is to be drawn: two numbers, the place in the list, where it leads, what it is.

    `color`, `size`: the numbers that fill and shape, and size, say; None where nobody knows them.
    """

    x: float
    y: float
    number: int
    href: str
    name: str
    color: float | None = None
    size: float | None = None


@dataclass(frozen=True, slots=True)
class ScatterPoint:
    """A point in percent of width and height; its number stands `dx`, `dy` pixels from it.

    `outline` lies around it, in pixels; `kind` is the class that fills it.
    """

    x: float
    y: float
    outline: str
    kind: str
    number: str
    dx: int
    dy: int
    leader: bool
    href: str
    says: str


@dataclass(frozen=True, slots=True)
class LegendMark:
    """What a look of points means."""

    outline: str
    kind: str
    says: str


@dataclass(frozen=True, slots=True)
class Scatter:
    """The points, one's own song and the range wished for, the ticks of both axes from 0.

    `legend`: what fill, shape and size say, where they say anything.
    """

    points: tuple[ScatterPoint, ...]
    mine: tuple[float, float] | None
    frame: tuple[float, float, float, float] | None
    x_ticks: tuple[str, str, str]
    y_ticks: tuple[str, str, str]
    corners: tuple[str, str, str, str]
    legend: tuple[LegendMark, ...]


Axes = tuple[FeatureMeaning, FeatureMeaning]


@dataclass(frozen=True, slots=True)
class ScatterMarks:
    """What is drawn beside the tracks: one's own song, and a range wished for on each axis.

    `color`, `size`: of what fill and shape, and size, speak.
    """

    mine: tuple[float | None, float | None] = (None, None)
    wish: tuple[tuple[float, float] | None, tuple[float, float] | None] = (None, None)
    color: FeatureMeaning | None = None
    size: FeatureMeaning | None = None


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
            _point(spot, place, offset, beside=beside)
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
        legend=(*_color_legend(spots, beside.color), *_size_legend(spots, beside.size)),
    )


def _color_legend(spots: Sequence[Spot], meaning: FeatureMeaning | None) -> Iterator[LegendMark]:
    if meaning is None:
        return
    low, high = (figure(meaning.field, bound) for bound in meaning.bounds)
    parts = (f"below {low}", f"{low} to {high}", f"{high} and more")
    for kind, part, word in zip(KINDS, parts, meaning.words, strict=True):
        yield LegendMark(_outline(kind, RADIUS), kind, f"{meaning.label} {part}: {word}")
    if any(spot.color is None for spot in spots):
        yield LegendMark(_outline(UNTOLD, RADIUS), UNTOLD, f"{meaning.label} not known")


def _size_legend(spots: Sequence[Spot], meaning: FeatureMeaning | None) -> Iterator[LegendMark]:
    if meaning is None:
        return
    for radius, end, word in zip((SMALLEST, LARGEST), meaning.scale, meaning.short, strict=True):
        size = "small" if radius == SMALLEST else "large"
        says = f"{size}: {meaning.label} {figure(meaning.field, end)}, {word}"
        yield LegendMark(_outline("", radius), "", says)
    if any(spot.size is None for spot in spots):
        says = f"dashed: {meaning.label} not known"
        yield LegendMark(_outline("", RADIUS), "unsized", says)


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


def _point(
    spot: Spot,
    place: tuple[float, float],
    offset: tuple[int, int] | None,
    *,
    beside: ScatterMarks,
) -> ScatterPoint:
    dx, dy = offset or (0, 0)
    kind, radius = _kind(spot, beside.color), RADIUS
    unsized = beside.size is not None and spot.size is None
    if beside.size is not None and spot.size is not None:
        share = beside.size.place(spot.size) / 100
        radius = round(SMALLEST + (LARGEST - SMALLEST) * share, 1)
    return ScatterPoint(
        x=place[0],
        y=place[1],
        outline=_outline(kind, radius),
        kind=" ".join(filter(None, (kind, "unsized" if unsized else ""))),
        number=str(spot.number) if offset else "",
        dx=dx,
        dy=dy,
        leader=offset in FAR,
        href=spot.href,
        says=f"{spot.number}. {spot.name}",
    )


def _kind(spot: Spot, meaning: FeatureMeaning | None) -> str:
    if meaning is None:
        return ""
    if spot.color is None:
        return UNTOLD
    low, high = meaning.bounds
    return KINDS[(spot.color >= low) + (spot.color >= high)]


def _outline(kind: str, radius: float) -> str:
    """A circle, a square, a triangle or a cross around 0, 0, each of about the same weight."""
    r, side = radius, round(radius * 0.9, 2)
    if kind == "some":
        return f"M{-side:g}{-side:g}h{2 * side:g}v{2 * side:g}h{-2 * side:g}z"
    if kind == "much":
        return f"M0{-1.2 * r:g}L{1.15 * r:g} {0.8 * r:g}H{-1.15 * r:g}z"
    if kind == UNTOLD:
        return f"M{-side:g}{-side:g}L{side:g} {side:g}M{side:g}{-side:g}L{-side:g} {side:g}"
    return f"M{-r:g} 0a{r:g} {r:g} 0 1 0 {2 * r:g} 0a{r:g} {r:g} 0 1 0 {-2 * r:g} 0z"


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
