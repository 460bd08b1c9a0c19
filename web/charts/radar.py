"""A radar of the features from 0 to 1: a toggle only, as area and order of axes mislead."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from web.text.meanings import FeatureMeaning

CENTRE, RADIUS, LABELS_AT = 160.0, 100.0, 118.0
RINGS = (50.0, 100.0)  # half and full


@dataclass(frozen=True, slots=True)
class Axis:
    """One feature: the end of its axis, its value's place, where its name stands and how."""

    x: float
    y: float
    value_x: float
    value_y: float
    label: str
    label_x: float
    label_y: float
    anchor: str


@dataclass(frozen=True, slots=True)
class Radar:
    """The axes around the centre, and the shape that joins the values."""

    axes: tuple[Axis, ...]
    shape: str
    rings: tuple[float, ...] = RINGS
    centre: float = CENTRE


def radar(values: Sequence[tuple[FeatureMeaning, float]]) -> Radar | None:
    """One axis per value, the first one up; None where fewer than three make no shape."""
    if len(values) < 3:  # noqa: PLR2004  # a line has no area
        return None
    axes = tuple(
        _axis(meaning, value, place / len(values) * math.tau - math.pi / 2)
        for place, (meaning, value) in enumerate(values)
    )
    return Radar(axes, "M" + "L".join(f"{one.value_x} {one.value_y}" for one in axes) + "Z")


def _axis(meaning: FeatureMeaning, value: float, angle: float) -> Axis:
    x, y = _point(RADIUS, angle)
    value_x, value_y = _point(RADIUS * meaning.place(value) / 100, angle)
    label_x, label_y = _point(LABELS_AT, angle)
    return Axis(x, y, value_x, value_y, meaning.label, label_x, label_y, _anchor(math.cos(angle)))


def _anchor(side: float) -> str:
    if abs(side) < 0.1:  # noqa: PLR2004  # straight above or below
        return "middle"
    return "start" if side > 0 else "end"


def _point(radius: float, angle: float) -> tuple[float, float]:
    return (
        round(CENTRE + radius * math.cos(angle), 1),
        round(CENTRE + radius * math.sin(angle), 1),
    )
