"""The language the pieces are written in: melodies, chords, rhythms, clips, forms."""

from itertools import pairwise

import numpy as np
import pytest

from api.demo.studio.accompany import arpeggio, bass, chord_at, comp, fifths, hold, voicings, walk
from api.demo.studio.notation import harmony, melody, pitch_class, rhythm
from api.demo.studio.pieces import ALL
from api.demo.studio.score import Metre, SongForm, rest


def test_a_melody_keeps_a_length_till_it_changes():
    """`C4=.5 D4 -=1 E4!` is two eighths, a rest, an accented quarter."""
    read = melody("C4=.5 D4 -=1 E4! F#4 |", bar=4.0, legato=1.0)

    assert [(n.start, n.length, n.pitch) for n in read.notes] == [
        (0, 0.5, 60),
        (0.5, 0.5, 62),
        (2, 1, 64),
        (3, 1, 66),
    ]
    assert read.notes[2].velocity > read.notes[1].velocity
    assert read.span == 4


@pytest.mark.parametrize("text", ["C4=1 D4 |", "H4", "C4=x"])
def test_a_slip_of_the_pen_is_refused(text):
    """A bar line off the bar and an unknown word are errors, so that no tune is lame."""
    with pytest.raises(ValueError, match="word"):
        melody(text, bar=4.0)


def test_chords_share_their_bar():
    """`%` repeats; a slash names the bass; an unknown chord is refused."""
    read = harmony("Am7 D7/F# | %", bar=4.0)

    assert [(c.start, c.length, c.root, c.bass) for c in read] == [
        (0, 2, 9, 9),
        (2, 2, 2, 6),
        (4, 4, 2, 6),
    ]
    assert chord_at(read, 9.0) == read[0]
    with pytest.raises(ValueError, match="chord"):
        harmony("Zm", bar=4.0)


def test_a_rhythm_holds_what_a_dash_follows():
    """Signs are loudness, dashes hold, dots rest."""
    read = rhythm("X-.g", step=0.5)

    assert [(n.start, n.length) for n in read.notes] == [(0, 1), (1.5, 0.5)]
    assert read.notes[0].velocity > read.notes[1].velocity
    with pytest.raises(ValueError, match="sign"):
        rhythm("X?", step=0.5)


def test_voices_move_little():
    """From chord to chord no voice leaps further than a fourth in a plain cadence."""
    led = list(voicings(harmony("C | F | G7 | C", bar=4.0)).values())

    leaps = [abs(a - b) for one, two in pairwise(led) for a, b in zip(one, two, strict=True)]

    assert max(leaps) <= 5
    assert led[0] == led[-1]


def test_accompaniments_play_only_the_chord():
    """Struck, held, broken or below: every pitch class belongs to the chord."""
    chords = harmony("Am | F", bar=4.0)
    allowed = [{9, 0, 4}, {5, 9, 0}]

    clips = (
        comp(chords, rhythm("x.x.", step=0.5), spread_ms=10),
        hold(chords),
        arpeggio(chords, "01.2", step=0.5),
        bass(chords, "r-358.b.", step=0.5),
    )

    for clip in clips:
        assert clip.span == 8
        for note in clip.notes:
            assert note.pitch % 12 in allowed[int(note.start // 4)]


def test_a_strum_takes_time():
    """Strings sound one after another, downwards and upwards in turn."""
    strummed = comp(harmony("C", bar=2.0), rhythm("xx", step=1.0), spread_ms=10)

    first = [n for n in strummed.notes if n.start == 0]
    second = [n for n in strummed.notes if n.start == 1]

    assert [n.late_ms for n in first] == [0, 10, 20, 30]
    assert first[0].pitch < first[-1].pitch
    assert second[0].pitch > second[-1].pitch


def test_a_walking_bass_approaches_by_half_steps():
    """It stays in its range, begins on the root, and repeats itself given the same seed."""
    chords = harmony("Bb7 | Eb7", bar=4.0)

    walked = walk(chords, seed=3)

    assert walked == walk(chords, seed=3)
    assert walked.notes[0].pitch % 12 == pitch_class("Bb")
    assert abs(walked.notes[3].pitch - walked.notes[4].pitch) == 1
    assert all(27 <= note.pitch <= 49 for note in walked.notes)


def test_power_chords_leave_chugs_thin():
    """Long notes get a fifth and an octave, short ones only the fifth."""
    chords = fifths(melody("E2=.25 E2 E2=1.5", bar=2.0))

    assert [note.pitch for note in chords.notes] == [40, 47, 40, 47, 40, 47, 52]


def test_clips_join_like_bricks():
    """Follow, repeat, overlay, transpose, soften, swell, cut."""
    one = rhythm("x", step=1.0)

    built = ((one + rest(1)) * 2) | one.up(12).softer(0.5)

    assert built.span == 4
    assert [(n.start, n.pitch) for n in built.notes] == [(0, 60), (2, 60), (0, 72)]
    assert built.until(3).notes == built.notes
    swelled = (one * 2).swelling(0.0, 1.0)
    assert [n.velocity for n in swelled.notes] == pytest.approx([0.0, 0.375])


def test_a_form_lays_clips_on_its_sections():
    """A clip is repeated till its section ends; a joined part is no section of its own."""
    form = SongForm(Metre(6, 8, beat=1.5), (("a", 2), ("b", 1), ("+end", 1)))

    notes = form.lay({"a": rhythm("x", step=1.5), "+end": rhythm("X", step=3.0)})

    assert [n.start for n in notes] == [0, 1.5, 3, 4.5, 9]
    assert form.sections == [("a", 0), ("b", 6)]
    assert form.span == 12
    with pytest.raises(KeyError, match="c"):
        form.lay({"c": rest(1)})


def test_swing_moves_only_what_lies_between():
    """Beats stay where they are; the off-beat comes late."""
    swung = next(piece for piece in (make() for make in ALL) if piece.swing > 0.6)

    beat, off, following = (swung.second_of(at) for at in (4.0, 4.5, 5.0))

    assert (off - beat) / (following - beat) == pytest.approx(swung.swing)
    assert np.diff(swung.beats_s()) == pytest.approx(swung.quarter_s, abs=1e-4)
    assert beat == pytest.approx(swung.beats_s()[4], abs=1e-4)
