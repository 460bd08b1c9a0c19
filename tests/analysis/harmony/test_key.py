import numpy as np
import pytest
import soundfile

from api.analysis.harmony import chroma, key
from api.analysis.sound import RATE
from tests.analysis.signals import chords, noise, tone

MINOR, MAJOR = 0, 1


def cadence(tonic, mode=MAJOR, *, seconds=2.0):
    """I-IV-V-I, or i-iv-V-i."""
    kind = "major" if mode == MAJOR else "minor"
    roots = [(tonic, kind), (tonic + 5, kind), (tonic + 7, "major"), (tonic, kind)]
    return chords(roots, seconds, rate=RATE)


def hear(samples):
    """The key of all of these samples."""
    return key.hear(chroma.measure(samples))


@pytest.mark.parametrize("mode", [MINOR, MAJOR])
@pytest.mark.parametrize("tonic", range(12))
def test_a_cadence_is_heard_in_its_key(tonic, mode):
    """I-IV-V-I in each of the 24 keys."""
    guess = hear(cadence(48 + tonic, mode, seconds=1.0))

    assert (guess.key, guess.mode) == (tonic, mode)


def test_two_semitones_up_move_the_key_by_two_and_leave_the_rest():
    """Transposition changes the tonic, not the mode, and hardly the margins."""
    low, high = hear(cadence(55)), hear(cadence(57))

    assert (high.key - low.key) % 12 == 2
    assert high.mode == low.mode
    assert high.margin == pytest.approx(low.margin, abs=0.05)


def test_gain_changes_nothing():
    """Twenty dB less, and the guess is the same."""
    signal = cadence(50, MINOR)

    loud, soft = hear(signal), hear(signal * np.float32(0.1))

    assert (loud.key, loud.mode) == (soft.key, soft.mode)
    assert loud.margin == pytest.approx(soft.margin, abs=1e-3)


def test_a_plain_cadence_is_surer_than_a_wandering_one():
    """All twelve major chords in turn leave a smaller margin."""
    plain = hear(cadence(48))
    wandering = hear(chords([(48 + n, "major") for n in range(12)], 1.0, rate=RATE))

    assert plain.margin > wandering.margin
    assert plain.mode_margin >= plain.margin >= 0.0


def test_a_stretch_has_its_own_key():
    """A piece that changes key is heard in each part's."""
    notes = chroma.measure(np.concatenate([cadence(48), cadence(54)]))

    before, after = key.hear(notes, (0.0, 8.0)), key.hear(notes, (8.0, 16.0))

    assert (before and before.key, after and after.key) == (0, 6)


def test_a_stretch_too_short_has_none():
    """A tenth of a second is a sound, not a key."""
    notes = chroma.measure(cadence(48))

    assert key.hear(notes, (1.0, 1.1)) is None


@pytest.mark.parametrize("seconds", [5.0, 20.0])
def test_noise_has_no_key(seconds):
    """White noise prefers no note."""
    assert hear(noise(seconds, rate=RATE)) is None


def test_silence_has_no_key():
    """Nothing sounds."""
    notes = chroma.measure(np.zeros(6 * RATE, np.float32))

    assert key.hear(notes) is None
    assert key.tonality(notes) == 0.0


def test_a_gliding_voice_has_no_key():
    """What never keeps to a pitch, as speech does not, is no music."""
    times = np.arange(8 * RATE) / RATE
    hertz = 180 * 2 ** (0.8 * np.sin(2 * np.pi * 0.7 * times) + 0.5 * np.sin(9 * times))
    phase = 2 * np.pi * np.cumsum(hertz) / RATE
    voice = sum(np.sin(part * phase) / part for part in range(1, 9))

    assert hear(np.asarray(0.1 * voice, np.float32)) is None


def test_notes_are_told_from_noise():
    """Tonality is near 1 for a scale, also under some noise, and near 0 for noise alone."""
    scale = [tone(0.5, hz=440 * 2 ** (n / 12), rate=RATE) for n in (0, 2, 4, 5, 7, 9, 11, 12)]
    played = np.concatenate(scale)

    clean = key.tonality(chroma.measure(played))
    noisy = key.tonality(chroma.measure(played + noise(4.0, dbfs=-40, rate=RATE)))

    assert min(clean, noisy) > 0.9
    assert key.tonality(chroma.measure(noise(4.0, rate=RATE))) < 0.1


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Hungarian_Dance", (7, MINOR)),
        ("Karissa_Hobbs", (10, MAJOR)),
        ("Kevin_MacLeod_-_P_I", (4, MINOR)),
        ("198-209", None),
        ("3436-172162", None),
        ("5703-47212", None),
    ],
)
def test_recordings_have_their_key_and_read_speech_has_none(shared_data, name, expected):
    """Real recordings: three of music whose key is known, three of read speech."""
    path = next((shared_data / "audio").glob(f"{name}*.ogg"))
    samples, rate = soundfile.read(path, dtype="float32")

    guess = hear(samples)

    assert rate == RATE
    assert (guess and (guess.key, guess.mode)) == expected
