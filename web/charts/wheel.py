"""The Camelot wheel: minor inside, major outside; one key, those it blends with, and how many."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from api.music.key_names import camelot, key_name

CELLS = 12
RADII = {"A": (34.0, 64.0), "B": (66.0, 98.0)}  # inner ring minor, outer ring major
_CODE = re.compile(r"(\d{1,2})([AB])\Z")
NAMES = {camelot(key, mode): key_name(key, mode) for key in range(12) for mode in (0, 1)}
"""The key of each cell."""
NONE: Mapping[str, int] = {}


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its outline, the middle for its label, and what it is to the chosen key.

    `count`: how many tracks are in it; `href`: where it leads; `says`: the cell in words.
    """

    code: str
    outline: str
    x: float
    y: float
    role: str  # own, blends, other
    count: int
    href: str | None
    says: str


def wheel(
    code: str | None,
    counts: Mapping[str, int] = NONE,
    link: Callable[[str], str | None] = lambda _code: None,
) -> tuple[Cell, ...]:
    """The 24 cells around (100, 100) with radius 98; `code` such as `11A`, None for no key."""
    blending = set(neighbours(code or ""))
    return tuple(
        _cell(
            (number, letter),
            _role(f"{number}{letter}", code, blending),
            counts.get(f"{number}{letter}", 0),
            href=link(f"{number}{letter}"),
        )
        for letter in "AB"
        for number in range(1, CELLS + 1)
    )


def neighbours(code: str) -> tuple[str, ...]:
    """The keys that blend: one number down, one up, the other letter. Empty for no code."""
    found = _CODE.match(code)
    if not found:
        return ()
    number, letter = int(found[1]), found[2]
    down, up = (number - 2) % CELLS + 1, number % CELLS + 1
    return (f"{down}{letter}", f"{up}{letter}", f"{number}{'B' if letter == 'A' else 'A'}")


def _role(cell: str, code: str | None, blending: set[str]) -> str:
    if cell == code:
        return "own"
    return "blends" if cell in blending else "other"


ROLES = {"own": ", this key", "blends": ", blends with it", "other": ""}


def _cell(place: tuple[int, str], role: str, count: int, *, href: str | None) -> Cell:
    number, letter = place
    code, (inner, outer) = f"{number}{letter}", RADII[letter]
    start, end = (_angle(number + half) for half in (-0.47, 0.47))
    middle = (inner + outer) / 2
    x, y = _point(middle, _angle(number))
    many = f", {count} {'track' if count == 1 else 'tracks'}" if count else ""
    return Cell(
        code=code,
        outline=_ring(inner, outer, (start, end)),
        x=x,
        y=y,
        role=role,
        count=count,
        href=href,
        says=f"{code}, {NAMES[code]}{ROLES[role]}{many}",
    )


def _ring(inner: float, outer: float, angles: tuple[float, float]) -> str:
    start, end = angles
    (ax, ay), (bx, by) = _point(outer, start), _point(outer, end)
    (cx, cy), (dx, dy) = _point(inner, end), _point(inner, start)
    return f"M{ax} {ay}A{outer} {outer} 0 0 1 {bx} {by}L{cx} {cy}A{inner} {inner} 0 0 0 {dx} {dy}Z"


def _angle(number: float) -> float:
    """12 at the top, clockwise, as on a clock."""
    return number / CELLS * math.tau - math.pi / 2


def _point(radius: float, angle: float) -> tuple[float, float]:
    x, y = 100 + radius * math.cos(angle), 100 + radius * math.sin(angle)
    return round(x, 2), round(y, 2)
