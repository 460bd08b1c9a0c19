"""A worksheet as a card to show around: what it is about, the first numbers, what was thought."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from api.schemas.worksheet import Opinion
from web.text.labels import field_name
from web.text.worksheet import OPINIONS, HeldRow, SheetSection

TITLE_LETTERS, TITLE_LINES = 40, 2
NOTE_LETTERS, NOTE_LINES = 34, 5
FIGURES = tuple(map(field_name, ("tempo", "key", "loudness", "time_signature")))
FIGURE_WIDTH, MOST_BARS = 280, 6
BAR_WIDTH, BAR_STEP, BARS_FROM = 330, 42, 334


@dataclass(frozen=True, slots=True)
class CardLine:
    """A line of text, and where it begins."""

    text: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class CardBar:
    """A number from 0 to 1: its name and its value, and how far its bar reaches."""

    label: str
    text: str
    y: float
    width: float


@dataclass(frozen=True, slots=True)
class SheetPicture:
    """All marks of the card, in a field of 1200 by 630."""

    says: str
    title: tuple[CardLine, ...]
    by: tuple[CardLine, ...]
    figures: tuple[tuple[CardLine, CardLine], ...]
    bars: tuple[CardBar, ...]
    thought: tuple[CardLine, ...]
    counted: str
    date: str


def sheet_picture(name: str, sections: Sequence[SheetSection], date: str) -> SheetPicture:
    """The card of a worksheet of this name, frozen on this day."""
    rows = [row for section in sections for row in section.rows]
    words = _cut(name, TITLE_LETTERS, TITLE_LINES)
    names = dict.fromkeys(section.name for section in sections if section.name)
    below = 100 + 54 * (len(words) - 1) + 46
    note = next((each.note for s in sections for each in s.prompts if each.note), "")
    counted = _opinions(sections)
    return SheetPicture(
        says=f"{name}. {counted}",
        title=tuple(CardLine(text, 60, 100 + 54 * at) for at, text in enumerate(words)),
        by=tuple(CardLine(text, 60, below) for text in _cut(", ".join(names), 70, 1)),
        figures=tuple(_figures(rows)),
        bars=tuple(_bars(rows)),
        thought=tuple(
            CardLine(text, 680, 352 + 40 * at)
            for at, text in enumerate(_cut(note, NOTE_LETTERS, NOTE_LINES))
        ),
        counted=counted,
        date=date,
    )


def _figures(rows: Iterable[HeldRow]) -> Iterable[tuple[CardLine, CardLine]]:
    """Tempo, key, loudness and metre of the first track that has them."""
    by_label: dict[str, HeldRow] = {}
    for row in rows:
        by_label.setdefault(row.label, row)
    known = [by_label[label] for label in FIGURES if label in by_label]
    for at, row in enumerate(known):
        x = 60 + FIGURE_WIDTH * at
        text = f"{row.text} {row.chip}".strip()
        yield CardLine(row.label, x, 250), CardLine(text, x, 288)


def _bars(rows: Iterable[HeldRow]) -> Iterable[CardBar]:
    known = [row for row in rows if row.unit_value is not None][:MOST_BARS]
    for at, row in enumerate(known):
        width = round(BAR_WIDTH * max(0.0, min(1.0, row.unit_value or 0.0)), 1)
        yield CardBar(row.label, row.text, BARS_FROM + BAR_STEP * at, width)


def _opinions(sections: Iterable[SheetSection]) -> str:
    """`I agree: 2 · Surprised: 1`."""
    marks = Counter(each.mark for section in sections for each in section.prompts if each.mark)
    told = [f"{OPINIONS[one]}: {marks[one]}" for one in Opinion if marks[one]]
    return " · ".join(told) or "What machines hear"


def _cut(text: str, letters: int, lines: int) -> list[str]:
    """The text in so many lines at most; what is cut off is told by its end."""
    return textwrap.wrap(text, letters, max_lines=lines, placeholder=" …", break_long_words=True)
