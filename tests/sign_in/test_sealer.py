"""What is sealed opens with its key, in its place, and in no other way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.sign_in.sealer import CannotOpen, Sealer

OLD, NEW = b"o" * 32, b"n" * 32


@given(st.text(max_size=300))
def test_what_is_sealed_opens_in_its_place_alone(text):
    """The same text is sealed otherwise each time, and bound to where it stands."""
    sealer = Sealer([NEW])
    first, second = sealer.seal(text, place="here"), sealer.seal(text, place="here")

    assert sealer.open(first, place="here") == text
    assert first != second
    with pytest.raises(CannotOpen):
        sealer.open(first, place="there")


@given(st.integers(0, 60), st.integers(1, 255))
def test_what_was_tampered_with_does_not_open(place, change):
    """Not one character may be another."""
    sealer = Sealer([NEW])
    sealed = sealer.seal("a secret of some length", place="here")
    at = place % len(sealed)
    another = sealed[:at] + chr((ord(sealed[at]) + change) % 128) + sealed[at + 1 :]

    if another.rstrip("=") != sealed.rstrip("="):
        with pytest.raises(CannotOpen):
            sealer.open(another, place="here")


def test_keys_can_be_replaced():
    """The first seals, all open; what only a key that is gone could open stays shut."""
    old, both, new = Sealer([OLD]), Sealer([NEW, OLD]), Sealer([NEW])
    sealed = old.seal("mine", place="here")

    assert both.open(sealed, place="here") == "mine"
    assert not both.is_current(sealed)
    assert new.open(both.seal("mine", place="here"), place="here") == "mine"
    with pytest.raises(CannotOpen):
        new.open(sealed, place="here")


@pytest.mark.parametrize("garbage", ["", ".", "x.y", "é.é", "00000000.AAAA"])
def test_garbage_does_not_open(garbage):
    """Whatever a cookie holds, it is refused and breaks nothing."""
    with pytest.raises(CannotOpen):
        Sealer([NEW]).open(garbage, place="here")
