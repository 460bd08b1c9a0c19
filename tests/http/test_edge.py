"""What is cached is answered before any routing, and nobody can tell the difference."""

import asyncio
import gzip

import pytest
from backports import zstd
from opentelemetry import metrics, trace

from api.cache.entry import DAY
from api.http import edge as module
from tests.routes.product import opened
from tests.sandbox import Sandbox, id_of

ARTIST = f"/v1/artists/{id_of('artist', 0)}"
ALBUMS = f"{ARTIST}/albums?limit=5&offset=5"
ANALYSIS = f"/v1/tracks/{id_of('track', 0)}/analysis"
PRIVATE_TO_ONE = {"server-timing", "x-request-id", "cache-status"}
PLAIN = {"Accept-Encoding": "identity"}


@pytest.fixture
async def sandbox():
    """A stand-in for Spotify."""
    async with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
async def api(sandbox, tmp_path):
    """The product in front of it."""
    async with opened(sandbox, tmp_path) as product:
        product.client.headers.update(PLAIN)
        yield product


def inner(api):
    """Let the test count what gets past the edge."""
    routed = []
    route = api.app.state.edge._inner

    async def counted(scope, receive, send):
        routed.append(scope["path"])
        await route(scope, receive, send)

    api.app.state.edge._inner = counted
    return routed


async def test_no_hit_waits_for_telemetry_that_nobody_asked_for(api, monkeypatch):
    """FastAPI looks for somebody who wants it, in the environment, which takes as long as a hit."""
    await api.get(ARTIST)

    def look():
        raise AssertionError

    monkeypatch.setattr(trace, "get_tracer_provider", look)
    monkeypatch.setattr(metrics, "get_meter_provider", look)

    assert (await api.get(ARTIST)).status_code == 200


@pytest.mark.parametrize("path", [ARTIST, ALBUMS, ANALYSIS])
@pytest.mark.parametrize("encoding", ["identity", "gzip", "zstd"])
async def test_an_edge_hit_looks_like_the_routed_one(api, path, encoding):
    """Same status, same bytes, same headers, but for those of one request alone."""
    asked = {"Accept-Encoding": encoding}
    await api.get(path, headers=asked)
    api.app.state.edge._aliases.clear()
    routed = await api.get(path, headers=asked)
    past = inner(api)

    hit = await api.get(path, headers=asked)

    assert past == []
    assert hit.content == routed.content
    assert hit.headers["cache-status"] == routed.headers["cache-status"]
    ours, theirs = (
        {name: value for name, value in answer.headers.items() if name not in PRIVATE_TO_ONE}
        for answer in (hit, routed)
    )
    assert ours == theirs


async def test_bodies_travel_packed_with_their_own_validator(api):
    """Each form unpacks to the same bytes and has its own ETag."""
    plain = await api.get(ANALYSIS)
    tags = {plain.headers["etag"]}
    for encoding, unpack in (("gzip", gzip.decompress), ("zstd", zstd.decompress)):
        async with api.client.stream(
            "GET", ANALYSIS, headers={"Accept-Encoding": encoding}
        ) as packed:
            raw = b"".join([chunk async for chunk in packed.aiter_raw()])
        assert packed.headers["content-encoding"] == encoding
        assert int(packed.headers["content-length"]) == len(raw) < len(plain.content)
        assert unpack(raw) == plain.content
        tags.add(packed.headers["etag"])

    assert len(tags) == 3


async def test_memory_counts_the_packed_forms(api):
    """The bound in bytes holds for all that is kept."""
    await api.get(ANALYSIS)
    memory = api.app.state.parts.tiers.memory
    before = memory.size

    answers = await asyncio.gather(
        *(api.get(ANALYSIS, headers={"Accept-Encoding": "gzip"}) for _ in range(5))
    )

    length = int(answers[0].headers["content-length"])
    assert memory.size == before + length


@pytest.mark.parametrize("cold", [True, False])
async def test_who_holds_the_body_gets_304(api, cold):
    """From the edge as from the route, without body and length but with the headers."""
    first = await api.get(ARTIST)
    if cold:
        api.app.state.edge._aliases.clear()

    again = await api.get(ARTIST, headers={"If-None-Match": first.headers["etag"]})
    other = await api.get(ARTIST, headers={"If-None-Match": '"other"'})

    assert (again.status_code, again.content, other.status_code) == (304, b"", 200)
    assert "content-length" not in again.headers
    assert again.headers["etag"] == first.headers["etag"]


@pytest.mark.parametrize("path", [ARTIST, "/healthz", "/v1/artists/wrong", "/v1/sources"])
async def test_head_is_get_without_the_body(api, path):
    """Same headers, cold and warm."""
    for _ in range(2):
        got, head = await api.get(path), await api.client.head(path)

        assert (head.status_code, head.content) == (got.status_code, b"")
        names = {"content-type", "etag", "content-length", "cache-control", "vary"}
        assert {n: head.headers.get(n) for n in names} == {n: got.headers.get(n) for n in names}


async def test_public_bytes_depend_on_nobody(api):
    """Cookies, keys, origins and forwarded hosts change nothing, cold or warm."""
    bodies = set()
    for headers in (
        {},
        {"Cookie": "a=1", "Authorization": "Bearer x", "Origin": "https://evil.test"},
        {"X-Forwarded-Host": "evil.test", "Host": "localhost:9", "X-Forwarded-Proto": "ftp"},
    ):
        for forget in (True, False):
            if forget:
                api.app.state.edge._aliases.clear()
                api.app.state.parts.tiers.memory.drop_source("all")
            answer = await api.get(ALBUMS, headers=headers)
            assert answer.headers["access-control-allow-origin"] == "*"
            assert "set-cookie" not in answer.headers
            assert "evil" not in answer.text + str(answer.headers)
            bodies.add((answer.content, answer.headers["etag"], answer.headers["link"]))

    assert len(bodies) == 1


async def test_stale_is_served_at_once_and_refreshed_once_a_second(api, sandbox):
    """Two hundred who ask for it together cost one call."""
    await api.get(ARTIST)
    api.clock.advance(1.2 * DAY)
    sandbox.calls.clear()

    answers = await asyncio.gather(*(api.get(ARTIST) for _ in range(200)))
    await api.app.state.edge.close()
    await asyncio.gather(*api.app.state.parts.tiers._fetches._flights.values())
    fresh = await api.get(ARTIST)

    assert {answer.status_code for answer in answers} == {200}
    assert all("hit; ttl=-" in answer.headers["cache-status"] for answer in answers)
    assert sandbox.calls["/v1/artists/{id}"] == 1
    assert "hit; ttl=-" not in fresh.headers["cache-status"]


async def test_a_clock_that_goes_back_does_not_stop_refreshing(api):
    """A stale value is refreshed again, not only when the old time comes round."""
    await api.get(ARTIST)
    alias = next(iter(api.app.state.edge._aliases.values()))
    api.clock.advance(1.2 * DAY)
    alias.refreshed = api.clock() + DAY

    await api.get(ARTIST)

    assert alias.refreshed <= api.clock()


async def test_a_value_that_stands_in_says_so(api, sandbox):
    """While the source is down the edge leaves the answer to the route, which tells why."""
    await api.get(ARTIST)
    api.clock.advance(3 * DAY)
    sandbox.fault("F41")

    answer = await api.get(ARTIST)

    assert answer.status_code == 200
    assert answer.headers["cache-status"] == (
        "earprint; fwd=stale; fwd-status=500; detail=unreachable"
    )


async def test_what_left_memory_comes_from_the_disk(api, sandbox):
    """The edge passes it on, and learns nothing new from it."""
    await api.get(ARTIST)
    api.app.state.parts.tiers.memory.drop_source("all")

    answer = await api.get(ARTIST)

    assert "; hit" in answer.headers["cache-status"]
    assert len(api.app.state.edge._aliases) == 1
    assert sandbox.calls["/v1/artists/{id}"] == 1


async def test_what_is_a_persons_own_is_never_learned(api):
    """It is answered, and forgotten by the edge."""
    await api.get(ARTIST)
    api.app.state.edge._aliases.clear()
    memory = api.app.state.parts.tiers.memory
    entry = memory.get(next(iter(memory._entries)))
    entry.key = entry.key._replace(principal="user-1")

    answer = await api.get(ARTIST)

    assert answer.headers["cache-control"] == "private, no-store"
    assert api.app.state.edge._aliases == {}


async def test_the_edge_remembers_only_so_much(api, monkeypatch):
    """The oldest address leaves first; one as long as a page is not learned at all."""
    monkeypatch.setattr(module, "FEWEST_ALIASES", 2)
    monkeypatch.setattr(type(api.app.state.parts.tiers.memory), "__len__", lambda _memory: 2)
    paths = [f"/v1/artists/{id_of('artist', n)}" for n in range(3)]
    for path in (*paths, f"{ARTIST}/albums?limit={'0' * 3_000}5"):
        assert (await api.get(path)).status_code == 200

    assert [path for path, _ in api.app.state.edge._aliases] == paths[1:]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("abc-1.2:3_4", True), ("x" * 64, True), ("x" * 65, False), ("a b", False), ("", False)],
)
async def test_a_request_id_is_echoed_if_it_is_fit_for_a_log(api, sent, kept):
    """Cold, warm and for problems; else there is a new one each time."""
    paths = (ARTIST, ARTIST, "/v1/nothing")
    answers = [await api.get(path, headers={"X-Request-ID": sent}) for path in paths]
    ids = [answer.headers["x-request-id"] for answer in answers]

    assert answers[2].json()["request_id"] == ids[2]
    assert ids == [sent] * 3 if kept else len({*ids, sent}) == 4


async def test_a_browser_may_ask_from_anywhere(api):
    """The preflight is answered without any routing; another OPTIONS is a method that fails."""
    asked = {"Origin": "https://app.test", "Access-Control-Request-Method": "GET"}
    preflight = await api.client.options(ARTIST, headers=asked)
    bare = await api.client.options(ARTIST)

    assert (preflight.status_code, preflight.content) == (204, b"")
    assert preflight.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in preflight.headers
    assert preflight.headers["x-request-id"]
    assert (bare.status_code, bare.headers["allow"]) == (405, "GET, HEAD")
