"""Which files sound most like a track: what weighs, what is called alike, who stands where."""

import pytest

from api.db.library import HeardFeatures
from api.schemas.provenance import SourceName
from api.services.nearest import compared, read
from tests.services.listening import features

OURS = SourceName.LIBRARY


def heard(ident="x", **numbers):
    """What was heard in a file of this library."""
    return features(ident, OURS, **numbers)


def files(**sounds):
    """Files by name, each of these features."""
    said = {n: heard(n, **numbers).model_dump_json().encode() for n, numbers in sounds.items()}
    return read({n: HeardFeatures(1, body) for n, body in said.items()})


def order(found):
    """The names of those compared, nearest first."""
    return [near.sound.id for near in found.nearest]


def test_the_most_like_comes_first():
    """In all features together, and the distance grows."""
    found = compared(
        heard(energy=0.3, valence=0.4),
        files(far={"energy": 0.9, "valence": 0.1}, near={"energy": 0.35, "valence": 0.4}),
    )

    assert order(found) == ["near", "far"]
    assert found.nearest[0].distance < 1 < found.nearest[1].distance


def test_what_differs_by_less_than_the_error_tells_nothing_apart():
    """Files that are all but the same in speechiness are not sorted by its noise."""
    mine = heard(speechiness=0.03, energy=0.5, tempo=None).model_copy(
        update={"uncertainty": {"speechiness": 0.06, "energy": 0.1}}
    )
    found = compared(
        mine,
        files(a={"speechiness": 0.03, "energy": 0.9}, b={"speechiness": 0.06, "energy": 0.6}),
    )

    assert order(found) == ["b", "a"]


@pytest.mark.parametrize("tempo", [71.0, 142.0, 284.0])
def test_half_and_double_tempo_are_one(tempo):
    """Machines and listeners mix them up."""
    found = compared(heard(tempo=142.0), files(same={"tempo": tempo}, other={"tempo": 100.0}))
    assert order(found) == ["same", "other"]
    assert found.nearest[0].distance == 0


def test_loudness_of_another_scale_is_left_out():
    """0 dB of another source is not 0 LUFS."""
    theirs = features("x", energy=0.5, loudness=-5.0)
    there = files(a={"energy": 0.5, "loudness": -20.0})

    assert "loudness" not in compared(theirs, there).by
    assert "loudness" not in compared(theirs, there).ranks
    assert compared(heard(energy=0.5, loudness=-5.0), there).ranks["loudness"].below == 1


def test_a_place_counts_what_is_shown():
    """Two decimals that look the same are the same place."""
    there = files(a={"energy": 0.301}, b={"energy": 0.299}, c={"energy": 0.9}, d={"valence": 0.1})
    rank = compared(heard(energy=0.3), there).ranks["energy"]

    assert (rank.below, rank.equal, rank.of) == (0, 2, 3)
    assert rank.values == (0.299, 0.301, 0.9)


def test_very_many_values_are_evenly_chosen():
    """The lowest and the highest are among them."""
    many = files(**{f"f{n}": {"energy": n / 1000} for n in range(901)})
    rank = compared(heard(energy=0.3), many).ranks["energy"]

    assert (len(rank.values), rank.values[0], rank.values[-1]) == (200, 0.0, 0.9)
    assert rank.of == 901


def test_keys_are_counted_and_can_be_asked_for():
    """The counts are of all, the list of those asked for."""
    there = files(
        a={"energy": 0.1, "camelot": "11A"},
        b={"energy": 0.2, "camelot": "12A"},
        c={"energy": 0.3, "camelot": None},
    )
    found = compared(heard(energy=0.2), there, ["12A", "1B"])

    assert found.keys == {"11A": 1, "12A": 1}
    assert order(found) == ["b"]


def test_nothing_in_common_is_not_near():
    """A track of which nothing is known is near to none."""
    found = compared(heard(), files(a={"energy": 0.1}))
    assert (found.nearest, found.by, found.count) == ([], (), 1)
