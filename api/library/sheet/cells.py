"""What a single cell says: a track, a number, a length, a moment. Pure; None is “nothing”."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from api.music import ids
from api.text import SIGNS

_FEWEST_LETTERS = len("AABBB1234567")  # of an ISRC, the shortest name that a track has
_TRACK = re.compile(
    r"spotify(?::|%3A|://)(?:track|episode|local)|open\.spotify\.com/\S*(?:track|episode|local)"
    r"|api\.spotify\.com/v1/tracks/|earprint:track:|\bown_[0-9A-Za-z]{22}\b",
    re.IGNORECASE,
)
_FORMULA = re.compile(r'="([^"]*)"\Z')  # how spreadsheets keep digits from being changed
_GUARDED = re.compile(f"'+[{re.escape(SIGNS)}]")  # an apostrophe before a formula
_AROUND = " \u00a0\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"  # what is seen of neither
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_NOTHING = frozenset(
    {"", "-", "–", "—", "n/a", "na", "nan", "null", "none", "nil", "undefined", "?"}
)
_SPREADSHEET_ERROR = re.compile(r"#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!)\Z")

_NUMBER = re.compile(r"([-+]?)(\d[\d.,' ]*|\.\d+)(?:e([-+]?\d{1,3}))?\Z", re.IGNORECASE)
_PLAIN = re.compile(r"-?[0-9]+(?:\.[0-9]+)?\Z")
_UNITS = ("bpm", "dbfs", "db", "ms")
_SPACES = str.maketrans({"−": "-", "\u00a0": " ", "\u202f": " ", "’": "'"})
_THOUSANDS = re.compile(r"\d{1,3}(?:([.,' ])\d{3})(?:\1\d{3})*\Z")
_MOST_DIGITS = 40

_CLOCK = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):(\d{2})(?:[.,](\d{1,3}))?\Z")
_SPOKEN = re.compile(
    r"(?:PT)?(?:(\d+)\s*h(?:ours?|rs?)?)?\s*(?:(\d+)\s*m(?:in(?:utes?)?)?)?\s*"
    r"(?:(\d+(?:[.,]\d+)?)\s*s(?:ec(?:onds?)?)?)?\.?\Z",
    re.IGNORECASE,
)
_DAY = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?:[ T,]+(\d{1,2}:\d{2}(?::\d{2})?))?\Z")


def cleaned(cell: str) -> str:
    """A cell on one line, without what keeps spreadsheets from working it out or changing it."""
    text = _CONTROL.sub(" ", cell).strip(_AROUND) if cell else ""
    if _GUARDED.match(text):
        return text[1:]
    found = _FORMULA.match(text)
    return found[1].strip() if found else text


def is_nothing(cell: str) -> bool:
    """Whether a cell only says that there is nothing: `N/A`, `null`, `-`."""
    return cell.casefold() in _NOTHING or bool(_SPREADSHEET_ERROR.match(cell))


def names_a_track(cell: str) -> bool:
    """Whether a link, URI or id of a track, an episode or a local file, or an ISRC stands in it."""
    if len(cell) < _FEWEST_LETTERS:
        return False
    text = cleaned(cell)
    return bool(_TRACK.search(text)) or ids.is_id(text) or is_isrc(text)


def is_link(cell: str) -> bool:
    """Whether it names a track by more than an id or an ISRC, which may be of something else."""
    return bool(_TRACK.search(cell))


def is_isrc(cell: str) -> bool:
    """Whether the cell is an ISRC and nothing else."""
    return len(cell) <= len("ISRC AA-BBB-12-34567") and ids.normalise_isrc(cell) is not None


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it is written: with a sign for hundredths or without."""

    value: float
    percent: bool = False


def number(cell: str, *, whole: bool = False) -> Number | None:
    """`0.513`, `0,513`, `6.1E-5`, `−7 dB`, `88 %`. `whole`: groups of three are thousands."""
    if len(cell) > _MOST_DIGITS:
        return None
    if not whole and _PLAIN.match(cell):  # nearly all of them
        return Number(float(cell))
    text = cell.translate(_SPACES).casefold()
    unit = next(filter(text.endswith, _UNITS), "")
    percent = text.endswith("%")
    found = _NUMBER.match(text.removesuffix(unit).removesuffix("%").strip())
    if found is None:
        return None
    sign, digits, power = found.groups()
    plain = _plain(digits.strip(), whole=whole)
    if plain is None:
        return None
    value = float(f"{sign}{plain}e{power or 0}")
    return Number(value, percent) if math.isfinite(value) else None


def _plain(digits: str, *, whole: bool) -> str | None:
    """`1.234,5` → `1234.5`: where two signs stand, the last one begins the decimals."""
    if whole and _THOUSANDS.match(digits):
        return re.sub(r"\D", "", digits)
    point = max(digits.rfind("."), digits.rfind(","))
    head, tail = (digits, "") if point < 0 else (digits[:point], digits[point + 1 :])
    grouped = re.sub(r"[.,' ]", "", head)
    if not tail.isdigit() and tail:
        return None
    if grouped != head and not _THOUSANDS.match(head):
        return None
    return f"{grouped or 0}.{tail or 0}"


def clock_ms(cell: str) -> int | None:
    """`3:21`, `1:02:03`, `3:21.5`, `3m 21s`, `PT3M21S` in milliseconds."""
    if found := _CLOCK.match(cell):
        hours, minutes, seconds, rest = found.groups()
        thousandths = int((rest or "0").ljust(3, "0"))
        if int(seconds) >= 60 or (hours and int(minutes) >= 60):  # noqa: PLR2004
            return None
        return ((int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + thousandths
    found = _SPOKEN.match(cell) if len(cell) <= _MOST_DIGITS else None
    if found is None or not any(found.groups()):
        return None
    hours, minutes, seconds = ((part or "0").replace(",", ".") for part in found.groups())
    return round(((int(hours) * 60 + int(minutes)) * 60 + float(seconds)) * 1000)


def moment(cell: str, *, month_first: bool | None) -> float | None:
    """Unix seconds. `month_first`: how `3/4/2021` is meant; None where that cannot be told."""
    try:
        read = datetime.fromisoformat(cell)
    except ValueError:
        found = _DAY.match(cell)
        if found is None or month_first is None:
            return None
        first, _, second, year, time = found.groups()
        day, month = (second, first) if month_first else (first, second)
        try:
            read = datetime.fromisoformat(f"{year}-{month:>02}-{day:>02}T{time or '00:00':>05}")
        except ValueError:
            return None
    aware = read if read.tzinfo else read.replace(tzinfo=UTC)
    try:
        return aware.timestamp() or None
    except OverflowError:
        return None


def month_first(cells: list[str]) -> bool | None:
    """How a column writes its days: a number above 12 is no month, dots put the day first."""
    found = [match for match in map(_DAY.match, cells) if match]
    if any(int(match[1]) > 12 or match[2] == "." for match in found):  # noqa: PLR2004
        return False
    return True if any(int(match[3]) > 12 for match in found) else None  # noqa: PLR2004
