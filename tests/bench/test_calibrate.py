import pytest

from tests.bench.audio.calibrate import FEWEST_OF_A_KNOT, table


def test_a_table_rises_through_the_shares_that_are_right():
    """A part that is right less often than the one before it is pooled with it."""
    sloppy = [(0.1, place % 2 == 0) for place in range(FEWEST_OF_A_KNOT * 2)]
    worse = [(0.2, False)] * FEWEST_OF_A_KNOT
    sure = [(0.9, True)] * FEWEST_OF_A_KNOT

    made = table([*sure, *worse, *sloppy], "a test")

    assert made["confidence"] == sorted(made["confidence"])
    assert made["confidence"][-1] == 1.0
    assert made["confidence"][0] == pytest.approx(1 / 3, abs=0.01)
    assert made["margin"][-1] == 0.9
    assert made["answers"] == 4 * FEWEST_OF_A_KNOT
    assert made["right_is"] == "a test"


def test_few_answers_make_one_knot():
    """Their share is all that can be said."""
    assert table([(0.5, True), (0.6, False)], "a test")["confidence"] == [0.5]
