"""What the lanes show, in figures: beside each picture stands a table that says the same.

A row is a stretch between round times, so that an hour has no more rows than a song.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean, median

from api.music.key_names import note_name
from api.schemas.analysis import AudioAnalysis, Interval, Section, Segment
from web.charts import heatmap, lanes
from web.charts.lanes import Written
from web.charts.repetition import Repetition, Vector, by_pitch, by_timbre, likeness, means
from web.text import analysis as sentences
from web.text import formatting
from web.text.confidence import sureness
from web.text.labels import FIELDS

MOST_ROWS = 24
FROM = "From"
AXES = ("Level", "Bright", "Noisy", "Attack")
FINER = tuple(f"No. {number}" for number in range(heatmap.NAMED + 1, 13))
PULSES = ("bars", "beats", "tatums")


@dataclass(frozen=True, slots=True)
class LaneTable:
    """`about`: what the table is of; the first cell of each row is its heading."""

    about: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    says: str = ""


@dataclass(frozen=True, slots=True)
class LaneTables:
    """One for each lane that has something to show."""

    loudness: LaneTable | None
    tempo: LaneTable | None
    pulse: LaneTable | None
    notes: LaneTable | None
    timbre: LaneTable | None
    shapes: LaneTable | None


def tables(found: AudioAnalysis, duration: float) -> LaneTables:
    """Of the whole track, whatever stretch of it is drawn."""
    cuts, segments, beats = stretches(duration), found.segments or (), found.beats or ()
    heard, paced = bool(segments), bool(beats)
    colours = means(segments, cuts, by_timbre)
    return LaneTables(
        loudness=_loudness(found, segments, cuts) if heard else None,
        tempo=_tempo(beats, cuts) if paced else None,
        pulse=_pulse(found) if found.bars or paced else None,
        notes=_notes(found, segments, cuts) if heard else None,
        timbre=_timbre(segments, zip(cuts, colours, strict=False), finer=False) if heard else None,
        shapes=_timbre(segments, zip(cuts, colours, strict=False), finer=True) if heard else None,
    )


def stretches(duration: float) -> list[float]:
    """Round times from the beginning, and the end: 24 stretches at most."""
    step = next((each for each in lanes.TICKS if duration / each <= MOST_ROWS), 0)
    step = step or math.ceil(duration / MOST_ROWS)
    return [*(float(n * step) for n in range(max(1, math.ceil(duration / step)))), duration]


def as_written(parts: Sequence[Written]) -> LaneTable:
    """What the composer wrote, part by part."""
    rows = tuple((part.label, *map(formatting.length, (part.start, part.stop))) for part in parts)
    return LaneTable("what was written", ("Part", FROM, "To"), rows)


def alike(drawn: Repetition, found: Sequence[Section]) -> LaneTable | None:
    """Which section each one is most and least like; None where there are none."""
    pairs = likeness(drawn, found)
    if not pairs:
        return None
    rows = tuple(_partners(number, pairs) for number in sorted({one for one, _ in pairs}))
    return LaneTable(
        "what comes back",
        ("Section", "Alike within itself", "Most like", "Least like"),
        rows,
        "100 is as alike as any two moments of this track are, 0 as unlike.",
    )


def _partners(number: int, pairs: dict[tuple[int, int], float]) -> tuple[str, ...]:
    others = [(share, other) for (one, other), share in pairs.items() if number == one != other]
    ends = (max(others), min(others)) if others else ()
    named = [f"{other} ({share * 100:.0f})" for share, other in ends] or ["no other"] * 2
    return str(number), f"{pairs[number, number] * 100:.0f}", *named


def _loudness(
    found: AudioAnalysis, segments: Sequence[Segment], cuts: Sequence[float]
) -> LaneTable:
    points = sorted(lanes.curve(segments))
    times = [second for second, _ in points]
    rows = []
    for start, stop in pairwise(cuts):
        inside = points[bisect_left(times, start) : bisect_right(times, stop)]
        levels = [level for _, level in inside] + [_between(points, times, start)]
        rows.append((formatting.length(start), formatting.decibels(max(levels))))
    says = sentences.fades_closely(found.track) if found.track else ""
    return LaneTable("the loudness", (FROM, "Loudest"), tuple(rows), says)


def _between(points: Sequence[tuple[float, float]], times: Sequence[float], second: float) -> float:
    """The level at a moment between two points of the curve."""
    after = min(max(1, bisect_right(times, second)), len(points) - 1)
    (left, low), (right, high) = points[after - 1], points[after]
    share = (second - left) / (right - left) if right > left else 0.0
    return low + (high - low) * max(0.0, min(1.0, share))


def _tempo(beats: Sequence[Interval], cuts: Sequence[float]) -> LaneTable:
    heard = lanes.tempi(beats)
    times = [second for second, _ in heard]
    rows = []
    for start, stop in pairwise(cuts):
        inside = [bpm for _, bpm in heard[bisect_left(times, start) : bisect_left(times, stop)]]
        said = formatting.bpm(median(inside)) if inside else "no beat"
        rows.append((formatting.length(start), said, formatting.count(len(inside))))
    return LaneTable("the tempo", (FROM, FIELDS["tempo"], "Beats"), tuple(rows))


def _pulse(found: AudioAnalysis) -> LaneTable:
    levels = [(name, getattr(found, name)) for name in PULSES if getattr(found, name)]
    rows = tuple(
        (
            name.capitalize(),
            formatting.count(len(each)),
            f"{fmean(one.duration for one in each):.2f} s",
            sureness(fmean(one.confidence for one in each)).says,
        )
        for name, each in levels
    )
    head = ("Level", "How many", "One lasts", "How sure")
    return LaneTable("the pulse", head, rows, "A tatum is the smallest regular pulse one feels.")


def _notes(found: AudioAnalysis, segments: Sequence[Segment], cuts: Sequence[float]) -> LaneTable:
    home = (found.track.key, found.track.mode) if found.track else ()
    full = heatmap.loudest_above_floor(segments)
    rows = tuple(
        (formatting.length(start), *(f"{value / full * 100:.0f}" for value in row))
        for start, row in zip(cuts, means(segments, cuts, by_pitch), strict=False)
    )
    names = (note_name(note, *home) for note in range(12))
    says = "0 is silent, 100 as strong as this track’s loudest moment could make a note."
    return LaneTable("the notes", (FROM, *names), rows, says)


def _timbre(
    segments: Sequence[Segment], colours: Iterable[tuple[float, Vector]], *, finer: bool
) -> LaneTable:
    axes = slice(heatmap.NAMED, None) if finer else slice(heatmap.NAMED)
    usual = heatmap.usual(segments, axes)
    rows = tuple(
        (
            formatting.length(start),
            *(
                formatting.decimal((value - mean) / spread, 1)
                for value, (mean, spread) in zip(row[axes], usual, strict=True)
            ),
        )
        for start, row in colours
    )
    names = FINER if finer else AXES
    says = "0 is this track’s mean; 2 and −2 are as far from it as this track often goes."
    return LaneTable("the finer shapes" if finer else "the timbre", (FROM, *names), rows, says)
