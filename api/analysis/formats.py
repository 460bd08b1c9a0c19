"""What a file is, by its first bytes alone: a name proves nothing, and no library may guess."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO

from api.analysis import problems

READABLE = "WAV, AIFF, FLAC, MP3, Ogg Vorbis, Opus, M4A (AAC or Apple Lossless) or AAC"
_PADDING_BYTES = 4_096  # zeros that some programs leave behind a tag
_ID3_BYTES = 10
_MAX_TAGS = 4  # some programs write a second tag before the first


class Format(StrEnum):
    """A container, and its sound where the first bytes tell it."""

    WAV = "wav"
    AIFF = "aiff"
    FLAC = "flac"
    MP3 = "mp3"
    VORBIS = "vorbis"
    OPUS = "opus"
    MP4 = "mp4"
    ADTS = "adts"


@dataclass(frozen=True)
class Found:
    """A format, and the byte where it begins."""

    format: Format
    start: int


def recognise(file: BinaryIO) -> Found:
    """What the file is; raises UnsupportedFormat, or BadAudio if it is empty."""
    start = after_tags(file)
    file.seek(start)
    head = file.read(_PADDING_BYTES)
    if not head:
        raise problems.BadAudio("There is no sound in the file: it is empty or cut short.")
    sound = head.lstrip(b"\0") if start else head
    found = _frames(sound) if start else _container(sound) or _frames(sound)
    if found is None:
        raise problems.UnsupportedFormat(f"Use {READABLE}. The first bytes are of none of them.")
    return Found(found, start + len(head) - len(sound))


def after_tags(file: BinaryIO) -> int:
    """Where the sound begins: behind ID3v2 tags (ID3v2.4 §3.1), which may hold whole pictures."""
    offset = 0
    for _ in range(_MAX_TAGS):
        file.seek(offset)
        tag = file.read(_ID3_BYTES)
        if len(tag) < _ID3_BYTES or tag[:3] != b"ID3" or any(byte & 0x80 for byte in tag[6:10]):
            break
        size = (tag[6] << 21) | (tag[7] << 14) | (tag[8] << 7) | tag[9]
        footer = _ID3_BYTES if tag[5] & 0x10 else 0
        offset += _ID3_BYTES + size + footer
    return offset


def _container(head: bytes) -> Format | None:
    if head[:4] in {b"RIFF", b"RF64"} and head[8:12] == b"WAVE":
        return Format.WAV
    if head[:4] == b"FORM" and head[8:12] in {b"AIFF", b"AIFC"}:
        return Format.AIFF
    if head[:4] == b"OggS":
        return _ogg(head)
    return Format.MP4 if head[4:8] == b"ftyp" else None


def _ogg(head: bytes) -> Format | None:
    """The first packet of an Ogg stream names its codec (RFC 3533 §6)."""
    packet = head[27 + head[26] :] if len(head) > 26 else b""  # noqa: PLR2004  # page header
    if packet.startswith(b"\x01vorbis"):
        return Format.VORBIS
    return Format.OPUS if packet.startswith(b"OpusHead") else None


def _frames(head: bytes) -> Format | None:
    """Formats without a container, or behind an ID3 tag: the header of the first frame."""
    if head[:4] == b"fLaC":
        return Format.FLAC
    if len(head) < 4 or head[0] != 0xFF:  # noqa: PLR2004  # an MPEG header is 4 bytes
        return None
    if head[1] & 0xF6 == 0xF0:  # noqa: PLR2004  # 12 bits of sync, layer 0: ADTS
        return Format.ADTS
    layer_iii = head[1] & 0xE6 == 0xE2 and head[1] & 0x18 != 0x08  # noqa: PLR2004
    possible = head[2] & 0xF0 not in {0x00, 0xF0} and head[2] & 0x0C != 0x0C  # noqa: PLR2004
    return Format.MP3 if layer_iii and possible else None
