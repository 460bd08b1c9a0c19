"""FLAC to its end (RFC 9639): the count in its header is not believed, damage is passed over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np

from api.analysis import problems
from api.analysis.containers import framing, streams
from api.analysis.containers.splice import ByteRange, Splice
from api.analysis.containers.streams import Block, Stream

MAGIC = b"fLaC"
MOST_RESTARTS = 500
LONGEST_GAP_S = 30
"""Frames that say they are further apart are not believed."""
_INFO_BYTES, _LAST_BLOCK = 42, 0x80
_UNCOUNTED = (1 << 36) - 1
_STREAM = re.compile(rb"fLaC[\x00\x80]\x00\x00\x22")
_FRAME = re.compile(rb"\xff[\xf8\xf9][\x10-\xff][\x00-\xaf]")
_FRAME_HEAD_BYTES = 16
_WINDOW_BYTES = 1 << 20


def links(file: BinaryIO, start: int) -> Iterator[Stream]:
    """The streams from `start` on, one behind the other. Raises AnalysisError."""
    size = file.seek(0, 2)
    while start < size:
        end = next(_matches(file, _STREAM, ByteRange(start + len(MAGIC), size)), size)
        yield _FlacStream(file, ByteRange(start, end)).stream()
        start = end


class _FlacStream:
    """One stream. Where the decoder gives up, it begins anew at the next frame that is whole."""

    def __init__(self, file: BinaryIO, part: ByteRange) -> None:
        self._file = file
        self._end = part.end
        self._head, self._block = _uncounted(file, part.start)
        self._searched = _behind_metadata(file, part)
        self._first: int | None = None
        self._heard = self._silent = 0
        self._left_out: list[str] = []
        self._decoder = self._opened(self._searched)

    def stream(self) -> Stream:
        """All of it that can be heard."""
        decoder = self._decoder
        return Stream(
            decoder.samplerate,
            decoder.channels,
            lfe_last=False,
            blocks=self._blocks,
            left_out=self._left_out,
        )

    def _blocks(self) -> Iterator[Block]:
        for _ in range(MOST_RESTARTS):
            for block in self._decoder.rest():
                self._heard += len(block)
                yield block
            gap = self._again()
            if gap is None:
                break
            yield from self._silence(gap)
        if self._silent:
            seconds = self._silent / self._decoder.samplerate
            self._left_out.append(framing.silenced(seconds))

    def _again(self) -> int | None:
        """Begin at the next frame; how many samples lie between."""
        for place in _matches(self._file, _FRAME, ByteRange(self._searched, self._end)):
            head = _at(self._file, place, _FRAME_HEAD_BYTES)
            sample = _first_sample(head, self._block)
            if sample is None:
                continue
            if self._first is None:
                self._first = sample
            gap = sample - self._first - self._heard
            if 0 < gap <= LONGEST_GAP_S * self._decoder.samplerate:
                self._searched = place + 1
                self._decoder = self._opened(place)
                return gap
        return None

    def _silence(self, samples: int) -> Iterator[Block]:
        self._heard += samples
        self._silent += samples
        yield np.zeros((samples, self._decoder.channels), dtype=np.float32)

    def _opened(self, place: int) -> streams.Decoder:
        return streams.opened(Splice(self._file, [self._head, ByteRange(place, self._end)]))


def _uncounted(file: BinaryIO, start: int) -> tuple[bytes, int]:
    """(magic and STREAMINFO (§8.2) with as many samples as there can be, a block's samples)."""
    head = bytearray(_at(file, start, _INFO_BYTES))
    if len(head) < _INFO_BYTES:
        raise problems.BadAudio(streams.DAMAGED)
    head[4] |= _LAST_BLOCK
    counted = int.from_bytes(head[18:26])
    head[18:26] = (counted | _UNCOUNTED).to_bytes(8)
    return bytes(head), int.from_bytes(head[8:10])


def _matches(file: BinaryIO, pattern: re.Pattern[bytes], part: ByteRange) -> Iterator[int]:
    """Where the pattern, of no more than 16 bytes, is found in a part of the file."""
    start = part.start
    while start < part.end:
        data = _at(file, start, min(_WINDOW_BYTES + _FRAME_HEAD_BYTES, part.end - start))
        for found in pattern.finditer(data):
            if found.start() < _WINDOW_BYTES:
                yield start + found.start()
        start += _WINDOW_BYTES


def _behind_metadata(file: BinaryIO, part: ByteRange) -> int:
    """Where frames begin; behind the first block if the others' sizes lie."""
    place, last = part.start + len(MAGIC), False
    while not last and place < part.end:
        head = _at(file, place, 4).ljust(4, b"\0")
        last = bool(head[0] & _LAST_BLOCK)
        place += 4 + int.from_bytes(head[1:])
    return place if place < part.end else part.start + _INFO_BYTES


def _at(file: BinaryIO, place: int, size: int) -> bytes:
    file.seek(place)
    return file.read(size)


def _first_sample(head: bytes, block: int) -> int | None:
    """The number of a frame's first sample (§9.1), if its header's checksum is right."""
    number, at = _coded_number(head)
    code, rate = head[2] >> 4, head[2] & 15
    at += {6: 1, 7: 2}.get(code, 0) + {12: 1, 13: 2, 14: 2}.get(rate, 0)
    if number is None or at >= len(head) or _crc8(head[:at]) != head[at]:
        return None
    return number if head[1] & 1 else number * block


def _coded_number(head: bytes) -> tuple[int | None, int]:
    """(the frame's or sample's number, written as UTF-8 writes letters; where it ends)."""
    first = head[4] if len(head) > 4 else 0xFF  # noqa: PLR2004  # behind sync and settings
    if first < 0x80:  # noqa: PLR2004
        return first, 5
    ones = len(f"{first:08b}") - len(f"{first:08b}".lstrip("1"))
    if not 2 <= ones <= 7:  # noqa: PLR2004
        return None, 5
    number = first & (0x7F >> ones)
    for byte in head[5 : 4 + ones]:
        number = number << 6 | byte & 0x3F
    return number, 4 + ones


def _crc8(content: bytes) -> int:
    value = 0
    for byte in content:
        value ^= byte
        for _ in range(8):
            value = (value << 1) ^ (0x107 if value & 0x80 else 0)
    return value
