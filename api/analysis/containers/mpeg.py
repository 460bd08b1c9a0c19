"""MP3, and its forerunners layer I and II, frame by frame (ISO 11172-3 §2.4, 13818-3 §2.4).

libsndfile believes the count in a Xing, Info or VBRI tag, guesses one from the first frame where
there is none, and gives up at junk. So the frames are walked here, and each stream is handed on as
a file of its frames alone, led in by a tag that says how many there really are.
"""

from __future__ import annotations

import itertools
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

import numpy as np

from api.analysis import problems
from api.analysis.containers import framing, streams
from api.analysis.containers.formats import Format
from api.analysis.containers.framing import Numbers
from api.analysis.containers.splice import ByteRange, Splice
from api.analysis.containers.streams import Stream

HEAD_BYTES = 4
LONGEST = 2_881
LONGEST_FREE = 1 << 14
_I, _II, _III = 3, 2, 1  # as the header's two bits call the layers
_V1, _V2, _V25 = 3, 2, 0  # likewise the versions
_MONO = 0xC0
_KBPS = {
    (True, _I): (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (True, _II): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (True, _III): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (False, _I): (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (False, _II): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (False, _III): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_HZ = {_V1: (44_100, 48_000, 32_000), _V2: (22_050, 24_000, 16_000), _V25: (11_025, 12_000, 8_000)}
_TAGS = (b"Xing", b"Info", b"VBRI")
_LAME_BYTES = 36
_DECODER_DELAY = 529  # what every decoder adds to the encoder's delay, and mpg123 leaves out
_FREE_HEAD = re.compile(rb"\xff[\xe2-\xe7\xf2-\xf7\xfa-\xff][\x00-\x0b]")
_FREE_SEARCH_BYTES, _FREE_TRIES = 1 << 16, 64
_TAG_ROOM = 200
"""A frame that is to hold a tag with its side information has at least so many bytes."""


def samples_in(second: int) -> int:
    """How many samples a frame has, by its header's second byte."""
    version, layer = second >> 3 & 3, second >> 1 & 3
    if layer == _I:
        return 384
    return 576 if layer == _III and version != _V1 else 1_152


def frame_length(second: int, third: int) -> int:
    """The bytes of a frame, by its header's second and third byte; 0 for none or a free rate."""
    version, layer = second >> 3 & 3, second >> 1 & 3
    rate, kbps = third >> 2 & 3, third >> 4
    if second & 0xE0 != 0xE0 or version not in _HZ or not layer or rate == 3:  # noqa: PLR2004
        return 0
    if kbps in {0, 15}:
        return 0
    bits = _KBPS[version == _V1, layer][kbps - 1] * 1_000
    slot = 4 if layer == _I else 1
    return (samples_in(second) // 8 * bits // _HZ[version][rate] // slot + (third >> 1 & 1)) * slot


_LENGTHS = np.array([frame_length(code >> 8, code & 0xFF) for code in range(1 << 16)])


class Mpeg:
    """Headers of MPEG audio; `free` is a frame's length without padding where the rate is free."""

    head_bytes = HEAD_BYTES

    def __init__(self, free: int = 0) -> None:
        self.longest = LONGEST_FREE if free else LONGEST
        self._free = free

    def measure(self, heads: Numbers) -> tuple[Numbers, Numbers]:
        """See Framing. A stream keeps its version, layer, rate, and whether it has one channel."""
        second, third = heads[1], heads[2]
        length = _LENGTHS[second << 8 | third]
        if self._free:
            length = (self._free + (third >> 1 & 1)) * (_LENGTHS[second << 8 | third | 0x10] > 0)
            length = length * (third >> 4 == 0)
        mono = heads[3] & _MONO == _MONO
        key = (second & 0x1E) << 3 | (third & 0x0C) | mono
        return length * (heads[0] == framing.SYNC), key


def fitting(file: BinaryIO, start: int) -> tuple[Mpeg, int] | None:
    """How the frames from `start` on are to be read, and where the first is."""
    place = framing.find(file, Mpeg(), start)
    if place is not None:
        return Mpeg(), place
    free = _free_length(file, start)
    found = framing.find(file, Mpeg(free), start) if free else None
    return None if found is None else (Mpeg(free), found)


def links(file: BinaryIO, start: int) -> Iterator[Stream]:
    """Each stream of like frames, one behind the other. Raises AnalysisError."""
    kind = fitting(file, start)
    if kind is None:
        raise problems.BadAudio("There is no whole frame of MP3 in it.")
    for run in _runs(file, *kind):
        yield run.stream(file)


@dataclass
class _Run:
    """Frames that one decoder can read, and the encoder's delay and padding if a tag tells them."""

    head: bytes
    trim: tuple[int, int] | None = None
    stretches: list[ByteRange] = field(default_factory=list)
    frames: int = 0
    skipped: int = 0

    def take(self, frame: framing.Frame) -> None:
        """One frame more."""
        start, end = frame.start, frame.start + frame.length
        if self.stretches and self.stretches[-1].end == start:
            start = self.stretches.pop().start
        self.stretches.append(ByteRange(start, end))
        self.frames += 1
        self.skipped += frame.skipped

    def stream(self, file: BinaryIO) -> Stream:
        """As the decoder gives it."""
        source = Splice(file, [tag_frame(self.head, self.frames, self.trim), *self.stretches])
        delay, padding = self.trim or (_DECODER_DELAY, 0)
        samples = max(0, self.frames * samples_in(self.head[1]) - delay - padding)
        opened = streams.sndfile(source, Format.MP3, samples=samples)
        if self.skipped:
            opened.left_out.append(framing.passed_over(self.skipped))
        return opened


def _runs(file: BinaryIO, kind: Mpeg, start: int) -> Iterator[_Run]:
    run: _Run | None = None
    key = None
    for frame in framing.frames(file, kind, start):
        file.seek(frame.start)
        content = file.read(min(frame.length, _TAG_ROOM))
        tag = _tag_place(content)
        if run is None or tag or frame.key != key:
            if run is not None and run.frames:
                yield run
            run, key = _Run(content[:HEAD_BYTES], _trim(content, tag)), frame.key
        if not tag:
            run.take(frame)
    if run is not None and run.frames:
        yield run


def _side_bytes(head: bytes) -> int:
    """The side information behind a header of layer III."""
    if head[1] >> 3 & 3 == _V1:
        return 17 if head[3] & _MONO == _MONO else 32
    return 9 if head[3] & _MONO == _MONO else 17


def _tag_place(frame: bytes) -> int:
    """Where a tag stands in a frame that is no sound; 0 for a frame that is."""
    if frame[1] >> 1 & 3 != _III:
        return 0
    place = HEAD_BYTES + _side_bytes(frame)
    for at in (place, place + 2, HEAD_BYTES + 32):  # as usual, behind a checksum, Fraunhofer's
        if frame[at : at + 4] in _TAGS:
            return at
    return 0


def _trim(frame: bytes, tag: int) -> tuple[int, int] | None:
    """(delay, padding) in samples, as LAME's part of the tag tells them."""
    if not tag or frame[tag : tag + 4] == b"VBRI":
        return None
    flags = frame[tag + 7] if len(frame) > tag + 7 else 0
    at = tag + 8 + 4 * (flags & 1) + 4 * (flags >> 1 & 1) + 100 * (flags >> 2 & 1)
    lame = frame[at + 4 * (flags >> 3 & 1) :][:_LAME_BYTES]
    if len(lame) < _LAME_BYTES or not lame[0]:
        return None
    return lame[21] << 4 | lame[22] >> 4, (lame[22] & 15) << 8 | lame[23]


def tag_frame(head: bytes, frames: int, trim: tuple[int, int] | None) -> bytes:
    """A silent frame whose tag says how many frames follow; none for layers that know no tags."""
    if head[1] >> 1 & 3 != _III or not head[2] >> 4:
        return b""
    second = head[1] | 1  # no checksum
    thirds = [head[2] & 0x0C | kbps << 4 for kbps in range(1, 15)]
    third = next(each for each in thirds if frame_length(second, each) >= _TAG_ROOM)
    tag = b"Info" + struct.pack(">II", 1, frames)
    if trim is not None:
        delay, padding = trim
        lame = b"LAME3.100".ljust(21, b"\0") + (delay << 12 | padding).to_bytes(3)
        tag += lame.ljust(_LAME_BYTES, b"\0")
    content = bytes((head[0], second, third, head[3])) + bytes(_side_bytes(head)) + tag
    return content.ljust(frame_length(second, third), b"\0")


def _free_length(file: BinaryIO, start: int) -> int:
    """The length of frames whose rate is free, unpadded: the distance between like headers."""
    file.seek(start)
    data = file.read(_FREE_SEARCH_BYTES)
    starts = [found.start() for found in _FREE_HEAD.finditer(data)][:_FREE_TRIES]
    for place, following in itertools.combinations(starts, 2):
        head, second = data[place : place + 3], data[following : following + 3]
        length = following - place - (head[2] >> 1 & 1)
        alike = head[:2] == second[:2] and head[2] & 0xFC == second[2] & 0xFC
        if (
            alike
            and 0 < length < LONGEST_FREE
            and framing.begins(file, Mpeg(length), start + place)
        ):
            return length
    return 0
