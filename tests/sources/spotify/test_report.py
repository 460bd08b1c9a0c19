"""What /v1/sources says of Spotify, in plain words."""

from typing import Any

import pytest

from api.ids import encode
from tests.replay.server import Replay
from tests.sandbox import Sandbox
from tests.sandbox.answers import Answer, error
from tests.sources.product import Hands, product, settings_for
from tests.sources.spotify import sent
from tests.sources.spotify.sent import A, C

SOME_DAY = 1_800_000_000.0  # 2027-01-15T08:00:00Z
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
