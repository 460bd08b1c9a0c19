"""Our own links between the parts of a list."""

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.paging import Listing, Window


def listing(*, limit=10, offset=0, **params) -> Listing:
    """A list at an address of ours."""
    return Listing("/v1/things", Window(limit, offset), params)


def test_links_keep_what_was_asked():
    """Absent parameters stay absent, and nobody's text breaks the query."""
    href = listing(q="a&b=c d", market=None).at(0)

    assert parse_qs(urlsplit(href).query) == {"q": ["a&b=c d"], "limit": ["10"], "offset": ["0"]}


@pytest.mark.parametrize(
    ("offset", "following", "previous"),
    [
        (0, 10, None),
        (10, 20, 0),
        (15, None, 5),
        (5, 15, 0),  # never before the beginning
        (0, 7, None),  # wherever the next part begins
        (0, None, None),
    ],
)
def test_links_lead_on_and_back(offset, following, previous):
    """`next` where something follows, `previous` where something came before."""
    found = listing(offset=offset).links(following=following)

    assert _offset(found["next"]) == following
    assert _offset(found["previous"]) == previous


def test_no_link_leads_where_nobody_may_ask():
    """A list ends at the last offset that is taken, whatever its total."""
    near = Listing("/v1/search", Window(10, 980), {}, furthest=990)
    last = Listing("/v1/search", Window(10, 990), {}, furthest=990)

    assert _offset(near.links(following=near.following(5_000))["next"]) == 990
    assert last.links(following=last.following(5_000))["next"] is None


@given(st.integers(1, 50), st.integers(0, 500))
def test_following_next_visits_everything_once(limit, total):
    """From the beginning, the parts cover the list without a gap or a repetition."""
    offset: int | None = 0
    visited: list[int] = []
    while offset is not None:
        visited += range(offset, min(offset + limit, total))
        at = listing(limit=limit, offset=offset)
        offset = _offset(at.links(following=at.following(total))["next"])

    assert visited == list(range(total))


def _offset(href: str | None) -> int | None:
    return None if href is None else int(parse_qs(urlsplit(href).query)["offset"][0])
