from web.charts.band import LEAST, band
from web.charts.radar import radar
from web.charts.strip import MOST_TICKS, Beside, Laid, Reach, overlay, strip
from web.charts.wheel import neighbours, wheel
from web.text.meanings import BY_FIELD, MEANINGS
from web.text.sounds import SideNumber


def test_a_value_lies_where_its_scale_says():
    """Ends stay ends, and a whisker never leaves the strip."""
    assert strip(BY_FIELD["energy"], 0.34).laid[0].at == 34
    assert strip(BY_FIELD["loudness"], -60).laid[0].at == 0
    assert strip(BY_FIELD["valence"], 0.9, 0.2).error == Reach(70, 30)
    assert strip(BY_FIELD["valence"], 0.9).error is None


def test_a_strip_shows_what_a_value_is_read_against():
    """A range wished for, and all others as ticks in their order."""
    beside = Beside(band=(0.2, 0.45), ticks=(0.9, 0.1))
    drawn = strip(BY_FIELD["energy"], 0.3, 0.11, beside=beside)

    assert drawn.band == Reach(20, 25)
    assert drawn.ticks == (10, 90)
    assert drawn.says == ("Energy 0.30, calm; typically off by 0.11; your range is 0.20 to 0.45")


def test_several_things_lie_over_each_other_each_on_a_line_of_its_own():
    """Two hug the scale, more stand under each other; a range has no mark."""
    song, wish = SideNumber(0.3, 0.3, 0.1), SideNumber(0.5, 0.7, 0.1)
    two = overlay(BY_FIELD["energy"], [song, wish], says="s", band=(0.2, 0.4))
    four = overlay(BY_FIELD["energy"], [song, None, wish, song], says="s")

    assert two.laid == (Laid(1, 9, 30, Reach(20, 20)), Laid(2, 15, None, Reach(50, 20)))
    assert (two.band, two.axis, two.foot, two.height) == (Reach(20, 20), 12, 41, 46)
    assert [(each.number, each.y) for each in four.laid] == [(1, 9), (3, 37), (4, 51)]
    assert (four.band, four.axis) == (None, 30)


def test_a_range_is_seen_wherever_it_lies():
    """One that is a single value, too, and never beyond an end of the scale."""
    assert band(BY_FIELD["energy"], 0.2, 0.45) == Reach(20, 25)
    assert band(BY_FIELD["energy"], 1, 1) == Reach(100 - LEAST, LEAST)
    assert band(BY_FIELD["loudness"], -60, 6) == Reach(0, 100)
    assert band(BY_FIELD["tempo"], 20, 20) == Reach(0, LEAST)


def test_more_ticks_than_can_be_told_apart_are_not_drawn():
    """The lowest and the highest stay, and those between are evenly chosen."""
    many = [place / 1000 for place in range(1001)]
    drawn = strip(BY_FIELD["energy"], 0.3, beside=Beside(ticks=many))
    assert (len(drawn.ticks), drawn.ticks[0], drawn.ticks[-1]) == (MOST_TICKS, 0, 100)


def test_a_strip_has_one_absolute_scale_whatever_its_unit():
    """Beats and decibels lie on theirs, and are told in it."""
    assert strip(BY_FIELD["tempo"], 130).laid[0].at == 50
    assert strip(BY_FIELD["loudness"], -20, 2).says.startswith("Loudness −20.0 dB, quiet")


def test_a_radar_joins_its_values():
    """One axis each, the first one up; two of them have no area."""
    values = [(meaning, 0.5) for meaning in MEANINGS[:6]]
    drawn = radar(values)

    assert drawn is not None
    assert (drawn.axes[0].x, drawn.axes[0].y) == (160, 60)
    assert (drawn.axes[0].value_y, drawn.axes[0].anchor) == (110, "middle")
    assert drawn.shape.count("L") == 5
    assert radar(values[:2]) is None


def test_the_wheel_marks_one_key_and_those_that_blend():
    """24 cells: one's own, two neighbours, the partner; 12 and 1 are neighbours."""
    cells = {cell.code: cell.role for cell in wheel("12A")}

    assert len(cells) == 24
    assert {code for code, role in cells.items() if role == "blends"} == {"11A", "1A", "12B"}
    assert cells["12A"] == "own"
    assert neighbours("13X") == ()


def test_each_cell_of_the_wheel_says_what_is_there_and_where_it_leads():
    """Its key, what it is to the chosen one, how many tracks; without a key none is marked."""
    cells = {cell.code: cell for cell in wheel("12A", {"11A": 1, "5B": 3}, lambda code: f"/{code}")}

    assert cells["11A"].says == "11A, F♯ minor, blends with it, 1 track"
    assert (cells["5B"].says, cells["5B"].href) == ("5B, E♭ major, 3 tracks", "/5B")
    assert {cell.role for cell in wheel(None)} == {"other"}
