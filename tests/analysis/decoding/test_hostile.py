"""Files made to hurt: each ends as a sound or as one of our problems, and leaves nothing behind."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import soundfile

from api.analysis import problems
from api.analysis.decoding import decode
from api.analysis.decoding.isolation import decode_isolated
from tests.analysis import files, fuzz_child
from tests.analysis.files import id3, small
from tests.analysis.signals import tone
from tests.contract.repository import ROOT
from tests.sampling import WHOLE

OUTCOMES = {"sound", "bad-audio", "too-short", "unsupported-format", "no-signal"}
SEEDS, AT_ONCE = 500 if WHOLE else 100, 2
MINUTES = 12 if WHOLE else 6


@pytest.mark.slow
def test_two_hours_of_silence_are_given_up_after_a_quarter(tmp_path):
    """A few kilobytes that would be 230 MB of samples: counted, cut, and found silent."""
    path = tmp_path / "in"
    silence = np.zeros(8_000 * 60, dtype=np.int16)
    with soundfile.SoundFile(path, "w", 8_000, 1, "PCM_16", format="FLAC") as flac:
        for _ in range(120):
            flac.write(silence)

    with pytest.raises(problems.NoSignal):
        decode_isolated(path)


def test_a_wav_that_claims_four_gigabytes_is_as_long_as_it_is(hear):
    """What its header says is not believed."""
    content = bytearray(small("wav"))
    for at in (4, content.index(b"data") + 4):
        content[at : at + 4] = b"\xf0\xff\xff\xff"

    assert hear(bytes(content)).duration_s == 6.0


@pytest.mark.parametrize("name", ["song.mp3", "song.wav", "song.m4a", "song.flac"])
@pytest.mark.parametrize(
    "content",
    [
        b"#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n",
        b"#EXTM3U\nhttp://127.0.0.1:9/x.mp3\n",
        b"ffconcat version 1.0\nfile '/etc/passwd'\n",
        b"[playlist]\nFile1=/etc/passwd\n",
    ],
)
def test_lists_of_files_named_like_audio_are_refused(tmp_path, name, content):
    """Nothing they name is ever opened."""
    path = tmp_path / name
    path.write_bytes(content)

    with pytest.raises(problems.UnsupportedFormat):
        decode.read(path)


def test_a_film_named_like_audio_is_refused(tmp_path):
    """An AVI called .mp3, before any decoder sees it."""
    path = tmp_path / "song.mp3"
    path.write_bytes(b"RIFF" + struct.pack("<I", 5_000) + b"AVI LIST" + bytes(5_000))

    with pytest.raises(problems.UnsupportedFormat):
        decode_isolated(path)


def test_an_empty_file_and_a_single_sample_are_refused(hear):
    """Neither divides by zero."""
    with pytest.raises(problems.BadAudio, match="empty"):
        hear(b"")
    with pytest.raises(problems.TooShort):
        hear(files.encoded(tone(1 / 44_100), 44_100, "wav"))


@pytest.mark.parametrize("kind", fuzz_child.KINDS)
def test_a_file_cut_at_any_place_is_heard_or_refused(tmp_path, kind):
    """At each tenth and at some odd places near the beginning."""
    content = fuzz_child.original(kind)
    places = [len(content) * tenth // 10 for tenth in range(10)]
    path = tmp_path / "in"

    said = set()
    for place in (*places, 3, 11, 43, 100, 300, len(content) - 1):
        path.write_bytes(content[:place])
        said.add(fuzz_child.outcome(path))

    assert said <= OUTCOMES
    assert "bad-audio" in said


@pytest.mark.slow
def test_damaged_files_harm_nobody(tmp_path):
    """Every one of them is a sound or a problem, no decoder crashes, and no file is left behind."""
    step = SEEDS // AT_ONCE
    children = [child(first, first + step, tmp_path) for first in range(0, SEEDS, step)]

    said = "".join(one.communicate(timeout=50)[0] for one in children)

    outcomes = dict(line.split(" ", 1) for line in said.splitlines())
    assert [one.returncode for one in children] == [0] * AT_ONCE
    assert set(outcomes) == {str(seed) for seed in range(SEEDS)}
    assert set(outcomes.values()) <= OUTCOMES
    assert "sound" in outcomes.values()
    assert list(tmp_path.iterdir()) == []


def test_a_tag_as_large_as_the_file_is_no_sound(hear):
    """A picture that claims a quarter of a gigabyte, and nothing behind it."""
    tag = b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f" + bytes(1_000)

    with pytest.raises(problems.BadAudio, match="no sound"):
        hear(tag)


def test_many_tags_in_a_row_end_somewhere(hear):
    """More tags than anybody writes: the sound behind them is found, but not by them."""
    assert hear(id3(20) * 50 + small("mp3")).duration_s == pytest.approx(6.0, abs=0.1)
    with pytest.raises(problems.UnsupportedFormat):
        hear(id3(20) * 500)


@pytest.mark.slow
def test_a_long_file_is_decoded_in_little_memory(tmp_path):
    """Minutes of 48 kHz stereo: the mix, once more while it is joined, and a few blocks."""
    path = tmp_path / "in"
    minute = np.stack([tone(60, rate=48_000)] * 2, axis=1)
    with soundfile.SoundFile(path, "w", 48_000, 2, "PCM_16", format="WAV") as wav:
        for _ in range(MINUTES):
            wav.write(minute)

    tracemalloc.start()
    sound = decode.read(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert sound.duration_s == 60 * MINUTES
    assert peak < 2.2 * sound.samples.nbytes + 20e6 < 180e6


def child(first: int, last: int, folder: Path) -> subprocess.Popen[str]:
    """A process that decodes these seeds' files, its temporary ones in this folder."""
    return subprocess.Popen(  # noqa: S603  # our own program
        [sys.executable, "-m", "tests.analysis.fuzz_child", str(first), str(last)],
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
