"""Ids as numbers, and ISRCs in every spelling."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.music import ids

ID = "5sWHDYs0csV6RS48xBl0tH"
OTHER = "6GGODyP2LIdbxIfYxy5UbN"
LARGEST = "7N42dgm5tFLK9N8MT7fHC7"
OVERFLOWS = ("7N42dgm5tFLK9N8MT7fHC8", "8000000000000000000000", "Z" * 22)
near_ids = st.text(alphabet=ids.ALPHABET, min_size=22, max_size=22)
PATTERN = re.compile(ids.id_pattern())


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (ID, 0xB39FE8081E1F4C54BE38E8D6F9F12BB9),
        (OTHER, 0xDBC3D5EBE344484DA3E2448712A02213),
        ("0TnOYISbd1XYRBk9myaseg", 0x1D59D030963A4B789E82D921C685F834),
        ("0000000000000000000001", 1),
        ("000000000000000000000Z", 61),
        ("0000000000000000000010", 62),
        (LARGEST, (1 << 128) - 1),
    ],
)
def test_an_id_is_a_number_of_128_bits(text, number):
    """Digits, lower case, upper case: base 62, zeros in front."""
    assert ids.is_id(text)
    assert ids.decode(text) == number
    assert ids.encode(number) == text


@pytest.mark.parametrize("text", OVERFLOWS)
def test_a_number_beyond_128_bits_is_no_id(text):
    """Twenty-two good characters are not enough."""
    assert not ids.is_id(text)
    assert "too large a number" in (ids.fault_of_id(text) or "")


@given(st.integers(0, ids.ID_LIMIT - 1))
def test_every_number_has_an_id_of_its_own(number):
    """What is encoded is an id, and decodes to the same number."""
    text = ids.encode(number)

    assert ids.is_id(text)
    assert ids.decode(text) == number


@given(st.one_of(near_ids, st.text(), st.sampled_from([ID, LARGEST, *OVERFLOWS])))
def test_the_pattern_matches_exactly_the_ids(text):
    """The OpenAPI document promises what the parser keeps."""
    assert bool(PATTERN.fullmatch(text)) is ids.is_id(text)


@pytest.mark.parametrize("number", [0, 1, 61, 62, ids.ID_LIMIT - 1, ids.ID_LIMIT - 2])
def test_the_pattern_holds_at_its_edges(number):
    """Smallest, largest and next to them."""
    assert PATTERN.fullmatch(ids.encode(number))


@pytest.mark.parametrize(
    ("text", "isrc"),
    [
        ("GBSMU2401851", "GBSMU2401851"),
        ("gb-smu-24-01851", "GBSMU2401851"),
        ("ISRC GB-SMU-24-01851", "GBSMU2401851"),
        ("isrc:GBSMU2401851", "GBSMU2401851"),
        ("ISRC11234567", "ISRC11234567"),
        ("GBSMU240185", None),
        ("12SMU2401851", None),
    ],
)
def test_isrcs_are_read_with_and_without_marks(text, isrc):
    """Hyphens and the word itself go; Iceland's numbers that begin with it stay whole."""
    assert ids.normalise_isrc(text) == isrc


@pytest.mark.parametrize(
    ("is_one", "ident", "others"),
    [
        (
            ids.is_mbid,
            "20ff3303-4fe2-4a47-a1b6-291e26aa3438",
            ("20FF3303-4fe2-4a47-a1b6-291e26aa3438", "20ff33034fe24a47a1b6291e26aa3438"),
        ),
        (ids.is_deezer_id, "399", ("0399", "-1", "3.0", "٣", "9" * 19)),
        (ids.is_qid, "Q44190", ("q44190", "Q0", "Q", "P434", "Q44190 } DROP ALL")),
    ],
)
def test_ids_of_others_are_known_by_their_form(is_one, ident, others):
    """To the letter: they enter addresses and queries as they are."""
    assert is_one(ident)
    assert not any(map(is_one, (*others, "", f"{ident}\n", f" {ident}")))


def test_an_own_id_comes_from_a_digest():
    """The same bytes have the same id."""
    made = ids.own_id(b"\xff" * 32)

    assert made == ids.own_id(b"\xff" * 16)
    assert ids.is_id(made.removeprefix("own_"))
