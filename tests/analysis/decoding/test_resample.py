import numpy as np
import pytest
from scipy import signal as scipy_signal

from api.analysis.decoding.resample import Resampler
from api.analysis.sound import RATE
from tests.analysis.signals import Samples, noise, tone


def resampled(samples: Samples, rate: int, block: int) -> Samples:
    """Fed in blocks of this many samples."""
    resampler = Resampler(rate)
    parts = [resampler.feed(samples[at : at + block]) for at in range(0, len(samples), block)]
    return np.concatenate([*parts, resampler.finish()])


@pytest.mark.parametrize("rate", [8_000, 11_025, 22_050, 44_100, 44_101, 48_000, 192_000])
def test_blocks_leave_no_seam(rate):
    """Fed in odd blocks, the result is that of one single block."""
    samples = noise(2, rate=rate)

    piecewise, whole = resampled(samples, rate, 4_099), resampled(samples, rate, len(samples))

    assert len(piecewise) == len(whole) == -(-len(samples) * RATE // rate)
    np.testing.assert_allclose(piecewise, whole, rtol=0, atol=1e-6)


@pytest.mark.parametrize("rate", [8_000, 32_000, 44_100, 48_000, 96_000])
def test_a_tone_keeps_its_place_and_level(rate):
    """1 kHz comes out as the same sine sampled at 22 050 Hz."""
    out = resampled(tone(2, hz=1000, rate=rate), rate, 10_000)

    expected = tone(2, hz=1000, rate=RATE)
    assert out[200:-200] == pytest.approx(expected[200:-200], abs=1e-5)


@pytest.mark.parametrize("rate", [32_000, 44_100, 48_000, 96_000])
def test_what_lies_above_the_new_range_does_not_fold_back(rate):
    """11.5 kHz is gone, by more than 80 dB."""
    out = resampled(tone(2, hz=11_500, dbfs=0, rate=rate), rate, 10_000)

    assert np.abs(out[200:-200]).max() < 1e-4


def test_it_agrees_with_scipy_s_polyphase_filter():
    """scipy.signal.resample_poly says the same of music-like sound below the cut."""
    samples = tone(3, hz=440, rate=48_000) + tone(3, hz=3_000, rate=48_000)

    ours = resampled(samples, 48_000, 7_000)

    theirs = scipy_signal.resample_poly(samples.astype(float), 147, 320)
    assert ours[500:-500] == pytest.approx(theirs[500:-500], abs=2e-4)


def test_a_handful_of_samples_is_no_trouble():
    """One sample in, one out; none in, none out."""
    assert len(resampled(np.ones(1, dtype=np.float32), 44_100, 10)) == 1
    assert len(Resampler(44_100).finish()) == 0
