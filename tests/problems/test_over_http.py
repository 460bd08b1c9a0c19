"""Whatever goes wrong, the caller reads one problem+json, and nothing of the inside."""

import json
import logging
import re

import pytest

from api.problems.types import SLUGS
from tests.routes.places import ARTIST, PLACES, PURE, TRACK
from tests.sandbox import id_of

UNKNOWN = "0" * 22
EVERY = PLACES | PURE
REFUSED = {
    "bad id": ("/v1/tracks/nonsense", 422, "bad-reference"),
    "overflowing id": (f"/v1/tracks/{'z' * 22}", 422, "bad-reference"),
    "wrong kind": (f"/v1/tracks/spotify:album:{UNKNOWN}", 422, "bad-reference"),
    "free text": ("/v1/resolve?q=a+song", 422, "bad-reference"),
    "a mixed bag": (
        f"/v1/resolve?q=spotify:track:{UNKNOWN}+spotify:show:{UNKNOWN}",
        422,
        "bad-reference",
    ),
    "short link": ("/v1/resolve?q=https://spotify.link/abc", 422, "bad-reference"),
    "missing parameter": ("/v1/resolve", 422, "invalid-request"),
    "out of range": (f"/v1/artists/{ARTIST}/albums?limit=51", 422, "invalid-request"),
    "no number": (f"/v1/artists/{ARTIST}/albums?limit=many", 422, "invalid-request"),
    "no market": (f"/v1/tracks/{TRACK}?market=KP", 422, "invalid-request"),
    "unknown parameter": (f"/v1/tracks/{TRACK}?api_key=1", 422, "invalid-request"),
    "given twice": (f"/v1/tracks/{TRACK}?market=GB&market=DE", 422, "invalid-request"),
    "no such address": ("/v1/nothing", 404, "not-found"),
    "nothing at all": ("/nowhere/at/all", 404, "not-found"),
    "unknown artist": (f"/v1/artists/{UNKNOWN}", 404, "artist-not-found"),
    "unknown track": (f"/v1/tracks/{UNKNOWN}", 404, "track-not-found"),
    "unknown playlist": (f"/v1/playlists/{UNKNOWN}", 404, "playlist-not-found"),
    "source switched off": (f"/v1/tracks/{TRACK}/features?source=deezer", 404, None),
}


def checked(answer, status: int, slug: str | None = None) -> dict:
    """The problem, after everything has been looked at that every problem promises."""
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    told = problem["type"].removeprefix("/problems/")
    assert (answer.status_code, problem["status"]) == (status, status)
    assert slug is None or told == slug
    assert problem["title"] == SLUGS[told].title
    assert problem["detail"]
    assert problem["request_id"] == answer.headers["x-request-id"]
    if "retry-after" in answer.headers:
        assert re.fullmatch(r"[1-9][0-9]*", answer.headers["retry-after"])
    return problem


@pytest.mark.parametrize("case", REFUSED)
async def test_every_refusal_is_a_problem(product, case):
    """One shape for all, with the slug of the contract and a page that explains it."""
    path, status, slug = REFUSED[case]

    answer = await product.get(path)
    problem = checked(answer, status, slug)
    page = await product.get(problem["type"])

    assert problem["instance"] == answer.request.url.path
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert problem["title"] in page.text
    if slug == "bad-reference":
        assert problem["hint"]
    if slug == "invalid-request":
        assert problem["errors"][0]["pointer"].startswith("query/")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_another_method_is_a_problem_that_names_those_that_work(product, method):
    """405 carries Allow; GET and HEAD are in it."""
    for path in EVERY.values():
        answer = await product.client.request(method, path)

        checked(answer, 405, "method-not-allowed")
        assert {"GET", "HEAD"} <= {name.strip() for name in answer.headers["allow"].split(",")}


async def test_an_unknown_parameter_is_refused_by_its_name(product):
    """A misspelt parameter is not ignored, wherever it is given."""
    for path in EVERY.values():
        answer = await product.get(path + ("&" if "?" in path else "?") + "limmit=1")

        problem = checked(answer, 422, "invalid-request")
        assert [error["pointer"] for error in problem["errors"]] == ["query/limmit"]


async def test_head_answers_the_headers_of_get_without_a_body(product):
    """Before anything is cached, and when the edge knows it."""
    for path in EVERY.values():
        headed = await product.client.head(path)
        got = await product.get(path)
        again = await product.client.head(path)

        for head in (headed, again):
            assert (head.status_code, head.content) == (got.status_code, b"")
            for name in ("content-type", "content-length", "etag", "vary", "content-encoding"):
                assert (path, head.headers.get(name)) == (path, got.headers.get(name))


async def test_a_mistake_of_ours_leaks_nothing_and_can_be_found(product, monkeypatch, caplog):
    """500 says the request id, and nothing else that the log line says."""

    async def broken(*_arguments):
        raise RuntimeError("secret-of-the-inside")

    monkeypatch.setattr(product.app.state.parts.catalog.__class__, "artist", broken)
    with caplog.at_level(logging.ERROR):
        answer = await product.get(PLACES["artist"], headers={"X-Request-ID": "find-me-7"})

    checked(answer, 500, "internal")
    assert answer.headers["x-request-id"] == "find-me-7"
    assert "secret-of-the-inside" not in answer.text
    assert "RuntimeError" not in answer.text
    found = [record for record in caplog.records if "find-me-7" in record.getMessage()]
    assert "secret-of-the-inside" in str(found[0].exc_info)


async def test_a_limited_source_is_not_the_caller_s_limit(product, sandbox):
    """An upstream 429 becomes 503 with whole seconds and one attempt per source."""
    sandbox.fault("F40")

    answer = await product.get(PLACES["track"])
    problem = checked(answer, 503, "sources-unavailable")

    assert 1 <= int(answer.headers["retry-after"]) <= 30
    spotify = problem["attempts"][0]
    assert (spotify["source"], spotify["reason"]) == ("spotify", "limited")
    assert spotify["retry_after"] == int(answer.headers["retry-after"])


async def test_what_nobody_here_can_give_says_who_was_asked_and_what_to_do(product, sandbox):
    """404 `…-unavailable` names each source and why, and the ways on."""
    sandbox.app_class = "new-dev"

    problem = checked(await product.get(PLACES["analysis"]), 404, "analysis-unavailable")

    assert {"spotify", "library"} <= {attempt["source"] for attempt in problem["attempts"]}
    assert problem["attempts"][0]["reason"] == "closed"
    assert problem["hint"]


async def test_each_member_of_a_batch_has_its_own_problem(product):
    """One wrong id spoils nothing, and the order is that of the question."""
    wrong, right = "nonsense", id_of("track", 3)

    items = (await product.get(f"/v1/tracks?ids={wrong},{right}")).json()["items"]

    assert [(item["id"], item["ok"]) for item in items] == [(wrong, False), (right, True)]
    assert items[0]["problem"]["type"] == "/problems/bad-reference"
    assert items[1]["problem"] is None
    assert json.dumps(items)
