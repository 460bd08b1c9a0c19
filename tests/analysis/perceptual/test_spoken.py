import numpy as np
import pytest
import soundfile

from api.analysis.perceptual.spoken import spoken
from api.analysis.sound import RATE


def voice(pitch_hz, loud):
    """Harmonics of a pitch that moves, as loud as said: both one value per sample."""
    phase = 2 * np.pi * np.cumsum(pitch_hz) / RATE
    tones = sum(np.sin(harmonic * phase) / harmonic for harmonic in range(1, 12))
    return (0.1 * loud * tones).astype(np.float32)


def syllables(times):
    """Loud for half of each 0.4 s, with a pause of half a second in every three."""
    return np.where((times % 0.4 < 0.2) & (times % 3 < 2.5), 1.0, 0.02)


@pytest.fixture
def times():
    """Twelve seconds."""
    return np.arange(12 * RATE) / RATE


def test_a_gliding_voice_with_pauses_is_speech(times):
    """Syllables on a pitch that never rests are what speech is told by."""
    talk = voice(120 * 2 ** (0.6 * np.sin(2 * np.pi * 1.7 * times)), syllables(times))

    assert spoken(talk) > 0.8


def test_the_same_voice_on_notes_is_not(times):
    """The same syllables on notes that are held are a melody."""
    notes = 120 * 2 ** (np.floor(times * 2) % 5 / 12)

    assert spoken(voice(notes, syllables(times))) == 0.0


def test_strokes_without_a_pitch_are_not(times):
    """A drum pauses as speech does, but has no pitch to glide."""
    noise = np.random.default_rng(3).standard_normal(len(times))

    assert spoken((0.1 * noise * syllables(times)).astype(np.float32)) == 0.0


def test_a_voice_that_never_rests_is_not(times):
    """Without pauses and stresses it may be a siren, but nobody speaks."""
    siren = voice(120 * 2 ** (0.4 * np.sin(2 * np.pi * 1.7 * times)), np.ones_like(times))

    assert spoken(siren) == 0.0


def test_two_pulses_in_silence_are_too_little_to_tell(times):
    """Of a sound that has a pitch for less than half a second, nothing is said."""
    blips = voice(np.full_like(times, 150.0), (times % 6 < 0.1).astype(float))

    assert spoken(blips) == 0.0


@pytest.mark.shared
def test_read_speech_is_told_from_recorded_music(shared_data):
    """Three readers are heard speaking; strings, bells, a jazz trio and a singer are not."""
    said = {
        path.name: spoken(soundfile.read(path, dtype="float32")[0][: 30 * RATE])
        for path in sorted((shared_data / "audio").glob("*.ogg"))
    }

    readers = {name for name, certainty in said.items() if certainty > 0.5}

    assert readers == {name for name in said if name.endswith("-0000.ogg")}
