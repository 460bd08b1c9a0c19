"""What is said of a file's length and of what was not heard of it."""

from __future__ import annotations

import io
import time

import numpy as np
import pytest
import soundfile

from api.analysis import problems
from api.analysis.containers import framing, recognition
from api.analysis.containers.splice import ByteRange, Splice
from api.analysis.decoding import decode
from api.analysis.decoding.isolation import decode_isolated
from tests.analysis import files, oddities
from tests.analysis.signals import noise, tone

COUNTED = ("wav", "mp3", "vorbis", "opus")


@pytest.mark.parametrize("kind", [*COUNTED, "flac", "aac"])
def test_a_long_file_keeps_its_length(tmp_path, kind):
    """Only its beginning is kept, but all of it counts."""
    path = tmp_path / "in"
    rate = 24_000
    path.write_bytes(files.encoded(noise(9, rate=rate), rate, kind))

    whole, cut = decode.read(path), decode.read(path, max_s=5)

    assert cut.duration_s == 5.0
    assert cut.duration_s + cut.beyond_s == pytest.approx(whole.duration_s, abs=1e-3)
    assert (whole.beyond_s, whole.left_out, cut.left_out) == (0.0, (), ())


@pytest.mark.parametrize("kind", COUNTED)
def test_what_is_counted_is_what_is_decoded(tmp_path, kind):
    """To the sample, so that the rest of a long file need not be decoded."""
    path = tmp_path / "in"
    path.write_bytes(oddities.whole(kind, rate=24_000))
    with path.open("rb", buffering=0) as file:
        (stream,) = recognition.links(file)
        decoded = sum(len(block) for block in stream.blocks())

    assert stream.samples == decoded


def test_a_rest_too_long_to_count_is_said(tmp_path, monkeypatch):
    """The length is then the least that it can be."""
    path = tmp_path / "in"
    path.write_bytes(files.encoded(noise(40, rate=8_000), 8_000, "flac"))
    monkeypatch.setattr(decode, "MOST_COUNTED", 10)

    sound = decode.read(path, max_s=5)

    assert sound.left_out == ("it is longer still",)
    assert 0 < sound.beyond_s < 35


def test_joined_files_of_several_rates_become_one_sound(hear):
    """Each part keeps its pitch and its place."""
    low, high = (
        files.encoded(tone(6, hz=hz, rate=rate), rate, "flac")
        for hz, rate in ((300, 44_100), (1_000, 16_000))
    )

    sound = hear(low + high)

    assert (sound.duration_s, sound.source_rate, len(sound.powers)) == (12.0, 44_100, 120)
    halves = sound.samples[22_050:44_100], sound.samples[-44_100:-22_050]
    assert [int(np.abs(np.fft.rfft(half)).argmax()) for half in halves] == [300, 1_000]


def test_what_is_joined_but_cannot_be_heard_is_left_out_in_words(hear):
    """What came before it is heard."""
    wide = files.encoded(np.stack([tone(6, rate=8_000)] * 8, axis=1), 8_000, "flac")
    broken = wide[:18] + (4_000 << 44 | 1 << 41 | 15 << 36).to_bytes(8) + wide[26:]

    sound = hear(files.small("flac") + broken)

    assert sound.duration_s == 6.0
    assert "joined to it at 0:06 was left out: It has 4000 samples a second" in sound.left_out[0]


def test_only_so_many_joined_streams_are_heard(hear, monkeypatch):
    """And that is said."""
    monkeypatch.setattr(decode, "MOST_LINKS", 1)

    sound = hear(files.small("vorbis") * 2)

    assert sound.duration_s == 6.0
    assert "only the first 1 recordings" in sound.left_out[0]


def test_what_was_left_out_reaches_us_from_the_child(tmp_path):
    """Through the pipe, with the rest of what it says."""
    path = tmp_path / "in"
    path.write_bytes(oddities.all_of_them()["flac with a hole"]().content)

    assert "count as silence" in decode_isolated(path).left_out[0]


JUNK = {
    "zeros": bytes(1),
    "noise": np.random.default_rng(1).bytes(1 << 16),
    "headers of MP3": b"\xff\xfb\x90\x00",
    "headers of AAC": b"\xff\xf1\x50\x80\x02\x1f\xfc",
    "two frames and a break": (b"\xff\xe3\x18\xc4".ljust(72, b"\0") * 2 + b"x"),
    "starts of pages": b"OggS\0\2",
    "starts of chunks": b"RIFF\0\0\0\0WAVEfmt ",
    "starts of FLAC": b"fLaC\0\0\0\x22" + bytes(34) + b"\xff\xf8\x69\x08\0",
}


@pytest.mark.parametrize("name", JUNK)
def test_junk_is_refused_in_time_that_grows_with_its_size_alone(tmp_path, name):
    """Each of them is made to look like the beginning of something, over and over."""
    path = tmp_path / "in"
    path.write_bytes((JUNK[name] * ((8 << 20) // len(JUNK[name]) + 1))[: 8 << 20])

    before = time.process_time()
    with pytest.raises(problems.AnalysisError):
        decode.read(path)

    assert time.process_time() - before < 8.0  # of the child's 60 s, for 60 MB


def test_a_stream_that_breaks_too_often_is_refused(hear, monkeypatch):
    """In words, before it takes long."""
    monkeypatch.setattr(framing, "MOST_GAPS", 3)

    with pytest.raises(problems.BadAudio, match="too many places"):
        hear((oddities.mp3()[:20_000] + b"junk" * 20) * 6)


def test_pieces_of_a_file_are_read_as_one(tmp_path):
    """From any place, in any amount."""
    path = tmp_path / "in"
    path.write_bytes(bytes(range(100)))
    with path.open("rb") as file:
        spliced = Splice(
            file, [b"head", ByteRange(10, 20), ByteRange(20, 30), b"", b"-", ByteRange(90, 200)]
        )
        expected = b"head" + bytes(range(10, 30)) + b"-" + bytes(range(90, 100))

        assert spliced.read(len(expected)) == expected
        assert (spliced.seek(3), spliced.read(4)) == (3, b"d\x0a\x0b\x0c")
        assert (spliced.seek(-2, io.SEEK_CUR), spliced.read(1)) == (5, b"\x0b")
        assert spliced.seek(-3, io.SEEK_SET) == 0
        assert spliced.readable()
        assert spliced.seekable()
        assert spliced.seek(0, io.SEEK_END) == 135


def test_the_decoder_does_not_seek(tmp_path):
    """An MP3 read block by block is the same as read at once."""
    content = oddities.whole("mp3", seconds=9.0)
    whole = soundfile.read(io.BytesIO(content), dtype="float32", always_2d=True)[0]
    path = tmp_path / "in"
    path.write_bytes(content)
    with path.open("rb", buffering=0) as file:
        (stream,) = recognition.links(file)
        heard = np.concatenate(list(stream.blocks()))

    assert np.array_equal(heard, whole)
