"""AAC through Symphonia (sphn), a little at a time.

sphn takes a path, cannot go back in a stream exactly, and would hold a whole file as samples. So
frames go through a pipe in short runs, each led in by the frames before it, whose sound is then
left out: an AAC frame is whole only when added to the one before.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable, Iterator
from typing import BinaryIO

import numpy as np

from api.analysis import problems
from api.analysis.streams import Block, Stream

FRAME_SAMPLES = 1_024
HEADER_BYTES = 7
MAX_FRAME_BYTES = 8_191
LC_PROFILE = 1
_RUN_BYTES = 40_000  # with the lead-in this stays below what a pipe holds, 64 KiB
_LEAD_IN = 2
_TRAILERS = (b"TAG", b"APETAGE", b"ID3", b"LYRICSB", b"\x00" * 7)


def stream(file: BinaryIO) -> Stream:
    """A bare AAC file (ADTS, ISO 13818-7 §6.2) from where it stands. Raises Problem."""
    return decoded(_frames(file))


def header(length: int, *, rate_index: int, channel_setup: int) -> bytes:
    """The ADTS header of a frame of AAC-LC with `length` bytes of its own."""
    size = length + HEADER_BYTES
    return bytes(
        (
            0xFF,
            0xF1,
            LC_PROFILE << 6 | rate_index << 2 | channel_setup >> 2,
            (channel_setup & 3) << 6 | size >> 11,
            size >> 3 & 0xFF,
            (size & 7) << 5 | 0x1F,
            0xFC,
        )
    )


def decoded(frames: Iterable[bytes], *, skip_s: float = 0.0) -> Stream:
    """ADTS frames as a stream whose first `skip_s` seconds (an encoder's delay) are left out."""
    runs = _runs(iter(frames))
    first = next(runs, None)
    if first is None:
        raise problems.BadAudio("There is no whole frame of AAC in it.")
    block, rate = _decode(*first)
    following = (_decode(*run)[0] for run in runs)
    skip = round(skip_s * rate)
    blocks = _without(itertools.chain([block], following), skip)
    return Stream(rate, block.shape[1], lfe_last=True, blocks=lambda: blocks)


def _without(blocks: Iterator[Block], skip: int) -> Iterator[Block]:
    for block in blocks:
        yield block[skip:]
        skip = max(0, skip - len(block))


def _frames(file: BinaryIO) -> Iterator[bytes]:
    while len(head := file.read(HEADER_BYTES)) == HEADER_BYTES:
        size = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
        if head[0] != 0xFF or head[1] & 0xF6 != 0xF0 or size <= HEADER_BYTES:  # noqa: PLR2004
            if head.startswith(_TRAILERS):
                return
            raise problems.BadAudio("It stops being AAC in the middle: the file is damaged.")
        body = file.read(size - HEADER_BYTES)
        if len(body) < size - HEADER_BYTES:
            return
        yield head + body


def _runs(frames: Iterator[bytes]) -> Iterator[tuple[list[bytes], int]]:
    """(frames, how many of them are lead-in)."""
    before: list[bytes] = []
    waiting: list[bytes] = []
    size = 0
    for frame in frames:
        if size + len(frame) > _RUN_BYTES:
            yield before + waiting, len(before)
            before, waiting, size = waiting[-_LEAD_IN:], [], 0
        waiting.append(frame)
        size += len(frame)
    if waiting:
        yield before + waiting, len(before)


def _decode(frames: list[bytes], lead_in: int) -> tuple[Block, int]:
    import sphn  # noqa: PLC0415  # only AAC pays for it

    reading, writing = os.pipe()
    try:
        with os.fdopen(writing, "wb", buffering=0) as pipe:
            os.set_blocking(writing, False)
            pipe.write(b"".join(frames))
        reader = sphn.FileReader(f"/dev/fd/{reading}")
        heard = np.asarray(reader.decode_all(), dtype=np.float32)
    except (ValueError, OSError) as error:
        raise _reason(error) from error
    finally:
        os.close(reading)
    return heard[:, lead_in * FRAME_SAMPLES :].T, int(reader.sample_rate)


def _reason(error: Exception) -> problems.Problem:
    if "too complex" in str(error):
        return problems.UnsupportedFormat("AAC is read with one or two channels, not more.")
    return problems.BadAudio("The AAC sound in it is damaged.")
