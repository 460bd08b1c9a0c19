from dataclasses import replace

import pytest

from api.schemas.playlist import Distribution, Histogram
from tests.web import lists
from web.charts.flow import bundle, line, steepest
from web.charts.histogram import Marks, bars, top
from web.charts.scatter import ScatterMarks, Spot, finding, scatter
from web.text.meanings import BY_FIELD

ENERGY, VALENCE, TEMPO, LOUDNESS = (
    BY_FIELD[name] for name in ("energy", "valence", "tempo", "loudness")
)


def spread(edges, counts, **more) -> Distribution:
    """A distribution of which only the histogram and the middle matter."""
    base = lists.profile().features["energy"]
    histogram = Histogram(edges=tuple(edges), counts=tuple(counts))
    return base.model_copy(update={"histogram": histogram, **more})


def test_bars_stand_where_their_numbers_are_on_the_scale():
    """Not over the span of the data: two bins in the middle stay in the middle."""
    drawn = bars(ENERGY, spread((0.4, 0.5, 0.6), (1, 3), median=0.55), 4)

    assert [(bar.x, bar.width, bar.height) for bar in drawn.bars] == [
        (40.4, 9.2, 25.0),
        (50.4, 9.2, 75.0),
    ]
    assert drawn.ticks == ("0", "0.5", "1")
    assert drawn.median == 55


def test_what_is_beyond_the_scale_stands_at_its_end_and_is_counted():
    """In one bar, with what lies there already; no bar leaves the picture."""
    low, _ = LOUDNESS.scale
    drawn = bars(LOUDNESS, spread((low - 6, low - 3, low, low + 3), (1, 2, 3)), 6)

    [heap] = drawn.bars
    assert (heap.count, heap.height) == (6, 100.0)
    assert 0 <= heap.x <= heap.x + heap.width <= 100
    assert heap.label == f"up to −{abs(low + 3):.0f}"
    fast = bars(TEMPO, spread((390, 400), (1,)), 2).bars[0]
    assert fast.x + fast.width <= 100
    assert fast.label.endswith("and more")


def test_all_histograms_share_the_axis_that_counts():
    """It ends at a number that can be halved, no lower than the highest bar of any."""
    few, many = spread((0, 1), (3,)), spread((0, 1), (11,))

    assert top([few, many]) == 14
    assert top([few]) == 4
    assert top([spread((0, 1), (1_234,))]) == 1_400
    assert bars(ENERGY, few, top([few, many])).counts == ("14", "7", "0")


def test_a_histogram_marks_ones_song_and_what_is_wished_for():
    """Both on the same scale as the bars."""
    drawn = bars(ENERGY, spread((0, 0.1), (1,)), 2, marks=Marks(mine=0.3, wish=(0.2, 0.6)))
    assert (drawn.mine, drawn.wish) == (30, (20, 40))


def spots(*pairs):
    """Points at these numbers."""
    return [
        Spot(x, y, place + 1, f"/{place}", f"Song {place}") for place, (x, y) in enumerate(pairs)
    ]


def test_points_keep_their_place_and_their_numbers_dodge():
    """Three at one place have three numbers at three places, each inside the picture."""
    drawn = scatter((ENERGY, VALENCE), spots((0.5, 0.5), (0.5, 0.5), (0.5, 0.5)), ScatterMarks())

    assert {(point.x, point.y) for point in drawn.points} == {(50, 50)}
    assert len({(point.dx, point.dy) for point in drawn.points}) == 3
    assert drawn.corners == (
        "calm and bright",
        "intense and bright",
        "calm and dark",
        "intense and dark",
    )


def test_too_many_points_have_no_numbers():
    """They would be a grey field; each still says what it is."""
    drawn = scatter((ENERGY, VALENCE), spots(*[(0.5, 0.5)] * 61), ScatterMarks())
    assert {point.number for point in drawn.points} == {""}
    assert drawn.points[60].says == "61. Song 60"


def test_a_scatter_marks_ones_song_and_frames_what_is_wished_for():
    """Where only one axis has a wish the frame reaches from end to end of the other."""
    marks = ScatterMarks(mine=(0.3, 0.4), wish=((0.2, 0.6), None))
    drawn = scatter((ENERGY, VALENCE), [], marks)

    assert drawn.mine == (30, 60)
    assert drawn.frame == (20, 0, 40, 100)
    assert scatter((ENERGY, VALENCE), [], ScatterMarks(mine=(0.3, None))).mine is None


def test_a_third_number_changes_fill_and_shape_together():
    """Colour is never alone; what is not known has a shape of its own."""
    found = [
        replace(spot, color=value)
        for spot, value in zip(spots(*[(0.5, 0.5)] * 4), (0.1, 0.5, 0.9, None), strict=True)
    ]
    drawn = scatter((ENERGY, VALENCE), found, ScatterMarks(color=ENERGY))
    assert [point.kind for point in drawn.points] == ["", "some", "much", "untold"]
    assert len({point.outline for point in drawn.points}) == 4
    assert [mark.kind for mark in drawn.legend] == ["", "some", "much", "untold"]
    assert drawn.legend[1].says == "Energy 0.33 to 0.67: moderately intense"


def test_a_fourth_number_changes_the_size():
    """From end to end of its scale; what is not known is dashed."""
    found = [
        replace(spot, size=value)
        for spot, value in zip(spots(*[(0.5, 0.5)] * 3), (-40.0, 0.0, None), strict=True)
    ]
    drawn = scatter((ENERGY, VALENCE), found, ScatterMarks(size=LOUDNESS))
    small, large, unknown = drawn.points
    assert (small.outline, large.outline) == tuple(mark.outline for mark in drawn.legend[:2])
    assert (small.kind, unknown.kind) == ("", "unsized")
    assert drawn.legend[2].says == "dashed: Loudness not known"


@pytest.mark.parametrize(
    ("pairs", "says"),
    [
        ([(n / 10, n / 10) for n in range(6)], "the more valence"),
        ([(n / 10, 1 - n / 10) for n in range(6)], "the less valence"),
        ([(0.1, 0.1), (0.9, 0.1), (0.1, 0.9), (0.9, 0.9), (0.5, 0.5)], "go their own ways"),
        ([(0.1, 0.1)] * 3, "too few"),
        ([(0.1, n / 10) for n in range(6)], "the same energy"),
    ],
)
def test_a_scatter_says_whether_the_two_go_together(pairs, says):
    """By their correlation, and only where it is clear."""
    assert says in finding((ENERGY, VALENCE), spots(*pairs))


def test_a_line_is_broken_where_nothing_is_known():
    """A gap is a gap, and a lone end begins anew."""
    drawn = line(ENERGY, [0.0, 1.0, None, 0.5], mine=0.25)

    assert drawn.path == "M0 100L33.33 0M100 50"
    assert (len(drawn.stops), drawn.mine) == (3, 75)
    assert line(ENERGY, []).path == ""


def test_the_largest_step_is_found_between_neighbours_alone():
    """Over a gap there is none."""
    step = steepest([0.1, 0.4, None, 0.9, 0.2])
    assert step is not None
    assert (step[0], round(step[1], 6)) == (3, -0.7)
    assert steepest([0.5, None, 0.5]) is None


def test_each_track_is_a_path_over_all_scales():
    """One that nothing is known of is none."""
    tracks: list[dict[str, float | None]] = [
        {"energy": 0.0, "valence": 1.0},
        {"energy": None, "valence": None},
    ]
    drawn = bundle((ENERGY, VALENCE), tracks, {"energy": 1.0, "valence": None})

    assert drawn.paths == ("M0 100L100 0",)
    assert drawn.mine == "M0 0"
    assert [axis[0] for axis in drawn.axes] == [0, 100]
