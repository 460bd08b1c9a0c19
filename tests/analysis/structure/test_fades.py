import numpy as np
import pytest

from api.analysis.structure import fades, levels
from tests.analysis.signals import chords, noise

RATE = 22_050


def find(samples):
    """Fades of these samples."""
    return fades.find(levels.measure(samples), len(samples) / RATE)


def piece(seconds=60.0):
    """Chords and a noise floor, as loud at its ends as in its middle."""
    roots = [(48 + n, "major") for n in (0, 5, 7, 0)]
    bar = chords(roots, 0.5, rate=RATE)
    return np.tile(bar, round(seconds / 2)) + noise(seconds, dbfs=-70, rate=RATE)


def test_without_a_fade_it_is_all_music():
    """0.0 and the duration."""
    found = find(piece())

    assert (found.end_of_fade_in_s, found.start_of_fade_out_s) == (0.0, 60.0)


@pytest.mark.parametrize("seconds", [4, 8, 12])
def test_a_fade_out_is_found_within_its_span(seconds):
    """It starts after the level began to sink, and before it sank by half of the time left."""
    music = piece()
    music[-seconds * RATE :] *= np.linspace(1, 0, seconds * RATE, dtype=np.float32)

    start = find(music).start_of_fade_out_s

    assert 60 - seconds <= start <= 60 - seconds / 3


def test_a_fade_in_is_over_before_the_level_is_full():
    """Eight seconds from nothing."""
    music = piece()
    music[: 8 * RATE] *= np.linspace(0, 1, 8 * RATE, dtype=np.float32)

    found = find(music)

    assert 2.0 < found.end_of_fade_in_s <= 8.0
    assert found.start_of_fade_out_s == 60.0


def test_leading_silence_counts_as_fading_in():
    """Nothing is heard for two seconds."""
    found = find(np.concatenate([np.zeros(2 * RATE, np.float32), piece()]))

    assert found.end_of_fade_in_s == pytest.approx(2.0, abs=0.25)


def test_gain_changes_nothing():
    """Six dB less, and the fades are where they were."""
    music = piece()
    music[-9 * RATE :] *= np.linspace(1, 0, 9 * RATE, dtype=np.float32)

    assert find(music) == find(music * np.float32(0.5))


def test_silence_has_no_fades():
    """Nothing rises and nothing sinks."""
    found = find(np.zeros(10 * RATE, np.float32))

    assert (found.end_of_fade_in_s, found.start_of_fade_out_s) == (0.0, 10.0)
