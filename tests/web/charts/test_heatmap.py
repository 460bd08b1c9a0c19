"""Heat maps, and the square of what comes back."""

import struct

import pytest

from tests.web import sound
from tests.web.charts.png import pixels, read_png
from web.charts import heatmap
from web.charts.heatmap import MAPS
from web.charts.lanes import TimeSpan
from web.charts.repetition import VIEWS, likeness, picture, repetition

WHOLE = TimeSpan(0.0, 225.4)
TEN = TimeSpan(0.0, 10.0)


def moment(**changes):
    """One segment of ten seconds."""
    return sound.segments()[0].model_copy(update={"start": 0.0, "duration": 10.0, **changes})


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", MAPS)
def test_a_heat_map_is_a_small_valid_png(name, theme):
    """1,800 columns with a palette, checksums and all."""
    image = MAPS[name].draw(sound.segments(), WHOLE, theme)

    chunks = read_png(image)
    assert struct.unpack(">IIBB", chunks["IHDR"][:10]) == (1800, MAPS[name].rows, 8, 3)
    assert len(chunks["PLTE"]) == 768
    assert len(pixels(image)) == MAPS[name].rows
    assert len(image) < 40_000


@pytest.mark.parametrize("name", MAPS)
def test_an_empty_heat_map_is_blank(name):
    """No segments and no duration are no reason to fail."""
    blank = pixels(MAPS[name].draw((), TimeSpan(0, 0), "light"))
    assert {shade for row in blank for shade in row} == {heatmap.EVEN if name != "notes" else 0}


def test_silence_is_blank_whatever_its_notes():
    """A machine hears notes in noise; what nobody hears is not the strongest part of the map."""
    loud = moment(loudness_max=-6.0, duration=5.0)
    quiet = moment(loudness_max=-70.0, start=5.0, duration=5.0, pitches=(1.0,) * 12)
    rows = pixels(MAPS["notes"].draw([loud, quiet], TEN, "light"))

    assert all(set(row[910:]) == {0} for row in rows)
    assert max(max(row[:890]) for row in rows) == 255
    silent = pixels(MAPS["notes"].draw([quiet], TEN, "light"))
    assert {shade for row in silent for shade in row} == {0}


def test_c_is_the_lowest_row_of_the_notes():
    """And the strongest note has the strongest colour."""
    rows = pixels(MAPS["notes"].draw([moment(pitches=(1.0, *[0.0] * 11))], TEN, "light"))
    assert [row[900] for row in rows] == [0] * 11 + [255]


def test_level_is_the_highest_row_of_the_timbre():
    """More than the mean is above the middle shade, less is below it."""
    first = moment(duration=5.0, timbre=(10.0, *[0.0] * 11))
    second = moment(start=5.0, duration=5.0, timbre=(-10.0, *[0.0] * 11))
    rows = pixels(MAPS["timbre"].draw([first, second], TEN, "light"))

    assert rows[0][100] > heatmap.EVEN > rows[0][1700]
    assert {shade for row in rows[1:] for shade in row} == {heatmap.EVEN}


def test_a_stretch_of_a_map_has_its_full_width():
    """One column per pixel, however close one looks."""
    rows = pixels(MAPS["notes"].draw(sound.segments(), TimeSpan(60.0, 60.5), "light"))
    assert len(rows[0]) == 1800
    assert len({bytes(row[n] for row in rows) for n in range(1800)}) <= 4


@pytest.mark.parametrize("view", VIEWS)
def test_what_comes_back_is_off_the_diagonal(view):
    """A B A B: the first part is like the third, not like the second."""
    drawn = repetition(form(), 64.0, view)

    assert drawn is not None
    assert (drawn.unit, len(drawn.starts)) == ("bar", 32)
    alike = likeness(drawn, form().sections or ())
    assert alike[1, 3] == alike[2, 4] == 1
    assert alike[1, 2] == alike[2, 3] == 0
    assert drawn.borders == (25, 50, 75)
    assert [mark.label for mark in drawn.labels] == ["1", "2", "3", "4"]
    rows = pixels(picture(drawn, "dark"))
    assert (len(rows), len(rows[0])) == (32, 32)


def form():
    """Four sections of eight bars, two by two the same."""
    segments = tuple(
        moment(
            start=float(n),
            duration=1.0,
            pitches=tuple(float((note + n // 16 % 2) % 2) for note in range(12)),
            timbre=tuple(float((n // 16 % 2) * 40) for _ in range(12)),
        )
        for n in range(64)
    )
    sections = tuple(
        sound.sections()[0].model_copy(update={"start": n * 16.0, "duration": 16.0})
        for n in range(4)
    )
    return sound.analysis(64.0, segments=segments, sections=sections, bars=sound.pulse(64.0, 2.0))


def test_a_long_track_is_compared_by_several_bars():
    """At most 150 rows."""
    long = sound.analysis(900.0, bars=sound.pulse(900.0, 1.6))
    drawn = repetition(long, 900.0, "pitch")

    assert drawn is not None
    assert drawn.unit == "4 bars"
    assert len(drawn.starts) <= 150


def test_speech_is_compared_by_seconds():
    """Where there are no bars there is still time."""
    drawn = repetition(sound.analysis(bars=()), 225.4, "timbre")
    assert drawn is not None
    assert (drawn.unit, len(drawn.starts)) == ("2 seconds", 112)


@pytest.mark.parametrize("part", ["segments", "bars"])
def test_what_is_too_short_is_not_compared(part):
    """Nor what nothing was sent of."""
    assert repetition(sound.analysis(8.0, **{part: ()}), 8.0, "pitch") is None
