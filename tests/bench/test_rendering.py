from dataclasses import dataclass, field
from random import Random

import numpy as np
import pytest

from tests.bench.audio import fonts, judge, playing, rendering, roughening
from tests.bench.audio.roughening import RATE, Treatment

UNTOUCHED = Treatment(None, None, None, None, 0.0, 0.0)


@dataclass
class Piece:
    """As a composer leaves it: notes in quarters, here half a second each."""

    us_per_quarter: int = 500_000
    lead_in: float = 1.0
    pickup: int = 0
    notes: list = field(default_factory=lambda: [(0.0, 1.0, 0, 60, 90), (1.0, 2.0, 9, 38, 90)])

    def seconds(self, quarter):
        return self.lead_in + quarter * self.us_per_quarter / 1e6


def test_a_bent_tempo_bends_notes_and_beats_alike():
    """The first downbeat stays; a quarter lasts at most the waves' shares longer or shorter."""
    piece = Piece()
    how = playing.Manner(((0.05, 16.0, 1.0), (0.02, 400.0, 0.0)), (0.0,) * 16, 0.0)

    playing.play(piece, how, Random(1))

    steps = np.diff([piece.seconds(quarter) for quarter in range(64)])
    assert piece.seconds(0) == 1.0
    assert np.all(np.abs(steps / 0.5 - 1) <= 0.07)
    assert np.ptp(steps) > 0.01


def test_parts_lag_and_drums_keep_the_time():
    """A note is moved by its part's lag in seconds, as long as it was."""
    piece = Piece()

    playing.play(piece, playing.Manner((), (0.01,) * 9 + (0.0,) * 7, 0.0), Random(1))

    assert piece.notes[0][:2] == pytest.approx((0.02, 1.02))
    assert piece.notes[1][:2] == (1.0, 2.0)


def test_a_seed_plays_and_treats_alike():
    """Nothing but the seed decides."""
    assert playing.manner(Random("7")) == playing.manner(Random("7"))
    assert roughening.treatment(Random("7")) == roughening.treatment(Random("7"))
    assert roughening.treatment(Random("7")) != roughening.treatment(Random("8"))


@pytest.mark.parametrize("lead_s", [0.75, 0.0, -0.5])
def test_what_is_true_moves_with_the_music(lead_s):
    """A click stays on its beat to the sample; what was cut off is told no more."""
    samples = np.zeros((4 * RATE, 2))
    samples[[RATE // 4, RATE, 3 * RATE]] = 1.0
    truth = {
        "beats": [0.25, 1.0, 3.0],
        "downbeats": [1.0],
        "sections": [
            {"start": 0.0, "end": 2.0, "label": "A"},
            {"start": 2.0, "end": 4.0, "label": "B"},
        ],
    }
    how = Treatment(None, None, None, None, lead_s, 1.5)

    trimmed = roughening.trimmed(samples, how)
    told = roughening.told(truth, how, len(trimmed) / RATE)

    assert told["beats"] == [at / RATE for at in np.flatnonzero(trimmed[:, 0])]
    assert told["downbeats"] == [1.0 + lead_s]
    assert told["sections"][0]["start"] == max(lead_s, 0.0)
    assert told["sections"][-1]["end"] == len(trimmed) / RATE == 2.5 + lead_s
    assert told["moved_s"] == lead_s


def test_a_room_follows_the_direct_sound():
    """A click is heard at once and its room after it, falling."""
    click = np.zeros((RATE, 2))
    click[100] = 1.0

    wet = roughening.in_room(click, 0.3, 0.3, seed=1)

    assert np.abs(wet[:100]).max() < 1e-12
    assert np.abs(wet).argmax() // 2 == 100
    early, late = wet[101:4000], wet[8000:12000]
    assert (early**2).mean() > 10 * (late**2).mean() > 0


def test_filters_and_compressor_change_what_they_name():
    """A low-pass takes the treble and no more; a compressor brings loud and soft together."""
    time = np.arange(RATE) / RATE
    low, high = (np.sin(2 * np.pi * hz * time)[:, None] for hz in (200, 12_000))
    loud_then_soft = low * np.where(time < 0.5, 1.0, 0.1)[:, None]

    kept, cut = (roughening.filtered(x, 3000, "lowpass").std() for x in (low, high))
    pressed = roughening.compressed(loud_then_soft, -10, 4)

    assert kept / low.std() == pytest.approx(1, abs=0.05)
    assert cut / high.std() < 0.1
    halves = [part.std() for part in np.split(pressed, 2)]
    assert 1 < halves[0] / halves[1] < 7
    assert np.array_equal(roughening.sounded(low, UNTOUCHED, 1), low)


def test_without_the_generator_there_is_no_truth(monkeypatch, tmp_path):
    """It is said, not guessed, what is absent."""
    monkeypatch.setattr(judge, "TOOLS", tmp_path)

    with pytest.raises(judge.NoTruth, match="audio_truth is absent"):
        rendering.composed(1, 1)


def test_an_absent_soundfont_is_said(tmp_path):
    """By the name of the package that has it."""
    font = fonts.Font("none", tmp_path / "none.sf2", "none-soundfont")

    with pytest.raises(judge.NoTruth, match="none-soundfont"):
        rendering.render({}, tmp_path, font, rough=False)
