"""AAC through Symphonia (sphn), a little at a time.

sphn takes a path, cannot go back in a stream exactly, and would hold a whole file as samples. So
frames go through a pipe in short runs, each led in by the frames before it, whose sound is then
left out: an AAC frame is whole only when added to the one before.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from typing import BinaryIO

import numpy as np

from api.analysis import problems
from api.analysis.containers import framing
from api.analysis.containers.framing import Frame, Numbers
from api.analysis.containers.streams import Block, Stream

FRAME_SAMPLES = 1_024
HEADER_BYTES = 7
MAX_FRAME_BYTES = 8_191
LC_PROFILE = 1
_RUN_BYTES = 40_000  # with the lead-in this stays below what a pipe holds, 64 KiB
_LEAD_IN = 2
_DAMAGED = "The AAC sound in it is damaged."


class Adts:
    """Headers of bare AAC (ISO 13818-7 §6.2)."""

    head_bytes = HEADER_BYTES
    longest = MAX_FRAME_BYTES

    def measure(self, heads: Numbers) -> tuple[Numbers, Numbers]:
        """See Framing. A stream keeps its version, profile, rate and channels."""
        length = (heads[3] & 3) << 11 | heads[4] << 3 | heads[5] >> 5
        sync = (heads[0] == framing.SYNC) & (heads[1] & 0xF6 == 0xF0)  # noqa: PLR2004  # layer 0
        known = (heads[2] >> 2 & 15 <= 12) & (length > HEADER_BYTES)  # noqa: PLR2004  # 13 rates
        key = (heads[1] & 8) << 8 | (heads[2] & 0xFD) << 2 | heads[3] >> 6
        return length * (sync & known), key


def links(file: BinaryIO, start: int) -> Iterator[Stream]:
    """Bare AAC (ADTS) from `start` on: each stream of like frames. Raises AnalysisError."""
    frames = framing.frames(file, Adts(), start)
    for _, alike in itertools.groupby(frames, attrgetter("key")):
        left_out: list[str] = []
        yield decoded(_contents(file, alike, left_out), left_out=left_out)


def _contents(file: BinaryIO, frames: Iterator[Frame], left_out: list[str]) -> Iterator[bytes]:
    skipped = 0
    for frame in frames:
        file.seek(frame.start)
        yield file.read(frame.length)
        skipped += frame.skipped
    if skipped:
        left_out.append(framing.passed_over(skipped))


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


def decoded(
    frames: Iterable[bytes], *, skip_s: float = 0.0, left_out: list[str] | None = None
) -> Stream:
    """ADTS frames as a stream whose first `skip_s` seconds (an encoder's delay) are left out."""
    runs = _runs(iter(frames))
    first = next(runs, None)
    if first is None:
        raise problems.BadAudio("There is no whole frame of AAC in it.")
    told = [] if left_out is None else left_out
    decoder = _Decoder()
    block = decoder.decode(*first)
    following = (decoder.decode(*run) for run in runs)
    skip = round(skip_s * decoder.rate)

    def blocks() -> Iterator[Block]:
        yield from _without(itertools.chain([block], following), skip)
        if decoder.damaged:
            seconds = decoder.damaged * FRAME_SAMPLES / decoder.rate
            told.append(framing.silenced(seconds))

    return Stream(decoder.rate, decoder.channels, lfe_last=True, blocks=blocks, left_out=told)


def _without(blocks: Iterator[Block], skip: int) -> Iterator[Block]:
    for block in blocks:
        yield block[skip:]
        skip = max(0, skip - len(block))


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


class _Decoder:
    """Decodes runs of frames; one that cannot be decoded counts as silence."""

    def __init__(self) -> None:
        self.rate = self.channels = self.damaged = 0

    def decode(self, frames: Sequence[bytes], lead_in: int) -> Block:
        """(n, channels) of all but the lead-in. Raises AnalysisError where nothing is whole."""
        try:
            heard, rate = _decode(frames)
        except problems.BadAudio:
            if len(frames) - lead_in > 1:
                middle = (lead_in + len(frames)) // 2
                first = self.decode(frames[:middle], lead_in)
                led = min(_LEAD_IN, middle)
                return np.concatenate([first, self.decode(frames[middle - led :], led)])
            if not self.rate:
                raise
            return self._silence()
        if not self.rate:
            self.rate, self.channels = rate, heard.shape[1]
        return heard[lead_in * FRAME_SAMPLES :]

    def _silence(self) -> Block:
        self.damaged += 1
        return np.zeros((FRAME_SAMPLES, self.channels), dtype=np.float32)


def _decode(frames: Sequence[bytes]) -> tuple[Block, int]:
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
    if heard.ndim != 2 or not heard.size:  # noqa: PLR2004  # it gave up, and says so like this
        raise problems.BadAudio(_DAMAGED)
    return heard.T, int(reader.sample_rate)


def _reason(error: Exception) -> problems.AnalysisError:
    if "too complex" in str(error):
        return problems.UnsupportedFormat("AAC is read with one or two channels, not more.")
    return problems.BadAudio(_DAMAGED)
