"""Related artists around one artist: the closer, the nearer to the middle.

Each stands in a row of its own, left and right by turns and the closest in the middle rows, so that
no name lies on another. How far out it stands is how close it is; where a row lies too far from the
middle for that, its ring grows, so that everybody stands in the ring that is meant.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

MOST_NODES = 20
WIDTH = 760.0
NODE, CORE = 14.0, 40.0
RINGS = (  # from which closeness on, its word, how far out it ends where there is room
    (2 / 3, "very close", 130.0),
    (1 / 3, "close", 184.0),
    (0.0, "related", 238.0),
)
TALLEST_ROW, TALLEST_SIDE = 72.0, 412.0
ASIDE = 56.0  # from the middle line, where the words of the rings stand
FROM_EDGE = 18.0
RING_APART = 54.0
LETTER = 9.4  # how wide one is, about
MOST_LETTERS = 22
MOST_CORE_LETTERS, MOST_CORE_LINES = 8, 2


@dataclass(frozen=True, slots=True)
class Ring:
    """A ring with its word, which stands at its foot."""

    word: str
    radius: float
    word_y: float


@dataclass(frozen=True, slots=True)
class Node:
    """One artist, by its place in the list that was given. `side`: 1 is right, -1 is left."""

    place: int
    x: float
    y: float
    side: int

    @property
    def name_x(self) -> float:
        """Where its name begins, or on the left side ends."""
        return round(self.x + self.side * 20, 1)

    @property
    def letters(self) -> int:
        """For how many there is room up to the edge."""
        room = WIDTH - self.name_x if self.side > 0 else self.name_x
        return min(MOST_LETTERS, int(room / LETTER))


@dataclass(frozen=True, slots=True)
class Radial:
    """The picture, `width` by `height`, around (x, y)."""

    width: float
    height: float
    x: float
    y: float
    rings: tuple[Ring, ...]
    nodes: tuple[Node, ...]


def ring_word(closeness: float) -> str:
    """`0.7` → `very close`."""
    return RINGS[_ring_of(closeness)][1]


def radial(closeness: Sequence[float]) -> Radial:
    """Up to twenty artists by how close they are, from 0 to 1."""
    shown = closeness[:MOST_NODES]
    near_first = sorted(range(len(shown)), key=lambda place: -shown[place])
    rows = _rows(len(shown))
    radii = _radii([(shown[place], rows[turn][1]) for turn, place in enumerate(near_first)])
    reach = max(radii)
    height = 2 * reach + 2 * (NODE - 2)
    x, y = WIDTH / 2, height / 2
    nodes = []
    for turn, place in enumerate(near_first):
        side, off = rows[turn]
        out = max(_out(shown[place], radii), math.hypot(off, ASIDE))
        nodes.append(Node(place, round(x + side * _across(out, off), 1), round(y + off, 1), side))
    used = {_ring_of(each) for each in shown}
    rings = tuple(
        Ring(word, radius, round(y + radius - 8, 1))
        for at, ((_, word, usual), radius) in enumerate(zip(RINGS, radii, strict=True))
        if at in used or radius == usual
    )
    return Radial(WIDTH, height, x, y, rings, tuple(sorted(nodes, key=lambda node: node.place)))


def shortened(name: str, most: int) -> str:
    """A name as far as there is room for so many letters; a wide one takes the room of two."""
    room = [2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in name]
    if sum(room) <= most:
        return name
    fitting = sum(used < most for used in accumulate(room))
    return f"{name[:fitting].rstrip()}…"


def core_lines(name: str) -> tuple[str, str, str]:
    """The name in the middle: above, on and below the middle line, at most two of them filled."""
    lines: list[str] = []
    for word in name.split():
        if lines and len(lines[-1]) + 1 + len(word) <= MOST_CORE_LETTERS:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    if len(lines) > MOST_CORE_LINES:
        lines = [*lines[: MOST_CORE_LINES - 1], " ".join(lines[MOST_CORE_LINES - 1 :])]
    shown = [shortened(line, MOST_CORE_LETTERS) for line in lines]
    if len(shown) == MOST_CORE_LINES:
        return shown[0], "", shown[1]
    return "", "".join(shown), ""


def _ring_of(closeness: float) -> int:
    return next(at for at, (floor, _, _) in enumerate(RINGS) if closeness >= floor)


def _rows(count: int) -> list[tuple[int, float]]:
    """For the closest first: its side, and how far below the middle its row lies."""
    right = (count + 1) // 2
    apart = min(TALLEST_ROW, TALLEST_SIDE / max(1, right - 1))
    order = {}
    for side, many in ((1, right), (-1, count - right)):
        middle = (many - 1) / 2
        lift = -side * apart / 18  # so that rows of both sides do not face each other
        offs = sorted(((row - middle) * apart + lift for row in range(many)), key=abs)
        order[side] = offs
    return [(side, order[side][turn // 2]) for turn in range(count) for side in (_side(turn),)]


def _side(turn: int) -> int:
    return -1 if turn % 2 else 1


def _radii(placed: Sequence[tuple[float, float]]) -> list[float]:
    """How far out each ring ends, given closeness and row of each who may stand in it."""
    radii: list[float] = []
    for at, (_, _, usual) in enumerate(RINGS):
        rows = [off for closeness, off in placed if _ring_of(closeness) == at]
        needed = [math.hypot(off, ASIDE) + FROM_EDGE for off in rows]
        inside = radii[-1] if radii else 0.0
        least = inside + RING_APART if rows or at == 0 else inside
        radii.append(round(max(usual if rows or inside < usual else 0.0, least, *needed, 0.0), 1))
    return radii


def _out(closeness: float, radii: Sequence[float]) -> float:
    """How far from the middle: inside its ring, the closer the nearer."""
    at = _ring_of(closeness)
    floor, ceiling = RINGS[at][0], RINGS[at - 1][0] if at else 1.0
    inner = (radii[at - 1] if at else CORE + 2) + FROM_EDGE
    outer = radii[at] - FROM_EDGE
    share = (min(closeness, ceiling) - floor) / (ceiling - floor)
    return outer - share * max(0.0, outer - inner)


def _across(out: float, off: float) -> float:
    return math.sqrt(max(0.0, out * out - off * off))
