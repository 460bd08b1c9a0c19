"""The lanes of an analysis over one stretch of its track: sections, loudness, tempo, the pulse.

Places are in percent of the width; curves in a drawing of 1,000 × 100 units, which is stretched.
Long stretches are drawn at one value per unit, so that the size of a page does not grow with them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from api.music import key_names
from api.schemas.analysis import Interval, Section, Segment, TrackSummary
from api.schemas.library import ComposerSection
from web.text import formatting
from web.text.formatting import bpm, decibels, length

UNITS, HEIGHT = 1_000, 100
FLOOR_DB, TOP_DB = -40.0, 0.0
SLOWEST_BPM, FASTEST_BPM = 60.0, 200.0
FADE_S = 1.0  # what is shorter is how a sound begins and ends
SMOOTHED = 9  # beats: a single one that came late is no change of tempo
LABEL_SHARE = 7.0  # percent of the width below which a section's key does not fit
TARGET_SHARE = 3.6  # below which a section is narrower than the 24 px a link must have
TICKS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1_800, 3_600)
MOST_TICKS = 9
TICK_ROOM = 5.0  # percent beside the end of the axis, where its own time stands
MOST_MARKS = 80  # of one level of the pulse; more are a grey comb
NUMBERED = 12  # bars that carry their number, at most


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """The stretch of a track that is drawn, in seconds."""

    start: float
    end: float

    @property
    def length(self) -> float:
        """Never 0, so that everything has a place."""
        return self.end - self.start or 1.0

    def at(self, second: float) -> float:
        """In percent of the width; outside of the stretch below 0 or above 100."""
        return round((second - self.start) / self.length * 100, 3)

    def shows(self, start: float, duration: float) -> bool:
        """Whether any of it lies inside."""
        return start < self.end and start + duration > self.start

    def clipped(self, start: float, end: float) -> tuple[float, float]:
        """Where what lasts from `start` to `end` begins in the drawing, and how wide it is."""
        left, right = (max(0.0, min(100.0, self.at(second))) for second in (start, end))
        return left, round(right - left, 3)


def spoken(says: str) -> str:
    """What the cursor says, as a screen reader does: `C sharp minor, 72 BPM`."""
    return key_names.spoken(says).replace(" · ", ", ")


@dataclass(frozen=True, slots=True)
class Block:
    """A section as drawn, and how sure its start is.

    `says`: what the cursor says while it is inside.
    """

    number: int
    x: float
    width: float
    key: str | None
    fits: bool
    linked: bool
    opacity: float
    title: str
    says: str
    current: bool

    @property
    def spoken(self) -> str:
        """The same as a screen reader says it."""
        return spoken(self.says)


@dataclass(frozen=True, slots=True)
class Written:
    """A section as its composer wrote it, from `start` to `stop` in seconds."""

    x: float
    width: float
    label: str
    fits: bool
    start: float
    stop: float


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on the time axis, or the number of a bar."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Level:
    """One level of the pulse as one path: `bars`, `beats` or `tatums`."""

    name: str
    path: str


@dataclass(frozen=True, slots=True)
class PulseMarks:
    """The levels that can be told apart in this stretch, the coarsest first; numbers of bars."""

    levels: tuple[Level, ...]
    numbers: tuple[Tick, ...]


def ticks(span: TimeSpan) -> tuple[Tick, ...]:
    """Round times, at most nine of them."""
    step = next((step for step in TICKS if span.length / step <= MOST_TICKS), TICKS[-1])
    step = max(step, int(span.length / MOST_TICKS))
    first = -int(-span.start // step) * step
    return tuple(
        Tick(span.at(second), length(second))
        for second in range(first, int(span.end) + 1, step)
        if span.end and span.at(second) <= 100 - TICK_ROOM
    )


def blocks(
    sections: Sequence[Section], span: TimeSpan, chosen: int | None = None
) -> tuple[Block, ...]:
    """The sections side by side; a faint one is a section whose start is doubtful."""
    return tuple(
        _block(section, span, place=(number, len(sections)), current=number == chosen)
        for number, section in enumerate(sections, 1)
        if span.shows(section.start, section.duration)
    )


def _block(section: Section, span: TimeSpan, *, place: tuple[int, int], current: bool) -> Block:
    x, width = span.clipped(section.start, section.start + section.duration)
    key = formatting.key(section.key, section.mode)
    level = "" if section.loudness is None else f", {decibels(section.loudness)}"
    where = f"Section {place[0]} of {place[1]}, from {length(section.start)}"
    return Block(
        number=place[0],
        x=x,
        width=width,
        key=key,
        fits=width >= LABEL_SHARE,
        linked=width >= TARGET_SHARE,
        opacity=round(0.35 + 0.65 * section.confidence, 2),
        title=f"{where}, {key or 'key unknown'}{level}",
        says=said(section, *place),
        current=current,
    )


def written(sections: Sequence[ComposerSection], span: TimeSpan, end: float) -> tuple[Written, ...]:
    """The sections as written; each lasts until the next one, or the end of the track."""
    stops = [*(part.start for part in sections[1:]), end]
    return tuple(_written(part, stop, span) for part, stop in zip(sections, stops, strict=True))


def _written(part: ComposerSection, stop: float, span: TimeSpan) -> Written:
    x, width = span.clipped(part.start, stop)
    return Written(
        x=x,
        width=width,
        label=part.label,
        fits=width >= LABEL_SHARE,
        start=part.start,
        stop=round(stop, 3),
    )


def said(section: Section, number: int, total: int) -> str:
    """`section 4 of 9, A minor, 121 BPM`: what is not known is left out."""
    tempo = None if section.tempo is None else bpm(section.tempo)
    known = (formatting.key(section.key, section.mode), tempo)
    return ", ".join((f"section {number} of {total}", *(part for part in known if part)))


def pulse(levels: Sequence[tuple[str, Sequence[Interval]]], span: TimeSpan) -> PulseMarks:
    """The levels of the pulse, each finer one only where its marks stand apart.

    Of bars that stand too close only every fourth, eighth … is drawn.
    """
    drawn: list[Level] = []
    numbers: tuple[Tick, ...] = ()
    for name, intervals in levels:
        inside = [(n, each.start) for n, each in enumerate(intervals, 1) if _starts(each, span)]
        if not drawn:
            every = next(step for step in _doubled() if len(inside) / step <= MOST_MARKS)
            inside = [(n, start) for n, start in inside if (n - 1) % every == 0]
            numbers = _numbers(inside, span) if name == "bars" else ()
        elif len(inside) > MOST_MARKS:
            break
        if inside:
            drawn.append(Level(name, _strokes([start for _, start in inside], span)))
    return PulseMarks(tuple(drawn), numbers)


def _doubled() -> Iterator[int]:
    yield 1
    step = 4
    while True:
        yield step
        step *= 2


def _starts(each: Interval, span: TimeSpan) -> bool:
    return span.start <= each.start <= span.end


def _numbers(bars: Sequence[tuple[int, float]], span: TimeSpan) -> tuple[Tick, ...]:
    step = next(step for step in _doubled() if len(bars) / step <= NUMBERED)
    return tuple(Tick(span.at(start), str(number)) for number, start in bars[::step])


def _strokes(starts: Sequence[float], span: TimeSpan) -> str:
    return "".join(f"M{span.at(start) * 10:g} 0V{HEIGHT}" for start in starts)


def tempi(beats: Sequence[Interval]) -> tuple[tuple[float, float], ...]:
    """The tempo at each beat, in BPM: the middle one of those around it."""
    around = SMOOTHED // 2
    local = [60 / each.duration if each.duration else 0.0 for each in beats]
    return tuple(
        (each.start, median(local[max(0, n - around) : n + around + 1]))
        for n, each in enumerate(beats)
    )


def tempo(beats: Sequence[Interval], span: TimeSpan) -> str:
    """A line through the tempo at each beat, from 60 to 200 BPM."""
    width = FASTEST_BPM - SLOWEST_BPM
    return _line(tempi(beats), span, lambda each: (each - SLOWEST_BPM) / width)


def fades(track: TrackSummary | None) -> tuple[float | None, float | None]:
    """When a fade-in is over and a fade-out begins, in seconds; what is too short is none."""
    if track is None:
        return None, None
    into, out = track.end_of_fade_in or 0.0, track.start_of_fade_out
    left = 0.0 if out is None else track.duration - out
    return into if into >= FADE_S else None, out if left >= FADE_S else None


def loudness(segments: Sequence[Segment], span: TimeSpan) -> str:
    """A closed path under the loudest level in each unit, from −40 to 0 dB."""
    line = _line(curve(segments), span, lambda level: (level - FLOOR_DB) / (TOP_DB - FLOOR_DB))
    return f"M0 {HEIGHT}L{line[1:]}L{UNITS} {HEIGHT}Z" if line else ""


def curve(segments: Sequence[Segment]) -> list[tuple[float, float]]:
    """Moments and how loud they are, in seconds and dB: where each segment starts and peaks."""
    points = [point for segment in segments for point in _levels(segment)]
    if segments:
        last = segments[-1]
        end = FLOOR_DB if last.loudness_end is None else last.loudness_end
        points.append((last.start + last.duration, end))
    return points


def _levels(segment: Segment) -> tuple[tuple[float, float], ...]:
    attack = segment.start + segment.loudness_max_time
    return (segment.start, segment.loudness_start), (attack, segment.loudness_max)


def _line(
    points: Sequence[tuple[float, float]], span: TimeSpan, share: Callable[[float], float]
) -> str:
    """A path through the highest value in each unit; it goes on to the points just outside."""
    highest: dict[int, float] = {}
    for second, value in points:
        unit = round(span.at(second) * UNITS / 100)
        highest[unit] = max(highest.get(unit, value), value)
    units = sorted(highest)
    first = max((n for n, unit in enumerate(units) if unit <= 0), default=0)
    last = min((n for n, unit in enumerate(units) if unit >= UNITS), default=len(units))
    drawn = [(unit, _height(share(highest[unit]))) for unit in units[first : last + 1]]
    return "M" + "L".join(f"{unit} {height:g}" for unit, height in drawn) if drawn else ""


def _height(share: float) -> float:
    return round(HEIGHT * (1 - max(0.0, min(1.0, share))), 1)
