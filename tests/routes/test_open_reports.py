"""What /v1/sources says of an open source that asks us to wait: how it said so, and until when."""

import time
from datetime import datetime
from typing import Any

import pytest

from tests.routes.test_open_recorded import ARTIST, MBID, TRACK, Replay, running
from tests.sandbox.answers import Answer, of
from tests.sandbox.open import deezer, lastfm

HOUR_S = 3_600
WAIT = {"retry-after": str(HOUR_S)}
IN_PLAIN_WORDS = "asked this server to wait. Until then only cached answers are served."
ASKED: dict[str, tuple[str, dict[str, str]]] = {
    "deezer": (f"/v1/artists/{ARTIST}/related", {"deezer": "27"}),
    "lastfm": (f"/v1/artists/{ARTIST}", {"mbid": MBID}),
    "listenbrainz": (f"/v1/artists/{ARTIST}", {"mbid": MBID}),
    "musicbrainz": (f"/v1/artists/{ARTIST}", {"mbid": MBID}),
    "oembed": (f"/v1/artists/{ARTIST}", {}),
    "reccobeats": (f"/v1/tracks/{TRACK}/features", {}),
    "wikidata": (f"/v1/artists/{ARTIST}", {"wikidata": "Q1"}),
}
IN_HTTP = [(source, Answer(status, b"", WAIT)) for source in ASKED for status in (429, 503)]
IN_WORDS = [
    ("deezer", deezer.refusal(deezer.QUOTA)),
    ("lastfm", lastfm.refusal(lastfm.TOO_MANY)),
    ("reccobeats", Answer(403, b"error code: 1010")),
    ("reccobeats", of({"status": 4291, "errors": []}, status=429)),
    (
        "musicbrainz",
        of({"error": "Your requests are exceeding the allowable rate limit."}, status=503),
    ),
]


class Everywhere(Replay):
    """Sends the same at every path."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer
        self.asked = 0

    async def _handle(self, _request: Any) -> Answer:
        self.asked += 1
        return self.answer


async def told(folder, source, answer) -> tuple[list[dict[str, Any]], Any, int]:
    """The report, the problem of whoever asked, and how often the source was asked in all."""
    path, links = ASKED[source]
    async with Everywhere(answer) as somebody, running(folder, somebody, source) as product:
        uri = f"/v1/identities/spotify:artist:{ARTIST}"
        await product.client.put(uri, json={"links": links})
        problem = await product.get(path)
        asked = somebody.asked
        again = await product.get(path)
        report = (await product.get("/v1/sources")).json()["sources"]
        assert again.status_code == problem.status_code
        assert somebody.asked == asked
    (one,) = [each for each in report if each["source"] == source]
    return one["capabilities"], problem, asked


@pytest.mark.parametrize(("source", "answer"), IN_HTTP)
async def test_a_wait_is_told_with_its_status_and_its_end(tmp_path, source, answer):
    """For everything that it closes; nobody asks before that."""
    capabilities, problem, _ = await told(tmp_path, source, answer)

    shut = [one for one in capabilities if one["state"] == "limited"]
    assert shut
    for one in shut:
        assert one["reason"] == f"HTTP {answer.status}"
        assert one["detail"].endswith(IN_PLAIN_WORDS)
        left_s = datetime.fromisoformat(one["until"]).timestamp() - time.time()
        assert HOUR_S - 60 < left_s <= HOUR_S + 1
    assert problem.status_code == 503
    assert HOUR_S - 60 < int(problem.headers["retry-after"]) <= HOUR_S + 1


@pytest.mark.parametrize(("source", "answer"), IN_WORDS)
async def test_a_wait_in_a_sources_own_words_is_one_too(tmp_path, source, answer):
    """A number inside an answer that is no refusal is not called an HTTP status."""
    capabilities, problem, _ = await told(tmp_path, source, answer)

    shut = [one for one in capabilities if one["state"] == "limited"]
    wanted = "asked to wait" if answer.status == 200 else f"HTTP {answer.status}"
    assert shut
    assert {one["reason"] for one in shut} == {wanted}
    assert all(one["until"] > one["since"] for one in shut)
    assert problem.status_code == 503


async def test_a_source_that_is_down_is_asked_again_at_a_time_to_come(tmp_path):
    """Also if nobody has asked for long."""
    async with (
        Everywhere(Answer(500)) as somebody,
        running(tmp_path, somebody, "reccobeats") as product,
    ):
        for _ in range(6):
            await product.get(ASKED["reccobeats"][0])
            product.clock.advance(5)
        product.clock.advance(600)
        capabilities = (await product.get("/v1/sources")).json()["sources"][0]["capabilities"]
        now = product.clock()

    for one in capabilities:
        assert one["state"] == "unreachable"
        assert datetime.fromisoformat(one["until"]).timestamp() >= now - 5


async def test_what_an_open_source_never_tells_is_said(tmp_path):
    """A playlist’s name is not what is in it."""
    async with Replay() as replay, running(tmp_path, replay, "oembed") as product:
        capabilities = (await product.get("/v1/sources")).json()["sources"][0]["capabilities"]

    said = {one["capability"]: one["detail"] for one in capabilities}
    assert said["playlist"].startswith("Not asked yet;")
    assert said["playlist"].endswith("what a playlist is called, but not what is in it.")
