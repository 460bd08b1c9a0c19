"""Rows as a spreadsheet that no program takes for anything but text and numbers. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from api.text import cell

MARK = "\ufeff"  # without it, Excel takes the text for Latin letters


def spreadsheet(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """CSV with a head; a text that looks like a formula gets an apostrophe before it."""
    written = io.StringIO()
    lines = csv.writer(written, lineterminator="\r\n")
    lines.writerow(columns)
    lines.writerows([[cell(value) for value in row] for row in rows])
    return MARK + written.getvalue()
