"""What is read from a spreadsheet: rows, and what in it was not understood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

MOST_ROWS = 10_000
TOO_MANY = f"The file has more than {MOST_ROWS:,} rows."
MOST_COLUMNS = 200
MOST_CELLS = 50 * MOST_ROWS
MOST_LETTERS = 500  # of one cell that we keep


class NotASheet(Exception):
    """The bytes are no list of tracks, and why, as a sentence."""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One track as the file has it. `line` counts from 1; `added_at` is unix seconds."""

    line: int
    reference: str
    name: str = ""
    artists: tuple[str, ...] = ()
    album: str | None = None
    duration_ms: int | None = None
    isrc: str | None = None
    added_at: float | None = None
    features: Mapping[str, float] = field(default_factory=dict)
    named: bool = False
    """Whether a person would take it for a track even without link, id or ISRC."""


@dataclass(frozen=True, slots=True)
class Unread:
    """Something that was not understood, or not surely: where, what it says, and why."""

    column: str | None
    line: int | None
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class SheetTable:
    """Lines of cells as the file has them. `headed`: the first is known to be the heading."""

    lines: Sequence[tuple[int, list[str]]]
    unread: tuple[Unread, ...] = ()
    headed: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that was read."""

    rows: tuple[SheetRow, ...]
    unread: tuple[Unread, ...] = ()
