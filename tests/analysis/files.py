"""Files of every kind, honest and not, written by the tests themselves."""

from __future__ import annotations

import struct
from io import BytesIO
from pathlib import Path

import soundfile

from tests.analysis.signals import Samples, channels, tone

HERE = Path(__file__).parent
TONE_AAC = HERE / "tone.aac"
"""6 s of our own tone as ADTS, made once by FFmpeg's encoder."""
TONE_M4A = HERE / "tone.m4a"
"""The same inside an M4A."""

KINDS = {
    "wav": ("WAV", "PCM_16"),
    "wav24": ("WAV", "PCM_24"),
    "wavfloat": ("WAV", "FLOAT"),
    "rf64": ("RF64", "PCM_16"),
    "aiff": ("AIFF", "PCM_16"),
    "flac": ("FLAC", "PCM_16"),
    "mp3": ("MP3", "MPEG_LAYER_III"),
    "vorbis": ("OGG", "VORBIS"),
    "opus": ("OGG", "OPUS"),
}
"""What libsndfile can write: container and codec."""


def encoded(samples: Samples, rate: int, kind: str) -> bytes:
    """The bytes of a file of one of KINDS, or `alac` (an M4A), `m4a` or `aac` (fixed sound)."""
    if kind in {"m4a", "aac"}:
        return (TONE_M4A if kind == "m4a" else TONE_AAC).read_bytes()
    if kind == "alac":
        return alac(samples, rate)
    container, codec = KINDS[kind]
    out = BytesIO()
    soundfile.write(out, samples, rate, format=container, subtype=codec)
    return out.getvalue()


def small(kind: str) -> bytes:
    """A valid file of 6 s, two channels where the kind allows."""
    rate = 48_000 if kind == "opus" else 44_100
    one = tone(6, hz=440, rate=rate)
    return encoded(channels(one, tone(6, hz=660, rate=rate)), rate, kind)


def id3(size: int) -> bytes:
    """An ID3v2.4 tag with `size` bytes of picture."""
    digits = bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x04\x00\x00" + digits + b"APIC" + bytes(size - 4)


def box(name: bytes, *contents: bytes) -> bytes:
    """An MP4 box."""
    content = b"".join(contents)
    return struct.pack(">I", 8 + len(content)) + name + content


def full(name: bytes, *contents: bytes) -> bytes:
    """An MP4 box with version and flags 0."""
    return box(name, bytes(4), *contents)


def table(name: bytes, layout: str, *rows: tuple[int, ...]) -> bytes:
    """A counted table of numbers."""
    packed = b"".join(struct.pack(layout, *row) for row in rows)
    return full(name, struct.pack(">I", len(rows)), packed)


def alac(samples: Samples, rate: int, *, moov_first: bool = False, extra: bytes = b"") -> bytes:
    """An M4A with Apple Lossless sound, its packets taken from libsndfile's CAF writer."""
    out = BytesIO()
    soundfile.write(out, samples, rate, format="CAF", subtype="ALAC_16")
    cookie, sizes, data = _caf_parts(out.getvalue())
    entry = box(
        b"alac",
        bytes(6) + struct.pack(">H8xHHHHI", 1, samples.ndim, 16, 0, 0, rate << 16),
        full(b"alac", cookie),
    )
    frames = ((len(samples), 1),)
    return m4a(entry, sizes, data, clock=rate, durations=frames, moov_first=moov_first, extra=extra)


def m4a(
    entry: bytes,
    sizes: list[int],
    data: bytes,
    *,
    clock: int,
    durations: tuple[tuple[int, int], ...],
    moov_first: bool = False,
    extra: bytes = b"",
) -> bytes:
    """An MP4 file with one sound track in chunks of up to five packets."""
    kind = box(b"ftyp", b"M4A \0\0\0\0M4A mp42")
    whole, rest = divmod(len(sizes), 5)
    runs = [(1, 5, 1)] if whole else []
    if rest:
        runs.append((whole + 1, rest, 1))
    starts = [sum(sizes[: 5 * n]) for n in range(whole + bool(rest))]

    def moov(at: int) -> bytes:
        stbl = box(
            b"stbl",
            full(b"stsd", struct.pack(">I", 1), entry),
            table(b"stts", ">II", *durations),
            table(b"stsc", ">III", *runs),
            full(
                b"stsz", struct.pack(">II", 0, len(sizes)), struct.pack(f">{len(sizes)}I", *sizes)
            ),
            table(b"stco", ">I", *((at + start,) for start in starts)),
        )
        mdhd = full(b"mdhd", struct.pack(">IIIII", 0, 0, clock, 0, 0))
        hdlr = full(b"hdlr", bytes(4) + b"soun" + bytes(13))
        return box(
            b"moov",
            full(b"mvhd", bytes(96)),
            box(b"trak", full(b"tkhd", bytes(80)), box(b"mdia", mdhd, hdlr, box(b"minf", stbl))),
            extra,
        )

    lead = len(kind) + (len(moov(0)) if moov_first else 0) + 8
    parts = [moov(lead), box(b"mdat", data)]
    return kind + b"".join(parts if moov_first else reversed(parts))


def _caf_parts(caf: bytes) -> tuple[bytes, list[int], bytes]:
    chunks, at = {}, 8
    while at + 12 <= len(caf):
        (size,) = struct.unpack_from(">q", caf, at + 4)
        chunks[caf[at : at + 4]] = caf[at + 12 : at + 12 + size]
        at += 12 + size
    (count,) = struct.unpack_from(">q", chunks[b"pakt"])
    sizes, number = [], 0
    for byte in chunks[b"pakt"][24:]:
        number = number << 7 | byte & 0x7F
        if not byte & 0x80:
            sizes.append(number)
            number = 0
    return chunks[b"kuki"], sizes[:count], chunks[b"data"][4:]
