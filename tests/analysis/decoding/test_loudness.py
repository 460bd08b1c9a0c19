from itertools import pairwise

import numpy as np
import pytest

from api.analysis.decoding import loudness
from tests.analysis.signals import Samples, channels, tone

RATE = 48_000


def lufs(signal: Samples, rate: int = RATE, *, lfe_last: bool = False) -> float | None:
    """What the meter reads when fed in blocks."""
    meter = loudness.Meter(rate, loudness.channel_weights(signal.shape[1], lfe_last=lfe_last))
    for start, end in pairwise([*range(0, len(signal), 65_536), len(signal)]):
        meter.feed(signal[start:end])
    return loudness.integrated(meter.powers())


def steps(*parts: tuple[float, float]) -> Samples:
    """(seconds, dBFS) one after another, the same 1 kHz in two channels."""
    whole = np.concatenate(
        [tone(seconds, hz=1000, dbfs=dbfs, rate=RATE) for seconds, dbfs in parts]
    )
    return channels(whole, whole)


EBU_TECH_3341 = {
    1: (steps((20, -23)), -23.0),
    2: (steps((20, -33)), -33.0),
    3: (steps((10, -36), (60, -23), (10, -36)), -23.0),
    4: (steps((10, -72), (10, -36), (60, -23), (10, -36), (10, -72)), -23.0),
    5: (steps((20, -26), (20.1, -20), (20, -26)), -23.0),
    6: (
        channels(*(tone(20, hz=1000, dbfs=dbfs, rate=RATE) for dbfs in (-28, -28, -24, -30, -30))),
        -23.0,
    ),
}


@pytest.mark.parametrize("case", EBU_TECH_3341)
def test_the_ebu_s_test_signals_read_as_published(case):
    """Cases 1 to 6 of EBU Tech 3341 lie within 0.1 LU."""
    signal, expected = EBU_TECH_3341[case]

    assert lufs(signal) == pytest.approx(expected, abs=0.1)


@pytest.mark.parametrize("rate", [8_000, 22_050, 44_100, 48_000, 96_000, 192_000])
def test_the_rate_does_not_change_the_loudness(rate):
    """A sine at -20 dBFS in both channels is -20 LUFS whatever the sampling rate."""
    one = tone(6, dbfs=-20, rate=rate)

    assert lufs(channels(one, one), rate) == pytest.approx(-20.0, abs=0.1)


def test_the_filter_is_the_standard_s_own_at_48_khz():
    """Its response follows from the coefficients printed in BS.1770-4, tables 1 and 2."""
    hz = np.array([20.0, 100.0, 997.0, 4_000.0, 15_000.0])
    z = np.exp(-2j * np.pi * hz / RATE)
    shelf_up = 1.53512485958697, -2.69169618940638, 1.19839281085285
    shelf_down = 1.0, -1.69065929318241, 0.73248077421585
    pass_down = 1.0, -1.99004745483398, 0.99007225036621

    printed = (
        np.polyval(shelf_up[::-1], z)
        / np.polyval(shelf_down[::-1], z)
        * np.polyval((1.0, -2.0, 1.0), z)
        / np.polyval(pass_down[::-1], z)
    )

    assert loudness.weighting(RATE, hz) == pytest.approx(printed, rel=1e-5)


def test_one_channel_counts_once():
    """A mono file reads 3 dB lower than the same signal in two channels."""
    one = tone(6, rate=RATE)

    mono, stereo = lufs(one[:, None]), lufs(channels(one, one))

    assert mono == pytest.approx(-23.01, abs=0.1)
    assert stereo == pytest.approx(-20.0, abs=0.1)


def test_low_frequency_channel_does_not_count():
    """Of 5.1, the effects channel is left out, in the order of WAV and in that of Vorbis."""
    one = tone(6, rate=RATE)
    silent = np.zeros_like(one)

    assert lufs(channels(silent, silent, silent, one, silent, silent)) is None
    vorbis = channels(silent, silent, silent, silent, silent, one)
    assert lufs(vorbis, lfe_last=True) is None


@pytest.mark.parametrize("count", range(1, 9))
def test_every_number_of_channels_has_weights(count):
    """Each layout up to 7.1 has a weight per channel in either order, and the same sum."""
    usual, other = (loudness.channel_weights(count, lfe_last=last) for last in (False, True))

    assert len(usual) == len(other) == count
    assert usual.sum() == pytest.approx(other.sum())


def test_silence_has_no_loudness():
    """Nothing passes the gate: None, and not a very low number."""
    assert lufs(np.zeros((RATE, 1), dtype=np.float32)) is None
    assert loudness.integrated(np.zeros(0)) is None


def test_less_than_a_block_counts_ungated():
    """A section shorter than 400 ms still has the loudness of what there is."""
    one = tone(0.3, hz=1000, dbfs=-23, rate=RATE)

    assert lufs(channels(one, one)) == pytest.approx(-23, abs=0.3)
