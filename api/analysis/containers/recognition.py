"""What a file is and where its sound begins, by its bytes alone: a name proves nothing.

As players do: past tags of any size, past what a failed download or a cut left in front.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from api.analysis import problems
from api.analysis.containers import aac, flac, framing, mp4, mpeg, ogg, pcm
from api.analysis.containers.formats import READABLE, Format
from api.analysis.containers.streams import Stream

_HEAD_BYTES = 4_096
_MAX_TAGS = 8  # some programs write a second tag before the first
_BOXES = (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide")  # that an MP4 file may begin with
_OTHERS = re.compile(
    rb"RIFF....(?!WAVE|RMP3)|\x1aE\xdf\xa3|FLV\x01|0&\xb2u|\0\0\x01\xba|PK\x03\x04|%PDF|GIF8"
    rb"|\x89PNG|\xff\xd8\xff",
    re.DOTALL,
)
"""Films, archives, documents and pictures, in which a decoder might find something like frames."""
_MAGIC = re.compile(
    rb"(?:RIFF|RF64|BW64)....WAVE|riff\x2e\x91\xcf\x11|FORM....AIF[FC]|fLaC[\x00\x80]\0\0\x22|OggS\0",
    re.DOTALL,
)
_WINDOW_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class DetectedFormat:
    """A format, and the byte where it begins."""

    format: Format
    start: int


def links(file: BinaryIO) -> Iterator[Stream]:
    """The file's first sound, and what is joined to it. Raises AnalysisError."""
    found = recognise(file)
    return _READERS[found.format](file, found.start)


def recognise(file: BinaryIO) -> DetectedFormat:
    """What the file is; raises UnsupportedFormat, or BadAudio if it is empty."""
    size = file.seek(0, 2)
    start = after_tags(file)
    found = _exactly(file, start) or _search(file, start)
    if found is None or (start and found.start > start):  # perhaps a tag's size lies
        found = _search(file, 0)
    if found is not None:
        return found
    if start >= size:
        raise problems.BadAudio("There is no sound in the file: it is empty or cut short.")
    raise _unsupported()


def after_tags(file: BinaryIO) -> int:
    """Where tags at the beginning say that they end; they may hold whole pictures."""
    offset = 0
    for _ in range(_MAX_TAGS):
        file.seek(offset)
        length = framing.tag_length(file.read(framing.APE_BYTES))
        if not length:
            break
        offset += length
    return offset


def _exactly(file: BinaryIO, start: int) -> DetectedFormat | None:
    """What begins here, or behind zeros that a program left behind a tag."""
    file.seek(start)
    head = file.read(_HEAD_BYTES)
    sound = head.lstrip(b"\0") if start else head
    place = start + len(head) - len(sound)
    if _OTHERS.match(sound):
        raise _unsupported()
    if _MAGIC.match(sound):
        return _container(file, place, sound)
    if not start and head[4:8] in _BOXES:
        return DetectedFormat(Format.MP4, 0)
    for format_, kind in _FRAMED:
        if framing.begins(file, kind, place):
            return DetectedFormat(format_, place)
    return None


def _search(file: BinaryIO, start: int) -> DetectedFormat | None:
    """The first sound that begins anywhere behind `start`."""
    found = [_framed(file, start), _magic(file, start)]
    return min(filter(None, found), key=lambda each: each.start, default=None)


def _framed(file: BinaryIO, start: int) -> DetectedFormat | None:
    mp3 = mpeg.fitting(file, start)
    adts = framing.find(file, aac.Adts(), start)
    if mp3 is not None and (adts is None or mp3[1] < adts):
        return DetectedFormat(Format.MP3, mp3[1])
    return None if adts is None else DetectedFormat(Format.ADTS, adts)


def _magic(file: BinaryIO, start: int) -> DetectedFormat | None:
    while True:
        file.seek(start)
        data = file.read(_WINDOW_BYTES)
        found = _MAGIC.search(data)
        if found is not None:
            return _container(file, start + found.start(), found.group())
        if len(data) < _WINDOW_BYTES:
            return None
        start += _WINDOW_BYTES - _MAGIC_BYTES


def _container(file: BinaryIO, place: int, head: bytes) -> DetectedFormat | None:
    if head.startswith(ogg.MAGIC):
        sound = ogg.first_sound(file, place)
        return None if sound is None else DetectedFormat(sound, place)
    if head.startswith(flac.MAGIC):
        return DetectedFormat(Format.FLAC, place)
    return DetectedFormat(Format.AIFF if head.startswith(b"FORM") else Format.WAV, place)


def _unsupported() -> problems.UnsupportedFormat:
    return problems.UnsupportedFormat(f"Use {READABLE}. The first bytes are of none of them.")


_MAGIC_BYTES = 16
_FRAMED: tuple[tuple[Format, framing.Framing], ...] = (
    (Format.MP3, mpeg.Mpeg()),
    (Format.ADTS, aac.Adts()),
)
_READERS: dict[Format, Callable[[BinaryIO, int], Iterator[Stream]]] = {
    Format.WAV: pcm.wav,
    Format.AIFF: pcm.aiff,
    Format.FLAC: flac.links,
    Format.MP3: mpeg.links,
    Format.VORBIS: ogg.links,
    Format.OPUS: ogg.links,
    Format.OGG_FLAC: ogg.links,
    Format.MP4: mp4.links,
    Format.ADTS: aac.links,
}
