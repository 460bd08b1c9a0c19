"""The Camelot wheel: minor inside, major outside; one key and those it blends with."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

CELLS = 12
RADII = {"A": (34.0, 64.0), "B": (66.0, 98.0)}  # inner ring minor, outer ring major
_CODE = re.compile(r"(\d{1,2})([AB])\Z")


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its outline, the middle for its label, and what it is to the chosen key."""

    code: str
    outline: str
    x: float
    y: float
    role: str  # own, blends, other


def wheel(code: str) -> tuple[Cell, ...]:
    """The 24 cells around (100, 100) with radius 98; `code` such as `11A`."""
    blending = set(neighbours(code))
    return tuple(
        _cell(number, letter, _role(f"{number}{letter}", code, blending))
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


def _role(cell: str, code: str, blending: set[str]) -> str:
    if cell == code:
        return "own"
    return "blends" if cell in blending else "other"


def _cell(number: int, letter: str, role: str) -> Cell:
    inner, outer = RADII[letter]
    start, end = (_angle(number + half) for half in (-0.47, 0.47))
    middle = (inner + outer) / 2
    x, y = _point(middle, _angle(number))
    return Cell(f"{number}{letter}", _ring(inner, outer, (start, end)), x, y, role)


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
