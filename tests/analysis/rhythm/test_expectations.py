"""What a network that knows records adds to what is struck and what sounds."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from api.analysis import spectra
from api.analysis.rhythm import beatnet, cues, metre, pulse, readings, rhythm
from api.analysis.sound import RATE
from tests.analysis.rhythm.test_rhythm import bars, clicks, distances, every
from tests.analysis.rhythm.test_rubato import gathered

SECONDS = 24.0


def told(times_s, firsts_s=()):
    """Activations, (n, 2), of a network that is sure of these beats and downbeats."""
    at = np.arange(round(SECONDS * 50) + 1) / 50
    beats, firsts = (
        np.array([np.abs(at - time) < 0.03 for time in times]).any(axis=0)
        for times in (times_s, firsts_s or [-1.0])
    )
    return np.column_stack([0.9 * (beats & ~firsts), 0.9 * firsts]).astype(np.float32) + 0.02


@pytest.mark.parametrize("late", [0.0, 0.25])
def test_beats_are_where_records_would_have_them(late):
    """Strokes on beats and half-way are alike; what the network expects decides which are beats."""
    times = every(120, SECONDS)
    hum = 0.05 * np.sin(np.arange(round(SECONDS * RATE)) * 0.1)  # else this were a metronome
    band = clicks(every(240, SECONDS), SECONDS) + hum.astype(np.float32)

    heard = rhythm.hear(spectra.measure(band), told(times + late))

    assert heard.tempo_bpm == pytest.approx(120, rel=0.02)
    assert distances(heard.beats_s[1:-1], times + late).max() < 0.03


@pytest.mark.parametrize("first", [0, 1, 2, 3])
def test_bars_begin_where_records_would_have_them(first):
    """Beats that are all alike fall into bars as the network expects downbeats."""
    times = every(120, SECONDS)

    heard = rhythm.hear(
        spectra.measure(clicks(times, SECONDS)), told(times, times[first::4].tolist())
    )

    assert heard.metre == 4
    assert distances(heard.beats_s[heard.downbeats], times[first::4]).max() < 0.03


def test_the_first_beat_marks_nothing():
    """Silence lies before the first beat, so all is new there, and nothing follows from that."""
    found = gathered(bars(4, seconds=SECONDS))

    marks = metre.accents(found, pulse.read(found, every(120, SECONDS, start=0.5)))

    assert not marks[0].any()
    assert np.abs(marks).max() <= metre.CLIP
    assert marks[1:].std(axis=0).max() <= 1.0 + 1e-9


def test_bars_of_four_that_may_begin_half_way_are_bars_of_two_in_compound_time():
    """Of two beginnings half a bar apart, what they have in common speaks for a bar of two."""
    chances = np.zeros(len(metre.GROUPINGS))
    places = {way: place for place, way in enumerate(metre.GROUPINGS)}
    chances[places[4, 1]], chances[places[4, 3]], chances[places[4, 0]] = 0.4, 0.3, 0.3

    moved = readings._in_pairs(chances)

    assert moved.sum() == pytest.approx(1.0)
    assert moved[places[2, 1]] == pytest.approx(0.6)
    assert moved[places[4, 1]] == pytest.approx(0.1)
    assert moved[places[4, 0]] == pytest.approx(0.3)


def test_beats_of_both_kinds_are_told_where_either_may_be_the_right_one(monkeypatch):
    """Half of either's beats err less than all of the wrong one's, though both have one tempo."""
    heard = cues.gather(spectra.measure(bars(4, seconds=SECONDS)), told(every(120, SECONDS)))
    slow, fast = every(100, SECONDS), every(200, SECONDS)
    chains = [slow, slow + 0.3, fast]
    proposed = [readings._reading(heard, chain, 0.0) for chain in chains]
    shares = np.outer([0.42, 0.30, 0.28], np.eye(len(metre.GROUPINGS))[0])
    monkeypatch.setattr(readings, "probabilities", lambda _: shares)

    assert readings.choose(proposed).reading == 2


def test_a_beat_is_as_probable_as_all_readings_that_have_it():
    """Of two readings of which one has every second beat only, the beats of both are sure."""
    found = gathered(bars(4, seconds=SECONDS))
    times = every(120, SECONDS, start=0.5)
    chances = np.zeros((2, len(metre.GROUPINGS)))
    chances[0, metre.GROUPINGS.index((4, 0))], chances[1, metre.GROUPINGS.index((2, 1))] = 0.7, 0.3
    both = [readings._reading(found, chain, 0.0) for chain in (times, times[::2])]

    beat, first = readings._shares(both, chances, times)

    assert beat == pytest.approx(np.where(np.arange(len(times)) % 2, 0.7, 1.0))
    assert first[:4] == pytest.approx([0.7, 0.0, 0.3, 0.0])


@pytest.mark.parametrize(
    ("spread", "clarity", "doubt"),
    [(0.2, 0.9, 1.0), (2.1, 0.9, 0.5), (0.2, 0.55, 0.5), (3.0, 0.9, 0.0), (0.2, 0.3, 0.0)],
)
def test_the_network_is_doubted_where_strokes_are_plain_and_it_tells_nothing_apart(
    spread, clarity, doubt
):
    """Its log-odds of a beat hardly differ, whatever their mean, and the strokes come again."""
    found = gathered(bars(4, seconds=SECONDS))
    odds = np.tile(np.array([[spread], [-spread]], np.float32), (500, 2)) + 0.4

    assert replace(found, odds=odds, clarity=clarity).doubt == pytest.approx(doubt, abs=1e-3)


def test_what_doubt_adds_counts_as_much_as_there_is_doubt():
    """The second half of the figures is the first times the doubt."""
    found = gathered(bars(4, seconds=SECONDS))
    found = replace(found, odds=(found.odds / 2).astype(np.float32))

    first, second = np.split(readings.propose(found)[0].beat_figures, 2)

    assert found.doubt > 0.3
    assert second == pytest.approx(found.doubt * first)


def test_shuffles_are_in_four():
    """Late off-beats divide the beat in three, but its first third stays empty: no 6/8."""
    times = every(100, 40)
    late = clicks(times + 2 / 3 * 0.6, 41, hertz=3_000.0, level=0.3)[: 40 * RATE]
    little = clicks(times[::8] + 1 / 3 * 0.6, 41, hertz=3_000.0, level=0.1)[: 40 * RATE]
    band = bars(2, bpm=100) + late + little

    heard = rhythm.hear(spectra.measure(band), beatnet.activations(band))

    assert heard.metre == 4
    assert heard.swing == pytest.approx(2 / 3, abs=0.04)


def test_a_slow_record_without_drums_has_beats_where_the_network_hears_music():
    """Music that hardly repeats itself within seconds is heard if it is music to the network."""
    random = np.random.default_rng(5)
    times = np.cumsum(random.normal(0.6, 0.1, 38))
    played = [
        clicks(time, SECONDS, hertz=hertz, level=0.2)
        for time, hertz in zip(times, random.uniform(200, 900, 38), strict=True)
        if time < SECONDS - 1
    ]
    samples = np.sum(played, axis=0)

    assert max(b - a for a, b in pairwise(times)) > 0.65
    assert rhythm.hear(spectra.measure(samples), told(times)).tempo_bpm is not None


def test_held_notes_are_music_where_the_network_takes_each_for_a_beat():
    """A piano's notes, unsteadily played, have beats though the network hears nothing but beats."""
    random = np.random.default_rng(5)
    times = np.cumsum(random.normal(0.3, 0.08, 78))
    pitches = 220.0 * 2 ** (random.choice([0, 2, 4, 7, 9, 12, 14, 16], 78) / 12)
    at = np.arange(round(SECONDS * RATE)) / RATE
    samples = np.zeros(len(at), np.float32)
    for start, hertz in zip(times, pitches, strict=True):
        since = at - start
        sounding = (since > 0) * np.exp(-5 * np.maximum(since, 0.0))
        samples += (0.2 * sounding * np.sin(2 * np.pi * hertz * since)).astype(np.float32)
    everywhere = np.full((round(SECONDS * 50) + 1, 2), (0.6, 0.05), np.float32)

    assert rhythm.hear(spectra.measure(samples), everywhere).tempo_bpm is not None
