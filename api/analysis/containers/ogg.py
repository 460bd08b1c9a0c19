"""Ogg pages (RFC 3533): every stream that follows another, and of those side by side the sound.

libsndfile reads the first of several streams, and as much of it as its last page's position says.
So each is handed on as a file of its own, whose positions are counted from its packets.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

from api.analysis import problems
from api.analysis.containers import flac, framing, streams
from api.analysis.containers.formats import Format
from api.analysis.containers.packets import Counter, counter
from api.analysis.containers.splice import ByteRange, Splice
from api.analysis.containers.streams import Stream

MAGIC = b"OggS"
MOST_BROKEN = 2_000
_CODECS = (
    (b"\x01vorbis", Format.VORBIS),
    (b"OpusHead", Format.OPUS),
    (b"\x7fFLAC", Format.OGG_FLAC),
)
_HEAD_BYTES = 27
_CONTINUED, _FIRST, _LAST = 1, 2, 4  # flags of a page
_NO_POSITION = -1
_FLAC_LEAD_BYTES = 9  # before the FLAC stream itself in the first packet (its Ogg mapping §A.1)
_MIRRORED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
_ALL_SET = 0xFFFFFFFF
_OPUS_RATE = 48_000
_LONGEST_DELAY, _LONGEST_PADDING = 8_192, 48_000  # samples that an encoder adds at the ends
_SEARCH_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class _Page:
    """One page: where it lies, and what is in it."""

    start: int
    head: bytes
    body: bytes

    @property
    def flags(self) -> int:
        return self.head[5]

    @property
    def position(self) -> int:
        """Samples up to the end of its last whole packet; -1 where none ends in it."""
        return int(struct.unpack_from("<q", self.head, 6)[0])

    @property
    def serial(self) -> bytes:
        return self.head[14:18]

    @property
    def number(self) -> int:
        return int.from_bytes(self.head[18:22], "little")

    @property
    def codec(self) -> Format | None:
        """What a stream holds that begins with this page, if it is sound we read."""
        if not self.flags & _FIRST:
            return None
        return next((found for lead, found in _CODECS if self.body.startswith(lead)), None)

    def packets(self) -> Iterator[tuple[bytes, bool]]:
        """(bytes, whether a packet ends with them)."""
        at = size = 0
        for lacing in self.head[_HEAD_BYTES:]:
            size += lacing
            if lacing < 255:  # noqa: PLR2004  # a segment that is not full ends a packet
                yield self.body[at : at + size], True
                at, size = at + size, 0
        if self.head[-1] == 255:  # noqa: PLR2004
            yield self.body[at:], False


def first_sound(file: BinaryIO, start: int) -> Format | None:
    """What the first stream of sound from `start` on holds."""
    codecs = (page.codec for page in _pages(file, start))
    return next((codec for codec in codecs if codec is not None), None)


def links(file: BinaryIO, start: int) -> Iterator[Stream]:
    """The sound of each stream or group of streams, one behind the other. Raises AnalysisError."""
    link: _Link | None = None
    grouped = False
    for page in _pages(file, start):
        first = bool(page.flags & _FIRST)
        if first and not grouped and link is not None:
            yield from link.streams(file)
            link = None
        grouped = first
        if link is None and page.codec is not None:
            link = _Link(page.codec, page.serial)
        if link is not None and page.serial == link.serial:
            link.take(page)
    if link is not None:
        yield from link.streams(file)


@dataclass(frozen=True, slots=True)
class _Placed:
    """A page without its content, and how many samples end with it; -1 where no packet does."""

    start: int
    head: bytes
    end: int
    samples: int


class _Link:
    """One stream while its pages come in."""

    def __init__(self, codec: Format, serial: bytes) -> None:
        self.serial = serial
        self._codec = codec
        self._pages: list[_Placed] = []
        self._counter: Counter = counter(codec)
        self._headers = self._counter.header_packets
        self._part: bytes | None = None
        self._samples = self._missing = 0
        self._number: int | None = None

    def take(self, page: _Page) -> None:
        """The next page."""
        if self._number is not None:
            self._missing += max(0, min(page.number - self._number, MOST_BROKEN))
        self._number = page.number + 1
        sounding = not self._headers
        ended = self._codec is not Format.OGG_FLAC and self._count(page)
        counted = self._samples if ended and sounding else _NO_POSITION
        end = page.start + len(page.head) + len(page.body)
        self._pages.append(_Placed(page.start, page.head, end, counted))

    def streams(self, file: BinaryIO) -> Iterator[Stream]:
        """What the decoders make of it."""
        if self._codec is Format.OGG_FLAC:
            yield from flac.links(Splice(file, self._unwrapped()), 0)
            return
        positions = self._positions()
        source = Splice(file, self._recounted(file, positions))
        stream = streams.sndfile(source, self._codec)
        samples = max(0, max(positions) - self._counter.delay)
        if self._codec is Format.OPUS:  # counted at 48 kHz, decoded at the rate it was made from
            samples = samples * stream.rate // _OPUS_RATE
        stream = replace(stream, samples=samples)
        if self._missing:
            stream.left_out.append(f"{self._missing} pieces of the file are missing or damaged")
        yield stream

    def _count(self, page: _Page) -> bool:
        """Count the samples of the packets that end here; whether any does."""
        ended = False
        part = self._part if page.flags & _CONTINUED else b""
        for content, whole in page.packets():
            packet = None if part is None else part + content
            part = b"" if whole else packet
            ended |= whole
            if whole and packet is not None:
                self._packet(packet)
        self._part = part
        return ended

    def _packet(self, packet: bytes) -> None:
        if self._headers:
            self._headers -= 1
            self._counter.header(packet)
        else:
            self._samples += self._counter.samples(packet)

    def _unwrapped(self) -> Iterator[ByteRange]:
        """The FLAC stream inside: what the pages hold, without the lead of the first packet."""
        lead = _FLAC_LEAD_BYTES
        for page in self._pages:
            yield ByteRange(page.start + len(page.head) + lead, page.end)
            lead = 0

    def _recounted(self, file: BinaryIO, positions: list[int]) -> Iterator[bytes | ByteRange]:
        """The pages, those rewritten whose position or flags are not true."""
        for page, position in zip(self._pages, positions, strict=True):
            flags = page.head[5] & ~_LAST | (_LAST if page is self._pages[-1] else 0)
            head = page.head[:5] + struct.pack("<Bq", flags, position) + page.head[14:]
            if head == page.head:
                yield ByteRange(page.start, page.end)
                continue
            begin = page.start + len(head)
            file.seek(begin)
            body = file.read(page.end - begin)
            yield head[:22] + _checksum(head, body) + head[26:]
            yield ByteRange(begin, page.end)

    def _positions(self) -> list[int]:
        """Where each page ends, in samples from the first that is to be heard."""
        told = [struct.unpack_from("<q", page.head, 6)[0] for page in self._pages]
        counted = [page.samples for page in self._pages]
        sounding = [place for place, samples in enumerate(counted) if samples != _NO_POSITION]
        if not sounding:
            return told
        first, last = sounding[0], sounding[-1]
        begun = told[first] - counted[first] if first != last else 0
        delayed = self._codec is Format.VORBIS and -_LONGEST_DELAY < begun < 0
        cut = begun if delayed else 0
        positions = list(told)
        for place in sounding:
            positions[place] = counted[place] + cut
        end = told[last] - begun + cut
        if positions[last] - _LONGEST_PADDING < end <= positions[last] and end > positions[first]:
            positions[last] = end  # the encoder's padding
        return positions


def _pages(file: BinaryIO, start: int) -> Iterator[_Page]:
    """Every whole page with a right checksum. Raises BadAudio."""
    reader = framing.WindowReader(file)
    at: int | None = start
    broken = 0
    while at is not None:
        page = _page(reader, at)
        if page is not None:
            yield page
            at += len(page.head) + len(page.body)
        elif (at := _magic(file, at + (reader.read(at, 4) == MAGIC))) is not None:
            broken += 1
            if broken > MOST_BROKEN:
                raise problems.BadAudio("It is broken in too many places to be followed.")


def _page(reader: framing.WindowReader, at: int) -> _Page | None:
    head = reader.read(at, _HEAD_BYTES)
    if len(head) < _HEAD_BYTES or head[:5] != MAGIC + b"\0":
        return None
    head = reader.read(at, _HEAD_BYTES + head[26])
    size = sum(head[_HEAD_BYTES:])
    body = reader.read(at + len(head), size)
    if len(body) < size or len(head) == _HEAD_BYTES or _checksum(head, body) != head[22:26]:
        return None
    return _Page(at, head, body)


def _magic(file: BinaryIO, start: int) -> int | None:
    """The next place from `start` on where a page may begin."""
    while True:
        file.seek(start)
        data = file.read(_SEARCH_BYTES)
        if (at := data.find(MAGIC)) >= 0:
            return start + at
        if len(data) < len(MAGIC):
            return None
        start += len(data) - len(MAGIC) + 1


def _checksum(head: bytes, body: bytes) -> bytes:
    """Ogg's own CRC-32, which takes each byte's bits in the other order than zlib's."""
    content = head[:22] + bytes(4) + head[26:] + body
    value = zlib.crc32(content.translate(_MIRRORED), _ALL_SET) ^ _ALL_SET
    return value.to_bytes(4).translate(_MIRRORED)
