"""Heat maps of a track as PNG: twelve rows over time, drawn with the standard library alone."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Sequence

from api.schemas.analysis import Segment

WIDTH = 1_800
ROWS = 12
TIMBRE_SPAN = 150.0  # beyond ±150 the colour no longer changes
SHADES = 255
# Viridis at eight even steps, (red, green, blue): readable in grey and with colour-blind eyes.
STOPS = (
    (68, 1, 84),
    (70, 50, 127),
    (54, 92, 141),
    (39, 127, 142),
    (31, 161, 135),
    (74, 194, 109),
    (159, 218, 58),
    (253, 231, 37),
)


def chroma(segments: Sequence[Segment], duration: float) -> bytes:
    """How strongly each note sounds; C is the lowest row, B the highest."""
    return _draw(segments, duration, _notes)


def timbre(segments: Sequence[Segment], duration: float) -> bytes:
    """The twelve timbre numbers, the first at the bottom; the middle shade is 0."""
    return _draw(segments, duration, _colours)


def _notes(segment: Segment) -> bytes:
    return bytes(round(value * SHADES) for value in segment.pitches)


def _colours(segment: Segment) -> bytes:
    return bytes(
        max(0, min(SHADES, round((value / TIMBRE_SPAN + 1) / 2 * SHADES)))
        for value in segment.timbre
    )


def _draw(
    segments: Sequence[Segment], duration: float, shades: Callable[[Segment], bytes]
) -> bytes:
    columns = [bytes(ROWS)] * WIDTH
    scale = WIDTH / (duration or 1.0)
    for segment in segments:
        start = max(0, int(segment.start * scale))
        end = min(WIDTH, max(start + 1, round((segment.start + segment.duration) * scale)))
        columns[start:end] = [shades(segment)] * (end - start)
    rows = [bytes(column[row] for column in columns) for row in reversed(range(ROWS))]
    return png(rows, palette())


def palette() -> bytes:
    """256 colours between the stops."""
    colours = bytearray()
    for shade in range(SHADES + 1):
        step, part = divmod(shade * (len(STOPS) - 1) / SHADES, 1)
        here, there = STOPS[int(step)], STOPS[min(int(step) + 1, len(STOPS) - 1)]
        colours.extend(round(a + (b - a) * part) for a, b in zip(here, there, strict=True))
    return bytes(colours)


def png(rows: Sequence[bytes], colours: bytes) -> bytes:
    """An 8-bit palette image of rows of equal length (PNG specification, RFC 2083)."""
    header = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 3, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows), 6)
    chunks = ((b"IHDR", header), (b"PLTE", colours), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, body) for kind, body in chunks)


def _chunk(kind: bytes, body: bytes) -> bytes:
    check = zlib.crc32(kind + body)
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", check)
