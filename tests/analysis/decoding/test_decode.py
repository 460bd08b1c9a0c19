import json
import pickle

import numpy as np
import pytest

from api.analysis import problems
from api.analysis.containers import streams
from api.analysis.decoding import decode
from api.analysis.sound import RATE
from tests.analysis import files
from tests.analysis.signals import channels, noise, tone


@pytest.mark.parametrize("kind", [*files.KINDS, "alac"])
def test_every_format_is_heard_alike(hear, kind):
    """The same two tones come out of each format with their length, level and pitch."""
    sound = hear(files.small(kind))

    assert sound.duration_s == pytest.approx(6.0, abs=0.01)
    assert sound.loudness_lufs == pytest.approx(-20.6, abs=0.2)
    assert (sound.channels, sound.left_out) == (2, ())
    assert abs(len(sound.samples) - 6 * RATE) <= 200
    assert loudest_hz(sound.samples) in {440, 660}


@pytest.mark.parametrize("kind", ["m4a", "aac"])
def test_aac_is_heard_bare_and_inside_mp4(hear, kind):
    """Both carry the 440 Hz tone that another encoder made of our own signal."""
    sound = hear(files.encoded(tone(6), RATE, kind))

    assert sound.duration_s == pytest.approx(6.0, abs=0.15)
    assert (sound.channels, sound.source_rate) == (1, RATE)
    assert loudest_hz(sound.samples) == 440
    assert sound.samples.dtype == np.float32


def test_an_edit_list_s_delay_is_cut_off(hear):
    """Inside the M4A the bursts begin on the half second; bare AAC has the encoder's delay."""
    inside, bare = (hear(path.read_bytes()) for path in (files.TONE_M4A, files.TONE_AAC))

    shift = len(bare.samples) - len(inside.samples)
    assert shift == 1024
    np.testing.assert_allclose(
        inside.samples[2000:9000], bare.samples[3024:10024], rtol=0, atol=1e-3
    )


def test_the_mono_mix_is_the_mean_and_loudness_that_of_the_channels(hear):
    """A tone on the left only: half as high in the mix, undiminished for the meter."""
    left = tone(6, hz=440)

    sound = hear(files.encoded(channels(left, np.zeros_like(left)), 44_100, "wavfloat"))

    assert np.abs(sound.samples[1000:-1000]).max() == pytest.approx(0.05, abs=1e-3)
    assert sound.loudness_lufs == pytest.approx(-23.6, abs=0.2)
    assert len(sound.powers) == 60


def test_a_long_file_is_heard_as_far_as_the_limit(tmp_path):
    """What lies beyond is left out, and the sound says so."""
    path = tmp_path / "in"
    path.write_bytes(files.encoded(noise(9, rate=8_000), 8_000, "flac"))

    cut, whole = decode.read(path, max_s=6), decode.read(path, max_s=9)

    assert (cut.duration_s, cut.beyond_s) == (6.0, 3.0)
    assert len(cut.samples) == 6 * RATE
    assert (whole.duration_s, whole.beyond_s) == (9.0, 0.0)


def test_a_file_that_ends_on_a_block_at_the_limit_is_cut_cleanly(tmp_path):
    """The limit falls between two blocks: nothing of the next one is kept."""
    path = tmp_path / "in"
    rate = streams.BLOCK_FRAMES // 8
    path.write_bytes(files.encoded(noise(9, rate=rate), rate, "wav"))

    cut = decode.read(path, max_s=8)

    assert (cut.duration_s, cut.beyond_s) == (8.0, 1.0)


@pytest.mark.parametrize("seconds", [0.0, 1 / 44_100, 4.9])
def test_less_than_five_seconds_is_too_short(hear, seconds):
    """Nothing can be said of so little music."""
    with pytest.raises(problems.TooShort, match="5 seconds"):
        hear(files.encoded(tone(seconds), 44_100, "wav"))


@pytest.mark.parametrize("level", [-200.0, -66.0])
def test_silence_is_no_signal(hear, level):
    """Digital silence and a noise floor below -60 LUFS."""
    with pytest.raises(problems.NoSignal, match="-60 LUFS"):
        hear(files.encoded(noise(6, dbfs=level), 44_100, "wavfloat"))


def test_channels_that_cancel_are_no_signal(hear):
    """A channel turned upside down leaves nothing of the mono mix."""
    one = tone(6)

    with pytest.raises(problems.NoSignal, match="turned over"):
        hear(files.encoded(channels(one, -one), 44_100, "wavfloat"))


@pytest.mark.parametrize(
    ("value", "words"), [(np.nan, "NaN"), (np.inf, "NaN"), (-np.inf, "NaN"), (1e6, "full scale")]
)
def test_samples_that_are_no_numbers_are_refused(hear, value, words):
    """NaN, infinity, and values no recording has."""
    broken = tone(6)
    broken[50_000] = value

    with pytest.raises(problems.BadAudio, match=words):
        hear(files.encoded(broken, 44_100, "wavfloat"))


@pytest.mark.parametrize(("rate", "count"), [(8_000, 1), (192_000, 1), (44_100, 8)])
def test_the_widest_shapes_are_heard(hear, rate, count):
    """8 and 192 kHz, and 7.1."""
    sound = hear(files.encoded(channels(*[tone(6, rate=rate)] * count), rate, "wav"))

    assert (sound.source_rate, sound.channels) == (rate, count)


@pytest.mark.parametrize(("rate", "count"), [(7_999, 1), (192_001, 1), (8_000, 9)])
def test_impossible_shapes_are_refused(hear, rate, count):
    """A rate or a number of channels beyond what music has."""
    with pytest.raises(problems.BadAudio, match="can be read"):
        hear(files.encoded(channels(*[tone(6, rate=rate)] * count), rate, "wav"))


def test_a_problem_survives_a_pipe_and_a_pickle():
    """Its code, title and detail come out as they went in; an unknown code is bad audio."""
    told = problems.TooShort("It lasts 2 seconds.")

    again = problems.AnalysisError.from_json(json.loads(json.dumps(told.to_json())))
    copied = pickle.loads(pickle.dumps(told))  # noqa: S301  # our own

    assert (type(again), again.detail) == (problems.TooShort, told.detail)
    assert (type(copied), str(copied)) == (problems.TooShort, told.detail)
    assert isinstance(problems.AnalysisError.from_json({"code": "?"}), problems.BadAudio)
    assert problems.NoSignal().detail == problems.NoSignal.title


def loudest_hz(samples: np.ndarray) -> int:
    """The strongest whole number of Hz in the first second."""
    spectrum = np.abs(np.fft.rfft(samples[:RATE]))
    return int(spectrum.argmax())
