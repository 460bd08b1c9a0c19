from typing import Any

import pytest

from tests.web import lists
from web.text.fit import judged

FIELDS = ("energy", "valence", "danceability", "acousticness", "loudness", "tempo")


def song(**values: Any):
    """A song in the middle of the list but for these numbers."""
    spreads = lists.profile().features
    middle = {field: spreads[field].median for field in FIELDS}
    return lists.fit(values=middle | values, percentile=dict.fromkeys(FIELDS, 50.0))


def verdict(fit):
    """What is said of it."""
    return judged(fit, lists.profile().features)


def test_a_song_in_the_middle_fits():
    """All numbers speak for it."""
    told = verdict(song())
    assert told.says.startswith("Yes: in sound it sits well inside this list.")
    assert told.reasons[0].good
    assert told.reasons[0].says.startswith("All 6 numbers lie where most of this list lies")


def test_one_number_outside_is_named_with_the_middle_of_the_list():
    """The verdict says which, the reason how far."""
    told = verdict(song(tempo=178.0))
    assert "Nearly: its tempo sets it apart" in told.says
    assert "Tempo 178 BPM is above most of it; the middle track has" in told.reasons[0].says
    assert not told.reasons[0].good


def test_nothing_is_outside_by_less_than_its_error():
    """A verdict weighs it."""
    unsure = song(energy=0.75)
    assert verdict(unsure).says.startswith("Yes")
    sure = unsure.model_copy(update={"uncertainty": {}})
    assert "its energy sets it apart" in verdict(sure).says


def test_a_song_that_is_far_in_most_of_it_stands_apart():
    """And is told so."""
    far = song(energy=0.99, valence=0.99, danceability=0.99, tempo=178.0)
    told = verdict(far.model_copy(update={"distance": 2.4}))
    assert told.says.startswith("No: it stands apart from this list in")


def test_towards_the_edge_is_said():
    """Where no number is outside, and the whole is not close."""
    told = verdict(song().model_copy(update={"distance": 1.3}))
    assert told.says.startswith("Yes, give or take")


def test_without_numbers_nobody_can_say():
    """Neither yes nor no."""
    bare = song().model_copy(update={"distance": None, "percentile": {}})
    told = verdict(bare)
    assert told.says.startswith("Nobody can say")
    assert told.reasons == ()


@pytest.mark.parametrize(
    ("total", "camelot", "short", "good"),
    [
        (0, "11A", "Its key blends with none of them.", False),
        (1, "11A", "Its key blends with one track only.", False),
        (8, "11A", "Its key blends with eight tracks.", True),
    ],
)
def test_the_key_has_its_own_word(total, camelot, short, good):
    """One in six is enough."""
    told = verdict(song().model_copy(update={"blending_total": total, "camelot": camelot}))
    assert short in told.says
    assert told.key is not None
    assert told.key.good is good


def test_an_unknown_key_is_said_to_be_unknown():
    """It blends with nothing that anybody could name."""
    told = verdict(song().model_copy(update={"camelot": None}))
    assert "blends" not in told.says
    assert told.key is not None
    assert "not known" in told.key.says


def test_a_short_list_is_a_hint():
    """Three tracks say little."""
    few = song().model_copy(update={"described": 3})
    assert (
        verdict(few).hint == "Only three tracks of this list can be compared, so take it as a hint."
    )
    assert verdict(song()).hint is None


def test_a_song_is_not_held_against_itself_alone():
    """A list of one track has no spread: neither numbers nor key say anything of fitting."""
    told = verdict(lists.fit(distance=None, percentile=dict.fromkeys(FIELDS, 50.0), described=1))

    assert told.says.startswith("Nobody can say: the tracks of this list do not differ")
    assert (told.reasons, told.key, told.hint) == ((), None, None)


def test_a_song_of_the_list_is_not_more_than_itself():
    """It stands in the middle of three: above one of them, not above two."""
    placed = {"energy": 50.0, "valence": 16.7}
    told = verdict(lists.fit(percentile=placed, described=3))
    assert "more intense than 1 and darker than 2 of 3." in told.reasons[-1].says
