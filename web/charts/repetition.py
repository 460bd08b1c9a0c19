"""Self-similarity: every bar of a track against every other, so that what comes back shows."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from operator import mul
from statistics import fmean, pstdev
from typing import TypeVar

from api.schemas.analysis import AudioAnalysis, Interval, Section, Segment
from web.charts.heatmap import SHADES, STRENGTH, palette, png
from web.charts.lanes import FLOOR_DB, Tick

MOST = 150  # rows and columns; longer tracks are seen by several bars at once
FEWEST_BARS = 8  # below it there is no pulse to cut by
STRETCH_S = 2.0
ROOM = 6  # percent that the number of a section needs
LEAST, MOST_ALIKE = 5, 98  # percent of the pairs up to which they are blank, and full

T = TypeVar("T")
Vector = tuple[float, ...]
Rows = tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class Repetition:
    """How alike each stretch is to each other, 0 to 1; `starts` in seconds.

    `unit` is what a stretch is, such as `bar` or `4 bars`; `borders` are those of sections, in
    percent, `labels` the middles of the wide ones.
    """

    unit: str
    starts: tuple[float, ...]
    rows: Rows
    borders: tuple[float, ...]
    labels: tuple[Tick, ...]


def by_pitch(segment: Segment) -> Vector:
    """The notes that sound, as loud as they are."""
    level = max(0.0, segment.loudness_max - FLOOR_DB)
    return tuple(value * level for value in segment.pitches)


def by_timbre(segment: Segment) -> Vector:
    """The colour of the sound."""
    return segment.timbre


VIEWS: dict[str, Callable[[Segment], Vector]] = {"pitch": by_pitch, "timbre": by_timbre}


def repetition(found: AudioAnalysis, duration: float, view: str) -> Repetition | None:
    """By `pitch` or `timbre`; None where there is too little to compare."""
    segments = found.segments or ()
    starts, unit = _stretches(found.bars or (), duration)
    if len(starts) < FEWEST_BARS or not segments:
        return None
    vectors = means(segments, [*starts, duration], VIEWS[view])
    alike = _cosines(vectors) if view == "pitch" else _nearness(vectors)
    parts = [_members(starts, each) for each in found.sections or ()]
    share = 100 / len(starts)
    return Repetition(
        unit=unit,
        starts=tuple(starts),
        rows=_spread(alike),
        borders=tuple(round(part[0] * share, 2) for part in parts if part and part[0]),
        labels=tuple(
            Tick(round((part[0] + len(part) / 2) * share, 2), str(number))
            for number, part in enumerate(parts, 1)
            if len(part) * share >= ROOM
        ),
    )


def picture(drawn: Repetition, theme: str) -> bytes:
    """A square PNG, one pixel per pair."""
    rows = [bytes(round(value * SHADES) for value in row) for row in drawn.rows]
    return png(rows, palette(STRENGTH[theme]))


def likeness(drawn: Repetition, sections: Sequence[Section]) -> dict[tuple[int, int], float]:
    """How alike sections are, 0 to 1, by two of their numbers: the mean over their stretches."""
    members = [(n, _members(drawn.starts, each)) for n, each in enumerate(sections, 1)]
    known = [(number, those) for number, those in members if those]
    return {
        (one, other): fmean(drawn.rows[a][b] for a in these for b in those)
        for one, these in known
        for other, those in known
    }


def _members(starts: Sequence[float], section: Section) -> list[int]:
    end = section.start + section.duration
    return [n for n, start in enumerate(starts) if section.start - 0.05 <= start < end - 0.05]


def _stretches(bars: Sequence[Interval], duration: float) -> tuple[list[float], str]:
    """Where to cut, in seconds, and what one piece is called."""
    if len(bars) >= FEWEST_BARS:
        step = math.ceil(len(bars) / MOST)
        starts = [each.start for each in bars[::step] if each.start < duration]
        return starts, "bar" if step == 1 else f"{step} bars"
    long = max(STRETCH_S, math.ceil(duration / MOST))
    return [n * long for n in range(int(duration / long))], f"{long:g} seconds"


def means(
    segments: Sequence[Segment], cuts: Sequence[float], of: Callable[[Segment], Vector]
) -> list[Vector]:
    """The mean of the segments in each stretch, weighted by how long they sound in it."""
    sums = [[0.0] * 12 for _ in cuts[1:]]
    weights = [0.0] * len(sums)
    first = 0
    for segment in segments:  # as they follow each other, so each stretch is passed once
        vector, end = of(segment), segment.start + segment.duration
        while first < len(sums) - 1 and cuts[first + 1] <= segment.start:
            first += 1
        for n in range(first, len(sums)):
            shared = min(end, cuts[n + 1]) - max(segment.start, cuts[n])
            if cuts[n] >= end:
                break
            if shared > 0:
                weights[n] += shared
                sums[n] = [a + b * shared for a, b in zip(sums[n], vector, strict=True)]
    return [
        tuple(each / (weight or 1.0) for each in total)
        for total, weight in zip(sums, weights, strict=True)
    ]


def _cosines(vectors: Sequence[Vector]) -> list[list[float]]:
    """1 for the same mixture of notes; silence is like silence only."""
    sizes = [math.sqrt(sum(map(mul, each, each))) for each in vectors]
    units = [
        tuple(value / size for value in each) if size else None
        for each, size in zip(vectors, sizes, strict=True)
    ]
    return _pairs(
        units, lambda a, b: float(a is b) if a is None or b is None else sum(map(mul, a, b))
    )


def _nearness(vectors: Sequence[Vector]) -> list[list[float]]:
    """The greater the nearer: distance, each axis in its own standard deviations, below 0."""
    columns = list(zip(*vectors, strict=True))
    steps = [pstdev(column) or 1.0 for column in columns]
    scaled = [tuple(v / s for v, s in zip(each, steps, strict=True)) for each in vectors]
    return _pairs(scaled, lambda a, b: -math.dist(a, b))


def _pairs(items: Sequence[T], alike: Callable[[T, T], float]) -> list[list[float]]:
    """Every one against every other; each pair is asked about once."""
    rows = [[alike(each, each)] * len(items) for each in items]
    for one, other in combinations(range(len(items)), 2):
        rows[one][other] = rows[other][one] = alike(items[one], items[other])
    return rows


def _spread(rows: Sequence[Sequence[float]]) -> Rows:
    """From what all have in common to what is hardly to be told apart: 0 to 1."""
    values = sorted(rows[a][b] for a, b in combinations(range(len(rows)), 2))
    least, most = (values[len(values) * share // 100] for share in (LEAST, MOST_ALIKE))
    if most == least:  # what nothing tells apart is all alike
        return tuple((1.0,) * len(row) for row in rows)
    step = most - least
    return tuple(tuple(max(0.0, min(1.0, (v - least) / step)) for v in row) for row in rows)
