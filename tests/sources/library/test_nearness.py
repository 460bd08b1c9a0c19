"""How near two artists sound."""

import math

from hypothesis import given
from hypothesis import strategies as st

from api.sources.library.nearness import COMPARED, MOST, nearest, point

UNIT = st.floats(0, 1)
SAID = st.fixed_dictionaries(
    {}, optional={**dict.fromkeys(COMPARED, UNIT | st.none()), "tempo": st.floats(20, 300)}
)


def test_the_same_sound_is_as_near_as_can_be():
    """1, whatever else is in the library."""
    said = dict.fromkeys(COMPARED, 0.5) | {"tempo": 120}
    files = [("a", point(said)), ("b", point(said)), ("c", point(said | {"energy": 0.9}))]

    near = nearest("a", files)

    assert [(one.artist_id, one.score == 1) for one in near] == [("b", True), ("c", False)]


def test_loudness_and_key_play_no_part():
    """Only what does not depend on how a file was mastered or transposed."""
    assert point({"loudness": -3, "key": 4, "energy": None, "tempo": 0}) == {}
    assert point({"tempo": 128})["tempo"] == math.log2(128)


def test_nothing_in_common_is_no_neighbour():
    """An artist of whom nothing comparable was heard is left out; so is one who is not here."""
    files = [("a", {"energy": 0.5}), ("b", {"valence": 0.5}), ("c", {})]

    assert nearest("a", files) == ()
    assert nearest("nobody", files) == ()


def test_the_list_is_bounded():
    """Twenty, as elsewhere."""
    files = [(f"{n:03d}", {"energy": n / 100}) for n in range(50)]

    assert len(nearest("000", files)) == MOST


@given(st.lists(st.tuples(st.sampled_from("abcd"), SAID), max_size=12))
def test_scores_are_scores(files):
    """From 0 to 1, nearest first, the asker itself never among them, and the same both ways."""
    places = [(artist, point(said)) for artist, said in files]

    near = nearest("a", places)

    scores = [one.score for one in near]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)
    assert "a" not in {one.artist_id for one in near}
    for one in near:
        back = {other.artist_id: other.score for other in nearest(one.artist_id, places)}
        assert math.isclose(back["a"], one.score)
