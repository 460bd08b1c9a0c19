"""Write music down before it sounds: notes, clips that join like bricks, and the form of a piece.

Every place and length is in written quarters from the piece's first downbeat.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise

JOINED = "+"  # a part of the form whose name begins so belongs to the section before it


@dataclass(frozen=True, slots=True)
class Note:
    """One sound: where, how long, which MIDI pitch, how hard (0-1), how many ms late."""

    start: float
    length: float
    pitch: float
    velocity: float = 0.7
    late_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Clip:
    """Notes within a span; `a + b` follows, `a * 3` repeats, `a | b` sounds together."""

    notes: tuple[Note, ...]
    span: float

    def __add__(self, other: Clip) -> Clip:
        return Clip(self.notes + _moved(other.notes, self.span), self.span + other.span)

    def __mul__(self, times: int) -> Clip:
        joined = Clip((), 0.0)
        for _ in range(times):
            joined += self
        return joined

    def __or__(self, other: Clip) -> Clip:
        return Clip(self.notes + other.notes, max(self.span, other.span))

    def up(self, semitones: float) -> Clip:
        """The same, transposed."""
        return replace(self, notes=tuple(replace(n, pitch=n.pitch + semitones) for n in self.notes))

    def softer(self, factor: float) -> Clip:
        """The same, with every velocity multiplied."""
        quiet = (replace(n, velocity=n.velocity * factor) for n in self.notes)
        return replace(self, notes=tuple(quiet))

    def swelling(self, first: float, last: float) -> Clip:
        """The same, with velocities multiplied by a line from `first` to `last`."""
        notes = tuple(
            replace(n, velocity=n.velocity * (first + (last - first) * n.start / self.span))
            for n in self.notes
        )
        return replace(self, notes=notes)

    def until(self, span: float) -> Clip:
        """As much of it, over and over, as fills `span`."""
        whole = self * max(1, -int(-span // self.span))
        kept = tuple(n for n in whole.notes if n.start < span - 1e-9)
        return Clip(kept, span)


def rest(span: float) -> Clip:
    """A clip in which nothing sounds."""
    return Clip((), span)


def _moved(notes: Iterable[Note], by: float) -> tuple[Note, ...]:
    return tuple(replace(note, start=note.start + by) for note in notes)


@dataclass(frozen=True, slots=True)
class Metre:
    """A time signature and how many written quarters one felt beat lasts (1.5 in 6/8)."""

    beats: int
    unit: int = 4
    beat: float = 1.0

    @property
    def bar(self) -> float:
        """Quarters in a bar."""
        return self.beats * 4 / self.unit


@dataclass(frozen=True)
class SongForm:
    """The order of a piece's sections: (name, bars); see `JOINED`."""

    metre: Metre
    order: tuple[tuple[str, int], ...]
    _starts: tuple[float, ...] = field(init=False)

    def __post_init__(self) -> None:
        starts = [0.0]
        for _, bars in self.order:
            starts.append(starts[-1] + bars * self.metre.bar)
        object.__setattr__(self, "_starts", tuple(starts))

    @property
    def span(self) -> float:
        """Quarters in the whole piece."""
        return self._starts[-1]

    @property
    def sections(self) -> list[tuple[str, float]]:
        """(name, start in quarters) of the sections as a listener hears them."""
        named = zip(self.order, self._starts, strict=False)
        return [(name, at) for (name, _), at in named if not name.startswith(JOINED)]

    def lay(self, clips: Mapping[str, Clip]) -> tuple[Note, ...]:
        """All notes of one part: each section's clip, over and over till the section ends.

        Raises KeyError for a clip whose section does not exist.
        """
        unknown = clips.keys() - {name for name, _ in self.order}
        if unknown:
            raise KeyError(*sorted(unknown))
        notes: list[Note] = []
        for (name, _), (start, end) in zip(self.order, pairwise(self._starts), strict=True):
            if name in clips:
                notes.extend(_moved(clips[name].until(end - start).notes, start))
        return tuple(notes)
