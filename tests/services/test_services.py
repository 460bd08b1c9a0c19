"""What services make of several answers, in front of the stand-in."""

import asyncio
import base64

import pytest

from api.schemas.analysis import AudioAnalysis
from api.services import playlist_sounds
from api.services import profile as module
from api.services.analysis import Part, columns, pack, select
from tests.routes.product import opened
from tests.sandbox import Sandbox, id_of, landmarks

TRACK = id_of("track", 0)
ANALYSIS = f"/v1/tracks/{TRACK}/analysis"
LISTS = ("bars", "beats", "tatums", "sections", "segments")
NOWHERE = f"/v1/playlists/{id_of('nothing', 0)}"


def playlist(n):
    """The address of the n-th playlist."""
    return f"/v1/playlists/{id_of('playlist', n)}"


@pytest.fixture
async def sandbox():
    """A stand-in for Spotify."""
    async with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
async def api(sandbox, tmp_path):
    """The product in front of it."""
    async with opened(sandbox, tmp_path) as product:
        yield product


PACKED = {"pitches", "timbre"}


def unpacked(column):
    """Packed rows turned back into twelve numbers per segment."""
    data = base64.b64decode(column["data"])
    count = len(data) // 12
    rows = [data[row * count : (row + 1) * count] for row in range(12)]
    return [
        [o + s * byte for o, s, byte in zip(column["offset"], column["scale"], each, strict=True)]
        for each in zip(*rows, strict=True)
    ]


async def test_columns_hold_what_the_rows_held(api):
    """To the last digit, in the same order; pitches and timbre within half a step."""
    whole = (await api.get(ANALYSIS)).json()
    told = (await api.get(ANALYSIS, params={"view": "columns"})).json()

    for name in LISTS:
        for field, column in told[name].items():
            sent = [row[field] for row in whole[name]]
            if field not in PACKED:
                assert column == sent
                continue
            for given, read in zip(sent, unpacked(column), strict=True):
                assert read == pytest.approx(given, abs=max(column["scale"]) / 2 + 1e-9)
    assert told["track"] == whole["track"]


def test_even_rows_are_packed_too():
    """What never changes, and what is not there at all, come back as they are."""
    even = [(0.25,) * 12] * 3
    assert unpacked(pack(even).model_dump()) == [list(each) for each in even]
    assert pack(()).data == ""


async def test_parts_of_an_analysis_cost_no_further_call(api, sandbox):
    """What is left out is null, and the same part asked in another order is the same bytes."""
    whole = (await api.get(ANALYSIS)).json()
    part = await api.get(ANALYSIS, params={"include": "sections,track"})
    again = await api.get(ANALYSIS, params={"include": "track,sections"})

    assert part.json()["sections"] == whole["sections"]
    assert {name for name in LISTS if part.json()[name] is None} == {*LISTS} - {"sections"}
    assert again.content == part.content
    assert sandbox.calls["/v1/audio-analysis/{id}"] == 1


async def test_gaps_of_a_part_go_with_it(api):
    """`missing` speaks only of what was asked for; an empty list has empty columns."""
    analysis = AudioAnalysis.model_validate_json((await api.get(ANALYSIS)).content)
    gap = {"field": "segments[].loudness_end", "reason": "not-known", "detail": "…"}
    told = {**analysis.model_dump(mode="json"), "missing": [gap], "bars": []}
    analysis = AudioAnalysis.model_validate(told)

    assert select(analysis, [Part.TRACK]).missing == ()
    assert len(select(analysis, [Part.SEGMENTS]).missing) == 1
    bars = columns(analysis).bars
    assert bars is not None
    assert (bars.start, bars.duration, bars.confidence) == ((), (), ())
    assert columns(select(analysis, [Part.TRACK])).beats is None


async def test_a_profile_of_a_thousand_counts_every_entry(api):
    """N described and the rest excluded by why make the whole."""
    made = (await api.get(f"{playlist(landmarks.LONG_PLAYLIST)}/profile")).json()

    assert made["items_total"] == 1_000
    assert made["described"] + sum(made["excluded"].values()) == 1_000
    assert made["by_source"] == {"spotify": made["described"]}
    assert made["source"] == "spotify"
    assert made["missing"] == []
    for spread in made["features"].values():
        assert sum(spread["histogram"]["counts"]) == spread["n"] <= made["described"]
    assert sum(key["count"] for key in made["keys"]) <= made["described"]


async def test_a_longer_playlist_than_may_be_is_described_in_part(api, monkeypatch):
    """And says so."""
    for place in (module, playlist_sounds):
        monkeypatch.setattr(place, "MOST_ITEMS", 300)
    made = (await api.get(f"{playlist(landmarks.VERY_LONG_PLAYLIST)}/profile")).json()

    assert made["items_total"] == 2_500
    assert made["described"] + sum(made["excluded"].values()) == 300
    assert made["missing"][0]["detail"] == "Only the first 10,000 entries are described."


@pytest.mark.parametrize(
    ("path", "slug"),
    [
        (f"{playlist(landmarks.EMPTY_PLAYLIST)}/profile", "profile-unavailable"),
        (f"{playlist(0)}/profile?source=reccobeats", "profile-unavailable"),
        (f"{NOWHERE}/profile", "playlist-not-found"),
        (f"{NOWHERE}/items", "playlist-not-found"),
    ],
)
async def test_where_there_is_nothing_to_describe(api, path, slug):
    """A playlist without tracks, a source that is not here, a playlist that is not there."""
    answer = await api.get(path)

    assert answer.status_code == 404
    assert answer.json()["type"] == f"/problems/{slug}"


async def test_closed_features_make_no_profile(api, sandbox):
    """It is told why, as for a single track."""
    sandbox.fault("F23", path="/v1/audio-features*")

    answer = await api.get(f"{playlist(landmarks.PLAYLIST_OF_101)}/profile")

    assert answer.status_code == 404
    assert answer.json()["type"] == "/problems/features-unavailable"
    assert answer.json()["attempts"][0]["reason"] == "closed"


async def test_a_profile_that_lacks_tracks_for_now_says_so(api, sandbox):
    """The source was limited half-way: what it has not said is not “no features”."""
    path = playlist(landmarks.PLAYLIST_OF_101)
    page = (await api.get(f"{path}/items?limit=1")).json()
    await api.get(f"/v1/tracks/{page['items'][0]['track']['id']}/features")
    sandbox.fault("F34", path="/v1/audio-features*")

    made = (await api.get(f"{path}/profile")).json()

    assert made["described"] >= 1
    assert made["missing"][0]["reason"] == "limited"
    assert "just now" in made["missing"][0]["detail"]


async def test_a_profile_has_the_time_of_one_request(api, monkeypatch):
    """Who asks again gets further, for what was fetched is kept."""
    monkeypatch.setattr(module, "REQUEST_BUDGET_S", 0.001)
    path = f"{playlist(landmarks.PLAYLIST_OF_101)}/profile"

    first = await api.get(path)
    monkeypatch.setattr(module, "REQUEST_BUDGET_S", 7.8)
    second = await api.get(path)

    assert (first.status_code, first.headers["retry-after"]) == (503, "5")
    assert second.status_code == 200


async def test_an_unchanged_playlist_is_not_read_again(api, sandbox):
    """One look at its snapshot renews everything that is kept of it."""
    path = playlist(landmarks.PLAYLIST_OF_101)
    first = await api.get(f"{path}/items?limit=20")
    sandbox.calls.clear()
    api.clock.advance(400)

    second = await api.get(f"{path}/items?limit=20")

    assert second.content == first.content
    assert set(sandbox.calls) == {"/v1/playlists/{id}"}
    assert second.headers["age"] == "0"


async def test_many_tracks_in_one_call(api, sandbox):
    """Each in its place; an unknown id is a problem of its own and the whole is not kept."""
    ids = [id_of("track", n) for n in range(3)]
    wanted = [*ids, id_of("nothing", 0), "x", ids[0]]

    mixed = await api.get("/v1/tracks", params={"ids": ",".join(wanted)})
    whole = await api.get("/v1/tracks", params={"ids": ",".join(ids)})

    items = mixed.json()["items"]
    assert [item["id"] for item in items] == wanted
    assert [item["ok"] for item in items] == [True, True, True, False, False, True]
    assert items[3]["problem"]["type"] == "/problems/track-not-found"
    assert items[4]["problem"]["type"] == "/problems/bad-reference"
    assert mixed.headers["cache-control"] == "no-store"
    assert whole.headers["cache-control"].startswith("public")
    assert sandbox.calls["/v1/tracks"] == 1
    assert sandbox.calls["/v1/tracks/{id}"] == 0


async def test_many_tracks_by_one_source_alone(api):
    """Who is named answers for all of them, or nobody does: no other speaks instead."""
    ids = ",".join(id_of("track", n) for n in range(2))
    by_spotify = (await api.get(f"/v1/features?ids={ids}&source=spotify")).json()["items"]
    by_nobody = (await api.get(f"/v1/features?ids={ids}&source=library")).json()["items"]
    unknown = await api.get(f"/v1/features?ids={ids}&source=somebody")

    assert [item["value"]["provenance"][0]["source"] for item in by_spotify] == ["spotify"] * 2
    assert [item["ok"] for item in by_nobody] == [False, False]
    assert unknown.status_code == 422


async def test_own_ids_never_reach_the_source(api, sandbox):
    """Whatever is asked of them."""
    own = "own_" + TRACK
    for path in (
        f"/v1/tracks/{own}",
        f"/v1/tracks/{own}/features?source=spotify",
        f"/v1/tracks/{own}/features/sources",
        f"/v1/tracks/{own}/analysis",
        f"/v1/tracks?ids={own},{own}",
        f"/v1/features?ids={own}",
    ):
        await api.get(path)

    assert sum(sandbox.calls.values()) == 0


async def test_search_and_albums_have_pages(api):
    """Search has one per kind, so no single Link; albums have neighbours."""
    found = await api.get("/v1/search?q=night&type=track,artist&limit=2")
    albums = await api.get(f"/v1/artists/{id_of('artist', 0)}/albums?limit=1&market=GB")

    assert found.json()["playlists"] is None
    assert len(found.json()["tracks"]["items"]) == 2
    assert "link" not in found.headers
    assert 'rel="next"' in albums.headers["link"]


async def test_everybody_at_once_is_one_profile(api, sandbox):
    """Twenty who ask for the same cost one call per page and batch."""
    path = f"{playlist(landmarks.PLAYLIST_OF_101)}/profile"

    answers = await asyncio.gather(*(api.get(path) for _ in range(20)))

    assert len({answer.content for answer in answers}) == 1
    assert max(sandbox.calls.values()) <= 3
