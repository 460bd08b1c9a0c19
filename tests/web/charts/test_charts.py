from tests.web import lists, sound
from web.charts.histogram import bars
from web.charts.strip import strip
from web.charts.wheel import neighbours, wheel
from web.text.meanings import BY_FIELD, readings


def test_a_value_lies_where_its_scale_says():
    """Ends stay ends, and a whisker never leaves the strip."""
    assert strip(BY_FIELD["energy"], 0.34).at == 34
    assert strip(BY_FIELD["loudness"], -60).at == 0
    drawn = strip(BY_FIELD["valence"], 0.9, 0.2)
    assert (drawn.whisker_from, drawn.whisker_width) == (70, 30)


def test_the_wheel_marks_one_key_and_those_that_blend():
    """24 cells: one's own, two neighbours, the partner; 12 and 1 are neighbours."""
    cells = {cell.code: cell.role for cell in wheel("12A")}

    assert len(cells) == 24
    assert {code for code, role in cells.items() if role == "blends"} == {"11A", "1A", "12B"}
    assert cells["12A"] == "own"
    assert neighbours("13X") == ()


def test_a_histogram_fills_its_height_and_names_its_bars():
    """The tallest bar is full height; the middle half and the median lie where they should."""
    drawn = bars(lists.profile().features["energy"])

    assert max(bar.height for bar in drawn.bars) == 100
    assert (drawn.median, drawn.box_from, drawn.box_width) == (41, 30, 25)
    assert drawn.bars[0].label == "0 to 0.08"


def test_the_same_numbers_always_give_the_same_sentences():
    """Readings are rules, and what is absent is not read."""
    features = sound.features()
    assert readings(features) == readings(sound.features())
    assert "144 BPM" in readings(features)[-1]
    assert "half as fast" in readings(sound.features(tempo=170.0))[-1]
    bare = sound.features(energy=None, danceability=None, instrumentalness=None, tempo=None)
    assert readings(bare) == ()
