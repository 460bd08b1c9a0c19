"""Odd files are heard to their end, as a second opinion has it too."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from api.analysis.decoding import decode
from tests.analysis import files, oddities
from tests.analysis.signals import channels, tone
from tests.sampling import CI, sampled

FILES = oddities.all_of_them()
PADDING_S = 0.1
"""What an encoder adds at either end, and one decoder leaves out where another plays it: up to
1,105 samples before and 1,152 behind in MP3, one frame or two in AAC, at each join anew.
"""


@pytest.fixture(scope="session")
def ffmpeg() -> str:
    """The program, or the test is skipped by name."""
    found = shutil.which("ffmpeg")
    if found is None and CI:
        pytest.fail("ffmpeg is missing: .ci/packages ffmpeg")
    if found is None:
        pytest.skip("a second opinion on lengths needs ffmpeg, which is absent")
    return found


def second_opinion(ffmpeg: str, path: Path) -> float:
    """How many seconds FFmpeg hears, counted in samples."""
    command = [ffmpeg, "-v", "error", "-nostdin", "-i", str(path), "-map", "0:a:0"]
    heard = subprocess.run(  # noqa: S603  # fixed, but for the path
        [*command, "-ac", "1", "-ar", "8000", "-f", "s16le", "-"],
        capture_output=True,
        check=False,
    )
    return len(heard.stdout) / 2 / 8_000


@pytest.mark.parametrize("name", FILES)
def test_an_odd_file_is_heard_to_its_end(hear, name):
    """Whatever its header says, whatever lies before, between or behind."""
    odd = FILES[name]()

    sound = hear(odd.content)

    joins = round(odd.seconds / oddities.SECONDS)
    assert sound.duration_s == pytest.approx(odd.seconds, abs=joins * PADDING_S)
    assert -35 < sound.loudness_lufs < -10
    assert abs(len(sound.powers) - 10 * sound.duration_s) < 3


@pytest.mark.slow
@pytest.mark.parametrize("name", sampled(tuple(FILES), 4))
def test_the_length_of_an_odd_file_is_ffmpeg_s(ffmpeg, tmp_path, name):
    """Where FFmpeg plays it whole: the length that we are held to is not ours alone."""
    odd = FILES[name]()
    if not odd.alike:
        return
    path = tmp_path / "in"
    path.write_bytes(odd.content)

    joins = round(odd.seconds / oddities.SECONDS)
    assert second_opinion(ffmpeg, path) == pytest.approx(odd.seconds, abs=joins * PADDING_S)


@pytest.mark.slow
@pytest.mark.parametrize("kind", [*files.KINDS, "m4a", "aac"])
@pytest.mark.parametrize(("rate", "count"), [(8_000, 1), (24_000, 2), (48_000, 2)])
def test_the_length_of_a_plain_file_is_ffmpeg_s(ffmpeg, tmp_path, kind, rate, count):
    """Of every format, at several rates; the encoder's delay is longest at the lowest."""
    path = tmp_path / "in"
    path.write_bytes(files.encoded(channels(*[tone(6, rate=rate)] * count), rate, kind))

    tolerance = max(PADDING_S, 2_257 / rate if kind == "mp3" else 0)
    assert decode.read(path).duration_s == pytest.approx(
        second_opinion(ffmpeg, path), abs=tolerance
    )


@pytest.mark.shared
@pytest.mark.slow
def test_the_length_of_recordings_is_ffmpeg_s(ffmpeg, shared_data):
    """Real music, and files made by hand after reports of others."""
    found = {}
    paths = sorted([*shared_data.glob("audio/*.ogg"), *shared_data.glob("cases/audio/*.*")])
    for path in sampled(paths, 4):
        if path.suffix != ".sh":
            found[path.name] = decode.read(path).duration_s, second_opinion(ffmpeg, path)

    assert {
        name: lengths
        for name, lengths in found.items()
        if abs(lengths[0] - lengths[1]) > PADDING_S and name != "wav-data-size-0.wav"
    } == {}


CASES = {
    "lame-pipe.mp3": 72.0,
    "wav-data-size-0.wav": 6.0,
    "chained-same.ogg": 24.0,
    "chained.opus": 24.0,
    **dict.fromkeys(
        (
            *("vbr-noxing.mp3", "zeros-before.mp3", "junk-before.mp3", "newline-before.mp3"),
            *("cut-mid-frame.mp3", "apev2-start.mp3", "id3-long-pad.mp3", "ogg.oga"),
            *("two-artists.opus", "id3v24-utf16-multi.mp3"),
        ),
        12.0,
    ),
}


@pytest.mark.shared
@pytest.mark.parametrize("name", CASES)
def test_a_reported_file_is_heard_whole(shared_data, name):
    """As long as whoever made it says."""
    sound = decode.read(shared_data / "cases" / "audio" / name)

    assert sound.duration_s == pytest.approx(CASES[name], abs=PADDING_S)
