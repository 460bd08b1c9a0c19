"""What the source asks for each capability, and how it joins what comes back."""

from typing import Any

import pytest

from api.cache.entry import Fetched
from api.music.ids import encode
from api.paging import Window
from api.problems.refusals import BadQuestion, Closed, DoesNotExist, Garbled
from api.schemas.track import Track
from api.sources.base import Query
from tests.replay.server import Replay
from tests.sandbox import Sandbox, id_of, landmarks
from tests.sandbox.answers import Answer, Request, error
from tests.sources.spotify import sent
from tests.sources.spotify.assembled import source_at
from tests.sources.spotify.sent import A, B, C

ALBUMS = f"/v1/artists/{A}/albums"


def copy_of(found: Fetched[Track] | Garbled) -> tuple[str, str]:
    """The id that answered, and the id it answers for."""
    assert isinstance(found, Fetched)
    assert found.value is not None
    assert found.value.linked_from is not None
    return found.value.id, found.value.linked_from.id


async def test_a_batch_is_joined_by_id():
    """Not by place: Spotify may leave out, reorder, or answer null."""
    async with Replay() as replay, source_at(replay) as source:
        replay.put("/v1/tracks", {"tracks": [sent.track(C), None, sent.track(A)]})

        found = await source.tracks([A, B, C], market=None)

    values = {ident: one.value for ident, one in found.items() if isinstance(one, Fetched)}
    assert {ident: value.id for ident, value in values.items() if value} == {A: A, C: C}


async def test_a_relinked_track_is_found_under_what_was_asked():
    """By the linked id where it is told; else by its place, which is all there is."""
    told = sent.track(B, linked_from={"id": A})
    async with Replay() as replay, source_at(replay) as source:
        for body in ([None, told], [sent.track(B), None]):
            replay.put("/v1/tracks", {"tracks": body})

            found = await source.tracks([A, C], market="DE")

            assert found.keys() == {A}
            assert copy_of(found[A]) == (B, A)


async def test_places_are_not_trusted_when_some_are_missing():
    """A shorter answer cannot be joined by place, and whoever was left out is not unknown then."""
    async with Replay() as replay, source_at(replay) as source:
        replay.put("/v1/tracks", {"tracks": [sent.track(B)]})

        found = await source.tracks([A, C], market="DE")

    assert found.keys() == {A, C}
    assert all(isinstance(one, Garbled) for one in found.values())


@pytest.mark.parametrize(
    ("asked", "rows", "garbled"),
    [
        ([A, B], [sent.track(C), sent.track(B)], {A}),
        ([A, B], [sent.track(A), sent.track(A)], {B}),
        ([A, B], [], {A, B}),
        ([A, B], [sent.track(B)], set()),
        ([A, B], [None, sent.track(B)], set()),
        ([A, B], [sent.track(B), sent.track(A), sent.track(C)], set()),
        ([A, B], [sent.album(A), sent.track(B)], {A}),
        ([A, B], [sent.track(A, error={"status": 500}), sent.track(B)], {A}),
        ([A, B], [sent.track(A.upper()), sent.track(B)], {A}),
    ],
)
async def test_nobody_is_called_unknown_by_an_answer_about_others(asked, rows, garbled):
    """Strangers, doubles, nothing, another kind: that is no answer, and not “no such track”."""
    async with Replay() as replay, source_at(replay) as source:
        replay.put("/v1/tracks", {"tracks": rows})

        found = await source.tracks(asked, market=None)

    assert {ident for ident, one in found.items() if isinstance(one, Garbled)} == garbled


async def test_relinking_is_seen_in_a_real_market():
    """Asked for with a market, another copy answers, under the id that was asked for."""
    asked, copy = (id_of("track", n) for n in (landmarks.RELINKED_TRACK, landmarks.RELINK_TARGET))
    async with Sandbox() as sandbox, source_at(sandbox) as source:
        found = await source.tracks([asked], market=landmarks.RELINK_MARKET)

    assert copy_of(found[asked]) == (copy, asked)


@pytest.mark.parametrize("wrapped", [True, False])
async def test_many_features_are_joined_by_id(wrapped):
    """Unknown or nameless rows are nobody's; a bare list is read, too."""
    rows = [sent.features(C), None, sent.features("x"), sent.features(A, id=None)]
    async with Replay() as replay, source_at(replay) as source:
        replay.put("/v1/audio-features", {"audio_features": rows} if wrapped else rows)

        found = await source.features_of([A, B, C])

    assert isinstance(found[C], Fetched)
    assert [type(found[ident]) for ident in (A, B)] == [Garbled, Garbled]


@pytest.mark.parametrize(
    "body", [None, [], "text", {}, {"audio_analysis": None}, {"track": {}}, {"bars": 7}]
)
async def test_an_analysis_that_makes_no_sense_is_garbled(body):
    """Whatever shape it has."""
    async with Replay() as replay, source_at(replay) as source:
        replay.put(f"/v1/audio-analysis/{C}", body)

        with pytest.raises(Garbled):
            await source.analysis(C, known=None)


async def test_an_unchanged_analysis_is_not_read_again():
    """A 304 has no megabyte in it."""
    async with Replay() as replay, source_at(replay) as source:
        replay.put(f"/v1/audio-analysis/{C}", Answer(status=304))

        assert (await source.analysis(C, known='"x"')).value is None


@pytest.mark.parametrize("odd", [7, "x", [], {"id": 7, "name": "x"}, {"id": [], "name": "x"}])
async def test_an_unreadable_member_of_a_batch_fails_alone(odd):
    """It is garbled, and not said to be unknown; null says that."""
    async with Replay() as replay, source_at(replay) as source:
        replay.put("/v1/tracks", {"tracks": [odd, None, sent.track(C, popularity=101)]})
        replay.put("/v1/audio-features", {"audio_features": [odd, sent.features(C), None]})

        tracks = await source.tracks([A, B, C], market=None)
        features = await source.features_of([A, C, B])

    for found in (tracks, features):
        assert found.keys() == {A, C}
        assert isinstance(found[A], Garbled)
        assert isinstance(found[C], Fetched)


async def test_in_a_shorter_batch_what_is_unreadable_may_be_anybody():
    """Nobody who is not named may be called unknown then."""
    async with Replay() as replay, source_at(replay) as source:
        replay.put("/v1/tracks", {"tracks": [7, sent.track(C)]})

        found = await source.tracks([A, B, C], market=None)

    assert [isinstance(found[ident], Garbled) for ident in (A, B, C)] == [True, True, False]


async def test_the_callers_market_goes_before_the_servers():
    """The server's own is for those who name none."""
    async with Replay() as replay, source_at(replay, market="SE") as source:
        replay.put(f"/v1/tracks/{C}", sent.track())
        await source.track(C, market=None, known=None)
        await source.track(C, market="DE", known=None)

    assert [request.query.get("market") for request in replay.asked[1:]] == ["SE", "DE"]


async def test_without_a_market_none_is_sent():
    """An empty parameter would be a wrong one."""
    async with Replay() as replay, source_at(replay) as source:
        replay.put(f"/v1/artists/{A}/top-tracks", {"tracks": [sent.track()]})
        await source.top_tracks(A, market=None, known=None)

    assert replay.asked[-1].query == {}


async def test_a_search_is_one_call_for_all_types():
    """With the server's market, and always with a limit."""
    async with Replay() as replay, source_at(replay, market="SE") as source:
        replay.put("/v1/search", {"tracks": {"items": [sent.track()], "total": 30}})
        found = await source.search(Query("rain", ("artist", "track"), Window(5, 10)), known=None)

    assert replay.asked[-1].query == {
        "q": "rain",
        "type": "artist,track",
        "limit": "5",
        "offset": "10",
        "market": "SE",
    }
    assert found.value is not None
    assert found.value.tracks is not None
    assert found.value.tracks.next == "/v1/search?q=rain&type=track&limit=5&offset=15"


def page(count: int) -> dict:
    """An artist's releases, in one part."""
    items = [sent.album(encode(1_000 + n)) for n in range(count)]
    return {"items": items, "offset": 0, "total": count}


def ten_at_once(request: Request) -> Answer | dict:
    """25 releases, of which new apps may read ten at once."""
    return page(25) if int(request.query["limit"]) <= 10 else error(400, "Invalid limit")


async def test_a_long_page_falls_back_to_tens():
    """The page is put together from parts of ten, and the limit is learnt."""
    async with Replay() as replay, source_at(replay) as source:
        replay.put(ALBUMS, ten_at_once)
        pages: list[Any] = [
            (await source.albums(A, Window(50, 0), market=None)).value for _ in range(2)
        ]
        await source.albums(A, Window(15, 5), market=None)

    assert [album.id for album in pages[0].items] == [encode(1_000 + n) for n in range(25)]
    assert pages[0].items == pages[1].items
    limits = [(request.query["limit"], request.query["offset"]) for request in replay.asked[1:]]
    tens = [("10", "0"), ("10", "10"), ("10", "20")]
    assert limits == [("50", "0"), *tens, *tens, ("10", "5"), ("5", "15")]


async def test_a_page_that_is_refused_at_ten_is_refused():
    """Then it is something else that is wrong."""
    async with Replay() as replay, source_at(replay) as source:
        replay.put(ALBUMS, error(400, "Invalid limit"))
        with pytest.raises(BadQuestion):
            await source.albums(A, Window(10, 0), market=None)
        asked = replay.calls[ALBUMS]
        with pytest.raises(BadQuestion):
            await source.albums(A, Window(50, 0), market=None)

    assert (asked, replay.calls[ALBUMS]) == (1, 3)


async def test_a_short_part_ends_the_asking():
    """No call is made for what cannot be there."""
    async with Replay() as replay, source_at(replay) as source:
        replay.put(ALBUMS, page(3))
        found = (await source.albums(A, Window(50, 0), market="DE")).value

    assert found is not None
    assert (len(found.items), found.total, found.next) == (3, 3, None)
    assert found.href == f"/v1/artists/{A}/albums?market=DE&limit=50&offset=0"
    assert replay.calls[ALBUMS] == 1


async def test_entries_are_read_from_the_open_address():
    """Older apps have one, newer ones the other; what is closed is not asked twice."""
    tracks, items = (f"/v1/playlists/{A}/{name}" for name in ("tracks", "items"))
    async with Replay() as replay, source_at(replay) as source:
        replay.put(tracks, error(403, "Forbidden"))
        replay.put(items, {"items": [{"item": sent.track()}], "total": 1})
        for _ in range(2):
            found = (await source.playlist_items(A, Window(100, 0))).value

    assert found is not None
    assert found.items[0].track is not None
    assert (replay.calls[tracks], replay.calls[items]) == (1, 2)
    assert replay.asked[-1].query["additional_types"] == "track,episode"


async def test_entries_that_nobody_may_read_are_closed():
    """The last refusal is told: it is about this very playlist."""
    async with Replay() as replay, source_at(replay) as source:
        for name in ("tracks", "items"):
            replay.put(f"/v1/playlists/{A}/{name}", error(403, "Forbidden"))

        with pytest.raises(Closed, match="owner and collaborators"):
            await source.playlist_items(A, Window(50, 0))


async def test_a_playlist_that_does_not_exist_is_not_asked_for_elsewhere():
    """A 404 is an answer."""
    async with Replay() as replay, source_at(replay) as source:
        with pytest.raises(DoesNotExist):
            await source.playlist_items(A, Window(50, 0))

    assert replay.calls[f"/v1/playlists/{A}/items"] == 0


async def test_a_known_playlist_is_asked_for_its_snapshot_only():
    """Unchanged, one short call is all; changed, the whole is read."""
    async with Replay() as replay, source_at(replay) as source:
        replay.put(f"/v1/playlists/{A}", sent.playlist())
        first = await source.playlist(A, known=None)
        second = await source.playlist(A, known=first.validator)
        third = await source.playlist(A, known="an older one")

    assert (first.validator, second.value, second.validator) == ("one", None, "one")
    assert third.value is not None
    fields = [request.query["fields"] == "snapshot_id" for request in replay.asked[1:]]
    assert fields == [False, True, True, False]
