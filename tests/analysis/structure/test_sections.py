import numpy as np
import pytest

from api.analysis import spectra
from api.analysis.harmony import chroma
from api.analysis.sound import RATE
from api.analysis.structure import sections
from tests.analysis.signals import chords, noise, pulse

NO_BEATS = np.empty(0)


def cut(samples, beats_s=NO_BEATS, **told):
    """Sections of these samples, whose beats are told."""
    return sections.cut(spectra.measure(samples), chroma.measure(samples), beats_s, **told)


def beats(seconds, *, first=0.25, step=0.5):
    """(n,): a beat every so often."""
    return np.arange(first, seconds, step)


def verse(seconds):
    """Soft chords."""
    return np.tile(chords([(48, "major"), (53, "major")], 1.0, rate=RATE), round(seconds / 2))


def chorus(seconds):
    """Other, louder chords, and something struck on every beat."""
    played = chords([(57, "minor"), (64, "major")], 1.0, rate=RATE, dbfs=-15)
    return np.tile(played, round(seconds / 2)) + pulse(beats(seconds), seconds, rate=RATE)


SONG = np.concatenate([verse(14), chorus(16), verse(10), chorus(14)])
CHANGES = [14.0, 30.0, 40.0]


def test_sections_start_where_the_sound_changes():
    """Verse, chorus, verse, chorus: three cuts, each on the beat nearest to the change."""
    found = cut(SONG, beats(54, first=0.5))

    assert found.starts_s.tolist() == [0.0, *CHANGES]
    assert found.strengths[0] == 1.0
    assert (found.strengths > 0.3).all()


def test_without_beats_the_changes_are_found_as_well():
    """Half seconds stand in for beats."""
    found = cut(SONG)

    assert found.starts_s.tolist() == pytest.approx([0.0, *CHANGES], abs=0.5)


def test_every_cut_but_the_first_is_on_a_beat():
    """Also with beats that lie beside the change."""
    at = beats(54, first=0.17, step=0.47)

    found = cut(SONG, at)

    assert len(found.starts_s) == 4
    assert np.isin(found.starts_s[1:], at).all()


def test_of_two_beats_that_do_as_well_the_downbeat_is_taken():
    """Two beats of both may belong to either side."""
    both = (verse(2) + chorus(2) * np.float32(0.2))[:RATE]
    song, at = np.concatenate([verse(14), both, chorus(16)]), beats(31, first=0.5)

    cuts = [cut(song, at, downbeats_s=at[first::4]).starts_s[1] for first in range(4)]

    assert cuts == [14.5, 15.0, 14.0, 14.0]


def test_a_section_starts_where_held_chords_begin_to_tremble():
    """The same chords as loud as before: only how they move changes."""
    wave = 1 + 0.7 * np.sin(2 * np.pi * 6 * np.arange(16 * RATE, dtype=np.float32) / RATE)
    trembling = verse(16) * wave / np.sqrt(np.mean(wave**2))

    found = cut(np.concatenate([verse(14), trembling, chorus(14)]), beats(44, first=0.5))

    assert found.starts_s.tolist() == [0.0, 14.0, 30.0]


def test_what_lasts_less_than_six_seconds_is_no_section():
    """A stop of four seconds cuts nothing shorter than six."""
    found = cut(np.concatenate([verse(14), chorus(4), verse(14)]))

    edges = np.append(found.starts_s, 32.0)
    assert (np.diff(edges) >= 6.0).all()


def test_a_last_chord_left_to_ring_is_no_section():
    """Eight seconds of another chord, dying away: it belongs to the chorus before it."""
    decay = np.exp(-np.arange(8 * RATE, dtype=np.float32) / RATE)
    close = chords([(53, "minor")], 8.0, rate=RATE, dbfs=-15) * decay

    found = cut(np.concatenate([verse(14), chorus(16), close]), beats(38, first=0.5))

    assert found.starts_s.tolist() == [0.0, 14.0]


def test_a_rest_inside_counts_as_music():
    """What is silent between two verses for eight seconds is a section of its own."""
    rest = np.zeros(8 * RATE, np.float32)

    found = cut(np.concatenate([verse(14), rest, verse(14)]), beats(36, first=0.5))

    assert found.starts_s.tolist() == [0.0, 14.0, 22.0]


def test_what_is_usual_in_the_last_two_seconds_alone_is_one_section():
    """All of the music is its own close: there is nothing to leave out."""
    samples = noise(3.0, rate=RATE)
    samples[: round(1.2 * RATE)] *= np.float32(0.12)

    found = cut(samples)

    assert found.starts_s.tolist() == [0.0]


def test_one_sound_is_one_section():
    """Nothing changes for good."""
    found = cut(verse(40), beats(40))

    assert found.starts_s.tolist() == [0.0]


@pytest.mark.parametrize(
    "samples", [np.zeros(20 * RATE, np.float32), noise(20.0, rate=RATE)], ids=["silence", "noise"]
)
def test_silence_and_noise_are_one_section(samples):
    """Where nothing changes, nothing is cut."""
    found = cut(samples)

    assert found.starts_s.tolist() == [0.0]
    assert found.strengths.tolist() == [1.0]


def test_gain_changes_nothing():
    """Forty dB less, and the cuts and strengths are the same."""
    loud, soft = cut(SONG), cut(SONG * np.float32(0.01))

    assert np.array_equal(loud.starts_s, soft.starts_s)
    assert np.allclose(loud.strengths, soft.strengths, atol=1e-3)


def test_a_plain_change_is_surer_than_a_slight_one():
    """Another level alone against another level, other chords and strokes."""
    slight = np.concatenate([verse(20), verse(20) * np.float32(0.6)])
    plain = np.concatenate([verse(20), chorus(20)])

    sure, unsure = (
        cut(plain + noise(40, dbfs=-50, rate=RATE)),
        cut(slight + noise(40, dbfs=-50, rate=RATE)),
    )

    assert sure.starts_s.tolist() == pytest.approx([0.0, 20.0], abs=0.5)
    assert sure.strengths[1] > max(unsure.strengths[1:], default=0.0)


def test_a_few_seconds_are_one_section():
    """Shorter than two sections can be."""
    assert cut(noise(5.0, rate=RATE)).starts_s.tolist() == [0.0]
