"""Every recorded answer, replayed over HTTP through the running product."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest
import pytest_asyncio

from tests.replay.archive import Recording, index, recordings
from tests.replay.asking import questions
from tests.replay.losses import unexplained, unmatched
from tests.replay.server import Replay
from tests.sources.product import Hands, product, settings_for
from tests.sources.spotify.dropped import DROPPED

pytestmark = [pytest.mark.shared, pytest.mark.asyncio(loop_scope="module")]
YEAR_S = 366 * 86_400
TRUE_TO_LIFE = {"recorded", "shortened"}
INVENTED = {"doc-example", "placeholder"}
FILES = recordings()
ABSENT = Recording("no-recorded-answers", "", "", {})  # is skipped by this name


@dataclass
class Running:
    """The product, the server it asks, and the clock both live by."""

    api: httpx.AsyncClient
    replay: Replay
    clock: Hands


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory) -> AsyncIterator[Running]:
    """One product for all files: a year passes between two, and nothing is kept that long."""
    clock = Hands()
    async with Replay() as replay:
        settings = settings_for(replay, tmp_path_factory.mktemp("replay"))
        async with product(settings, clock) as api:
            yield Running(api, replay, clock)


@pytest.fixture(autouse=True)
def a_year_later(running):
    """Nothing of the last file is left."""
    running.clock.move(YEAR_S)
    running.replay.calls.clear()
    yield
    running.replay.forget()


@pytest.mark.parametrize("recording", FILES or [ABSENT], ids=lambda recording: recording.file)
async def test_nothing_is_lost_that_is_not_listed(running, recording: Recording):
    """A recorded answer normalises, and each of its values survives or is listed as dropped."""
    for question in questions(recording, running.replay):
        answer = await running.api.get(question.path)

        if recording.quality in INVENTED or question.refused or not question.pairs:
            assert answer.status_code != 500, answer.text
            assert question.refused <= ("attempts" in answer.json())
            continue
        answered = answer.json()
        assert answer.status_code == 200, answer.text
        assert list(unexplained(answered)) == []
        if recording.quality in TRUE_TO_LIFE:
            assert [line for pair in question.pairs(answered) for line in pair.lost()][:9] == []


async def fields_of(recording: Recording, running: Running) -> set[tuple[str, str]]:
    """Every field of a recorded answer, as DROPPED names it."""
    seen: set[tuple[str, str]] = set()
    for question in questions(recording, running.replay):
        answered = (await running.api.get(question.path)).json()
        for pair in question.pairs(answered) if question.pairs else ():
            seen.update(pair.seen())
    return seen


async def test_every_listed_loss_is_met(running):
    """No entry of the list is there for nothing: recorded answers have each field it names."""
    unmet = set(DROPPED)
    for recording in FILES:
        if recording.quality in TRUE_TO_LIFE and unmet:
            unmet = unmatched(unmet, await fields_of(recording, running))
            running.clock.move(YEAR_S)
            running.replay.forget()

    assert unmet == set()


async def test_fifty_recorded_tracks_come_in_one_call(running):
    """A batch answers recorded tracks in the order asked, from one call upstream."""
    idents = list(index()["serve"]["track"])[:50]

    items = (await running.api.get("/v1/tracks", params={"ids": ",".join(idents)})).json()["items"]

    assert [item["id"] for item in items] == idents
    assert all(item["ok"] and item["value"]["name"] for item in items)
    assert running.replay.calls["/v1/tracks"] == 1


async def test_a_recorded_playlist_has_a_profile(running):
    """Features recorded for some of the tracks describe the playlist they stand in."""
    idents = list(index()["serve"]["audio-features"])
    entries = [{"track": {"id": ident, "type": "track", "name": "x"}} for ident in idents]
    page = {"items": entries, "total": len(entries)}
    running.replay.put(f"/v1/playlists/{idents[0]}", {"id": idents[0], "tracks": page})
    running.replay.put(f"/v1/playlists/{idents[0]}/tracks", page)

    profile = (await running.api.get(f"/v1/playlists/{idents[0]}/profile")).json()

    assert (profile["described"], profile["items_total"]) == (len(idents), len(idents))


async def test_a_recorded_search_answers_for_its_words(running):
    """Words that were searched find what was recorded for them, the second part after the first."""
    asked = {"q": "Wanna Know", "type": "track", "limit": 10}
    first = (await running.api.get("/v1/search", params=asked)).json()["tracks"]
    second = (await running.api.get("/v1/search", params=asked | {"offset": 10})).json()["tracks"]

    assert len(first["items"]) == len(second["items"]) == 10
    assert first["items"] != second["items"]
