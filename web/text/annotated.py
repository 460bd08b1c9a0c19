"""A JSON body as text, each field explained where it first stands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_KEY = re.compile(
    r'^(?P<indent> *)(?P<key>"(?P<name>(?:[^"\\]|\\.)*)")(?=: (?P<list>\[)?)', re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Piece:
    """Some of the body; a key of which `about` tells something has `number`, its place there."""

    text: str
    about: str = ""
    number: int = 0


def annotated(body: str, told: Mapping[str, str]) -> tuple[Piece, ...]:
    """`body`, indented JSON, in pieces. `told`: what paths such as `artists[].name` mean."""
    numbers = {path: number for number, path in enumerate(told, 1)}
    pieces: list[Piece] = []
    above: list[tuple[int, str]] = []
    done = 0
    for found in _KEY.finditer(body):
        indent, name = len(found["indent"]), found["name"]
        while above and above[-1][0] >= indent:
            above.pop()
        path = ".".join([*(outer for _, outer in above), name])
        above.append((indent, f"{name}[]" if found["list"] else name))
        if number := numbers.pop(path, 0):
            pieces += [
                Piece(body[done : found.start("key")]),
                Piece(found["key"], told[path], number),
            ]
            done = found.end("key")
    return (*pieces, Piece(body[done:]))
