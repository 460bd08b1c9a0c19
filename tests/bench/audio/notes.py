"""When notes begin, from the MIDI file that the generator leaves beside each piece."""

from __future__ import annotations

import struct
from pathlib import Path

NOTE_ON = 0x90
META, TEMPO = 0xFF, 0x51
ONE_DATA_BYTE = (0xC0, 0xD0)


def onsets_s(path: Path) -> list[float]:
    """The moments at which at least one note begins, in seconds, in order."""
    data = path.read_bytes()
    ticks_a_quarter = struct.unpack(">H", data[12:14])[0]
    at, tick, us_a_quarter = 22, 0, 500_000
    begun: set[int] = set()
    while at < len(data):
        delta, at = _number(data, at)
        tick += delta
        status = data[at]
        if status == META:
            length, body = _number(data, at + 2)
            if data[at + 1] == TEMPO:
                us_a_quarter = int.from_bytes(data[body : body + length], "big")
            at = body + length
        else:
            if status & 0xF0 == NOTE_ON and data[at + 2]:
                begun.add(tick)
            at += 2 if status & 0xF0 in ONE_DATA_BYTE else 3
    return [tick * us_a_quarter / ticks_a_quarter / 1e6 for tick in sorted(begun)]


def _number(data: bytes, at: int) -> tuple[int, int]:
    """A number of MIDI's seven-bit digits, and where it ends."""
    number = 0
    while True:
        number = number << 7 | data[at] & 0x7F
        at += 1
        if not data[at - 1] & 0x80:
            return number, at
