"""Files as people really have them: cut, joined, led in by junk, with headers that lie.

Each is made from a whole file by surgery on its bytes; the checksums here are written anew, so that
a mistake in ours would show.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Any

import numpy as np
import soundfile

from tests.analysis import files
from tests.analysis.files import id3
from tests.analysis.signals import channels, noise, tone

SECONDS = 6.0
RATE = 44_100
_KBPS_V1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_KBPS_V2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_HZ = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
HTML = b"<html><head><title>301 Moved</title></head><body>" + b"moved " * 300 + b"</body></html>\n"


@dataclass(frozen=True)
class Odd:
    """A file, and how long it is; `alike`: whether FFmpeg is of the same mind.

    Where it is not, it believes a size or a position, plays padding, or finds nothing.
    """

    content: bytes
    seconds: float = SECONDS
    alike: bool = True


def later(build: Callable[[Any], Odd], value: object) -> Callable[[], Odd]:
    """Build it of this value when it is wanted."""
    return lambda: build(value)


@cache
def whole(kind: str, *, rate: int = RATE, count: int = 1, seconds: float = SECONDS) -> bytes:
    """A file of music and noise of one of files.KINDS, or `alac`."""
    one = tone(seconds, hz=440, rate=rate) + noise(seconds, dbfs=-30, rate=rate)
    return files.encoded(channels(*[one] * count) if count > 1 else one, rate, kind)


def mp3_frames(content: bytes) -> list[bytes]:
    """The frames of a clean MP3, its tag frame first."""
    found, at = [], 0
    while at + 4 <= len(content):
        version, third = content[at + 1] >> 3 & 3, content[at + 2]
        kbps = (_KBPS_V1 if version == 3 else _KBPS_V2)[third >> 4]
        slots = (144_000 if version == 3 else 72_000) * kbps // _HZ[version][third >> 2 & 3]
        size = slots + (third >> 1 & 1)
        found.append(content[at : at + size])
        at += size
    return found


def mp3(**options: int) -> bytes:
    """An MP3 without a tag that counts its frames."""
    return b"".join(mp3_frames(whole("mp3", **options))[1:])


def counted(count: int) -> bytes:
    """An MP3 whose tag counts this many frames."""
    content = bytearray(whole("mp3"))
    at = next(content.index(name) for name in (b"Xing", b"Info") if name in content)
    content[at + 8 : at + 12] = struct.pack(">I", count)
    return bytes(content)


def vbri(count: int) -> bytes:
    """An MP3 with Fraunhofer's tag, which counts this many frames."""
    first, *rest = mp3_frames(whole("mp3"))
    tag = b"VBRI" + struct.pack(">HHHIIHHHH", 1, 0, 0, len(first) * count, count, 0, 1, 2, 1)
    return (first[:4] + bytes(32) + tag).ljust(len(first), b"\0")[: len(first)] + b"".join(rest)


def ape(*items: tuple[bytes, bytes], header: bool = True) -> bytes:
    """An APEv2 tag."""
    body = b"".join(
        struct.pack("<II", len(value), 0) + name + b"\0" + value for name, value in items
    )
    layout = "<8sIIII8x"
    lead = struct.pack(layout, b"APETAGEX", 2000, len(body) + 32, len(items), 0xA0000000)
    tail = struct.pack(layout, b"APETAGEX", 2000, len(body) + 32, len(items), 0x80000000)
    return (lead if header else b"") + body + tail


def id3_of(size: int, said: int) -> bytes:
    """An ID3v2 tag of `size` bytes that says it has `said`."""
    digits = bytes(said >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x03\x00\x00" + digits + b"TIT2" + bytes(size - 4)


def _mp3s() -> Iterator[tuple[str, Callable[[], Odd]]]:
    plain = whole("mp3")
    first = mp3_frames(plain)[0]
    broken = bytearray(mp3())
    broken[:40] = b"\xff" + b"\x13" * 39
    yield "mp3 without a tag", lambda: Odd(mp3())
    for count in (1, 10, 10_000_000):
        yield f"mp3 counted {count}", later(lambda count: Odd(counted(count)), count)
        yield f"mp3 vbri {count}", later(lambda count: Odd(vbri(count)), count)
    yield "mp3 behind zeros", lambda: Odd(bytes(5_000) + plain)
    yield "mp3 behind many zeros", lambda: Odd(bytes(2_000_000) + plain, alike=False)
    yield "mp3 behind a line end", lambda: Odd(b"\r\n\r\n" + plain)
    yield "mp3 behind a page", lambda: Odd(HTML + plain)
    yield "mp3 behind half a frame", lambda: Odd(first[-150:] + mp3())
    yield "mp3 behind APEv2", lambda: Odd(ape((b"Title", b"Hafen")) + plain)
    yield "mp3 behind a padded tag", lambda: Odd(id3_of(300_000, 300_000) + plain)
    yield "mp3 behind three tags", lambda: Odd(id3(90) + ape((b"Title", b"x")) + id3(90) + plain)
    yield "mp3 whose tag says 0", lambda: Odd(id3_of(900, 0) + plain)
    yield "mp3 whose tag says all", lambda: Odd(id3_of(900, 1 << 26) + plain, alike=False)
    yield "mp3 whose tag says half", lambda: Odd(id3_of(90, len(plain) // 2) + plain, alike=False)
    yield "mp3 whose first frame is broken", lambda: Odd(bytes(broken))
    yield "mp3 in a WAV", lambda: Odd(riff(plain, tag=0x55))
    yield "mp3 in a RIFF", lambda: Odd(b"RIFF" + bytes(4) + b"RMP3data" + bytes(4) + plain)
    yield (
        "mp3 with tags behind it",
        lambda: Odd(
            plain + b"LYRICSBEGIN" + b"x" * 500 + b"000511LYRICS200" + ape() + b"TAG" + bytes(125)
        ),
    )
    yield "mp3 joined", lambda: Odd(plain + plain, 2 * SECONDS)
    yield "mp3 joined without tags", lambda: Odd(mp3() + mp3(), 2 * SECONDS)
    yield "mp3 joined over a tag", lambda: Odd(plain + id3(40_000) + plain, 2 * SECONDS)
    yield (
        "mp3 joined with another rate",
        lambda: Odd(plain + whole("mp3", rate=24_000, count=2), 2 * SECONDS),
    )
    yield "mp3 around junk", lambda: Odd(plain + b"junk " * 5_000 + mp3(), 2 * SECONDS)
    yield "mp3 cut in a frame", lambda: Odd(mp3()[: len(mp3()) * 9 // 10], SECONDS * 9 / 10)
    for rate in (11_025, 16_000, 22_050, 24_000, 32_000, 48_000):
        yield (
            f"mp3 of {rate}",
            later(lambda rate: Odd(mp3(rate=rate, count=2), alike=rate > 11_025), rate),
        )


def riff(
    data: bytes,
    *,
    tag: int = 1,
    size: int | None = None,
    before: bytes = b"",
    between: bytes = b"",
    after: bytes = b"",
    bits: int = 16,
    lead: bytes = b"RIFF",
) -> bytes:
    """A WAV file of one channel at RATE; `size` is what its data chunk says."""
    width = bits // 8
    fmt = struct.pack("<HHIIHH", tag, 1, RATE, RATE * width, width, bits)
    said = len(data) if size is None else size
    content = before + b"fmt " + struct.pack("<I", len(fmt)) + fmt + between
    content += b"data" + struct.pack("<I", said) + data + after
    return lead + struct.pack("<I", min(len(content) + 4, 0xFFFFFFFF)) + b"WAVE" + content


def chunk(name: bytes, content: bytes, *, padded: bool = True, order: str = "<") -> bytes:
    """A chunk of RIFF or IFF."""
    pad = b"\0" * (len(content) % 2) if padded else b""
    return name + struct.pack(f"{order}I", len(content)) + content + pad


def pcm() -> bytes:
    """The samples of 6 s, 16 bits."""
    one = tone(SECONDS, hz=440) + noise(SECONDS, dbfs=-30)
    return (one * 32_767).astype("<i2").tobytes()


def companded(tag: int) -> bytes:
    """The samples of 6 s as A-law (6) or mu-law (7)."""
    out = BytesIO()
    subtype = "ALAW" if tag == 6 else "ULAW"
    soundfile.write(out, np.frombuffer(pcm(), "<i2"), RATE, format="RAW", subtype=subtype)
    return out.getvalue()


def aiff(*, size: int | None = None, form: int | None = None, kind: bytes = b"") -> bytes:
    """An AIFF, or AIFF-C of a kind, whose sound chunk says `size`."""
    samples = np.frombuffer(pcm(), "<i2").astype("<i2" if kind == b"sowt" else ">i2").tobytes()
    rate = struct.pack(">HQ", 16_383 + 15, RATE << 48)
    described = struct.pack(">HIH", 1, len(samples) // 2, 16) + rate
    comm = chunk(b"COMM", described + (kind + b"\0\0" if kind else b""), order=">")
    said = len(samples) + 8 if size is None else size
    body = (b"AIFC" if kind else b"AIFF") + comm + b"SSND" + struct.pack(">III", said, 0, 0)
    body += samples
    return b"FORM" + struct.pack(">I", len(body) if form is None else form) + body


def wave64(size: int) -> bytes:
    """A Wave64 file whose data chunk says `size`."""
    tail = bytes.fromhex("f3acd3118cd100c04f8edb8a")
    fmt = struct.pack("<HHIIHH", 1, 1, RATE, RATE * 2, 2, 16)
    body = b"wave" + tail + b"fmt " + tail + struct.pack("<Q", 24 + len(fmt)) + fmt
    body += b"data" + tail + struct.pack("<Q", size) + pcm()
    lead = b"riff" + bytes.fromhex("2e91cf11a5d628db04c10000")
    return lead + struct.pack("<Q", len(body) + 24) + body


def _waves() -> Iterator[tuple[str, Callable[[], Odd]]]:
    data = pcm()
    for size in (0, 1, 0xFFFFFFFF, 0x7FFFFFFF, len(data) + 1_000, len(data) // 3):
        yield (
            f"wav that says {size}",
            later(
                lambda size: Odd(riff(data, size=size), alike=size > len(data) or not size), size
            ),
        )
        yield (
            f"aiff that says {size}",
            later(lambda size: Odd(aiff(size=size), alike=size > len(data)), size),
        )
        yield (
            f"wave64 that says {size}",
            later(lambda size: Odd(wave64(size), alike=size > len(data)), size),
        )
    yield (
        "wav with chunks before",
        lambda: Odd(riff(data, before=chunk(b"JUNK", bytes(27)) + chunk(b"bext", bytes(602)))),
    )
    yield (
        "wav with an unpadded chunk",
        lambda: Odd(
            riff(data, between=chunk(b"LIST", b"INFOISFT" + bytes(7), padded=False)), alike=False
        ),
    )
    yield (
        "wav with a chunk that lies",
        lambda: Odd(riff(data, between=b"LIST\xff\xff\xff\x7fINFO" + bytes(8)), alike=False),
    )
    yield "wav with chunks behind", lambda: Odd(riff(data, after=chunk(b"LIST", b"INFO" * 999)))
    yield "wav with tags behind", lambda: Odd(riff(data, after=b"TAG" + b"x" * 125))
    yield "wav behind a tag", lambda: Odd(id3(500) + riff(data))
    yield "wav behind junk", lambda: Odd(b"\r\n" * 50 + riff(data), alike=False)
    yield "rf64 without ds64", lambda: Odd(riff(data, lead=b"RF64", size=0xFFFFFFFF), alike=False)
    yield "rf64", lambda: Odd(whole("rf64"))
    for kind in ("wav24", "wavfloat"):
        yield (
            f"{kind} cut",
            later(
                lambda kind: Odd(whole(kind)[: len(whole(kind)) * 9 // 10], SECONDS * 9 / 10), kind
            ),
        )
    for tag, name in ((6, "A-law"), (7, "mu-law")):
        yield f"wav in {name}", later(lambda tag: Odd(riff(companded(tag), tag=tag, bits=8)), tag)
    yield "aiff of no length", lambda: Odd(aiff(form=0), alike=False)
    yield "aiff-c", lambda: Odd(aiff(kind=b"sowt"))


def flac(total: int) -> bytes:
    """A FLAC that says it has so many samples."""
    content = bytearray(whole("flac"))
    said = int.from_bytes(content[18:26]) >> 36 << 36 | total
    content[18:26] = said.to_bytes(8)
    return bytes(content)


def _flacs() -> Iterator[tuple[str, Callable[[], Odd]]]:
    plain = whole("flac")
    third = len(plain) // 3
    for total in (0, 1, 40_000, (1 << 36) - 1):
        yield f"flac that says {total}", later(lambda total: Odd(flac(total)), total)
    yield "flac cut", lambda: Odd(flac(0)[: len(plain) * 9 // 10], SECONDS * 9 / 10)
    yield "flac behind a tag", lambda: Odd(id3(700) + plain)
    yield "flac behind junk", lambda: Odd(HTML + plain, alike=False)
    yield "flac before tags", lambda: Odd(plain + b"TAG" + bytes(125))
    yield "flac with a hole", lambda: Odd(plain[:third] + b"\xaa" * 40 + plain[third + 40 :])
    yield "flac with less", lambda: Odd(plain[:third] + plain[third + 9_000 :], alike=False)
    yield "flac joined", lambda: Odd(plain + plain, 2 * SECONDS, alike=False)


def pages(content: bytes) -> list[bytes]:
    """The pages of a clean Ogg file."""
    found, at = [], 0
    while at < len(content):
        count = content[at + 26]
        size = 27 + count + sum(content[at + 27 : at + 27 + count])
        found.append(content[at : at + size])
        at += size
    return found


def page(old: bytes, *, position: int | None = None, flags: int | None = None) -> bytes:
    """The page with another position or other flags, and a checksum that fits."""
    new = bytearray(old)
    if position is not None:
        new[6:14] = struct.pack("<q", position)
    if flags is not None:
        new[5] = flags
    new[22:26] = bytes(4)
    new[22:26] = struct.pack("<I", _checksum(bytes(new)))
    return bytes(new)


def made_page(body: bytes, lacing: bytes, *, flags: int, number: int, serial: int = 9) -> bytes:
    """A page of our own."""
    head = struct.pack("<4sBBqIII", b"OggS", 0, flags, 0, serial, number, 0)
    return page(head + bytes([len(lacing)]) + lacing + body)


def _checksum(content: bytes) -> int:
    value = 0
    for byte in content:
        value = (value << 8 & 0xFFFFFFFF) ^ _CRC[value >> 24 ^ byte]
    return value


def _crc(byte: int) -> int:
    value = byte << 24
    for _ in range(8):
        value = (value << 1 ^ (0x04C11DB7 if value & 0x80000000 else 0)) & 0xFFFFFFFF
    return value


_CRC = [_crc(byte) for byte in range(256)]


def position(content: bytes) -> int:
    """Where a page ends, in samples."""
    return int(struct.unpack_from("<q", content, 6)[0])


def beside(content: bytes) -> bytes:
    """The Ogg file with a stream of something else between its pages, which begins first."""
    first, *rest = pages(content)
    other = made_page(b"fishead\0" + bytes(56), b"\x40", flags=2, number=0)
    more = [made_page(bytes(100), b"\x64", flags=0, number=at + 1) for at in range(len(rest))]
    return other + first + b"".join(a + b for a, b in zip(rest, more, strict=True))


def oga(content: bytes) -> bytes:
    """A native FLAC file in Ogg pages, a page for each run of 40,000 bytes."""
    size = 42
    info = bytes([content[4] & 0x7F]) + content[5:size]
    lead = b"\x7fFLAC\x01\x00\x00\x01fLaC" + info
    at, last = 4, False
    while not last:
        last = bool(content[at] & 0x80)
        at += 4 + int.from_bytes(content[at + 1 : at + 4])
    comment = b"\x84" + (8).to_bytes(3) + bytes(8)
    out = [
        made_page(lead, bytes([len(lead)]), flags=2, number=0),
        made_page(comment, bytes([len(comment)]), flags=0, number=1),
    ]
    for number, begin in enumerate(range(at, len(content), 40_000)):
        body = content[begin : begin + 40_000]
        lacing = b"\xff" * (len(body) // 255) + bytes([len(body) % 255])
        out.append(made_page(body, lacing, flags=0, number=number + 2))
    return b"".join(out)


def _oggs() -> Iterator[tuple[str, Callable[[], Odd]]]:
    for kind, rate in (("vorbis", RATE), ("opus", 48_000)):
        plain = whole(kind, rate=rate)
        *front, last = pages(plain)
        far = [page(one, position=position(one) + 10**7) for one in (*front[2:], last)]
        other = whole(kind, rate=24_000, count=2)
        built: dict[str, Odd] = {
            "chained": Odd(plain + plain, 2 * SECONDS),
            "chained with another rate": Odd(plain + other, 2 * SECONDS),
            "chained with FLAC": Odd(plain + oga(whole("flac")), 2 * SECONDS, alike=False),
            "behind junk": Odd(HTML + plain, alike=False),
            "behind a tag": Odd(id3(500) + plain),
            "before junk": Odd(plain + b"x" * 5_000),
            "around junk": Odd(b"".join(front[:4]) + b"x" * 5_000 + b"".join((*front[4:], last))),
            "without an end": Odd(b"".join((*front, page(last, flags=0)))),
            "cut in its last page": Odd(plain[:-50], position(front[-1]) / rate),
            "that ends nowhere": Odd(
                b"".join((*front, page(last, position=-1))), alike=kind == "vorbis"
            ),
            "that ends early": Odd(
                b"".join((*front, page(last, position=rate))), alike=kind == "vorbis"
            ),
            "that ends late": Odd(b"".join((*front, page(last, position=rate * 999)))),
            "that begins late": Odd(b"".join((*front[:2], *far))),
            "that counts nothing": Odd(
                b"".join((*front[:2], *(page(one, position=0) for one in (*front[2:], last)))),
                alike=kind == "vorbis",
            ),
            "beside something else": Odd(beside(plain), alike=False),
        }
        for name, odd in built.items():
            yield f"{kind} {name}", later(lambda odd: odd, odd)
    yield "ogg flac", lambda: Odd(oga(whole("flac")), alike=False)
    yield "ogg flac that says 0", lambda: Odd(oga(flac(0)), alike=False)
    yield "ogg flac chained", lambda: Odd(2 * oga(whole("flac")), 2 * SECONDS, alike=False)


def _others() -> Iterator[tuple[str, Callable[[], Odd]]]:
    bare = files.TONE_AAC.read_bytes()
    yield "aac behind junk", lambda: Odd(HTML + bare)
    yield "aac behind half a frame", lambda: Odd(bare[40:])
    yield "aac around junk", lambda: Odd(bare + b"junk " * 500 + bare, 2 * SECONDS)
    yield "aac behind a tag", lambda: Odd(id3(9_000) + bare)
    alac = bytearray(whole("alac"))
    at = alac.index(b"stts") + 12
    alac[at : at + 8] = struct.pack(">II", 44_100, 1)
    yield "alac that says 1 s", lambda: Odd(bytes(alac), alike=False)


def all_of_them() -> dict[str, Callable[[], Odd]]:
    """Every odd file, by what is odd about it."""
    return dict(found for kind in (_mp3s, _waves, _flacs, _oggs, _others) for found in kind())
