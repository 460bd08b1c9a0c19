"""Heat maps of a track as PNG: rows over time, drawn with the standard library alone.

Each is made twice, since the ground is paper in one theme and night in the other: what is silent
is as blank as the ground.
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from statistics import fmean

from api.schemas.analysis import Segment
from web.charts.lanes import FLOOR_DB, TimeSpan

WIDTH = 1_800
NAMED = 4  # timbre axes that have a name: level, brightness, noise, attack
SHADES = 255
EVEN = 128  # the shade of a timbre axis at the track's mean
SPREAD = 2.5  # standard deviations from there to either end
LEAST_RANGE_DB = 6.0  # between silence and a track's loudest moment
# Even steps from blank to strong, and from less through the mean to more; both themes.
STRENGTH = {
    "light": "fffdf9 e4efea bfdbd5 7fb8af 489288 196760 094944 04302d",
    "dark": "1d2124 1f3c3a 255953 367e75 51a498 75cabd afe5dc f0fdfa",
}
DIFFERENCE = {
    "light": "9a4a16 c48759 e6be9b f8efe2 c8dfd9 8cbfb6 489288 0d5c56",
    "dark": "f0ab78 b67d53 7b5335 33302c 2a3f3f 376a65 579d94 7ed3c6",
}

Shades = Callable[[Segment], bytes]


@dataclass(frozen=True, slots=True)
class Map:
    """What a heat map shows: a byte per row of each segment, the lowest row first."""

    rows: int
    shades: Callable[[Sequence[Segment]], Shades]
    colours: dict[str, str]

    def draw(self, segments: Sequence[Segment], span: TimeSpan, theme: str) -> bytes:
        """The picture of a stretch, 1,800 columns wide; where nothing is known it is blank."""
        shades = self.shades(segments)
        blank = EVEN if self.colours is DIFFERENCE else 0
        columns = [bytes([blank]) * self.rows] * WIDTH
        scale = WIDTH / span.length
        for segment in segments:
            if not span.shows(segment.start, segment.duration):
                continue
            start = max(0, int((segment.start - span.start) * scale))
            end = round((segment.start + segment.duration - span.start) * scale)
            end = min(WIDTH, max(start + 1, end))
            columns[start:end] = [shades(segment)] * (end - start)
        turned = [bytes(column[row] for column in columns) for row in reversed(range(self.rows))]
        return png(turned, palette(self.colours[theme]))


def loudest_above_floor(segments: Sequence[Segment]) -> float:
    """By how many dB a track’s loudest moment stands above the floor of the lanes."""
    peak = max((each.loudness_max for each in segments), default=FLOOR_DB)
    return max(LEAST_RANGE_DB, peak - FLOOR_DB)


def usual(segments: Sequence[Segment], axes: slice) -> list[tuple[float, float]]:
    """The mean of each axis of the timbre over the track, and its standard deviation, never 0."""
    columns = zip(*(each.timbre[axes] for each in segments), strict=True)
    return [_usual(column) for column in columns]


def _usual(column: Sequence[float]) -> tuple[float, float]:
    """As `statistics.pstdev` has it, but in floats: a page waits for it."""
    mean = fmean(column)
    spread = math.sqrt(fmean((value - mean) ** 2 for value in column))
    return mean, spread or 1.0


def _notes(segments: Sequence[Segment]) -> Shades:
    """How strongly each note sounds, dimmed by how loud all of them are; C is the lowest row."""
    span = loudest_above_floor(segments)

    def shades(segment: Segment) -> bytes:
        level = max(0.0, min(1.0, (segment.loudness_max - FLOOR_DB) / span)) * SHADES
        return bytes(round(value * level) for value in segment.pitches)

    return shades


def _timbre(axes: slice) -> Callable[[Sequence[Segment]], Shades]:
    """Each axis against the mean of the whole track; the first one is the highest row."""

    def prepare(segments: Sequence[Segment]) -> Shades:
        ends = usual(segments, axes)

        def shades(segment: Segment) -> bytes:
            values = zip(segment.timbre[axes], ends, strict=True)
            shifted = [
                EVEN + (value - mean) / spread * (EVEN - 1) / SPREAD
                for value, (mean, spread) in values
            ]
            return bytes(round(max(0.0, min(SHADES, each))) for each in reversed(shifted))

        return shades

    return prepare


MAPS = {
    "notes": Map(12, _notes, STRENGTH),
    "timbre": Map(NAMED, _timbre(slice(NAMED)), DIFFERENCE),
    "shapes": Map(12 - NAMED, _timbre(slice(NAMED, None)), DIFFERENCE),
}


@cache
def palette(colours: str) -> bytes:
    """256 colours between those that are named."""
    stops = [bytes.fromhex(each) for each in colours.split()]
    made = bytearray()
    for shade in range(SHADES + 1):
        step, part = divmod(shade * (len(stops) - 1) / SHADES, 1)
        here, there = stops[int(step)], stops[min(int(step) + 1, len(stops) - 1)]
        made.extend(round(a + (b - a) * part) for a, b in zip(here, there, strict=True))
    return bytes(made)


def png(rows: Sequence[bytes], colours: bytes) -> bytes:
    """An 8-bit palette image of rows of equal length (PNG specification, RFC 2083)."""
    header = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 3, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows), 6)
    chunks = ((b"IHDR", header), (b"PLTE", colours), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, body) for kind, body in chunks)


def _chunk(kind: bytes, body: bytes) -> bytes:
    check = zlib.crc32(kind + body)
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", check)
