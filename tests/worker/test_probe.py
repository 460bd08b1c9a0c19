"""What the process of the first look says of a file: its tags, or what is wrong with it."""

import json
import os
import random
from io import StringIO

import pytest

from api.analysis import problems
from api.analysis.containers.formats import Format
from api.analysis.containers.recognition import DetectedFormat
from api.analysis.decoding import decode, decode_child, probe_child, tags
from tests.analysis import files
from tests.library.own_files import song


def looked_at(path) -> dict:
    """What the child writes, without its limits."""
    out = StringIO()
    probe_child.answer(path, out)
    return json.loads(out.getvalue())


@pytest.mark.parametrize("kind", ["wav", "aiff", "flac", "mp3", "vorbis", "opus", "m4a", "aac"])
def test_a_file_that_can_be_heard_has_tags_or_none(tmp_path, kind):
    """Of every format."""
    path = tmp_path / "in"
    path.write_bytes(files.small(kind))

    assert set(looked_at(path)["tags"]) <= {"title", "artist", "album", "isrc"}


def test_what_is_wrong_is_said(tmp_path, monkeypatch):
    """As the decoder says it; and too much is too much."""
    path = tmp_path / "in"
    path.write_bytes(song(2))
    short = looked_at(path)

    def out_of_memory(_path):
        raise MemoryError

    monkeypatch.setattr(decode, "read", out_of_memory)
    assert short["code"] == "too-short"
    assert looked_at(path) == problems.BadAudio(problems.TOO_MUCH).to_json()


def test_the_child_limits_itself_first(tmp_path, monkeypatch):
    """Before it opens the file."""
    path = tmp_path / "in"
    path.write_bytes(song())
    done: list[object] = []
    monkeypatch.setattr(os, "nice", done.append)
    monkeypatch.setattr(probe_child, "limit_self", lambda *limits: done.append(limits))
    probe_child.main([str(path), "100", "9"], StringIO())

    assert done == [probe_child.NICE, (100, 9)]
    assert callable(decode_child.limit_self)


ID3_TITLE = b"TIT2\0\0\0\5\0\0\3Song" + b"TSRC\0\0\0\x0d\0\0\3GBSMU2401851"


def with_id3() -> bytes:
    """An MP3 with a title and an ISRC."""
    size = len(ID3_TITLE)
    head = b"ID3\4\0\0" + bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))
    return head + ID3_TITLE + files.small("mp3")


def test_tags_are_read(tmp_path):
    """Those that name a recording."""
    path = tmp_path / "in"
    path.write_bytes(with_id3())

    assert tags.read(path, DetectedFormat(Format.MP3, 0)) == {
        "title": "Song",
        "isrc": "GBSMU2401851",
    }


@pytest.mark.parametrize("seed", range(20))
def test_broken_tags_are_none(tmp_path, seed):
    """Whatever the bytes, there is an answer, and it is short."""
    chance = random.Random(seed)
    content = bytearray(with_id3() if seed % 2 else files.small("flac"))
    for _ in range(chance.choice((1, 10, 100))):
        content[chance.randrange(200)] = chance.randrange(256)
    path = tmp_path / "in"
    path.write_bytes(content)
    kind = chance.choice([Format.MP3, Format.FLAC, Format.VORBIS, Format.MP4, Format.WAV])
    found = tags.read(path, DetectedFormat(kind, 0))

    assert all(len(text) <= tags.MOST_LETTERS for text in found.values())
