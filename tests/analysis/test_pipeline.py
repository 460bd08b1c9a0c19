from dataclasses import replace

import numpy as np
import pytest

from api.analysis import pipeline
from api.analysis.harmony import chroma
from api.analysis.sound import RATE, Sound
from api.analysis.structure import silence
from api.schemas.library import STAGES, JobKind, Stage
from tests.analysis.signals import noise


def test_what_is_played_is_heard(heard):
    """Tempo, key, sections and loudness of a piece that was made to have them."""
    assert heard.rhythm.tempo_bpm == pytest.approx(120, rel=0.02)
    assert (heard.key.key, heard.key.mode) in {(0, 1), (9, 0)}
    assert [part.start_s for part in heard.parts] == pytest.approx([0, 16], abs=0.6)
    assert heard.parts[0].loudness_lufs > heard.parts[1].loudness_lufs + 1
    assert (heard.parts[0].key.key, heard.parts[1].key.key) == (0, 9)


def test_stages_are_told_in_order(sound):
    """Each stage of an analysis but decoding is announced once, percentages only rise."""
    told: list[tuple[Stage, float]] = []

    pipeline.analyse(sound, lambda stage, percent: told.append((stage, percent)))

    stages, percents = zip(*told, strict=True)
    assert (Stage.DECODE, *stages) == STAGES[JobKind.ANALYSIS]
    assert sorted(percents) == list(percents)
    assert 0 < percents[0] < percents[-1] < 100


def test_the_same_sound_gives_the_same_answer(sound, heard):
    """To the last bit: there is no chance and no clock in it."""
    again = pipeline.analyse(sound)

    assert again.parts == heard.parts
    assert np.array_equal(again.rhythm.beats_s, heard.rhythm.beats_s)
    assert np.array_equal(again.segments.timbres, heard.segments.timbres)
    assert again.perceptual == heard.perceptual


def test_noise_has_neither_pulse_nor_key():
    """Nothing is claimed of what has no music in it; one section, some segments."""
    heard = pipeline.analyse(sound_of(noise(12, rate=RATE)))

    assert heard.rhythm.tempo_bpm is None
    assert heard.key is None
    assert len(heard.parts) >= 1


def test_a_section_below_the_gate_still_has_a_level(sound):
    """Its plain mean, and never less than the softest that is shown."""
    quiet = replace(sound, powers=np.where(np.arange(320) < 150, sound.powers, 0.0))

    parts = pipeline.analyse(quiet).parts

    assert parts[0].loudness_lufs > -40
    assert parts[-1].loudness_lufs == pipeline.SOFTEST_LUFS


def test_a_short_section_has_the_whole_s_key_and_tempo(sound, heard):
    """Under eight seconds there is too little to hear a key in."""
    music = silence.cut_out(sound)
    notes = chroma.measure(music.sound.samples)
    whole = pipeline._Whole(music, heard.rhythm, notes, heard.key)

    part = pipeline._part(whole, (16.0, 23.0), 0.5)

    assert part.inherited
    assert (part.key, part.tempo_bpm) == (heard.key, heard.rhythm.tempo_bpm)


def sound_of(samples: np.ndarray) -> Sound:
    """Samples at RATE as if they had been decoded."""
    return Sound(
        samples=samples,
        duration_s=len(samples) / RATE,
        loudness_lufs=-20.0,
        channels=1,
        source_rate=RATE,
        powers=np.full(len(samples) * 10 // RATE, 0.01),
    )
