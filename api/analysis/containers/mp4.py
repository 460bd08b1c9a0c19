"""Find the sound in an MP4 file (.m4a): a strict reader of the few boxes that matter.

Names and layouts of boxes are those of ISO/IEC 14496-12 and -14. Every count is bounded by the
bytes that are really there. The delay an edit list declares is honoured; its end is not, nor is
iTunSMPB, so that up to 50 ms of an encoder's padding may stay.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from api.analysis import problems
from api.analysis.containers import aac, boxes, caf, esds, streams
from api.analysis.containers.formats import Format
from api.analysis.containers.streams import Stream

Places = NDArray[np.int64]

MAX_PACKETS = 2_000_000
LONGEST_DELAY_S = 0.5
_ENTRY_BYTES = (28, 44, 64)  # of QuickTime's sound descriptions, versions 0, 1 and 2
_LARGEST_ALAC_PACKET = 1 << 20


@dataclass(frozen=True)
class _Track:
    coding: bytes
    description: memoryview
    starts: Places
    sizes: Places
    delay_s: float


def links(file: BinaryIO, _start: int) -> Iterator[Stream]:
    """The first audio track, decoded. Raises AnalysisError."""
    yield _stream(file)


def _stream(file: BinaryIO) -> Stream:
    moov = boxes.table_of_contents(file)
    size = file.seek(0, 2)
    track = _track(_sound(moov), size)
    if not len(track.sizes):
        raise problems.UnsupportedFormat(
            "It is cut into fragments, as for streaming, or empty. Save it as an ordinary M4A."
            if boxes.find(moov, b"mvex") is not None
            else "There is no sound in it."
        )
    if track.coding == b"mp4a":
        settings = esds.low_complexity(_inner(track.description, b"esds"))
        return aac.decoded(_as_adts(file, track, settings), skip_s=track.delay_s)
    return _lossless(file, track)


def _sound(moov: memoryview) -> memoryview:
    for name, content in boxes.children(moov):
        if name == b"trak":
            handler = boxes.find(content, b"mdia", b"hdlr")
            if handler is not None and bytes(handler[8:12]) == b"soun":
                return content
    raise problems.UnsupportedFormat("There is no audio track in it.")


def _track(trak: memoryview, file_size: int) -> _Track:
    table = boxes.need(trak, b"mdia", b"minf", b"stbl")
    coding, entry = next(boxes.children(boxes.need(table, b"stsd")[8:]), (b"", memoryview(b"")))
    if coding not in {b"mp4a", b"alac"}:
        locked = coding in {b"drms", b"enca"}
        raise problems.UnsupportedFormat(
            "It is locked by copy protection." if locked else "It holds neither AAC nor ALAC."
        )
    starts, sizes = _packets(table)
    whole = starts + sizes <= file_size
    kept = len(whole) if whole.all() else int(np.argmin(whole))
    if int(sizes[:kept].sum()) > file_size:
        raise problems.BadAudio(boxes.DAMAGED)
    description = _description(entry)
    return _Track(coding, description, starts[:kept], sizes[:kept], _delay_s(trak))


def _description(entry: memoryview) -> memoryview:
    """The boxes inside a sound description, behind its fixed part."""
    (version,) = boxes.unpack(">H", entry, 8)
    if version >= len(_ENTRY_BYTES):
        raise problems.BadAudio(boxes.DAMAGED)
    inside = entry[_ENTRY_BYTES[version] :]
    wave = boxes.find(inside, b"wave")  # QuickTime puts them one level deeper
    return inside if wave is None else wave


def _inner(description: memoryview, name: bytes) -> memoryview:
    """A box of the description without its version and flags."""
    return boxes.need(description, name)[4:]


def _packets(table: memoryview) -> tuple[Places, Places]:
    """Where each packet starts in the file, and its size, from stsz, stsc and stco or co64."""
    sizes = _sizes(boxes.need(table, b"stsz"))
    short = boxes.find(table, b"stco")
    chunks = _numbers(short, 4) if short is not None else _numbers(boxes.need(table, b"co64"), 8)
    runs = _numbers(boxes.need(table, b"stsc"), 4, columns=3)
    if not len(chunks) or not len(runs) or not len(sizes):
        return sizes[:0], sizes[:0]
    firsts = np.clip(runs[:, 0] - 1, 0, len(chunks))
    lengths = np.diff(np.append(firsts, len(chunks)))
    if firsts[0] or (lengths < 0).any():
        raise problems.BadAudio(boxes.DAMAGED)
    per_chunk = np.clip(np.repeat(runs[:, 1], lengths), 0, len(sizes))
    ends = np.minimum(np.cumsum(per_chunk), len(sizes))
    held = np.diff(ends, prepend=0)
    sizes = sizes[: ends[-1]]
    before = np.cumsum(sizes) - sizes
    first_of_chunk = np.repeat(ends - held, held)
    starts = np.repeat(chunks, held) + before - before[first_of_chunk]
    return starts, sizes


def _sizes(stsz: memoryview) -> Places:
    _, each, count = boxes.unpack(">III", stsz)
    if count > MAX_PACKETS:
        raise problems.BadAudio(boxes.DAMAGED)
    if each:
        return np.full(count, each, dtype=np.int64)
    return _array(stsz[12:], count, 4)


def _numbers(box: memoryview, width: int, *, columns: int = 1) -> Places:
    """A table of unsigned numbers behind version, flags and count: (n,) or (n, columns)."""
    _, count = boxes.unpack(">II", box)
    if count > MAX_PACKETS:
        raise problems.BadAudio(boxes.DAMAGED)
    values = _array(box[8:], count * columns, width)
    return values.reshape(-1, columns) if columns > 1 else values


def _array(content: memoryview, count: int, width: int) -> Places:
    if len(content) < count * width:
        raise problems.BadAudio(boxes.DAMAGED)
    values = np.frombuffer(content, dtype=f">u{width}", count=count)
    if len(values) and int(values.max()) >= 1 << 62:
        raise problems.BadAudio(boxes.DAMAGED)
    return values.astype(np.int64)


def _delay_s(trak: memoryview) -> float:
    """How much of the start an edit list cuts off: the encoder's delay, if it is that short."""
    edits = boxes.find(trak, b"edts", b"elst")
    header = boxes.need(trak, b"mdia", b"mdhd")
    wide = bool(len(header)) and header[0] == 1
    (clock,) = boxes.unpack(">I", header, 20 if wide else 12)
    if edits is None or not clock or not len(edits):
        return 0.0
    (count,) = boxes.unpack(">I", edits, 4)
    layout, step = (">qq", 20) if edits[0] == 1 else (">ii", 12)
    for place in range(min(count, 4)):  # an empty edit (-1) may come first
        length, start = boxes.unpack(layout, edits, 8 + place * step)
        if length and start >= 0:
            return start / clock if start / clock <= LONGEST_DELAY_S else 0.0
    return 0.0


def _read(file: BinaryIO, track: _Track) -> Iterator[bytes]:
    for start, size in zip(track.starts.tolist(), track.sizes.tolist(), strict=True):
        file.seek(start)
        yield file.read(size)


def _as_adts(file: BinaryIO, track: _Track, settings: esds.LowComplexity) -> Iterator[bytes]:
    index, setup = settings.rate_index, settings.channel_setup
    for packet in _read(file, track):
        if len(packet) + aac.HEADER_BYTES > aac.MAX_FRAME_BYTES:
            raise problems.BadAudio(boxes.DAMAGED)
        yield aac.header(len(packet), rate_index=index, channel_setup=setup) + packet


def _lossless(file: BinaryIO, track: _Track) -> Stream:
    cookie = bytes(_inner(track.description, b"alac"))
    if len(track.sizes) and int(track.sizes.max()) > _LARGEST_ALAC_PACKET:
        raise problems.BadAudio(boxes.DAMAGED)
    return streams.sndfile(caf.wrap(cookie, list(_read(file, track))), Format.MP4)
