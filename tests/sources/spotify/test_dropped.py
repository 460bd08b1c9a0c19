"""The list of what is dropped, and the detector that holds it to account: on invented data."""

import pytest

from tests.replay.losses import Pair, unexplained, unmatched
from tests.sources.spotify.dropped import DROPPED, is_dropped


def test_every_loss_has_a_reason():
    """Patterns name a thing or anything, and say in words why."""
    assert all(pattern.count(".") >= 1 and len(reason) > 5 for pattern, reason in DROPPED.items())


@pytest.mark.parametrize(
    ("thing", "path", "dropped"),
    [
        ("track", "preview_url", True),
        ("track", "album.artists.name", True),  # all below an entry goes with it
        ("playlist", "owner.href", True),  # of anything, wherever it stands
        ("track", "album.name", False),
        ("album", "preview_url", False),  # another thing's field
        ("track", "preview", False),  # exact, not the beginning of a name
    ],
)
def test_patterns_are_exact(thing, path, dropped):
    """A pattern covers its field and what lies below it, of its thing alone."""
    assert is_dropped(thing, path) is dropped


def test_an_unlisted_loss_is_found():
    """A value that is neither answered nor listed is named with its place."""
    sent = {"id": "a", "artists": [{"name": "x"}, {"name": "y"}], "album": {"colour": "red"}}
    answered = {"id": "a", "artists": [{"name": "x"}, {"name": "z"}], "album": {}}

    lost = list(Pair("track", sent, answered).lost())

    assert [line.split(" = ")[0] for line in lost] == [
        "track.artists.1.name",
        "track.album.colour",
    ]


def test_a_listed_value_that_is_kept_is_found():
    """An entry that is not needed is found, too."""
    pair = Pair("track", {"preview_url": "x"}, {"preview_url": "x"})

    assert [line.split(" ")[-2:] for line in pair.lost()] == [["but", "kept"]]


@pytest.mark.parametrize(
    ("sent", "answered", "lost"),
    [
        (0.25000000000000006, 0.25, True),  # the last digit
        (7, 7.0, False),
        (True, 1, True),
        (0, False, True),
        ("", "", False),
        (None, None, False),
    ],
)
def test_values_must_be_the_very_same(sent, answered, lost):
    """Numbers are compared to the last digit, and truth values are no numbers."""
    assert bool(list(Pair("features", {"energy": sent}, {"energy": answered}).lost())) is lost


def test_a_silent_null_is_found():
    """A null at the top of a resource needs its entry in `missing`, at any depth of an answer."""
    resource = {"isrc": None, "name": "x", "missing": [{"field": "isrc"}]}
    page = {"href": "/", "next": None, "items": [resource, resource | {"missing": []}]}

    assert list(unexplained(page | {"missing": []})) == ["isrc"]


def test_an_entry_that_matches_nothing_is_found():
    """Of a list that is never met, every entry is named."""
    assert unmatched(DROPPED, set()) == set(DROPPED)
    assert "track.preview_url" not in unmatched(DROPPED, {("track", "preview_url")})
