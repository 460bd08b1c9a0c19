"""The columns of a table as values, row by row, and what in them could not be read. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from api.library.sheet import headings
from api.library.sheet.cells import Number, clock_ms, is_nothing, moment, month_first, number
from api.library.sheet.columns import Columns
from api.library.sheet.key_names import key_of, mode_of
from api.library.sheet.rows import Unread
from api.library.sheet.scales import Scale, is_decibels, judge, milliseconds_each
from api.schemas.features import UNIT_FEATURES
from api.sources.exportify.normalise import BOUNDS, can_be

NO_NUMBER = "There is no {} in it, so it was left out."
OUT_OF_BOUNDS = "This is outside of {} to {}, so it was left out."
NO_SCALE = (
    "It cannot be told whether these numbers run to 1, to 10 or to 100, so the column was left out."
)
NO_UNIT = "It cannot be told in which unit these lengths are, so the column was left out."
NO_DECIBELS = (
    "Loudness in dB lies below 0. These numbers do not, so they are on another scale and the "
    "column was left out."
)
NO_ORDER = "It cannot be told which is the day and which the month, so the column was left out."
T = TypeVar("T")


class ValueReader:
    """Reads whole columns; what it cannot read is in `unread`."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self.unread: list[Unread] = []

    def features(self) -> list[dict[str, float]]:
        """Per row what its feature columns say."""
        said: list[dict[str, float]] = [{} for _ in self._columns.rows]
        for name, values in self._features():
            for row, value in zip(said, values, strict=True):
                if value is not None:
                    row[name] = value
        return said

    def _features(self) -> Iterator[tuple[str, list[float | None]]]:
        yield from self._units()
        yield from self._keys()
        for name in ("loudness", "tempo", "time_signature"):
            if (at := self._columns.first(name)) is not None:
                numbers = self._numbers(at)
                known = [one for one in numbers if one is not None]
                if name == "loudness" and known and not is_decibels(known):
                    self._refuse(at, NO_DECIBELS)
                    continue
                yield name, self._inside(name, at, [_written(one) for one in numbers])

    def _units(self) -> Iterator[tuple[str, list[float | None]]]:
        places = [
            (name, at) for name in UNIT_FEATURES if (at := self._columns.first(name)) is not None
        ]
        numbers = {at: self._numbers(at) for _, at in places}
        hints = {at: headings.hint(self._columns.titles[at]) for at in numbers}
        known = {at: [one for one in column if one is not None] for at, column in numbers.items()}
        scales = judge(known, hints)
        for name, at in places:
            if scales[at] is not Scale.UNTOLD:
                values = [None if one is None else _scaled(one, scales[at]) for one in numbers[at]]
                yield name, self._inside(name, at, values)
            elif any(one.value for one in known[at]):
                self._refuse(at, NO_SCALE)
            else:
                yield name, [_written(one) for one in numbers[at]]

    def _keys(self) -> Iterator[tuple[str, list[float | None]]]:
        """Keys and modes: a key may say its mode, and a second column stands in for the first."""
        keys: list[float | None] = [None] * len(self._columns.rows)
        modes: list[float | None] = list(keys)
        at = self._columns.first("mode")
        if at is not None:
            modes = self._inside("mode", at, self._cells(at, _mode, "mode"))
        for at in self._columns.places.get("key", ()):
            said = self._cells(at, _key, "key")
            numbers = self._inside("key", at, [None if one is None else one[0] for one in said])
            for row, (key, one) in enumerate(zip(numbers, said, strict=True)):
                if one is None or keys[row] not in {None, key}:
                    continue
                keys[row] = key
                modes[row] = one[1] if modes[row] is None else modes[row]
        yield "key", keys
        yield "mode", modes

    def lengths(self) -> list[int | None]:
        """Milliseconds per row."""
        at = self._columns.first("duration")
        if at is None:
            return [None] * len(self._columns.rows)
        said = self._cells(at, _length, "length")
        numbers = [one for one in said if isinstance(one, float)]
        each = milliseconds_each(numbers, headings.hint(self._columns.titles[at]))
        if numbers and each is None:
            self._refuse(at, NO_UNIT)
        return [_milliseconds(one, each) for one in said]

    def moments(self) -> list[float | None]:
        """Unix seconds per row."""
        at = self._columns.first("added_at")
        if at is None:
            return [None] * len(self._columns.rows)
        order = month_first([cells[at] for _, cells in self._columns.rows])
        said = [moment(cells[at], month_first=order) for _, cells in self._columns.rows]
        for (line, cells), value in zip(self._columns.rows, said, strict=True):
            if (
                value is None
                and not is_nothing(cells[at])
                and not cells[at].startswith("1970-01-01")
            ):
                self._tell(at, line, text=cells[at], reason=NO_NUMBER.format("date"))
        return said

    def _numbers(self, at: int) -> list[Number | None]:
        return self._cells(at, number, "number")

    def _cells(self, at: int, read: Callable[[str], T | None], kind: str) -> list[T | None]:
        """What each cell of a column says; a column of which none can be read is named once."""
        said: list[T | None] = []
        wrong: list[tuple[int, str]] = []
        for line, cells in self._columns.rows:
            value = None if is_nothing(cells[at]) else read(cells[at])
            said.append(value)
            if value is None and not is_nothing(cells[at]):
                wrong.append((line, cells[at]))
        if wrong and all(value is None for value in said):
            self._tell(at, None, text=wrong[0][1], reason=NO_NUMBER.format(kind))
        else:
            for line, text in wrong:
                self._tell(at, line, text=text, reason=NO_NUMBER.format(kind))
        return said

    def _inside(self, name: str, at: int, values: Sequence[float | None]) -> list[float | None]:
        """The values that lie where such a value can lie."""
        found = [value if value is None or can_be(name, value) else None for value in values]
        reason = OUT_OF_BOUNDS.format(*(f"{bound:g}" for bound in BOUNDS[name]))
        for (line, cells), value, kept in zip(self._columns.rows, values, found, strict=True):
            if value is not None and kept is None:
                self._tell(at, line, text=cells[at], reason=reason)
        return found

    def _refuse(self, at: int, reason: str) -> None:
        text = next(cells[at] for _, cells in self._columns.rows if not is_nothing(cells[at]))
        self._tell(at, None, text=text, reason=reason)

    def _tell(self, at: int, line: int | None, *, text: str, reason: str) -> None:
        title = self._columns.titles[at] or f"column {at + 1}"
        self.unread.append(Unread(title, line, text, reason))


def _written(one: Number | None) -> float | None:
    return None if one is None else one.value


def _scaled(one: Number, scale: Scale) -> float:
    largest = Scale.PERCENT.value if one.percent else scale.value
    return round(one.value / largest, 9) if largest > 1 else one.value


def _mode(cell: str) -> float | None:
    named = mode_of(cell)
    return named if named is not None else _value(cell)


def _key(cell: str) -> tuple[float, int | None] | None:
    named = key_of(cell)
    if named is not None:
        return named
    value = _value(cell)
    return None if value is None else (value, None)


def _value(cell: str) -> float | None:
    read = number(cell)
    return None if read is None else read.value


def _milliseconds(said: float | None, each: float | None) -> int | None:
    if said is None or isinstance(said, int):
        return said
    return None if each is None else round(said * each)


def _length(cell: str) -> float | None:
    """Milliseconds where a clock says it, a bare number of some unit otherwise."""
    read = number(cell, whole=True)
    if read is not None:
        return read.value if read.value >= 0 else None
    return clock_ms(cell)
