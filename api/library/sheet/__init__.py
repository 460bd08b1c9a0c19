"""Read the lists of tracks that people have, as a person would read them. Pure: bytes in, rows out.

Letters, then lines of cells or the entries of a JSON file, then what the columns mean, then their
values. A cell is text and nothing else: what looks like a formula is never computed. What is not
understood is said, by column and line; what cannot be told is refused rather than guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from api.library.sheet.cells import is_isrc, is_nothing, names_a_track
from api.library.sheet.columns import Columns, understand
from api.library.sheet.letters import is_garbled, mended, read_text
from api.library.sheet.records import read_records
from api.library.sheet.rows import MOST_LETTERS, MOST_ROWS, NotASheet, Sheet, SheetRow, Unread
from api.library.sheet.table import read_table
from api.library.sheet.values import ValueReader

__all__ = ["MOST_ROWS", "NotASheet", "Sheet", "SheetRow", "Unread", "read"]
GARBLED = "Some letters of it were lost or garbled before the file came here."
_TOTALS = frozenset(
    {"total", "totals", "sum", "average", "mean", "summe", "gesamt", "durchschnitt", "moyenne"}
    | {"totale", "totaal", "media", "média", "suma", "razem", "toplam", "итого", "合計", "总计"}
)
_ESCAPED = re.compile(r"\\([\\,;])")  # in a name, where it does not divide names
_FEWEST_CELLS = 2  # with something in them, in a line that names no track but is one


def read(data: bytes) -> Sheet:
    """Every row below the heading, and what was not understood. Raises NotASheet."""
    text, doubts = read_text(data)
    if not text.strip():
        raise NotASheet("The file is empty.")
    table = read_records(text) or read_table(text)
    columns = understand(table)
    rows, unread = _rows(columns)
    return Sheet(tuple(rows), (*doubts, *table.unread, *columns.unread, *unread))


def _rows(columns: Columns) -> tuple[list[SheetRow], list[Unread]]:
    reader = ValueReader(columns)
    values = zip(columns.rows, reader.features(), reader.lengths(), reader.moments(), strict=True)
    divided = _divided(columns)
    rows = []
    for (line, cells), features, length, added in values:
        name, artists, album = (
            _words(columns, cells, what) for what in ("name", "artists", "album")
        )
        idents = _words(columns, cells, "artist_ids")
        for what, words in (("name", name), ("artists", artists), ("album", album)):
            if is_garbled(words):
                title = columns.titles[columns.places[what][0]] or None
                reader.unread.append(Unread(title, line, words, GARBLED))
        isrc = _first(columns, cells, "isrc", fits=is_isrc)
        rows.append(
            SheetRow(
                line=line,
                reference=_first(columns, cells, "reference", fits=names_a_track),
                name=name,
                artists=_artists(artists, idents, divided=divided),
                album=album or None,
                duration_ms=length,
                isrc=isrc or None,
                added_at=added,
                features=features,
                named=_is_named(name, cells),
            )
        )
    return rows, reader.unread


def _first(
    columns: Columns, cells: list[str], what: str, *, fits: Callable[[str], bool] = bool
) -> str:
    """The cell of these columns that fits, or else the first with anything in it."""
    said = [cells[at] for at in columns.places.get(what, ()) if not is_nothing(cells[at])]
    return next(filter(fits, said), said[0] if said else "")[:2_000]


def _words(columns: Columns, cells: list[str], what: str) -> str:
    said = _first(columns, cells, what)
    return mended(said)[:MOST_LETTERS].strip()


def _is_named(name: str, cells: list[str]) -> bool:
    """Whether a line without a link is a track: it has a name, and is no sum and no remark."""
    first = next(filter(None, cells), "").casefold().strip(" :")
    filled = sum(bool(cell) for cell in cells)
    return bool(name) and first not in _TOTALS and filled >= min(_FEWEST_CELLS, len(cells) - 1)


def _divided(columns: Columns) -> str:
    """What stands between artists: semicolons if the column has any, or else commas."""
    at = columns.first("artists")
    names = (_ESCAPED.sub("", cells[at]) for _, cells in columns.rows) if at is not None else ()
    return ";" if any(";" in name for name in names) else ","


def _artists(names: str, idents: str, *, divided: str) -> tuple[str, ...]:
    """`Tyler, The Creator` is one where one id is given, or where semicolons divide the others."""
    if not names:
        return ()
    parts = re.findall(rf"(?:\\[\\,;]|[^{divided}])+", names)
    split = tuple(_ESCAPED.sub(r"\1", name).strip() for name in parts if name.strip())
    count = len([ident for ident in re.split(r"[,;]", idents) if ident.strip()])
    if divided == "," and count and count != len(split):
        return (_ESCAPED.sub(r"\1", names),)
    return split
