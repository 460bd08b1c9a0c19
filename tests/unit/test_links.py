"""Our own links between the parts of a list."""

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.links import Listing, Window


def listing(*, limit=10, offset=0, **params) -> Listing:
    """A list at an address of ours."""
    return Listing("/v1/things", Window(limit, offset), params)


def test_links_keep_what_was_asked():
    """Absent parameters stay absent, and nobody's text breaks the query."""
    href = listing(q="a&b=c d", market=None).at(0)

    assert parse_qs(urlsplit(href).query) == {"q": ["a&b=c d"], "limit": ["10"], "offset": ["0"]}


@pytest.mark.parametrize(
    ("offset", "total", "more", "following", "previous"),
    [
        (0, 25, False, 10, None),
        (10, 25, False, 20, 0),
        (15, 25, True, None, 5),  # a known total is believed
        (5, 25, False, 15, 0),  # never before the beginning
        (20, 25, False, None, 10),
        (0, 0, False, None, None),
        (0, None, True, 10, None),  # no total: what the source says of more
        (10, None, False, None, 0),
    ],
)
def test_links_lead_on_and_back(offset, total, more, following, previous):
    """`next` where something follows, `previous` where something came before."""
    found = listing(offset=offset).links(total=total, more=more)

    assert _offset(found["next"]) == following
    assert _offset(found["previous"]) == previous


@given(st.integers(1, 50), st.integers(0, 500))
def test_following_next_visits_everything_once(limit, total):
    """From the beginning, the parts cover the list without a gap or a repetition."""
    offset: int | None = 0
    visited: list[int] = []
    while offset is not None:
        visited += range(offset, min(offset + limit, total))
        found = listing(limit=limit, offset=offset).links(total=total, more=False)
        offset = _offset(found["next"])

    assert visited == list(range(total))


def _offset(href: str | None) -> int | None:
    return None if href is None else int(parse_qs(urlsplit(href).query)["offset"][0])
