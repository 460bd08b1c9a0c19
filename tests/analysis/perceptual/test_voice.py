import numpy as np
import pytest
import soundfile

from api.analysis.perceptual.voice import PATCH, PATH, _laid, voice
from api.analysis.sound import RATE


def sung(seconds=3.02):
    """Two vowels in turn on a melody with vibrato: harmonics of the glottis under formants."""
    times = np.arange(int(seconds * RATE)) / RATE
    notes = 220 * 2 ** (np.array([0, 2, 4, 5, 4, 2])[(times * 2).astype(int) % 6] / 12)
    phase = 2 * np.pi * np.cumsum(notes * (1 + 0.02 * np.sin(2 * np.pi * 5.5 * times))) / RATE
    out = np.zeros_like(times)
    for harmonic in range(1, 24):
        hertz = harmonic * notes
        out += sum(np.exp(-(((hertz - f) / 120) ** 2)) for f in (700, 1200, 2600)) * np.sin(
            harmonic * phase
        )
    return (0.3 * out / np.abs(out).max()).astype(np.float32)


def struck(seconds=3.02):
    """The same melody on decaying strings."""
    times = np.arange(int(seconds * RATE)) / RATE
    notes = 220 * 2 ** (np.array([0, 2, 4, 5, 4, 2])[(times * 2).astype(int) % 6] / 12)
    phase = 2 * np.pi * np.cumsum(notes) / RATE
    tones = sum(np.sin(harmonic * phase) / harmonic**1.5 for harmonic in range(1, 9))
    return (0.2 * tones * np.exp(-4 * (times % 0.5))).astype(np.float32)


def test_a_voice_is_told_from_a_string():
    """Vowels with vibrato on a melody are sung more than the same notes plucked."""
    assert voice(sung()) > voice(struck()) + 1.0


def test_what_is_short_is_repeated():
    """A second of voice is heard as three of them."""
    second = sung()[:RATE]

    assert voice(second) == voice(np.resize(second, PATCH))


def test_the_weights_are_small_and_in_half_precision():
    """Less than two megabytes, and nothing in them but numbers."""
    assert PATH.stat().st_size < 2_000_000
    with np.load(PATH, allow_pickle=False) as file:
        assert {file[name].dtype for name in file.files} == {np.dtype(np.float16)}


def test_a_kernel_on_places_side_by_side_hears_each_of_them():
    """One product of a longer stretch is what the kernel hears at each of its places."""
    drawn = np.random.default_rng(5)
    kernel = drawn.normal(size=(7, 38, 3)).astype(np.float32)
    bands = drawn.normal(size=(7, 41)).astype(np.float32)

    together = np.einsum("ab,abf->f", bands, _laid(kernel, 4)).reshape(4, 3)

    apart = [np.einsum("ab,abf->f", bands[:, at : at + 38], kernel) for at in range(4)]
    assert np.allclose(together, apart, atol=1e-4)


@pytest.mark.shared
def test_singers_and_readers_are_voices_and_instruments_are_not(shared_data):
    """Three readers and a singer are above strings, bells and a jazz trio."""
    heard = {}
    for path in (shared_data / "audio").glob("*.ogg"):
        samples, _ = soundfile.read(path, dtype="float32")
        middle = max(len(samples) // 2 - PATCH // 2, 0)
        heard[path.name] = voice(samples[middle : middle + PATCH] / np.abs(samples).max())

    voices = {name for name in heard if name.endswith("-0000.ogg") or name.startswith("Karissa")}

    assert min(heard[name] for name in voices) > max(
        value for name, value in heard.items() if name not in voices
    )
