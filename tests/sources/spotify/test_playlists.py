"""Playlists through the whole product: kinds of entries, and one check for all that is kept."""

from typing import Any

import pytest

from tests.replay.server import Replay
from tests.sandbox import Sandbox, id_of, landmarks
from tests.sandbox.answers import Answer, Request, error, of
from tests.sources.product import Hands, product, settings_for
from tests.sources.spotify import sent
from tests.sources.spotify.sent import A, C

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


class Changing:
    """A playlist of 250 that gets a new first entry after so many answers, each time anew."""

    def __init__(self, *after: int) -> None:
        self._after = list(after)
        self._asked = 0
        self.edition = 0

    def playlist(self, _request: Request) -> dict[str, Any]:
        """What it says of itself."""
        return sent.playlist(snapshot_id=f"s{self.edition}", tracks={"total": 250 + self.edition})

    def items(self, request: Request) -> Answer:
        """A part of it, as it is now."""
        names = [*(f"new {n}" for n in reversed(range(self.edition))), *map(str, range(250))]
        offset, limit = int(request.query["offset"]), int(request.query["limit"])
        shown = [sent.entry(sent.track(name=name)) for name in names[offset : offset + limit]]
        self._asked += 1
        if self._after and self._asked == self._after[0]:
            self._after.pop(0)
            self._asked, self.edition = 0, self.edition + 1
        more = offset + limit < len(names)
        link = f"https://x.example/?offset={offset + limit}" if more else None
        return of({"items": shown, "total": len(names), "next": link})


@pytest.fixture
def changing():
    """How a playlist that changes is put before the product, whose parts are of fifty."""

    def put(*after: int) -> tuple[Replay, Changing]:
        replay, world = Replay(), Changing(*after)
        replay.put(LIST, world.playlist)
        replay.put(f"{LIST}/tracks", error(403, "Forbidden"))
        replay.put(f"{LIST}/items", world.items)
        replay.put("/v1/audio-features", {"audio_features": [sent.features()]})
        replay.put(f"/v1/audio-features/{C}", sent.features())
        return replay, world

    return put


@pytest.mark.parametrize(("after", "names", "said"), [((1,), 1, False), ((1, 2), 2, True)])
async def test_a_part_is_of_one_snapshot(changing, tmp_path, after, names, said):
    """Changed between two calls it is read once more; changed again, it says so."""
    replay, world = changing(*after)
    async with replay, product(settings_for(replay, tmp_path)) as api:
        page = (await api.get(f"{LIST}/items?limit=100")).json()

    assert world.edition == names
    assert [gap["field"] for gap in page["missing"]] == (["items"] if said else [])
    shown = [item["name"] for item in page["items"]]
    assert (shown == ["new 0", *map(str, range(99))]) is not said
    assert [item["position"] for item in page["items"]] == list(range(100))


async def test_a_part_of_a_playlist_that_has_just_grown_is_not_taken_for_the_older(
    changing, tmp_path
):
    """Its count shows it: the snapshot is asked for, and the part is kept under the new one."""
    replay, _ = changing(1)
    clock = Hands()
    async with replay, product(settings_for(replay, tmp_path), clock) as api:
        pages = [(await api.get(f"{LIST}/items?limit=50&offset={n}")).json() for n in (0, 50, 0)]
        clock.move(TTL_S + STALE_S + 1)
        again = (await api.get(f"{LIST}/items?limit=50&offset=0")).json()

    assert [page["total"] for page in pages] == [250, 251, 250]  # fresh for a minute
    assert again["items"][0]["name"] == "new 0"


async def test_a_profile_is_of_one_snapshot(changing, tmp_path):
    """What was read before the change is read again; what changes all the time is said to."""
    for after, total, said in (((5,), 251, []), ((1,) * 1_000, None, ["items"])):
        replay, _ = changing(*after)
        folder = tmp_path / str(len(after))
        async with replay, product(settings_for(replay, folder)) as api:
            profile = (await api.get(f"{LIST}/profile")).json()

        assert [gap["field"] for gap in profile["missing"]] == said
        if total is not None:
            assert (profile["items_total"], profile["described"]) == (total, total)


async def test_kept_parts_of_two_snapshots_are_not_mixed(changing, tmp_path):
    """A part that is still fresh is read again where the profile has a newer one beside it."""
    replay, world = changing(1)
    clock = Hands()
    async with replay, product(settings_for(replay, tmp_path), clock) as api:
        await api.get(LIST)
        clock.move(40)
        await api.get(f"{LIST}/items?limit=100&offset=200")  # then the playlist changes
        clock.move(40)
        profile = (await api.get(f"{LIST}/profile")).json()

    assert world.edition == 1
    assert (profile["described"], profile["missing"]) == (251, [])
