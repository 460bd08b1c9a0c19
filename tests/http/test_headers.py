"""What an answer says about itself: where it came from, how old it is, how to ask for it again."""

import re

import pytest
from backports import zstd

from tests.routes.places import PLACES, PURE, TRACK

ENCODINGS = ("identity", "gzip", "zstd")
ANALYSIS = PLACES["analysis"]


async def test_a_fresh_answer_says_that_it_was_fetched_and_the_next_that_it_is_kept(product):
    """Contract §5, word for word; a batch is composed of what is kept, so it says the same."""
    for path in PLACES.values():
        first, second = await product.get(path), await product.get(path)

        known = path in {PLACES[name] for name in ("compared", "many-features", "columns", "items")}
        assert known or first.headers["cache-status"] == "earprint; fwd=uri-miss; stored"
        assert re.fullmatch(r"earprint; hit; ttl=\d+", second.headers["cache-status"])
        for answer in (first, second):
            assert answer.status_code == 200
            assert answer.headers["vary"] == "Accept-Encoding"
            assert answer.headers["age"].isdecimal()
            assert re.fullmatch(r'"[0-9a-f]{24}(-gz|-zst)?"', answer.headers["etag"])
            assert re.fullmatch(
                r"public, max-age=\d+, stale-while-revalidate=\d+, stale-if-error=\d+",
                answer.headers["cache-control"],
            )
            timing = answer.headers["server-timing"]
            assert re.fullmatch(r"cache;dur=[\d.]+, upstream;dur=[\d.]+, encode;dur=[\d.]+", timing)
        assert second.headers["etag"] == first.headers["etag"]


async def test_age_grows_and_the_lifetime_stays(product):
    """An hour later the answer is an hour older: whoever subtracts Age knows what is left."""
    fresh = await product.get(PLACES["track"])
    product.clock.advance(3_600)
    older = await product.get(PLACES["track"])

    assert int(older.headers["age"]) in {3_600, 3_601}
    assert older.headers["cache-control"] == fresh.headers["cache-control"]
    whole = int(re.findall(r"max-age=(\d+)", older.headers["cache-control"])[0])
    left = int(re.findall(r"ttl=(\d+)", older.headers["cache-status"])[0])
    assert whole == 86_400
    assert whole - int(older.headers["age"]) - left in {-1, 0, 1}


async def test_every_encoding_is_the_same_body_under_its_own_validator(product):
    """Negotiated, and each form has its own ETag; small bodies stay as they are."""
    answers = {
        name: await product.get(ANALYSIS, headers={"Accept-Encoding": name}) for name in ENCODINGS
    }

    assert {a.headers.get("content-encoding", "identity") for a in answers.values()} == {*ENCODINGS}
    unpacked = zstd.decompress(answers["zstd"].content)  # httpx unpacks gzip, not zstd
    assert answers["identity"].content == answers["gzip"].content == unpacked
    assert len({answer.headers["etag"] for answer in answers.values()}) == len(ENCODINGS)
    small = await product.get(PLACES["track"], headers={"Accept-Encoding": "br;q=1, *;q=0"})
    assert "content-encoding" not in small.headers


@pytest.mark.parametrize("encoding", ENCODINGS)
async def test_who_holds_the_answer_is_told_so_without_a_body(product, encoding):
    """304 with the same validator, whichever form is held and whichever is asked for now."""
    held = (await product.get(ANALYSIS, headers={"Accept-Encoding": encoding})).headers["etag"]
    for accepted in ENCODINGS:
        for condition in (held, f"W/{held}", f'"other", {held}', "*"):
            asked = {"Accept-Encoding": accepted, "If-None-Match": condition}
            answer = await product.get(ANALYSIS, headers=asked)

            assert (answer.status_code, answer.content) == (304, b"")
            assert {"etag", "cache-control", "vary"} <= set(answer.headers)
            assert "content-length" not in answer.headers
    changed = await product.get(ANALYSIS, headers={"If-None-Match": '"other"'})
    assert changed.status_code == 200


async def test_a_request_id_is_echoed_if_it_is_fit_for_a_log(product):
    """Else a new one is made, and no two are alike."""
    for path in (PLACES["track"], PURE["sources"], "/v1/nothing", "/healthz"):
        kept = await product.get(path, headers={"X-Request-ID": "abc-1.2:3_4"})
        forged = await product.get(path, headers={"X-Request-ID": "a b\tc" + "x" * 80})
        made = [(await product.get(path)).headers["x-request-id"] for _ in range(3)]

        assert kept.headers["x-request-id"] == "abc-1.2:3_4"
        assert " " not in forged.headers["x-request-id"]
        assert len({*made, forged.headers["x-request-id"]}) == 4


async def test_any_page_may_read_the_api_but_with_nobody_s_credentials(product):
    """CORS: `*`, never the origin echoed, no credentials; a preflight names what is allowed."""
    asked = {
        "Origin": "https://example.com",
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "If-None-Match",
    }
    preflight = await product.client.options(PLACES["track"], headers=asked)
    answers = [
        preflight,
        *[
            await product.get(path, headers={"Origin": "https://example.com"})
            for path in (PLACES["track"], PLACES["track"], "/v1/tracks/nonsense")
        ],
    ]

    assert preflight.status_code == 204
    assert "GET" in preflight.headers["access-control-allow-methods"]
    assert "If-None-Match" in preflight.headers["access-control-allow-headers"]
    for answer in answers:
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in answer.headers
        assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_public_answer_does_not_depend_on_who_asks(product):
    """Cookie, key and forwarded headers change no byte of it."""
    plain = await product.get(PLACES["albums"])
    dressed = await product.get(
        PLACES["albums"],
        headers={
            "Cookie": "session=1",
            "Authorization": "Bearer x",
            "X-Forwarded-Host": "evil.example",
            "Origin": "https://evil.example",
        },
    )

    assert dressed.content == plain.content
    assert "evil" not in dressed.text
    assert "set-cookie" not in dressed.headers


async def test_pages_of_a_list_are_linked_in_body_and_header(product):
    """`next` leads on, `previous` back, and Link says the same."""
    first = await product.get(f"{PLACES['albums']}?limit=2")
    following = await product.get(first.json()["next"])

    assert first.json()["previous"] is None
    assert f'<{first.json()["next"]}>; rel="next"' in first.headers["link"]
    assert f'<{following.json()["previous"]}>; rel="prev"' in following.headers["link"]
    assert following.json()["offset"] == 2


async def test_an_uri_and_an_id_are_one_entry(product, sandbox):
    """Two ways to write a track cost one call."""
    await product.get(f"/v1/tracks/{TRACK}")
    await product.get(f"/v1/tracks/spotify:track:{TRACK}")

    assert sandbox.calls["/v1/tracks/{id}"] == 1
