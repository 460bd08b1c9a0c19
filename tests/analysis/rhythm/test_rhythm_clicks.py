"""What must be heard in metronomes, and in tones that only seem to beat."""

import numpy as np
import pytest

from api.analysis.sound import RATE
from tests.analysis.rhythm.test_rhythm import clicks, distances, every, hear


def bursts(times_s, seconds, *, length_s, levels=(1.0,)):
    """Bursts of noise, all alike but for their levels in turn, and silence between them."""
    burst = np.random.default_rng(0).uniform(-0.5, 0.5, round(length_s * RATE))
    sound = np.zeros(round(seconds * RATE) + len(burst), np.float32)
    for number, time in enumerate(times_s):
        start = round(time * RATE)
        sound[start : start + len(burst)] = burst * levels[number % len(levels)]
    return sound[: round(seconds * RATE)]


@pytest.mark.parametrize("length_s", [0.001, 0.01])
@pytest.mark.parametrize("seconds", [8, 10, 30])
@pytest.mark.parametrize("bpm", [60, 90, 120, 150, 180])
def test_a_metronome_has_its_tempo_and_beats(bpm, seconds, length_s):
    """Bare clicks, however short, are all beats, and nothing else is one."""
    times = every(bpm, seconds + 0.2, start=0.0)

    heard = hear(bursts(times, seconds, length_s=length_s))

    assert heard.tempo_bpm == pytest.approx(bpm, rel=0.02)
    assert distances(heard.beats_s, times).max() < 0.02


def test_silence_before_a_metronome_only_shifts_it():
    """Clicks that set in after two seconds are heard as if at once."""
    times = every(120, 12, start=2.3)

    heard = hear(bursts(times, 12, length_s=0.01))

    assert heard.tempo_bpm == pytest.approx(120, rel=0.02)
    assert distances(heard.beats_s, times).max() < 0.02


@pytest.mark.parametrize("count", [3, 4])
@pytest.mark.parametrize("bpm", [90, 120, 150])
def test_a_metronome_with_accents_has_bars(bpm, count):
    """An accent on every third or fourth click is the metre."""
    times = every(bpm, 20, start=0.0)
    levels = [1.0] + [0.4] * (count - 1)

    heard = hear(bursts(times, 20, length_s=0.01, levels=levels))

    assert heard.metre == count
    assert heard.tempo_bpm == pytest.approx(bpm, rel=0.02)


@pytest.mark.parametrize("hertz", [20.0, 30.0, 50.0, 440.0])
@pytest.mark.parametrize("seconds", [10, 20])
def test_a_held_tone_has_no_tempo(hertz, seconds):
    """A tone beats with the frames it is measured in, but nothing is struck."""
    at = np.arange(seconds * RATE) / RATE

    heard = hear(0.3 * np.sin(2 * np.pi * hertz * at))

    assert heard.tempo_bpm is None


def test_a_jig_of_long_and_short_is_compound():
    """Bars of two beats, each a long and a short note with little on the first third, are 6/8."""
    beats = every(118, 40)
    band = clicks(beats[::2], 40, hertz=70.0, level=0.9) + clicks(beats, 40, hertz=2_000.0)
    shorts = clicks(beats + 2 / 3 * 60 / 118, 40, hertz=3_000.0, level=0.4)
    thirds = clicks(beats[::2] + 1 / 3 * 60 / 118, 40, hertz=4_000.0, level=0.2)

    heard = hear(band + shorts + thirds)

    assert heard.tempo_bpm == pytest.approx(118, rel=0.02)
    assert heard.metre == 6
