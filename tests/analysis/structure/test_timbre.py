import itertools

import numpy as np
import pytest
from scipy import signal

from api.analysis import spectra
from api.analysis.sound import RATE
from api.analysis.structure import levels, timbre
from tests.analysis.signals import noise, tone

LEVEL, BRIGHTNESS, FLATNESS, ATTACK, DECAY = 0, 1, 2, 3, 6


def describe(samples, edges_s):
    """(n, 12): timbre of these samples between edges."""
    level = levels.measure(samples)
    at = np.round(np.asarray(edges_s) / levels.FRAME_S).astype(int)
    spans = itertools.pairwise(at)
    loudest = np.array([level[a:b].max() for a, b in spans])
    return timbre.describe(spectra.measure(samples), np.asarray(edges_s), loudest)


def test_twelve_numbers_a_segment():
    """However short a segment is, it has all twelve, and they are finite."""
    found = describe(noise(2.0, rate=RATE), [0.0, 0.06, 0.5, 2.0])

    assert found.shape == (3, 12)
    assert found.dtype == np.float32
    assert np.isfinite(found).all()


def test_the_first_axis_is_the_level_on_a_scale_of_sixty():
    """A sine of -20 dBFS has an rms of -23 and so 37; what is above full scale stays at 60."""
    soft = describe(tone(2.0, rate=RATE), [0.5, 1.5])
    loud = describe(tone(2.0, dbfs=12.0, rate=RATE), [0.5, 1.5])
    silent = describe(np.zeros(2 * RATE, np.float32), [0.5, 1.5])

    assert soft[0, LEVEL] == pytest.approx(37.0, abs=0.1)
    assert loud[0, LEVEL] == 60.0
    assert silent[0, LEVEL] == 0.0


def test_high_sounds_are_brighter_than_low_ones():
    """Noise above 3 kHz against noise below 500 Hz."""
    hiss = noise(4.0, dbfs=-12, rate=RATE)
    low = signal.sosfilt(signal.butter(4, 500, fs=RATE, output="sos"), hiss)
    high = signal.sosfilt(signal.butter(4, 3000, "high", fs=RATE, output="sos"), hiss)

    found = describe(np.concatenate([low, high]).astype(np.float32), [0.5, 3.5, 4.5, 7.5])

    assert found[2, BRIGHTNESS] > found[0, BRIGHTNESS] + 50


def test_noise_is_flatter_than_a_tone():
    """All bands alike, or one alone."""
    both = np.concatenate([noise(2.0, rate=RATE), tone(2.0, rate=RATE)])

    found = describe(both, [0.2, 1.8, 2.2, 3.8])

    assert found[0, FLATNESS] > found[2, FLATNESS] + 50


def test_a_stroke_attacks_and_a_swell_does_not():
    """The same noise, dying away from its start or growing to its end."""
    hiss = noise(1.0, rate=RATE)
    stroke = hiss * np.geomspace(1, 1e-3, RATE)
    swell = stroke[::-1]
    quiet = np.zeros(RATE // 2, np.float32)
    both = np.concatenate([quiet, stroke, quiet, swell]).astype(np.float32)

    found = describe(both, [0.47, 1.5, 2.0, 3.0])

    assert found[0, ATTACK] > found[2, ATTACK] + 50
    assert found[0, DECAY] > found[2, DECAY]


def test_gain_moves_the_first_axis_alone():
    """Twelve dB less, and the other eleven axes stay."""
    sound = noise(2.0, rate=RATE) * np.geomspace(1, 0.1, 2 * RATE).astype(np.float32)

    loud, soft = (describe(sound * np.float32(gain), [0.1, 0.7, 1.9]) for gain in (1.0, 0.25))

    assert np.allclose(loud[:, 0] - soft[:, 0], 20 * np.log10(4), atol=1e-2)
    assert np.allclose(loud[:, 1:], soft[:, 1:], atol=0.05)
