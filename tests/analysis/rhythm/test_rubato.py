"""What must be followed where players push and pull."""

import numpy as np
import pytest

from api.analysis import spectra
from api.analysis.rhythm import beatnet, cues, rhythm, rubato
from api.analysis.sound import RATE
from tests.analysis.rhythm.test_rhythm import bars, clicks, distances, every


def pushed_and_pulled(share, *, over_s=16.0, seconds=48.0):
    """Strokes at 100 beats a minute, whose tempo rises and falls by a share; sound and times."""
    clock = np.arange(0, seconds, 0.001)
    was = clock + share * over_s / (2 * np.pi) * np.sin(2 * np.pi * clock / over_s)
    times = np.interp(every(100, was[-1]), was, clock)
    sound = clicks(times, seconds, hertz=200.0) + clicks(times[::2], seconds, hertz=2_000.0)
    return sound.astype(np.float32), times


def gathered(sound) -> cues.Cues:
    """What is heard of samples."""
    return cues.gather(spectra.measure(sound), beatnet.activations(sound))


def test_a_free_chain_goes_with_the_players():
    """Where the tempo rises and falls by a fifth, one of the chains stays on the beats."""
    sound, times = pushed_and_pulled(0.2)

    on_beats = [(distances(times, chain) < 0.04).mean() for chain in rubato.chains(gathered(sound))]

    assert max(on_beats) > 0.9


def test_a_tempo_that_changes_by_a_fifth_is_followed():
    """Beats stay on the strokes, and the slowest and the fastest tempo are told."""
    sound, times = pushed_and_pulled(0.2)

    heard = rhythm.hear(spectra.measure(sound), beatnet.activations(sound))

    assert (distances(heard.beats_s, times) < 0.04).mean() > 0.9
    assert heard.tempo_range is not None
    assert heard.tempo_range == pytest.approx((84, 116), abs=5)


def test_a_steady_tempo_has_no_range():
    """A band that keeps time has one tempo."""
    sound = bars(4, bpm=110.0, seconds=30.0)

    assert rhythm.hear(spectra.measure(sound), beatnet.activations(sound)).tempo_range is None


def test_a_moment_has_no_chain():
    """What is too short for a few beats gives nothing, and no error."""
    assert rubato.chains(gathered(np.zeros(RATE // 2, np.float32))) == []


def test_a_chain_keeps_to_the_bass_where_the_network_knows_nothing():
    """Bass on the beat and a harder stroke half-way, as striding hands play it."""
    times = every(100, 40.0)
    bass = clicks(times, 40.0, hertz=150.0, level=0.9)
    on_top = clicks(times, 40.0, hertz=2_000.0, level=0.1)
    half_way = clicks(times[:-1] + 0.3, 40.0, hertz=2_000.0, level=0.3)
    nothing = np.full((2_001, 2), 0.05, np.float32)

    heard = cues.gather(spectra.measure(bass + on_top + half_way), nothing)
    walking = rubato.chains(heard)[1]

    assert (distances(walking, times) < 0.04).mean() > 0.9
