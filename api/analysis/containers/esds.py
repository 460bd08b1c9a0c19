"""Which kind of AAC an MP4 track holds (ISO/IEC 14496-1 §7.2.6 and 14496-3 §1.6)."""

from __future__ import annotations

from dataclasses import dataclass

from api.analysis import problems

LOW_COMPLEXITY, SPECTRAL_BANDS, PARAMETRIC_STEREO = 2, 5, 29
_ESCAPE, _OWN_RATE = 31, 15
_AAC_OBJECTS = frozenset({0x40, 0x66, 0x67, 0x68})
_STREAM, _DECODER, _SPECIFIC = 3, 4, 5  # tags of descriptors
_MOST_RATES = 12


@dataclass(frozen=True)
class LowComplexity:
    """What an ADTS header needs to know."""

    rate_index: int
    channel_setup: int


class _Bits:
    """Reads numbers of any width; past the end everything is 0."""

    def __init__(self, content: bytes) -> None:
        self._number = int.from_bytes(content)
        self._left = len(content) * 8

    def take(self, width: int) -> int:
        self._left -= width
        if self._left < 0:
            return 0
        return self._number >> self._left & ((1 << width) - 1)


def low_complexity(esds: memoryview) -> LowComplexity:
    """Read an `esds` box (without its version and flags). Raises UnsupportedFormat.

    HE-AAC is taken without its upper octave (SBR) and its stereo extension, which the decoder does
    not know: at RATE most of that octave is left out anyway.
    """
    bits = _Bits(_audio_settings(bytes(esds)))
    kind, rate_index, setup = _kind(bits), _rate_index(bits), bits.take(4)
    if kind in {SPECTRAL_BANDS, PARAMETRIC_STEREO}:
        _rate_index(bits)
        kind = _kind(bits)
    short_frames = bits.take(1)
    if kind != LOW_COMPLEXITY or short_frames or rate_index > _MOST_RATES or setup not in {1, 2}:
        raise problems.UnsupportedFormat(
            "Its AAC is of a rare kind. AAC-LC with one or two channels can be read."
        )
    return LowComplexity(rate_index, setup)


def _kind(bits: _Bits) -> int:
    kind = bits.take(5)
    return 32 + bits.take(6) if kind == _ESCAPE else kind


def _rate_index(bits: _Bits) -> int:
    index = bits.take(4)
    if index == _OWN_RATE:
        bits.take(24)
    return index


def _audio_settings(esds: bytes) -> bytes:
    """The AudioSpecificConfig inside the nested descriptors."""
    _, stream = _descriptor(esds, _STREAM)
    flags = stream[2] if len(stream) > 2 else 0  # noqa: PLR2004  # behind the stream's number
    skipped = 3 + (2 if flags & 0x80 else 0) + (2 if flags & 0x20 else 0)
    _, decoder = _descriptor(stream[skipped:], _DECODER)
    if not decoder or decoder[0] not in _AAC_OBJECTS:
        raise problems.UnsupportedFormat("The sound inside is neither AAC nor Apple Lossless.")
    return _descriptor(decoder[13:], _SPECIFIC)[1]


def _descriptor(content: bytes, wanted: int) -> tuple[int, bytes]:
    """(bytes of header, content); an empty one where the tag is another."""
    if not content or content[0] != wanted:
        return 0, b""
    size, at = 0, 1
    for at in range(1, min(5, len(content))):
        size = size << 7 | content[at] & 0x7F
        if not content[at] & 0x80:
            break
    return at + 1, content[at + 1 : at + 1 + size]
