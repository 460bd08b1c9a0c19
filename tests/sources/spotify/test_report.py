"""What /v1/sources says of Spotify, in plain words."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from api.music.ids import encode
from tests.replay.server import TOKEN, Replay
from tests.sandbox import Sandbox
from tests.sandbox.answers import Answer, Request, error, of, token_error
from tests.sources.product import Hands, product, settings_for
from tests.sources.spotify import sent
from tests.sources.spotify.sent import A, C

SOME_DAY = 1_800_000_000.0  # 2027-01-15T08:00:00Z
NOT_SET_UP = "not-configured"
FEATURES = f"/v1/audio-features/{C}"


async def spotify(api) -> dict[str, Any]:
    """What is said of Spotify, by capability."""
    (report,) = (await api.get("/v1/sources")).json()["sources"]
    assert (report["source"], report["configured"]) == ("spotify", True)
    return {one["capability"]: one for one in report["capabilities"]}


async def test_nothing_is_known_before_the_first_question(tmp_path):
    """Every capability is open until it has been tried, and nobody is asked for the report."""
    async with Replay() as replay, product(settings_for(replay, tmp_path)) as api:
        said = await spotify(api)

    assert len(said) == 9
    assert {(one["state"], one["since"], one["until"]) for one in said.values()} == {
        ("open", None, None)
    }
    assert said["track"]["detail"].startswith("Not asked yet")
    assert not replay.calls


async def test_what_answered_is_open_since_then(tmp_path):
    """With the moment it was first found to be so."""
    async with Replay() as replay, product(settings_for(replay, tmp_path), Hands(SOME_DAY)) as api:
        replay.put(FEATURES, sent.features())
        await api.get(f"/v1/tracks/{C}/features")
        said = (await spotify(api))["features"]

    assert (said["state"], said["since"]) == ("open", "2027-01-15T08:00:00Z")
    assert said["detail"] == "Spotify answers this."


async def test_what_is_closed_says_why_and_until_when(tmp_path):
    """The rest stays as it was."""
    async with Replay() as replay, product(settings_for(replay, tmp_path), Hands(SOME_DAY)) as api:
        replay.put(FEATURES, error(403))
        await api.get(f"/v1/tracks/{C}/features")
        said = await spotify(api)

    closed = said["features"]
    assert (closed["state"], closed["reason"]) == ("closed", "HTTP 403")
    assert (closed["since"], closed["until"]) == ("2027-01-15T08:00:00Z", "2027-01-16T08:00:00Z")
    assert "27 November 2024" in closed["detail"]
    assert {one["state"] for name, one in said.items() if name != "features"} == {"open"}


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("Active premium subscription required for the owner of the app.", "no Premium"),
        ("User not registered in the Developer Dashboard", "not on the allow-list"),
    ],
)
async def test_a_stopped_app_is_closed_everywhere(tmp_path, message, words):
    """For an hour, and in words that say what to do about it."""
    async with Replay() as replay, product(settings_for(replay, tmp_path), Hands(SOME_DAY)) as api:
        replay.put(FEATURES, error(403, message))
        await api.get(f"/v1/tracks/{C}/features")
        said = await spotify(api)

    assert {(one["state"], one["until"]) for one in said.values()} == {
        ("closed", "2027-01-15T09:00:00Z")
    }
    assert all(words in one["detail"] for one in said.values())


@pytest.mark.parametrize(
    ("limit", "limited"),
    [
        (Answer(status=429, headers={"retry-after": "3600"}), {"features"}),
        (error(429, "Too many requests", reason="QUOTA_EXCEEDED"), {"features"}),
        (Answer(status=429, headers={"retry-after": "50"}), None),
        (Answer(status=429), None),
    ],
)
async def test_a_limit_is_told_with_its_end(tmp_path, limit, limited):
    """A long wait or a quota concerns one address; a short or unclear one everything."""
    async with Replay() as replay, product(settings_for(replay, tmp_path), Hands(SOME_DAY)) as api:
        replay.put(FEATURES, limit)
        await api.get(f"/v1/tracks/{C}/features")
        said = await spotify(api)

    found = {name for name, one in said.items() if one["state"] == "limited"}
    assert found == (limited or set(said))
    told = said["features"]
    assert (told["reason"], told["since"]) == ("HTTP 429", "2027-01-15T08:00:00Z")
    assert told["until"] > told["since"]
    assert told["detail"].startswith("Spotify asked this server to wait.")


async def test_a_source_that_does_not_answer_is_unreachable(tmp_path):
    """With the moment it stopped, and of the next attempt."""
    async with Replay() as replay, product(settings_for(replay, tmp_path), Hands(SOME_DAY)) as api:
        for ident in (encode(n) for n in range(5)):
            replay.put(f"/v1/artists/{ident}", Answer(status=503))
            await api.get(f"/v1/artists/{ident}")
        said = (await spotify(api))["artist"]

    assert (said["state"], said["reason"]) == ("unreachable", "no answer")
    assert (said["since"], said["until"]) == ("2027-01-15T08:00:00Z", "2027-01-15T08:00:10Z")
    assert "tried again every ten seconds" in said["detail"]


async def test_a_playlist_without_contents_says_so(tmp_path):
    """This server is told its name, but not what is in it."""
    async with Replay() as replay, product(settings_for(replay, tmp_path), Hands(SOME_DAY)) as api:
        replay.put(f"/v1/playlists/{A}", sent.playlist())
        replay.put(f"/v1/playlists/{A}/tracks", error(403, "Forbidden"))
        replay.put(f"/v1/playlists/{A}/items", error(401, "Valid user authentication required"))
        items = await api.get(f"/v1/playlists/{A}/items")
        said = (await spotify(api))["playlist"]

    assert (items.status_code, items.json()["type"]) == (404, "/problems/playlist-unavailable")
    assert said["state"] == "open"
    assert "not what is in it" in said["detail"]


async def test_a_new_app_finds_its_class_by_asking(tmp_path):
    """What the sandbox closes to new apps is closed in the report, and the rest open."""
    asked = (f"artists/{A}/related", f"artists/{A}/top-tracks", f"tracks/{C}/features")
    async with (
        Sandbox(app_class="new-dev") as sandbox,
        product(settings_for(sandbox, tmp_path)) as api,
    ):
        for path in asked:
            await api.get(f"/v1/{path}")
        said = await spotify(api)

    closed = {name for name, one in said.items() if one["state"] == "closed"}
    assert closed == {"related", "top-tracks", "features"}


HTML = Answer(body=b"<html>Forbidden</html>", headers={"content-type": "text/html"})


@pytest.mark.parametrize(
    ("answer", "problem", "state", "words"),
    [
        (
            token_error("invalid_client", "Invalid client"),
            "track-unavailable",
            NOT_SET_UP,
            "accept",
        ),
        (replace(HTML, status=403), "sources-unavailable", "unreachable", "(HTTP 403)"),
        (replace(HTML, status=404), "sources-unavailable", "unreachable", "(HTTP 404)"),
        (replace(HTML, status=200), "bad-upstream-answer", "unreachable", "not JSON"),
        (of({"access_token": "tökn"}), "bad-upstream-answer", "unreachable", "none can be"),
        (of({"token": "x"}), "bad-upstream-answer", "unreachable", "no token"),
        (of({"access_token": "a\nb"}), "bad-upstream-answer", "unreachable", "none can be"),
        (
            Answer(status=302, headers={"location": "http://127.0.0.1:1/"}),
            "bad-upstream-answer",
            "unreachable",
            "redirects",
        ),
        (Answer(status=503), "sources-unavailable", "unreachable", "fault of its own"),
        (
            Answer(status=429, headers={"retry-after": "120"}),
            "sources-unavailable",
            "limited",
            "wait",
        ),
    ],
    ids=str,
)
async def test_a_sign_in_that_fails_is_told(tmp_path, answer, problem, state, words):
    """Whatever it answers: the right problem, and the right state of everything until it works."""
    clock = Hands(SOME_DAY)
    async with Replay() as replay, product(settings_for(replay, tmp_path), clock) as api:
        replay.put("/api/token", answer)
        replay.put(f"/v1/tracks/{C}", sent.track())
        refused = await api.get(f"/v1/tracks/{C}")
        said = await spotify(api)
        replay.put("/api/token", TOKEN)
        clock.move(600)
        served = await api.get(f"/v1/tracks/{C}")
        after = await spotify(api)

    assert refused.json()["type"] == f"/problems/{problem}"
    assert {one["state"] for one in said.values()} == {state}
    assert all(words in one["detail"] for one in said.values())
    assert {one["since"] for one in said.values()} == {"2027-01-15T08:00:00Z"}
    assert served.status_code == 200
    assert {one["state"] for one in after.values()} == {"open"}


async def test_a_renewal_behind_that_fails_closes_nothing(tmp_path):
    """As long as the token in hand is good."""
    clock, asked = Hands(SOME_DAY), asyncio.Event()

    def refuse(_request: Request) -> Answer:
        asked.set()
        return token_error("invalid_client")

    async with Replay() as replay, product(settings_for(replay, tmp_path), clock) as api:
        replay.put(f"/v1/artists/{A}", sent.artist())
        replay.put(f"/v1/tracks/{C}", sent.track())
        await api.get(f"/v1/artists/{A}")
        replay.put("/api/token", refuse)
        clock.move(3_500)
        await api.get(f"/v1/tracks/{C}")
        await asked.wait()
        meanwhile = await spotify(api)
        clock.move(3_600)
        await api.get(f"/v1/tracks/{C}?market=GB")
        after = await spotify(api)

    assert {one["state"] for one in meanwhile.values()} == {"open"}
    assert {one["state"] for one in after.values()} == {NOT_SET_UP}


async def test_a_token_that_is_never_taken_is_told(tmp_path):
    """Spotify signs this server in and then rejects what it has given."""
    async with Replay() as replay, product(settings_for(replay, tmp_path), Hands(SOME_DAY)) as api:
        replay.put(f"/v1/tracks/{C}", error(401, "Invalid access token"))
        await api.get(f"/v1/tracks/{C}")
        said = (await spotify(api))["track"]

    assert (said["state"], said["reason"]) == (NOT_SET_UP, "HTTP 401")
    assert "after signing in again" in said["detail"]


async def test_a_sign_in_that_rests_is_told_after_a_restart(tmp_path):
    """The gate on its address is one on everything."""
    clock = Hands(SOME_DAY)
    async with Replay() as replay:
        replay.put("/api/token", Answer(status=429, headers={"retry-after": "3600"}))
        for turn in range(2):
            async with product(settings_for(replay, tmp_path), clock) as api:
                if turn == 0:
                    await api.get(f"/v1/tracks/{C}")
                said = await spotify(api)

    assert {one["state"] for one in said.values()} == {"limited"}
    assert replay.calls["/api/token"] == 1
