"""Facts of several things side by side, and what they are together. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from web.text import formatting, labels, versus
from web.text.confidence import Sureness, sureness
from web.text.headline import is_mono
from web.text.sounds import STATED_SCALE, SideNumber, SideSound
from web.text.versus import Heard


@dataclass(frozen=True, slots=True)
class FactCell:
    """One fact of one side: a figure with its unit, or a dash. `by`: a word on it."""

    figure: str
    unit: str = ""
    chip: str | None = None
    by: str = ""
    sure: Sureness | None = None


@dataclass(frozen=True, slots=True)
class FactRow:
    """One fact of all sides, in their order, and what they are together."""

    label: str
    cells: tuple[FactCell, ...]
    together: str


@dataclass(frozen=True, slots=True)
class _Fact:
    """A field, how one side of it is shown, and what is said of all sides."""

    field: str
    cell: Callable[[SideSound], FactCell | None]
    together: Callable[[Heard], str]


NOT_SAID = FactCell("–", by="not known")
NOT_AIMED_AT = FactCell("–", by="not aimed at")


def facts(sides: Heard) -> tuple[FactRow, ...]:
    """Those facts that somebody has, a cell per side."""
    rows = (_row(fact, sides) for fact in FACTS)
    return tuple(
        row for row in rows if any(cell not in {NOT_SAID, NOT_AIMED_AT} for cell in row.cells)
    )


def _row(fact: _Fact, sides: Heard) -> FactRow:
    return FactRow(
        label=labels.field_name(fact.field),
        cells=tuple((side and fact.cell(side)) or _absent(side) for side in sides),
        together=fact.together(sides),
    )


def _absent(side: SideSound | None) -> FactCell:
    return NOT_AIMED_AT if side and side.source is None else NOT_SAID


def _tempo(side: SideSound) -> FactCell | None:
    reading = side.readings.get("tempo")
    if reading is None:
        return None
    if side.tempo_range:
        figure = formatting.tempo_figure(reading.middle, side.tempo_range)
        return FactCell(figure, "BPM", by="it changes on the way", sure=_sure(side, "tempo"))
    return FactCell(_figure(reading, side, places=0), "BPM", sure=_sure(side, "tempo"))


def _loudness(side: SideSound) -> FactCell | None:
    reading = side.readings.get("loudness")
    if reading is None:
        return None
    by = "one channel: stereo reads 3 to 5 more" if is_mono(side.provenance) else ""
    return FactCell(_figure(reading, side, places=1), side.scale or STATED_SCALE, by=by)


def _figure(reading: SideNumber, side: SideSound, *, places: int) -> str:
    """`142`, of a list `118 ± 14`, of a wish `84–98`."""
    if reading.wished:
        return versus.ranged(reading, places)
    value = formatting.decimal(reading.middle, places)
    if side.heard is None:
        return value
    return f"{value} ± {formatting.decimal(reading.off, places)}"


def _key(side: SideSound) -> FactCell | None:
    if not side.keys:
        return None
    first = side.keys[0]
    if side.heard is None:
        return FactCell(first.key_name, chip=first.camelot, sure=_sure(side, "key"))
    total = sum(key.count for key in side.keys)
    by = f"most often: {first.count} of {formatting.counted(total, 'song')}"
    return FactCell(first.key_name, chip=first.camelot, by=by)


def _metre(side: SideSound) -> FactCell | None:
    if not side.metres:
        return None
    beats = max(side.metres, key=lambda each: side.metres[each])
    if side.heard is None:
        return FactCell(formatting.metre(beats), by="a bar", sure=_sure(side, "time_signature"))
    total = sum(side.metres.values())
    by = f"a bar, in {side.metres[beats]} of {formatting.counted(total, 'song')}"
    return FactCell(formatting.metre(beats), by=by)


def _length(side: SideSound) -> FactCell | None:
    return None if side.length_ms is None else FactCell(formatting.length(side.length_ms / 1000))


def _sure(side: SideSound, field: str) -> Sureness | None:
    return sureness(side.sure[field]) if field in side.sure else None


FACTS = (
    _Fact("tempo", _tempo, versus.tempo),
    _Fact("key", _key, versus.key),
    _Fact("loudness", _loudness, versus.loudness),
    _Fact("time_signature", _metre, versus.metre),
    _Fact("duration_ms", _length, versus.length),
)
