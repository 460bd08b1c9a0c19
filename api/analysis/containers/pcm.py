"""Plain samples in chunks: WAV, RF64, BW64, Wave64, AIFF and AIFF-C.

The samples reach to where another chunk begins or the file ends, whatever their size says: a
recorder that crashed leaves 0 there, a pipe 0xFFFFFFFF.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from api.analysis import problems
from api.analysis.containers import framing, mpeg, streams
from api.analysis.containers.splice import ByteRange, Splice
from api.analysis.containers.streams import Coding, Stream
from api.analysis.sound import MIN_S

MOST_CHUNKS = 1_000
_HIGHEST_POWER = 16_410  # of a sampling rate: 2^27 Hz
_SEARCH_BYTES, _SETTINGS_BYTES, _OFFSET_BYTES = 1 << 20, 64, 8
_UNTOLD = 0xFFFFFFFF
_NO_SOUND = "There is no sound in the file: it is empty or cut short."
_WIDTHS = {1: "PCM_U8", 2: "PCM_16", 3: "PCM_24", 4: "PCM_32"}
_FLOATS = {4: "FLOAT", 8: "DOUBLE"}
_PCM, _FLOAT, _A_LAW, _MU_LAW, _LAYER_1_2, _LAYER_3, _EXTENSIBLE = 1, 3, 6, 7, 0x50, 0x55, 0xFFFE
_RARE = {2: "MS_ADPCM", 0x11: "IMA_ADPCM", 0x31: "GSM610"}
_AIFC = {  # what AIFF-C calls a coding: libsndfile's name, or None for "by the width", and order
    b"NONE": (None, "BIG"),
    b"twos": (None, "BIG"),
    b"in24": (None, "BIG"),
    b"in32": (None, "BIG"),
    b"sowt": (None, "LITTLE"),
    b"raw ": ("PCM_U8", "BIG"),
    b"fl32": ("FLOAT", "BIG"),
    b"FL32": ("FLOAT", "BIG"),
    b"fl64": ("DOUBLE", "BIG"),
    b"FL64": ("DOUBLE", "BIG"),
    b"alaw": ("ALAW", "BIG"),
    b"ALAW": ("ALAW", "BIG"),
    b"ulaw": ("ULAW", "BIG"),
    b"ULAW": ("ULAW", "BIG"),
}


@dataclass(frozen=True, slots=True)
class _Layout:
    """How a file writes its chunks."""

    first: int  # byte of the first chunk
    name_bytes: int
    size_bytes: int
    order: str
    align: int
    size_has_head: bool
    settings: bytes
    sound: bytes

    @property
    def head_bytes(self) -> int:
        return self.name_bytes + self.size_bytes


_GUID = bytes.fromhex("f3acd3118cd100c04f8edb8a")  # behind the four letters of a Wave64 chunk
WAVE64 = b"riff" + bytes.fromhex("2e91cf11a5d628db04c10000")
_WAV = _Layout(12, 4, 4, "<I", 2, size_has_head=False, settings=b"fmt ", sound=b"data")
_W64 = _Layout(
    40, 16, 8, "<Q", 8, size_has_head=True, settings=b"fmt " + _GUID, sound=b"data" + _GUID
)
_AIFF = _Layout(12, 4, 4, ">I", 2, size_has_head=False, settings=b"COMM", sound=b"SSND")


def wav(file: BinaryIO, start: int) -> Iterator[Stream]:
    """The sound of a WAV file of any kind. Raises AnalysisError."""
    file.seek(start)
    layout = _W64 if file.read(len(WAVE64)) == WAVE64 else _WAV
    settings, sound = _Chunks(file, layout).parts(start)
    tag, coding = _wav_coding(settings)
    if tag in {_LAYER_1_2, _LAYER_3}:
        yield from mpeg.links(file, sound.start)
    else:
        yield _samples(file, sound, coding)


def aiff(file: BinaryIO, start: int) -> Iterator[Stream]:
    """The sound of an AIFF or AIFF-C file. Raises AnalysisError."""
    settings, sound = _Chunks(file, _AIFF).parts(start)
    file.seek(sound.start)
    offset = int.from_bytes(file.read(4))
    begin = sound.start + _OFFSET_BYTES
    if begin + offset < sound.end:
        begin += offset
    yield _samples(file, ByteRange(begin, sound.end), _aiff_coding(settings))


def _samples(file: BinaryIO, sound: ByteRange, coding: Coding) -> Stream:
    samples = (sound.end - sound.start) // coding.frame_bytes
    if samples <= 0:
        raise problems.TooShort(f"It holds no samples; {MIN_S} seconds are the least we need.")
    end = sound.start + samples * coding.frame_bytes
    return streams.bare(Splice(file, [ByteRange(sound.start, end)]), coding, samples)


@dataclass(frozen=True, slots=True)
class _Chunk:
    name: bytes
    start: int
    end: int  # as its size says; it may lie


class _Chunks:
    """Walks a file's chunks, and knows when a size lies: nothing that may follow follows."""

    def __init__(self, file: BinaryIO, layout: _Layout) -> None:
        self._file = file
        self._layout = layout
        self._size = file.seek(0, 2)

    def parts(self, start: int) -> tuple[bytes, ByteRange]:
        """(the chunk that describes the samples, where these are). Raises BadAudio."""
        settings = sound = None
        for chunk in self._chunks(start + self._layout.first):
            if chunk.name == self._layout.settings and settings is None:
                settings = self._at(chunk.start, min(_SETTINGS_BYTES, chunk.end - chunk.start))
            if chunk.name == self._layout.sound:
                lies = self._following(chunk) is None
                sound = ByteRange(chunk.start, self._size if lies else chunk.end)
            if settings and sound and sound.end > sound.start:
                break
        if settings is None or sound is None:
            raise problems.BadAudio(streams.DAMAGED if sound else _NO_SOUND)
        return settings, sound

    def _chunks(self, place: int | None) -> Iterator[_Chunk]:
        """Every chunk, and after a size that lies the next that matters."""
        long_size = 0  # of the samples, as RF64 writes it elsewhere
        for _ in range(MOST_CHUNKS):
            if place is None or (read := self._read(place)) is None:
                return
            name, told = read
            begin = place + self._layout.head_bytes
            if name == b"ds64":
                long_size = int.from_bytes(self._at(begin, 16)[8:], "little")
            if name == self._layout.sound and told == _UNTOLD and long_size:
                told = long_size
            chunk = _Chunk(name, begin, begin + told)
            yield chunk
            place = self._following(chunk) or self._next_known(begin)

    def _following(self, chunk: _Chunk) -> int | None:
        """Where the next chunk begins, or the file ends; None where the chunk's size lies."""
        padding = -(chunk.end - chunk.start) % self._layout.align
        if chunk.end <= self._size <= chunk.end + padding:
            return self._size
        places = (chunk.end + padding, chunk.end)  # some forget the padding
        return next((place for place in places if self._is_chunk(place)), None)

    def _is_chunk(self, place: int) -> bool:
        """Whether a chunk or a tag can begin here."""
        head = self._at(place, framing.APE_BYTES)
        if framing.tag_length(head):
            return True
        letters = head[:4]
        if not letters.strip() or not all(0x20 <= letter < 0x7F for letter in letters):  # noqa: PLR2004
            return False
        read = self._read(place)
        return read is not None and place + read[1] <= self._size

    def _next_known(self, place: int) -> int | None:
        """The next chunk that describes the samples, or holds them, near by."""
        data = self._at(place, _SEARCH_BYTES)
        places = [data.find(name) for name in (self._layout.settings, self._layout.sound)]
        return min((place + at for at in places if at >= 0), default=None)

    def _read(self, place: int) -> tuple[bytes, int] | None:
        """(name, bytes of content) of the chunk that begins here."""
        layout = self._layout
        head = self._at(place, layout.head_bytes)
        if len(head) < layout.head_bytes:
            return None
        (told,) = struct.unpack(layout.order, head[layout.name_bytes :])
        lead = layout.head_bytes if layout.size_has_head else 0
        return head[: layout.name_bytes], max(0, told - lead)

    def _at(self, place: int, size: int) -> bytes:
        self._file.seek(min(place, self._size))
        return self._file.read(size)


def _wav_coding(settings: bytes) -> tuple[int, Coding]:
    """(format tag, how samples are written)."""
    try:
        tag, channels, rate, _, align, bits = struct.unpack("<HHIIHH", settings[:16])
    except struct.error as error:
        raise problems.BadAudio(streams.DAMAGED) from error
    if tag == _EXTENSIBLE and len(settings) >= 26:  # noqa: PLR2004  # its own tag lies at 24
        (tag,) = struct.unpack_from("<H", settings, 24)
    width = align // channels if channels and align % channels == 0 else 0
    if not bits <= 8 * width <= 64:  # noqa: PLR2004  # the widest sample
        width = -(-bits // 8)
    names = {
        _PCM: _WIDTHS.get(width),
        _FLOAT: _FLOATS.get(width),
        _A_LAW: "ALAW" if width == 1 else None,
        _MU_LAW: "ULAW" if width == 1 else None,
        _LAYER_1_2: "MPEG",
        _LAYER_3: "MPEG",
    }
    subtype = names.get(tag)
    if subtype is None:
        raise problems.UnsupportedFormat(
            f"The sound inside is coded as {_RARE.get(tag, f'WAV format {tag}')}, "
            "which we do not read."
        )
    return tag, Coding(rate, channels, subtype, "LITTLE", max(1, channels * width))


def _aiff_coding(settings: bytes) -> Coding:
    try:
        channels, _, bits, power, mantissa = struct.unpack(">HIHHQ", settings[:18])
    except struct.error as error:
        raise problems.BadAudio(streams.DAMAGED) from error
    kind = settings[18:22] or b"NONE"
    width = -(-bits // 8)
    plain = {**_WIDTHS, 1: "PCM_S8"}.get(width)
    name, endian = _AIFC.get(kind, ("", "BIG"))
    widths = {"PCM_U8": 1, "ALAW": 1, "ULAW": 1, "FLOAT": 4, "DOUBLE": 8}
    subtype = plain if name is None else name
    if not subtype:
        said = kind.decode("latin-1").strip() if kind.isascii() and name == "" else f"{bits} bits"
        raise problems.UnsupportedFormat(
            f"The sound inside is coded as {said}, which we do not read."
        )
    rate = math.ldexp(mantissa, min(power & 0x7FFF, _HIGHEST_POWER) - 16_383 - 63)
    frame_bytes = max(1, channels * widths.get(subtype, width))
    return Coding(round(rate), channels, subtype, endian, frame_bytes)
