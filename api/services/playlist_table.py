"""A playlist's entries with their numbers, sorted and filtered: what a table shows. Pure.

What a source does not know stays in the table, behind all that is known, and says why.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import fmean
from typing import Any, TypeVar

from api.music.key_names import camelot, key_name
from api.problems.errors import InvalidRequest
from api.schemas.playlist import SoundingEntry
from api.schemas.problem import InvalidPart
from api.services.distributions import FEATURES, TrackSound
from api.services.playlists import Position
from api.services.tempo_folding import folded

MOST_RANGES = 9
NO_TRACK = "This is no track, so nobody has numbers for it."
BAD_RANGE = (
    "Write a feature and two numbers, either of which may be left out: `tempo:80..120` or "
    f"`energy:0.4..`. Features are {', '.join(FEATURES)}."
)
BAD_KEYS = "Write keys as DJs do, such as `8A` or `8A,9A,8B`."
_RANGE = re.compile(r"([a-z]+):(-?\d{0,6}(?:\.\d{1,6})?)\.\.(-?\d{0,6}(?:\.\d{1,6})?)\Z")
_ENDS = r"(-?[0-9]{1,4}(\.[0-9]{1,4})?)?\.\.(-?[0-9]{1,4}(\.[0-9]{1,4})?)?"
_ONE = f"({'|'.join(sorted(FEATURES))}):{_ENDS}"
RANGES = f"^{_ONE}(,{_ONE}){{0,{MOST_RANGES - 1}}}$"  # a pattern, for the description
_CAMELOT = re.compile(r"([1-9]|1[0-2])([AB])\Z")
_FELT = (0.5, 2.0)  # times what a source heard: the same music, counted slower or faster
T = TypeVar("T")


class Sorting(StrEnum):
    """By what a table may be sorted."""

    POSITION = "position"
    NAME = "name"
    CAMELOT = "camelot"
    DURATION = "duration_ms"
    ACOUSTICNESS = "acousticness"
    DANCEABILITY = "danceability"
    ENERGY = "energy"
    INSTRUMENTALNESS = "instrumentalness"
    LIVENESS = "liveness"
    SPEECHINESS = "speechiness"
    VALENCE = "valence"
    LOUDNESS = "loudness"
    TEMPO = "tempo"
    TIME_SIGNATURE = "time_signature"


class Direction(StrEnum):
    """Which way."""

    ASC = "asc"
    DESC = "desc"


@dataclass(frozen=True, slots=True)
class ValueRange:
    """A feature's numbers from `low` to `high`, both included; None is no end."""

    field: str
    low: float | None
    high: float | None

    def __str__(self) -> str:
        low, high = ("" if end is None else f"{end:g}" for end in (self.low, self.high))
        return f"{self.field}:{low}..{high}"

    def holds(self, value: float) -> bool:
        """Whether a number lies in it."""
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Which entries are wanted, and in which order.

    `spread`: evenly over all that fit, rather than one after the other.
    """

    sort: Sorting = Sorting.POSITION
    direction: Direction = Direction.ASC
    spans: tuple[ValueRange, ...] = ()
    keys: frozenset[str] = frozenset()
    time_signature: int | None = None
    spread: bool = False

    @property
    def tempo(self) -> ValueRange | None:
        """The range of tempo that is wanted, if one is."""
        return next((span for span in self.spans if span.field == "tempo"), None)

    def as_asked(self) -> dict[str, str | None]:
        """The parameters that ask for it."""
        return {
            "sort": None if self.sort is Sorting.POSITION else self.sort.value,
            "direction": None if self.direction is Direction.ASC else self.direction.value,
            "between": ",".join(map(str, self.spans)) or None,
            "camelot": ",".join(sorted(self.keys)) or None,
            "time_signature": None if self.time_signature is None else str(self.time_signature),
            "spread": "true" if self.spread else None,
        }


@dataclass(frozen=True, slots=True)
class Arranged:
    """The entries that fit, in order. `unjudged`: those that lack what a filter asks for."""

    entries: list[SoundingEntry]
    unjudged: int


def spans(text: str | None) -> tuple[ValueRange, ...]:
    """`tempo:80..120,energy:0.4..` as ranges. Raises InvalidRequest."""
    parts = [part.strip() for part in (text or "").split(",") if part.strip()]
    found = [_span(part) for part in parts[: MOST_RANGES + 1]]
    if len(found) > MOST_RANGES:
        raise _invalid("between", f"At most {MOST_RANGES} ranges.")
    return tuple(found)


def _span(text: str) -> ValueRange:
    read = _RANGE.match(text)
    if read is None or read[1] not in FEATURES:
        raise _invalid("between", BAD_RANGE)
    low, high = (None if end in {"", "-"} else float(end) for end in (read[2], read[3]))
    return ValueRange(read[1], low, high)


def keys(text: str | None) -> frozenset[str]:
    """`8A,9A` as a set. Raises InvalidRequest."""
    said = {part.strip().upper() for part in (text or "").split(",") if part.strip()}
    if not all(map(_CAMELOT.match, said)):
        raise _invalid("camelot", BAD_KEYS)
    return frozenset(said)


def _invalid(name: str, detail: str) -> InvalidRequest:
    return InvalidRequest((InvalidPart(pointer=f"query/{name}", detail=detail),))


def entries(
    items: Sequence[Position],
    sounds: Mapping[str, TrackSound],
    *,
    why: Callable[[str], str],
    folds: bool = False,
    into: ValueRange | None = None,
) -> list[SoundingEntry]:
    """Every position with its numbers; `why` says of a track without any why it has none.

    Where half and double tempo are one (`folds`), tempi come near what is usual in the list, or
    `into` the range that is asked for, if one is.
    """
    known = [sounds.get(item.track.id) if item.track else None for item in items]
    tempi: Sequence[float | None] = [None if one is None else one.tempo for one in known]
    if folds:
        tempi = folded(tempi).tempi if into is None else [_felt(bpm, into) for bpm in tempi]
    return [
        _unsounding(item, why) if sound is None else _sounding(item, sound, tempo)
        for item, sound, tempo in zip(items, known, tempi, strict=True)
    ]


def _felt(tempo: float | None, wanted: ValueRange) -> float | None:
    """A tempo, halved or doubled where only that brings it into the range."""
    if tempo is None or wanted.holds(tempo):
        return tempo
    return next((tempo * by for by in _FELT if wanted.holds(tempo * by)), tempo)


def _sounding(item: Position, sound: TrackSound, tempo: float | None) -> SoundingEntry:
    factor = tempo / sound.tempo if tempo and sound.tempo else 1.0
    return SoundingEntry(
        **_words(item),
        **{name: getattr(sound, name) for name in FEATURES if name != "tempo"},
        tempo=tempo,
        tempo_factor=factor,
        tempo_range=tuple(round(bpm * factor, 3) for bpm in sound.tempo_range),
        key_name=key_name(sound.key, sound.mode),
        camelot=camelot(sound.key, sound.mode),
        time_signature=sound.time_signature,
    )


def _unsounding(item: Position, why: Callable[[str], str]) -> SoundingEntry:
    reason = item.reason if item.track is None else why(item.track.id)
    return SoundingEntry(**_words(item), reason=reason or NO_TRACK)


def _words(item: Position) -> dict[str, Any]:
    return {
        "position": item.position,
        "kind": item.kind,
        "id": item.track.id if item.track else None,
        "name": item.name,
        "artists": item.artists,
        "duration_ms": item.duration_ms,
    }


def arranged(rows: Sequence[SoundingEntry], wanted: Arrangement) -> Arranged:
    """Those that fit, in the order asked for; among equals, in the playlist's."""
    judged = [row for row in rows if _is_known(row, wanted)]
    fitting = [row for row in judged if _fits(row, wanted)]
    place = _places(wanted.sort)
    lacking = [row for row in fitting if place(row) is None]
    having = [row for row in fitting if place(row) is not None]
    having.sort(key=place, reverse=wanted.direction is Direction.DESC)
    return Arranged([*having, *lacking], unjudged=len(rows) - len(judged))


def _is_known(row: SoundingEntry, wanted: Arrangement) -> bool:
    numbers = all(getattr(row, span.field) is not None for span in wanted.spans)
    metre = wanted.time_signature is None or row.time_signature is not None
    return numbers and metre and (not wanted.keys or row.camelot is not None)


def _fits(row: SoundingEntry, wanted: Arrangement) -> bool:
    lies = all(span.holds(getattr(row, span.field)) for span in wanted.spans)
    metre = wanted.time_signature in {None, row.time_signature}
    return lies and metre and (not wanted.keys or row.camelot in wanted.keys)


def averages(rows: Sequence[SoundingEntry]) -> dict[str, float]:
    """The mean of each feature over those that have it."""
    known = {
        name: [v for row in rows if (v := getattr(row, name)) is not None] for name in FEATURES
    }
    return {name: round(fmean(values), 4) for name, values in known.items() if values}


def thinned(rows: Sequence[T], most: int) -> Sequence[T]:
    """`most` of them at most, evenly spread, the first and the last among them: always the same."""
    last = len(rows) - 1
    if last < most:
        return rows
    return [rows[place * last // max(most - 1, 1)] for place in range(most)]


def _places(sort: Sorting) -> Callable[[SoundingEntry], Any]:
    """What is compared; the wheel begins at 1A."""
    if sort is Sorting.NAME:
        return lambda row: row.name.casefold()
    if sort is Sorting.CAMELOT:
        return lambda row: (int(row.camelot[:-1]), row.camelot[-1]) if row.camelot else None
    return lambda row: getattr(row, sort.value)
