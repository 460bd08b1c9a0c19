import numpy as np
import pytest

from api.analysis import problems
from api.analysis.containers import aac
from tests.analysis import files
from tests.analysis.songs import frames


def test_long_aac_is_decoded_in_runs_without_a_seam(hear, tmp_path):
    """The pieces that go through the pipe join to what the decoder makes of the whole."""
    import sphn  # noqa: PLC0415  # the yardstick

    path = tmp_path / "long.aac"
    path.write_bytes(files.TONE_AAC.read_bytes() * 7)

    sound = hear(path.read_bytes())

    whole = sphn.FileReader(str(path)).decode_all()[0]
    assert len(sound.samples) == len(whole)
    np.testing.assert_allclose(sound.samples, whole, rtol=0, atol=2e-3)


def test_aac_with_six_channels_is_refused_in_words(hear):
    """The bare frames say how many channels they have."""
    six = b"".join(
        aac.header(len(frame), rate_index=7, channel_setup=6) + frame for frame in frames()
    )

    with pytest.raises(problems.AnalysisError):
        hear(six)


@pytest.mark.parametrize("tail", [b"TAG" + bytes(125), bytes(64), b"APETAGEX" + bytes(60), b"\xff"])
def test_what_lies_behind_the_last_frame_is_left_alone(hear, tail):
    """Tags at the end, zeros, the first byte of a frame."""
    bare = files.TONE_AAC.read_bytes()

    assert len(hear(bare + tail).samples) == len(hear(bare).samples)


def test_other_bytes_between_frames_are_passed_over_and_said(hear):
    """Whole frames behind them are heard; of one that is cut nothing is."""
    bare = files.TONE_AAC.read_bytes()

    sound = hear(bare[:6_000] + b"garbage garbage" + bare[6_000:])

    assert len(hear(bare).samples) - len(sound.samples) <= 2 * aac.FRAME_SAMPLES
    assert "no sound were passed over" in sound.left_out[0]


def test_a_damaged_frame_counts_as_silence_and_is_said(hear):
    """The length stays, and what surrounds the frame is heard."""
    bare = bytearray(files.TONE_AAC.read_bytes())
    at = bare.index(b"\xff\xf1", len(bare) // 2)
    bare[at + 7 : bare.index(b"\xff\xf1", at + 7)] = bytes(bare.index(b"\xff\xf1", at + 7) - at - 7)

    whole, sound = hear(files.TONE_AAC.read_bytes()), hear(bytes(bare))

    assert len(sound.samples) == len(whole.samples)
    assert "count as silence" in sound.left_out[0]
    changed = np.nonzero(np.abs(sound.samples - whole.samples) > 1e-3)[0]
    assert 0 < changed[-1] - changed[0] < 4 * aac.FRAME_SAMPLES


def test_aac_without_a_whole_frame_is_refused(hear):
    """Half a frame, and frames of which none can be decoded."""
    bare = files.TONE_AAC.read_bytes()
    with pytest.raises(problems.UnsupportedFormat):
        hear(bare[:50])
    noise = bytearray(bare)
    noise[200:4_000:11] = bytes(len(noise[200:4_000:11]))
    with pytest.raises(problems.AnalysisError):
        hear(bytes(noise))
