from io import BytesIO

import pytest
import soundfile

from api.analysis import problems
from api.analysis.containers import recognition
from api.analysis.containers.formats import Format
from tests.analysis.files import id3, small
from tests.analysis.signals import tone

EXPECTED = {
    "wav": Format.WAV,
    "rf64": Format.WAV,
    "aiff": Format.AIFF,
    "flac": Format.FLAC,
    "mp3": Format.MP3,
    "vorbis": Format.VORBIS,
    "opus": Format.OPUS,
    "m4a": Format.MP4,
    "alac": Format.MP4,
    "aac": Format.ADTS,
}

STRANGERS = {
    "a playlist": b"#EXTM3U\nfile:///etc/passwd\n",
    "a concat list": b"ffconcat version 1.0\nfile '/etc/passwd'\n",
    "an AVI": b"RIFF\x00\x10\x00\x00AVI LIST\x00\x00\x00\x00hdrlavih",
    "a web page": b"<!doctype html><title>x</title>",
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(20),
    "a Matroska film": b"\x1aE\xdf\xa3" + bytes(20),
    "an Ogg film": b"OggS" + bytes(22) + b"\x01\x2a\x80theora" + bytes(20),
    "an Ogg page cut short": b"OggS\x00\x02",
    "MPEG layer II": b"\xff\xfd\x90\x00" + bytes(20),
    "a reserved MPEG version": b"\xff\xeb\x90\x00" + bytes(20),
    "a free bit rate": b"\xff\xfb\x00\x00" + bytes(20),
    "half a header": b"\xff\xfb",
    "zeros": bytes(100),
    "a tag before a picture": id3(100) + b"\x89PNG\r\n\x1a\n" + bytes(20),
}


@pytest.mark.parametrize("kind", EXPECTED)
def test_each_format_is_known_by_its_first_bytes(kind):
    """No name is asked."""
    assert recognition.recognise(BytesIO(small(kind))).format is EXPECTED[kind]


@pytest.mark.parametrize("kind", ["mp3", "flac", "aac"])
@pytest.mark.parametrize("padding", [0, 900])
def test_tags_and_padding_before_the_sound_are_passed_over(hear, kind, padding):
    """Two ID3 tags, then zeros, then the first frame."""
    tagged = id3(1_000) + id3(200) + bytes(padding) + small(kind)

    assert hear(tagged).duration_s == pytest.approx(6, abs=0.15)


@pytest.mark.parametrize("name", STRANGERS)
def test_everything_else_is_refused(name):
    """Films, playlists, pictures and damaged starts are no audio files of ours."""
    with pytest.raises(problems.UnsupportedFormat, match="Use WAV"):
        recognition.recognise(BytesIO(STRANGERS[name]))


@pytest.mark.parametrize("content", [b"", id3(500), id3(500)[:60]])
def test_a_file_without_sound_says_so(content):
    """Empty, a tag and nothing more, a tag cut short."""
    with pytest.raises(problems.BadAudio, match="no sound"):
        recognition.recognise(BytesIO(content))


def test_a_rare_codec_inside_a_known_container_is_refused(hear):
    """IMA ADPCM in a WAV never reaches its decoder."""
    with pytest.raises(problems.UnsupportedFormat, match="IMA_ADPCM"):
        hear(adpcm())


def adpcm() -> bytes:
    """A WAV of 4-bit differences."""
    out = BytesIO()
    soundfile.write(out, tone(6), 44_100, format="WAV", subtype="IMA_ADPCM")
    return out.getvalue()
