"""Read the CSV files that Exportify and its many copies write. Pure: bytes in, rows out.

Tolerated, because people open these files in spreadsheets and save them again: any order of the
columns, a byte order mark, UTF-16 and Windows-1252, semicolons or tabs, decimal commas, other names
of the id column. A cell is text and nothing else: what looks like a formula is never computed.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

MOST_ROWS = 10_000
MOST_LETTERS = 500  # of one cell that we keep
FEATURE_COLUMNS = {
    "danceability": "danceability",
    "energy": "energy",
    "key": "key",
    "loudness": "loudness",
    "mode": "mode",
    "speechiness": "speechiness",
    "acousticness": "acousticness",
    "instrumentalness": "instrumentalness",
    "liveness": "liveness",
    "valence": "valence",
    "tempo": "tempo",
    "timesignature": "time_signature",
}
_COLUMNS = {
    "reference": ("trackuri", "spotifyuri", "uri", "spotifyid", "trackid", "spotifytrackid", "id"),
    "name": ("trackname", "name", "title"),
    "artists": ("artistname", "artistnames", "artist", "artists"),
    "artist_ids": ("artisturi", "artisturis", "artistid", "artistids"),
    "album": ("albumname", "album"),
    "duration_ms": ("durationms", "trackdurationms"),
    "isrc": ("isrc",),
    "added_at": ("addedat",),
} | {name: (column,) for column, name in FEATURE_COLUMNS.items()}
_REFERENCE = re.compile(r"\s*(spotify:[a-z]+:|https?://open\.spotify\.com/)", re.IGNORECASE)
_NUMBER = re.compile(r"[-−+]?\d+(?:[.,]\d+)?(?:e[-+]?\d+)?\Z", re.IGNORECASE)
_WORKBOOK = b"PK\x03\x04"  # a ZIP archive, as .xlsx files are
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


class NotASheet(Exception):
    """The bytes are no spreadsheet of tracks, and why, as a sentence."""


@dataclass(frozen=True, slots=True)
class Row:
    """One track as the file has it. `line` counts from 1; `added_at` is unix seconds."""

    line: int
    reference: str
    name: str
    artists: tuple[str, ...]
    album: str | None
    duration_ms: int | None
    isrc: str | None
    added_at: float | None
    features: Mapping[str, float] = field(default_factory=dict)


def read(data: bytes) -> list[Row]:
    """Every line below the heading that is not empty. Raises NotASheet."""
    text = _text(data)
    lines = _lines(text)
    heading = next(lines, None)
    if heading is None:
        raise NotASheet("The file is empty.")
    body = list(lines)
    places = _places(heading[1], body)
    return [_row(number, cells, places) for number, cells in body]


def _text(data: bytes) -> str:
    if data.startswith(_WORKBOOK):
        raise NotASheet("This is an Excel workbook: save it as a CSV file first.")
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise NotASheet("The file is not text, so it is no CSV file.")


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Number of the first line, and cells, of all that is not empty; at most MOST_ROWS + 1."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    before, count = 0, 0
    try:
        for cells in reader:
            number, before = before + 1, reader.line_num
            if not any(cell.strip() for cell in cells):
                continue
            count += 1
            if count > MOST_ROWS + 1:
                raise NotASheet(f"The file has more than {MOST_ROWS:,} rows.")
            yield number, cells
    except csv.Error as error:
        raise NotASheet(f"Line {reader.line_num} of the file cannot be read ({error}).") from error


def _delimiter(text: str) -> str:
    """The sign that stands most often in the heading, outside of quotes."""
    heading = re.sub(r'"[^"]*"', "", text.lstrip("\r\n").split("\n", 1)[0])
    counts = Counter({sign: heading.count(sign) for sign in ",;\t"})
    return counts.most_common(1)[0][0]


def _bare(title: str) -> str:
    """`Artist Name(s)` → `artistnames`."""
    return re.sub(r"[^a-z]", "", title.lower())


def _places(heading: list[str], body: list[tuple[int, list[str]]]) -> dict[str, int]:
    """In which column each thing stands. The id column is known by its cells, if not by name."""
    titles: dict[str, int] = {}
    for place, title in enumerate(heading):
        titles.setdefault(_bare(title), place)
    places = {
        name: titles[title]
        for name, known in _COLUMNS.items()
        for title in reversed(known)
        if title in titles
    }
    if "reference" not in places:
        cells = next((cells for _, cells in body), [])
        found = [place for place, cell in enumerate(cells) if _REFERENCE.match(cell)]
        if not found:
            raise NotASheet("The file has no column with track ids, such as “Track URI”.")
        places["reference"] = found[0]
    return places


def _row(line: int, cells: list[str], places: Mapping[str, int]) -> Row:
    said = {
        name: _CONTROL.sub(" ", cells[place]).strip()[:MOST_LETTERS]
        for name, place in places.items()
        if place < len(cells)
    }
    numbers = {name: _number(said.get(name, "")) for name in FEATURE_COLUMNS.values()}
    duration = _number(said.get("duration_ms", ""))
    return Row(
        line=line,
        reference=said.get("reference", ""),
        name=said.get("name", ""),
        artists=_artists(said.get("artists", ""), said.get("artist_ids", "")),
        album=said.get("album") or None,
        duration_ms=round(duration) if duration is not None and duration >= 0 else None,
        isrc=said.get("isrc") or None,
        added_at=_moment(said.get("added_at", "")),
        features={name: value for name, value in numbers.items() if value is not None},
    )


def _artists(names: str, idents: str) -> tuple[str, ...]:
    """Names split at semicolons or at commas; `Tyler, The Creator` is one where one id is given."""
    if ";" in names:
        return tuple(name.strip() for name in names.split(";") if name.strip())
    split = tuple(
        name.replace("\\,", ",").strip() for name in re.split(r"(?<!\\),", names) if name.strip()
    )
    count = len([ident for ident in re.split(r"[,;]", idents) if ident.strip()])
    if count and count != len(split):
        return (names.replace("\\,", ","),)
    return split


def _number(cell: str) -> float | None:
    """`0.513`, `0,513` or `6.1E-5`; None for anything else."""
    if not _NUMBER.match(cell):
        return None
    return float(cell.replace("−", "-").replace(",", "."))


def _moment(cell: str) -> float | None:
    """Unix seconds; the beginning of 1970 is how Spotify says that it does not know."""
    try:
        moment = datetime.fromisoformat(cell)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    try:
        return aware.timestamp() or None
    except OverflowError:
        return None
