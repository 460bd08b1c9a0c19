import dataclasses

import numpy as np
import pytest

from api.analysis import spectra
from api.analysis.harmony import chroma
from api.analysis.sound import RATE
from api.analysis.structure import segments
from tests.analysis.signals import chords, noise, pulse, tone


def cut(samples):
    """Segments of these samples."""
    return segments.cut(samples, spectra.measure(samples), chroma.measure(samples))


def strummed(seconds=10.0, *, every_s=0.5):
    """A chord that is struck anew, and dies away, every so often."""
    chord = chords([(60, "major")], every_s, rate=RATE, dbfs=-12)
    dying = chord * np.exp(-np.arange(len(chord)) / (0.12 * RATE))
    return np.tile(dying, round(seconds / every_s)).astype(np.float32)


SOUNDS = {
    "strummed": strummed(),
    "silence": np.zeros(6 * RATE, np.float32),
    "noise": noise(6.0, rate=RATE),
    "clipped": np.clip(tone(6.0, dbfs=6.0, rate=RATE), -1, 1),
    "one stroke": pulse(np.array([3.0]), 6.0, rate=RATE),
    "odd length": noise(5.0, rate=RATE)[:-137],
}


@pytest.mark.parametrize("name", SOUNDS)
def test_segments_cover_all_of_any_sound(name):
    """Contiguous from 0.0 to the duration, none under 0.06 s, every number finite and in range."""
    samples = SOUNDS[name]

    found = cut(samples)

    ends_s = found.starts_s + found.durations_s
    assert found.starts_s[0] == 0.0
    assert np.allclose(ends_s[:-1], found.starts_s[1:])
    assert ends_s[-1] == pytest.approx(len(samples) / RATE)
    assert found.durations_s.min() >= 0.06
    for field in dataclasses.fields(found):
        column = getattr(found, field.name)
        assert np.isfinite(column).all()
        assert len(column) == len(found.starts_s)
    assert (found.pitches.max(axis=1) == 1.0).all()
    assert found.pitches.min() >= 0.0
    assert ((found.confidences >= 0) & (found.confidences <= 1)).all()
    assert ((found.loudness_max_times_s >= 0) & (found.loudness_max_times_s <= ends_s)).all()
    assert found.loudness_maxima_db.min() >= -60.0


def test_each_stroke_starts_a_segment():
    """Twenty strokes, and a segment starts within 30 ms of each."""
    found = cut(strummed())

    away = np.abs(found.starts_s[:, None] - np.arange(0, 10, 0.5)).min(axis=0)
    assert away.max() < 0.03
    assert len(found.starts_s) == 20


def test_loudness_rises_from_the_start_to_its_maximum_and_ends_where_the_next_starts():
    """A struck chord is loudest soon after it starts."""
    found = cut(strummed())

    inner = slice(1, -1)
    assert (found.loudness_maxima_db[inner] > found.loudness_starts_db[inner] + 6).all()
    assert (found.loudness_max_times_s[inner] < 0.1).all()
    assert np.array_equal(found.loudness_ends_db[:-1], found.loudness_starts_db[1:])
    assert found.loudness_ends_db[-1] < found.loudness_maxima_db[-1]


def test_levels_above_full_scale_are_told():
    """A float file may be louder than 0 dB: a sine of +6 dBFS has an rms of +3."""
    found = cut(tone(5.0, dbfs=6.0, rate=RATE))

    assert found.loudness_maxima_db.max() == pytest.approx(3.0, abs=0.1)


def test_pitches_name_the_notes_of_the_moment():
    """C, then A: the strongest note changes with the sound."""
    found = cut(np.concatenate([tone(2.0, hz=261.63, rate=RATE), tone(2.0, hz=440.0, rate=RATE)]))

    middles = found.starts_s + found.durations_s / 2
    assert found.pitches[middles < 1.9].argmax(axis=1).tolist()[0] == 0
    assert found.pitches[middles > 2.3].argmax(axis=1).tolist()[-1] == 9


def test_silence_is_one_segment_where_no_note_stands_out():
    """Nothing begins; all notes are alike."""
    found = cut(SOUNDS["silence"])

    assert len(found.starts_s) == 1
    assert (found.pitches == 1.0).all()
    assert found.loudness_maxima_db.tolist() == [-60.0]


def test_a_clearer_onset_is_surer():
    """A stroke out of silence is surer than one under noise."""
    clear = cut(strummed())
    covered = cut(strummed() + noise(10.0, dbfs=-26, rate=RATE))

    assert clear.confidences[1:].mean() > covered.confidences[1:].mean()


def test_gain_moves_levels_and_the_first_axis_and_nothing_else():
    """Ten dB less, and only loudness and timbre's level are ten less."""
    loud = strummed() + noise(10.0, dbfs=-45, rate=RATE)

    first, second = cut(loud), cut(loud * np.float32(10**-0.5))

    assert np.array_equal(first.starts_s, second.starts_s)
    assert np.allclose(first.pitches, second.pitches, atol=1e-3)
    assert np.allclose(first.confidences, second.confidences, atol=1e-3)
    assert np.allclose(first.loudness_maxima_db - 10, second.loudness_maxima_db, atol=1e-3)
    assert np.allclose(first.timbres[:, 0] - 10, second.timbres[:, 0], atol=1e-2)
    assert np.allclose(first.timbres[:, 1:], second.timbres[:, 1:], atol=0.05)


def test_a_second_cut_is_the_same():
    """Same samples in, same bytes out."""
    first, second = cut(strummed()), cut(strummed())

    for field in dataclasses.fields(first):
        assert getattr(first, field.name).tobytes() == getattr(second, field.name).tobytes()
