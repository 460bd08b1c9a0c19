"""Text as lines of cells: which sign separates them, what quotes them, what is no row. Pure.

Everything is decided by trying: of comma, semicolon, tab and bar the one that yields the most cells
which are known headings or name a track. Every step looks at a bounded number of lines.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator

from api.library.sheet import headings
from api.library.sheet.cells import names_a_track
from api.library.sheet.rows import (
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_ROWS,
    TOO_MANY,
    NotASheet,
    SheetTable,
    Unread,
)

Line = tuple[int, list[str]]

SIGNS = ",;\t|"
MOST_LINES = 20 * MOST_ROWS
LOOKED_AT = 40  # lines, to find the sign
MOST_LINES_OF_A_CELL = 20  # a quotation mark that is not closed by then never is
MOST_LETTERS_OF_A_LINE = 100_000
_LINE_END = re.compile(r"\r\n|\n|\r")
_SIGN_LINE = re.compile(r'"?sep=(.)"?[,;\t ]*\Z', re.IGNORECASE)
_RULE = frozenset("-=+|: \t")  # what is drawn between the head of a table and its rows
_UNCLOSED = "A quotation mark in this line is never closed; the line was read as if it had none."


def read_table(text: str) -> SheetTable:
    """Every line that has anything in it. Raises NotASheet."""
    lines = _LINE_END.split(text)
    if sum(map(bool, lines)) > MOST_LINES:
        raise NotASheet(TOO_MANY)
    first = next((at for at, line in enumerate(lines) if line.strip()), 0)
    if named := _SIGN_LINE.match(lines[first].strip(" ")):
        lines[first], sign = "", named[1]
    else:
        sign = _sign(lines[first:])
    unread: list[Unread] = []
    found = list(_bounded(_records(lines, sign, unread)))
    return SheetTable(_without_comments(found), tuple(unread))


def _sign(lines: list[str]) -> str:
    """What separates the cells."""
    sample = [line for line in lines[: LOOKED_AT * 2] if line.strip()][:LOOKED_AT]
    return max(SIGNS, key=lambda sign: (*_sense(sample, sign), -SIGNS.index(sign)))


def _sense(sample: list[str], sign: str) -> tuple[int, int]:
    """How many cells mean something, and how many lines have the usual number of cells."""
    records = [cells for _, cells in _records(sample, sign, [])]
    known = sum(
        headings.meaning(cell) is not None or names_a_track(cell)
        for cells in records
        for cell in cells[:MOST_COLUMNS]
    )
    widths = Counter(len(cells) for cells in records if len(cells) > 1)
    return known, max(widths.values(), default=0)


def _records(lines: list[str], sign: str, unread: list[Unread]) -> Iterator[Line]:
    """Number of the first line, and cells. Raises NotASheet."""
    at = 0
    while at < len(lines):
        if not lines[at].strip() or _is_rule(lines[at]):
            at += 1
            continue
        cells, used = _record(lines[at : at + MOST_LINES_OF_A_CELL], sign, at + 1)
        if cells is None:
            cells, used = _trimmed(lines[at].replace('"', ""), sign).split(sign), 1
            unread.append(Unread(None, at + 1, lines[at], _UNCLOSED))
        if len(cells) == 1 and sign in cells[0]:  # the whole line stands in quotes
            cells = _record(cells[0].split("\n"), sign, at + 1)[0] or cells
        if any(cell.strip() for cell in cells):
            yield at + 1, cells
        at += used


def _is_rule(line: str) -> bool:
    return line[0] in _RULE and _RULE.issuperset(line) and ("-" in line or "=" in line)


def _record(lines: list[str], sign: str, number: int) -> tuple[list[str] | None, int]:
    """The cells that begin here and how many lines they take; None: a quotation is left open."""
    if len(lines[0]) > MOST_LETTERS_OF_A_LINE:
        raise NotASheet(f"Line {number} has more than {MOST_LETTERS_OF_A_LINE:,} letters.")
    first = _trimmed(lines[0], sign)
    if '"' not in first:
        return first.split(sign), 1
    fed = _Fed([first, *lines[1:]])
    try:
        cells = next(csv.reader(fed, delimiter=sign, skipinitialspace=True), [])
    except csv.Error as error:
        raise NotASheet(f"Line {number} of the file has a cell without an end.") from error
    return (None if fed.is_spent else cells), fed.used


class _Fed:
    """Lines for one record; `is_spent` once more were wanted than there are."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self.used = 0
        self.is_spent = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines, None)
        if line is None:
            self.is_spent = True
            raise StopIteration
        self.used += 1
        return line + "\n"


def _trimmed(line: str, sign: str) -> str:
    """A drawn table has bars at the ends of its lines, too."""
    return line.strip().removeprefix("|").removesuffix("|") if sign == "|" else line


def _bounded(records: Iterable[Line]) -> Iterator[Line]:
    sum_of_cells = 0
    for count, (number, cells) in enumerate(records):
        sum_of_cells += len(cells)
        if sum_of_cells > MOST_CELLS:
            raise NotASheet(f"The file has more than {MOST_CELLS:,} cells.")
        if count > MOST_ROWS:
            raise NotASheet(TOO_MANY)
        if len(cells) > MOST_COLUMNS:
            raise NotASheet(f"Line {number} has more than {MOST_COLUMNS:,} columns.")
        yield number, cells


def _without_comments(lines: list[Line]) -> list[Line]:
    """Without lines that begin with # and are no row: they name no track and have another shape."""
    usual = Counter(len(cells) for _, cells in lines).most_common(1)
    return [
        (number, cells)
        for number, cells in lines
        if not cells[0].lstrip().startswith("#")
        or (len(cells) == usual[0][0] and len(cells) > 1)
        or any(map(names_a_track, cells))
    ]
