"""Half and double tempo as one: what is folded, and that nothing else is."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from api.services.tempo_folding import NEAR_OCTAVES, folded

TEMPI = st.lists(st.one_of(st.none(), st.floats(20, 400)), max_size=60)


@pytest.mark.parametrize(
    ("tempi", "after"),
    [
        ((128, 127, 129, 64, 256), (128, 127, 129, 128, 128)),
        ((70, 71, 69, 140), (70, 71, 69, 70)),
        ((174, 175, 87, 88, 176), (174, 175, 174, 176, 176)),
        ((120, 121, 119, 90, 170), (120, 121, 119, 90, 170)),
        ((70, 140), (140, 140)),
        ((85,), (85,)),
        ((120, None, 60, 121, 0), (120, None, 120, 121, 0)),
        ((), ()),
    ],
)
def test_half_and_double_come_to_the_usual_tempo(tempi, after):
    """What is merely slower or faster stays; between two equal octaves the moderate one counts."""
    assert folded(tempi).tempi == after


def test_tempi_all_around_the_octave_have_no_centre():
    """Then nothing is folded, and that is said."""
    evenly = [60 * 2 ** (step / 4) for step in range(8)]
    told = folded(evenly)

    assert (told.tempi, told.around) == (tuple(evenly), None)
    assert "no common centre" in told.in_words


def test_how_many_were_folded_is_told_in_plain_words():
    """Halved and doubled apart, and around which tempo."""
    assert folded([128, 128, 128, 64, 64, 256]).in_words == (
        "Half and double tempo are counted as one: 2 tracks at twice, 1 track at half of the tempo "
        "that the source states, because that is near what is usual in this list (128 BPM)."
    )
    assert "none is about twice or half" in folded([128, 127]).in_words


@given(TEMPI)
def test_folding_what_is_folded_changes_nothing(tempi):
    """To the last bit."""
    once = folded(tempi)
    twice = folded(once.tempi)

    assert twice.tempi == once.tempi
    assert (twice.halved, twice.doubled) == (0, 0)
    assert twice.around == once.around


@given(TEMPI)
def test_each_tempo_stays_or_is_halved_or_doubled(tempi):
    """Places and gaps are kept, and what was moved lies near the usual tempo."""
    told = folded(tempi)

    assert len(told.tempi) == len(tempi)
    moved, around = 0, told.around or 1.0
    for before, after in zip(tempi, told.tempi, strict=True):
        if before is None or after is None:
            assert before is after
            continue
        assert after in {before, before / 2, before * 2}
        if after != before:
            moved += 1
            assert abs(math.log2(after / around)) <= NEAR_OCTAVES
    assert told.halved + told.doubled == moved


@given(st.lists(st.floats(100, 140), min_size=3, max_size=40), st.data())
def test_it_does_not_matter_which_octave_a_source_told_of_one_track(tempi, data):
    """Of a list whose other tempi lie together, doubling or halving one changes nothing."""
    place = data.draw(st.integers(0, len(tempi) - 1))
    other = tempi[:]
    other[place] *= data.draw(st.sampled_from([0.5, 2.0]))
    near = folded(tempi).around
    assume(all(abs(math.log2(tempo / near)) <= NEAR_OCTAVES for tempo in tempi))

    assert folded(other).tempi == folded(tempi).tempi == tuple(tempi)


@given(TEMPI, st.randoms(use_true_random=False))
def test_the_order_of_a_list_does_not_matter(tempi, chance):
    """The same tracks shuffled are folded around the same tempo."""
    shuffled = tempi[:]
    chance.shuffle(shuffled)

    assert folded(shuffled).around == folded(tempi).around
