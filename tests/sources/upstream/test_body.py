"""R-26: a stranger's JSON is read within bounds, and in slices as it would be in one piece."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.sources.upstream import body
from api.sources.upstream.body import (
    CUT,
    MOST_ENTRIES,
    MOST_KEYS,
    SLICE_BYTES,
    TooMuch,
    loads,
)

TEXTS = st.text(max_size=8) | st.sampled_from(["a,b]}{[", '\\"', "\\", '"', "é😀", "\x00"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 10**6) | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=40) | st.dictionaries(TEXTS, inner, max_size=6),
    max_leaves=60,
)
PADDING = json.dumps("x" * SLICE_BYTES).encode()


def in_slices(text: bytes, slice_bytes: int) -> object:
    """What the text says, read a few bytes at a time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(body, "SLICE_BYTES", slice_bytes)
        return loads(text)


@given(VALUES, st.integers(1, 64), st.booleans(), st.sampled_from([None, 1]))
def test_slices_say_what_the_whole_says(value, slice_bytes, escaped, indent):
    """However small they are, and wherever they end."""
    text = json.dumps(value, ensure_ascii=escaped, indent=indent).encode()

    assert in_slices(text, slice_bytes) == value


@given(VALUES, st.integers(1, 64), st.integers(0, 10**6), st.sampled_from([*',[]{}":1 ']))
def test_what_is_broken_is_broken_in_slices_too(value, slice_bytes, place, sign):
    """One sign more somewhere: both readings refuse it, or say the same."""
    text = json.dumps(value)
    at = place % (len(text) + 1)
    broken = text[:at] + sign + text[at:]

    read = []
    for reading in (json.loads, lambda text: in_slices(text.encode(), slice_bytes)):
        try:
            read.append(reading(broken))
        except ValueError:
            read.append(ValueError)

    assert without_half_names(read[0]) == read[1]


@pytest.mark.parametrize("slice_bytes", [1, 8, 64])
def test_a_slice_of_nothing_but_a_half_name_is_no_empty_one(slice_bytes):
    """The field is left out; its neighbours are read."""
    half = rb"\ud800" * 6  # too many escapes to be leapt over as a leaf
    text = b'[{"%b": 1, "a": 2, "%b,": 3, "b": [4]}]' % (half, half)

    assert in_slices(text, slice_bytes) == [{"a": 2, "b": [4]}]


def without_half_names(value):
    """The same, less what has half a character in its name: nothing that a model could ask for."""
    match value:
        case dict():
            whole = {name: one for name, one in value.items() if is_whole(name)}
            return {name: without_half_names(one) for name, one in whole.items()}
        case list():
            return [without_half_names(one) for one in value]
    return value


def is_whole(name):
    """Whether a name can be written as UTF-8."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


@pytest.mark.parametrize(
    "more",
    [
        b'"x":{%b}' % b",".join(b'"k%d":1' % number for number in range(MOST_KEYS + 1)),
        b'"x":' + b"[" * 300 + b"]" * 300,
        b'"x":' + b'{"x":' * 300 + b"1" + b"}" * 300,
        b'"x":[%b]' % b",".join([b"[%b]" % b",".join([b"{}"] * 9_000)] * 60),
        b'"x":0.' + b"1" * 2_000_000,
        b'"x":"%b"' % (b"x" * 2_000_000),
    ],
    ids=["keys", "lists deep", "objects deep", "steps", "a number", "a text"],
)
def test_what_no_answer_has_is_not_read(more):
    """Neither at the end of an answer nor in the middle of it."""
    for text in (b'{"pad":%b,%b}' % (PADDING, more), b'{"pad":[{%b}],"x":%b}' % (more, PADDING)):
        with pytest.raises(TooMuch):
            loads(text)


def test_a_long_list_is_read_as_far_as_any_is():
    """What stands at its end is nothing that a model could take for an entry."""
    text = json.dumps({"x": [{"n": n} for n in range(MOST_ENTRIES * 4)], "y": [1, 2]}).encode()

    read = loads(text)

    assert read["x"][:MOST_ENTRIES] == [{"n": n} for n in range(MOST_ENTRIES)]
    assert read["x"][MOST_ENTRIES:] == [CUT]
    assert read["y"] == [1, 2]


def test_numbers_and_halves_of_characters_are_let_through():
    """For the models to refuse one by one, in a large text as in a small one."""
    odd = rb'"a":"\ud800","\udfff":1,"b":%b' % (b"9" * 5_000)

    for text in (b"{%b}" % odd, b'{"pad":%b,%b}' % (PADDING, odd)):
        read = loads(text)
        assert (read["a"], read["b"]) == ("\ud800", math.inf)
        assert len(read) == 2 + (text[2:5] == b"pad")
