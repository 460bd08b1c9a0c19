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


async def test_entries_do_not_need_a_readable_playlist(tmp_path):
    """What it says of itself may be beyond reading; its entries are told all the same."""
    async with Replay() as replay, product(settings_for(replay, tmp_path)) as api:
        replay.put(LIST, sent.playlist(name=7))
        replay.put(f"{LIST}/tracks", {"items": [sent.entry(sent.track())], "total": 1})

        head, entries = await api.get(LIST), await api.get(f"{LIST}/items")

    assert head.status_code == 502
    assert [item["kind"] for item in entries.json()["items"]] == ["track"]


async def test_odd_entries_cost_neither_the_page_nor_the_profile(tmp_path):
    """They keep their places, are counted as what they are, and the rest is described."""
    odd = sent.track(duration_ms={"totalMilliseconds": 188_000})
    entries = [sent.entry(odd), 7, sent.entry(sent.named("chapter", A)), sent.entry(sent.episode())]
    async with Replay() as replay, product(settings_for(replay, tmp_path)) as api:
        replay.put(LIST, sent.playlist(tracks={"total": 4}))
        replay.put(f"{LIST}/tracks", {"items": entries, "total": 4})
        replay.put(f"/v1/audio-features/{odd['id']}", sent.features(energy=1.000_000_1))

        page = (await api.get(f"{LIST}/items")).json()
        profile = (await api.get(f"{LIST}/profile")).json()

    kinds = [item["kind"] for item in page["items"]]
    assert kinds == ["track", "removed", "other", "episode"]
    assert page["items"][0]["track"]["duration_ms"] is None
    left_out = {"local": 0, "episode": 1, "removed": 1, "no_features": 0, "other": 1}
    assert (profile["described"], profile["excluded"]) == (1, left_out)
    assert "energy" not in profile["features"]


async def test_an_unreadable_member_of_a_batch_is_its_own_problem(tmp_path):
    """The others are whole; that one is garbled, and not said to be unknown."""
    idents = [A, sent.B, sent.C]
    async with Replay() as replay, product(settings_for(replay, tmp_path)) as api:
        replay.put("/v1/tracks", {"tracks": [sent.track(A, popularity=101), 7, None]})

        items = (await api.get(f"/v1/tracks?ids={','.join(idents)}")).json()["items"]

    assert [item["ok"] for item in items] == [True, False, False]
    assert items[0]["value"]["popularity"] is None
    types = [item["problem"]["type"] for item in items[1:]]
    assert types == ["/problems/bad-upstream-answer", "/problems/track-not-found"]
