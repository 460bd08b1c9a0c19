"""What files say of themselves, in every way of writing several artists."""

from __future__ import annotations

import struct
from io import BytesIO
from pathlib import Path

import pytest

from api.analysis.containers import recognition
from api.analysis.decoding import tags
from tests.analysis import files, oddities
from tests.analysis.files import box
from tests.analysis.signals import tone

BOTH = "Ada Reed, Tom Vale"


def told(tmp_path: Path, content: bytes) -> dict[str, str]:
    """The tags of these bytes."""
    path = tmp_path / "in"
    path.write_bytes(content)
    return tags.read(path, recognition.recognise(BytesIO(content)))


def id3v24(*frames: tuple[bytes, bytes]) -> bytes:
    """An ID3v2.4 tag."""
    body = b"".join(name + struct.pack(">I", len(text)) + b"\0\0" + text for name, text in frames)
    digits = bytes(len(body) >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x04\x00\x00" + digits + body


def utf16(*texts: str) -> bytes:
    """Text of an ID3v2 frame in UTF-16, each with its byte order mark."""
    return b"\x01" + b"\0\0".join(b"\xff\xfe" + text.encode("utf-16-le") for text in texts)


def comments(*pairs: str) -> bytes:
    """A Vorbis comment."""
    body = struct.pack("<II", 0, len(pairs))
    return body + b"".join(struct.pack("<I", len(each.encode())) + each.encode() for each in pairs)


def flac_with(*pairs: str) -> bytes:
    """A FLAC with these comments behind its first block."""
    content, block = oddities.whole("flac"), comments(*pairs)
    return content[:42] + b"\x04" + len(block).to_bytes(3) + block + content[42:]


def m4a_with(*artists: str) -> bytes:
    """An M4A with these artists in one box."""
    data = [box(b"data", struct.pack(">II", 1, 0), each.encode()) for each in artists]
    ilst = box(b"ilst", box(b"\xa9ART", *data))
    hdlr = box(b"hdlr", bytes(8) + b"mdirappl" + bytes(9))
    udta = box(b"udta", box(b"meta", bytes(4), hdlr, ilst))
    return files.alac(tone(6, rate=22_050), 22_050, extra=udta)


FILES = {
    "ID3v2.4, UTF-16": lambda: (
        id3v24((b"TPE1", utf16("Ada Reed", "Tom Vale"))) + oddities.whole("mp3")
    ),
    "ID3v2.4, UTF-8": lambda: id3v24((b"TPE1", b"\3Ada Reed\0Tom Vale")) + oddities.whole("mp3"),
    "ID3 behind junk": lambda: (
        b"\r\n" + id3v24((b"TPE1", b"\3Ada Reed\0Tom Vale")) + oddities.whole("mp3")
    ),
    "Vorbis comments": lambda: flac_with("ARTIST=Ada Reed", "artist=Tom Vale"),
    "FLAC behind a tag": lambda: (
        id3v24((b"TPE1", b"\3Somebody else")) + flac_with("ARTIST=Ada Reed", "ARTIST=Tom Vale")
    ),
    "APEv2 before": lambda: (
        oddities.ape((b"Artist", b"Ada Reed\0Tom Vale")) + oddities.whole("mp3")
    ),
    "APEv2 behind": lambda: (
        oddities.whole("mp3") + oddities.ape((b"ARTIST", b"Ada Reed\0Tom Vale"))
    ),
    "APEv2 before ID3v1": lambda: (
        oddities.whole("mp3")
        + oddities.ape((b"Artist", b"Ada Reed\0Tom Vale"))
        + b"TAG".ljust(128, b"\0")
    ),
    "APEv2 without a header": lambda: (
        oddities.whole("mp3")
        + oddities.ape((b"Year", b"2026"), (b"Artist", b"Ada Reed\0Tom Vale"), header=False)
    ),
    "MP4": lambda: m4a_with("Ada Reed", "Tom Vale"),
}


@pytest.mark.parametrize("name", FILES)
def test_all_artists_are_kept(tmp_path, name):
    """In the order of the file."""
    assert told(tmp_path, FILES[name]()) == {"artist": BOTH}


def test_an_artist_named_twice_is_one(tmp_path):
    """By two kinds of tags, or by one."""
    content = id3v24((b"TPE1", b"\3Ada Reed\0Ada Reed")) + oddities.whole("mp3")

    assert told(tmp_path, content + b"TAG".ljust(33, b"\0") + b"Ada Reed".ljust(95, b"\0")) == {
        "artist": "Ada Reed"
    }


@pytest.mark.parametrize(
    "tag",
    [
        oddities.ape((b"Artist", b"x"))[:40],
        b"APETAGEX" + b"\xff" * 24,
        oddities.ape((b"Artist", b"x")).replace(b"Artist\0", b"Artist\1"),
    ],
)
def test_a_broken_tag_of_monkey_s_audio_is_none(tmp_path, tag):
    """Cut short, of impossible size, with an item that does not end."""
    path = tmp_path / "in"
    path.write_bytes(tag + oddities.whole("mp3"))
    found = recognition.recognise(BytesIO(path.read_bytes()))

    assert "title" not in tags.read(path, found)
