"""Names of keys, as musicians and as DJs write them."""

import pytest

from api.keys import camelot, key_name

WHEEL = [  # camelot number → (minor key, major key)
    (8, 11),
    (3, 6),
    (10, 1),
    (5, 8),
    (0, 3),
    (7, 10),
    (2, 5),
    (9, 0),
    (4, 7),
    (11, 2),
    (6, 9),
    (1, 4),
]


@pytest.mark.parametrize(
    ("hour", "minor", "major"), [(hour, *pair) for hour, pair in enumerate(WHEEL, start=1)]
)
def test_the_camelot_wheel(hour, minor, major):
    """Each number has a minor key and its relative major."""
    assert camelot(minor, 0) == f"{hour}A"
    assert camelot(major, 1) == f"{hour}B"


@pytest.mark.parametrize(
    ("key", "mode", "name"),
    [
        (0, 1, "C major"),
        (1, 1, "D♭ major"),
        (1, 0, "C♯ minor"),
        (6, 0, "F♯ minor"),
        (8, 1, "A♭ major"),
        (8, 0, "G♯ minor"),
        (10, 0, "B♭ minor"),
    ],
)
def test_keys_are_spelt_with_fewer_accidentals(key, mode, name):
    """The same note has another name in major than in minor."""
    assert key_name(key, mode) == name


@pytest.mark.parametrize(("key", "mode"), [(None, 1), (0, None), (None, None)])
def test_without_key_or_mode_there_is_no_name(key, mode):
    """C is key 0 and minor is mode 0: neither means “none”."""
    assert key_name(key, mode) is None
    assert camelot(key, mode) is None
