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
