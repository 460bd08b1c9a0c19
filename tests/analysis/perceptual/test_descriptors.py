import json
from pathlib import Path

import numpy as np
import pytest

from api.analysis.fitting.perceptual_table import MFCC
from api.analysis.perceptual.descriptors import HOP, NAMES, describe
from api.analysis.perceptual.timbre import SMOOTH
from api.analysis.sound import RATE

EXPECTED = Path(__file__).with_name("descriptors_librosa.json")
LEVELLED = ("mfcc_00", "rmse")
COLUMNS = (*NAMES, *MFCC)


def described(samples):
    """The descriptors by their columns; the table's coefficients are a transform of the levels."""
    one = describe([samples])
    return dict(zip(COLUMNS, [*one.means[0], *(one.levels[0] @ SMOOTH.T)], strict=True))


def chord(seconds=4.0, tuning_cents=0.0):
    """A minor sixth chord of decaying harmonics over soft noise, struck every half second."""
    times = np.arange(int(seconds * RATE)) / RATE
    tones = np.zeros_like(times)
    for semitones in (-12, 0, 3, 7, 9):
        pitch = 220.0 * 2 ** ((semitones + tuning_cents / 100) / 12)
        for harmonic in range(1, 6):
            tones += np.sin(2 * np.pi * pitch * harmonic * times) / harmonic**2
    noise = np.random.default_rng(7).standard_normal(len(times))
    struck = np.exp(-3.0 * (times % 0.5))
    return (0.05 * tones * struck + 0.002 * noise).astype(np.float32)


def test_every_descriptor_is_librosas():
    """The 38 means of a sound are those that librosa 0.11 computes, to a few parts in 100,000."""
    expected = json.loads(EXPECTED.read_text("utf-8"))

    found = described(chord())

    assert expected.keys() == found.keys()
    for name, value in expected.items():
        assert found[name] == pytest.approx(value, rel=5e-5, abs=5e-4), name


def test_level_moves_only_the_two_descriptors_that_measure_it():
    """At -20 dB the mean level falls by 20 dB, and nothing else changes."""
    loud, soft = described(chord()), described(chord() * np.float32(0.1))

    assert soft["rmse"] == pytest.approx(loud["rmse"] / 10, rel=1e-4)
    assert soft["mfcc_00"] == pytest.approx(loud["mfcc_00"] - 20 * np.sqrt(128), abs=1e-2)
    for name in set(COLUMNS) - set(LEVELLED):
        assert soft[name] == pytest.approx(loud[name], rel=1e-3, abs=2e-3), name


def test_notes_are_those_of_the_tuning_it_was_played_in():
    """A chord 40 cents sharp sounds the same notes, since its tuning is measured first."""
    notes = slice(NAMES.index("chroma_stft_00"), NAMES.index("chroma_stft_11") + 1)

    sharp, level = describe([chord(tuning_cents=40.0), chord()]).means[:, notes]

    assert np.argsort(sharp)[-3:].tolist() == np.argsort(level)[-3:].tolist()


@pytest.mark.parametrize("length", [1, HOP, 30 * HOP])
def test_silence_is_described_by_finite_numbers(length):
    """Silence, however short, has no notes, and divides nothing by zero."""
    found = described(np.zeros(length, np.float32))

    assert np.isfinite(list(found.values())).all()
    assert found["chroma_stft_00"] == found["rmse"] == 0
