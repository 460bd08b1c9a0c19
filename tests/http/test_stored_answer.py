"""How a stored entry becomes an HTTP answer."""

import pytest

from api.cache.entry import Ages
from api.cache.tiers import Served, composed
from api.http.content_encoding import GZIP, IDENTITY, ZSTD
from api.http.stored_answer import (
    Asker,
    body_in,
    cache_status,
    etag,
    headers_for,
    is_private,
    not_modified,
    why,
)
from api.problems.refusals import (
    BadQuestion,
    Closed,
    DoesNotExist,
    Garbled,
    Limited,
    NotConfigured,
    SourceError,
    Unreachable,
)
from tests.cache.making import NOW, SPOTIFY, entry, key

SAID = rb'"provenance":[{"fields":["a[]","\"]"],"detail":"\\\""}],"missing":[{"field":"b[]"}]'
NEXT, PREV = '</v1/x?offset=10>; rel="next"', '</v1/x?offset=0>; rel="prev"'
LARGE = b'{"name":"' + b"x" * 2_000 + b'"}'


def test_small_bodies_stay_as_they_are():
    """A header more would cost what the packing saves."""
    assert body_in(entry(), GZIP) == (b"{}", IDENTITY)
    assert body_in(entry(body=LARGE), IDENTITY) == (LARGE, IDENTITY)
    assert body_in(entry(body=LARGE), GZIP) == (None, GZIP)
    assert body_in(entry(body=LARGE, encodings={GZIP: b"g"}), GZIP) == (b"g", GZIP)


def test_each_encoding_has_its_own_validator():
    """Strong validators name bytes, and the bytes differ."""
    one = entry(body=LARGE)

    assert len({etag(one, encoding) for encoding in (IDENTITY, GZIP, ZSTD)}) == 3


@pytest.mark.parametrize("encoding", [IDENTITY, GZIP, ZSTD])
def test_a_body_is_recognised_in_whatever_encoding_it_is_held(encoding):
    """A weakened tag counts as well, and any of several; another one does not."""
    one = entry(body=LARGE)
    tag = etag(one, encoding)

    for held in (tag, f"W/{tag}", f'"other", {tag}', "*", " * "):
        assert not_modified(one, held)
    for unknown in (None, "", '"other"', '"other-gz"'):
        assert not not_modified(one, unknown)


def headers(one, encoding=IDENTITY, now=NOW):
    """The headers as a dict of texts."""
    return {name.decode(): value.decode() for name, value in headers_for(one, encoding, now=now)}


@pytest.mark.parametrize(("at", "age"), [(0, "0"), (4.9, "4"), (15, "15"), (99, "99"), (-5, "0")])
def test_an_answer_says_how_old_it_is_and_how_old_it_may_become(at, age):
    """Lifetimes do not shrink: a cache in front subtracts the age from them, and only once."""
    made = headers(entry(), now=NOW + at)

    control = "public, max-age=10, stale-while-revalidate=10, stale-if-error=20"
    assert (made["age"], made["cache-control"]) == (age, control)
    assert made["vary"] == "Accept-Encoding"


def test_what_is_made_of_several_is_fresh_no_longer_than_any_of_them():
    """It is as old as the oldest; what is left by its headers ends with the first that ages."""
    old = entry("old", ages=Ages(NOW + 100, NOW + 110, NOW + 120, NOW + 120), stored_at=NOW - 50)
    soon = entry("soon", ages=Ages(NOW + 7, NOW + 9, NOW + 12, NOW + 12))

    made = headers(composed(key(), [Served(old), Served(soon)], b"{}"), now=NOW)

    assert (made["age"], made["cache-control"]) == (
        "50",
        "public, max-age=57, stale-while-revalidate=2, stale-if-error=5",
    )


def test_what_is_a_persons_own_is_never_public():
    """Nobody between may keep it."""
    own = entry(key=key(principal="user-1"))

    assert headers(own)["cache-control"] == "private, no-store"


def test_only_an_encoded_body_says_so():
    """Identity has no name on the wire."""
    assert headers(entry(), ZSTD)["content-encoding"] == "zstd"
    assert "content-encoding" not in headers(entry())


@pytest.mark.parametrize(
    ("ending", "link"),
    [
        (b'"next":null,"previous":null,' + SAID + b"}", None),
        (b'"next":"/v1/x?offset=10","previous":null,' + SAID + b"}", NEXT),
        (b'"next":"/v1/x?offset=10","previous":"/v1/x?offset=0",' + SAID + b"}", f"{NEXT}, {PREV}"),
        (b'"tracks":{"next":"/v1/x","previous":null,' + SAID + b"}," + SAID + b"}", None),
        (b'"next":"/v1/x","previous":null}', None),
        (b'"name":"\\"next\\":\\"/evil\\",\\"previous\\":null,' + SAID + b'"}', None),
    ],
)
def test_a_page_links_to_its_neighbours(ending, link):
    """The links that close the body stand in the header, too; a name cannot pretend to be one."""
    body = b'{"items":[' + b"1," * 5_000 + b"1]," + ending

    assert headers(entry(body=body)).get("link") == link


@pytest.mark.parametrize(
    ("served", "status"),
    [
        (Served(entry()), "earprint; hit; ttl=10"),
        (Served(entry(stored_at=NOW)), "earprint; hit; ttl=10"),
        (Served(entry(), hit=False), "earprint; fwd=uri-miss; stored"),
        (Served(entry(), hit=False, collapsed=True), "earprint; fwd=uri-miss; stored; collapsed"),
        (Served(entry(), hit=False, replaced=True), "earprint; fwd=stale; stored"),
        (
            Served(entry(), failure=Limited(SPOTIFY, "wait", status=429)),
            "earprint; fwd=stale; fwd-status=429; detail=gated",
        ),
        (
            Served(entry(), failure=Unreachable(SPOTIFY, "down")),
            "earprint; fwd=stale; detail=unreachable",
        ),
    ],
)
def test_cache_status_says_how_the_answer_came(served, status):
    """RFC 9211, in the words of the contract."""
    assert cache_status(served, now=NOW) == status


def test_a_stale_hit_has_a_negative_ttl():
    """Served while it is refreshed behind."""
    assert cache_status(Served(entry()), now=NOW + 30) == "earprint; hit; ttl=-20"


def test_every_refusal_has_its_word():
    """A kind inherits the word of its parent; what nobody knows has “failed”."""
    kinds = (Closed, NotConfigured, Limited, Unreachable, DoesNotExist, Garbled, BadQuestion)

    assert [why(kind(SPOTIFY, "…")) for kind in kinds] == [
        "closed",
        "not-configured",
        "gated",
        "unreachable",
        "not-known",
        "garbled",
        "garbled",
    ]
    assert why(SourceError(SPOTIFY, "…")) == "failed"


def test_an_asker_is_read_from_raw_headers():
    """Only what decides the form of the answer."""
    raw = [(b"cookie", b"a=1"), (b"accept-encoding", b"gzip"), (b"if-none-match", b'"\xe9"')]

    assert Asker.of(raw) == Asker(GZIP, '"é"')
    assert Asker.of([]) == Asker(IDENTITY, None)


def test_a_field_sent_twice_is_one_list():
    """As RFC 9110 §5.3 has it: neither line is lost."""
    raw = [
        (b"accept-encoding", b"br"),
        (b"if-none-match", b'"a"'),
        (b"accept-encoding", b"gzip"),
        (b"if-none-match", b'"b"'),
    ]

    assert Asker.of(raw) == Asker(GZIP, '"a","b"')


@pytest.mark.parametrize(
    ("path", "query", "private"),
    [
        ("/v1/tracks/own_3gEN0CyAJGNnGSqpcGFzAb/features", b"", True),
        ("/v1/tracks/earprint:track:own_3gEN0CyAJGNnGSqpcGFzAb", b"", True),
        ("/v1/features", b"ids=11dFghVXANMlKmJXsNCbNl,own_3gEN0CyAJGNnGSqpcGFzAb", True),
        ("/v1/features", b"ids=%6fwn%5F3gEN0CyAJGNnGSqpcGFzAb", True),
        ("/v1/library/tracks", b"", True),
        ("/v1/jobs/1", b"", True),
        ("/v1/collections", b"", True),
        ("/v1/tracks/11dFghVXANMlKmJXsNCbNl", b"market=GB", False),
        ("/v1/search", b"q=own", False),
    ],
)
def test_what_is_this_servers_own_is_known_by_its_address(path, query, private):
    """Wherever an own id stands, however it is written."""
    assert is_private({"path": path, "query_string": query}) is private
