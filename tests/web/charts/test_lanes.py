"""Lanes of any stretch of a track."""

import pytest

from tests.web import own, sound
from web.charts import lanes
from web.charts.lanes import TimeSpan

WHOLE = TimeSpan(0.0, 225.4)
LEVELS = [("bars", sound.pulse(225.4, 3.2)), ("beats", sound.pulse(225.4, 0.8))]


def strokes(drawn):
    """How many marks each level has."""
    return {level.name: level.path.count("M") for level in drawn.levels}


def test_a_finer_level_is_drawn_where_its_marks_stand_apart():
    """No lane is a grey comb: the whole shows bars, a close look beats and tatums too."""
    levels = [*LEVELS, ("tatums", sound.pulse(225.4, 0.4))]

    assert strokes(lanes.pulse(levels, WHOLE)) == {"bars": 70}
    assert strokes(lanes.pulse(levels, TimeSpan(60, 110))) == {"bars": 16, "beats": 63}
    assert strokes(lanes.pulse(levels, TimeSpan(60, 68))) == {"bars": 3, "beats": 11, "tatums": 21}


def test_of_very_many_bars_only_some_are_drawn():
    """Every fourth, eighth …, so that a page does not grow with the track."""
    bars = [("bars", sound.pulse(9_000, 2.0))]
    drawn = lanes.pulse(bars, TimeSpan(0, 9_000))

    assert strokes(drawn)["bars"] <= lanes.MOST_MARKS
    assert len(drawn.numbers) <= lanes.NUMBERED
    assert [mark.label for mark in drawn.numbers[:2]] == ["1", "513"]


def test_beats_without_bars_are_a_pulse_too():
    """And no pulse at all is nothing to draw."""
    assert strokes(lanes.pulse(LEVELS[1:], TimeSpan(0, 8))) == {"beats": 11}
    assert lanes.pulse([], WHOLE).levels == ()


def test_sections_stand_side_by_side():
    """Each block starts where the last ended, and says what it is."""
    drawn = lanes.blocks(sound.sections(), WHOLE, 2)

    assert [block.number for block in drawn] == list(range(1, 10))
    assert drawn[1].x == pytest.approx(drawn[0].width, abs=0.02)
    assert drawn[0].title == "Section 1 of 9, from 0:00, F♯ minor, −8.0 dB"
    assert drawn[0].opacity == 0.35
    assert [block.current for block in drawn[:3]] == [False, True, False]


def test_a_stretch_shows_the_sections_in_it():
    """Those that begin before it or end after it are cut at its edges."""
    drawn = lanes.blocks(sound.sections(), TimeSpan(20, 60))

    assert [block.number for block in drawn] == [1, 2, 3]
    assert drawn[0].x == 0
    assert sum(block.width for block in drawn) == pytest.approx(100, abs=0.1)


def test_a_section_without_key_or_level_says_so():
    """Nothing is invented for what was not sent."""
    bare = sound.sections()[0].model_copy(update={"key": None, "mode": None, "loudness": None})
    span = TimeSpan(0, 10)
    assert lanes.blocks([bare], span)[0].title == "Section 1 of 1, from 0:00, key unknown"
    assert lanes.blocks([bare.model_copy(update={"key": 9})], span)[0].title.endswith(", A")


def test_what_was_written_lasts_until_the_next():
    """The last part until the end."""
    parts = lanes.written(own.truth().sections, TimeSpan(0, 48), 48)
    assert [(part.label, part.x, part.width) for part in parts] == [("A", 0, 50), ("B", 50, 50)]
    later = lanes.written(own.truth().sections, TimeSpan(24, 48), 48)
    assert [part.width for part in later] == [0, 100]


def test_loudness_is_one_closed_path_above_the_floor():
    """Nothing is drawn below the floor, nothing without segments."""
    path = lanes.loudness(sound.segments(), WHOLE)
    assert path.startswith("M0 100L")
    assert path.endswith("Z")
    assert lanes.loudness((), TimeSpan(0, 10)) == ""


def test_a_curve_has_one_point_per_unit():
    """However long the track, and each stretch goes on to its edges."""
    path = lanes.loudness(sound.segments(20_000.0), TimeSpan(0, 20_000))
    assert path.count("L") <= lanes.UNITS + 3
    close = lanes.loudness(sound.segments(), TimeSpan(100, 101))
    assert close.count("L") >= 4


def test_a_single_late_beat_is_no_change_of_tempo():
    """The middle one of nine counts; the scale goes from 60 to 200 BPM."""
    steady = list(sound.pulse(40, 0.5))
    steady[20] = steady[20].model_copy(update={"duration": 0.9})

    assert {round(tempo) for _, tempo in lanes.tempi(steady)} == {120}
    assert lanes.tempo(steady, TimeSpan(0, 40)).startswith("M0 57.1L")
    assert lanes.tempo((), WHOLE) == ""


@pytest.mark.parametrize(
    ("start", "end", "most"),
    [(0, 0, 0), (0, 8, 9), (117, 125, 9), (0, 225, 9), (0, 3_000, 9), (0, 90_000, 10)],
)
def test_the_axis_has_few_round_marks(start, end, most):
    """However long the stretch, and only inside of it."""
    marks = lanes.ticks(TimeSpan(start, end))
    assert len(marks) <= most
    assert all(0 <= mark.x <= 95 for mark in marks)
