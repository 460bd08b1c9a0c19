"""Playlists through the whole product: kinds of entries, and one check for all that is kept."""

import pytest

from tests.replay.server import Replay
from tests.sandbox import Sandbox, id_of, landmarks
from tests.sources.product import Hands, product, settings_for
from tests.sources.spotify import sent
from tests.sources.spotify.sent import A

LIST = f"/v1/playlists/{A}"
TTL_S = 60 * 1.2  # with the most of jitter
STALE_S = 300


@pytest.fixture
def replaying():
    """A playlist of 250 entries on two addresses."""
    replay = Replay()
    entries = [sent.entry(sent.track(name=str(n))) for n in range(250)]
    replay.put(LIST, sent.playlist(tracks={"total": 250}))
    replay.put(f"{LIST}/tracks", {"items": entries, "offset": 0, "total": 250})
    return replay


async def test_one_check_renews_the_playlist_and_all_its_parts(replaying, tmp_path):
    """As long as the snapshot is the same, no entry is read again."""
    clock = Hands()
    parts = [f"{LIST}/items?limit=100&offset={offset}" for offset in (0, 100, 200)]
    async with replaying as replay, product(settings_for(replay, tmp_path), clock) as api:
        before = [(await api.get(path)).json() for path in (LIST, *parts)]
        clock.move(TTL_S + STALE_S + 1)  # too old to be served while it is checked
        replay.asked.clear()
        after = [(await api.get(path)).json() for path in (LIST, *parts)]

    assert before == after
    assert [(r.path, r.query.get("fields")) for r in replay.asked] == [(LIST, "snapshot_id")]


async def test_a_new_snapshot_makes_every_part_old(replaying, tmp_path):
    """The playlist changed: what is in it is read again."""
    clock = Hands()
    part = f"{LIST}/items?limit=100&offset=0"
    async with replaying as replay, product(settings_for(replay, tmp_path), clock) as api:
        first = (await api.get(part)).json()
        clock.move(TTL_S + STALE_S + 1)
        replay.put(LIST, sent.playlist(snapshot_id="two"))
        replay.put(f"{LIST}/tracks", {"items": [sent.entry(None)], "offset": 0, "total": 1})
        second = (await api.get(part)).json()

    assert (first["total"], second["total"]) == (250, 1)
    assert second["items"][0]["kind"] == "removed"


async def test_a_mixed_playlist_keeps_every_place(tmp_path):
    """Local files in both shapes, episodes and gaps stand where they stood."""
    path = f"/v1/playlists/{id_of('playlist', landmarks.MIXED_PLAYLIST)}/items?limit=100"
    async with Sandbox() as sandbox, product(settings_for(sandbox, tmp_path)) as api:
        page = (await api.get(path)).json()

    assert [item["position"] for item in page["items"]] == list(range(page["total"]))
    assert {item["kind"] for item in page["items"]} == {"track", "local", "episode", "removed"}
    for item in page["items"]:
        assert (item["track"] is not None) is (item["kind"] == "track")
        assert item["reason"] or item["kind"] == "track"


@pytest.mark.parametrize("number", [landmarks.EMPTY_PLAYLIST, landmarks.PLAYLIST_OF_101])
async def test_pages_cover_a_playlist_once(tmp_path, number):
    """Following `next` from the first page meets every entry."""
    path: str | None = f"/v1/playlists/{id_of('playlist', number)}/items?limit=40"
    places: list[int] = []
    async with Sandbox() as sandbox, product(settings_for(sandbox, tmp_path)) as api:
        while path is not None:
            page = (await api.get(path)).json()
            places += [item["position"] for item in page["items"]]
            path = page["next"]

    assert places == list(range(page["total"]))
