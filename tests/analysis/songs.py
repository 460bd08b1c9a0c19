"""M4A files written box by box, so that any of them can be made to lie."""

from __future__ import annotations

import struct
from typing import Any

from tests.analysis import files
from tests.analysis.files import box, full

RATE = 22_050


def frames() -> list[bytes]:
    """The AAC frames of the fixture, without their headers."""
    data, found = files.TONE_AAC.read_bytes(), []
    while data:
        size = (data[3] & 3) << 11 | data[4] << 3 | data[5] >> 5
        found.append(data[7:size])
        data = data[size:]
    return found


def esds(config: bytes = b"\x13\x88", *, coding: int = 0x40, flags: int = 0) -> bytes:
    """An esds box; the default is AAC-LC, 22 050 Hz, one channel."""
    specific = b"\x05" + bytes([len(config)]) + config
    decoder = bytes([coding, 0x15]) + bytes(11) + specific
    inner = b"\x04" + bytes([len(decoder)]) + decoder
    extra = (b"\x00\x01" if flags & 0x80 else b"") + (b"\x00\x02" if flags & 0x20 else b"")
    stream = b"\x00\x01" + bytes([flags]) + extra + inner
    return full(b"esds", b"\x03\x80\x80" + bytes([len(stream)]) + stream)


def entry(*inside: bytes, coding: bytes = b"mp4a", version: int = 0) -> bytes:
    """A sound description of one of QuickTime's three versions."""
    fixed = bytes(6) + struct.pack(">HH6xHHHHI", 1, version, 1, 16, 0, 0, RATE << 16)
    return box(coding, fixed + bytes((0, 16, 36)[min(version, 2)]), *inside)


def song(description: bytes, **options: Any) -> bytes:
    """The fixture's frames under a description of ours."""
    packets = frames()
    durations = ((len(packets), 1024),)
    return files.m4a(
        description,
        [len(packet) for packet in packets],
        b"".join(packets),
        clock=RATE,
        durations=durations,
        **options,
    )
