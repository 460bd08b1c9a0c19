"""Own ids among others in one question: one answer for each, and each says why there is none."""

import pytest

from api.http.examples import of_the_label
from api.music.ids import own_id
from tests.library.own_files import bring_waiting
from tests.routes.product import opened
from tests.sandbox import Sandbox, id_of

SHOWN = of_the_label()
WAITING, NOBODY = own_id(b"w" * 16), own_id(b"x" * 16)


@pytest.fixture
async def api(tmp_path):
    """The demo label, and one file that waits to be analysed."""
    async with opened(None, tmp_path, demo=True) as product:
        await bring_waiting(product, WAITING)
        yield product


async def batch(api, path, *ids):
    """What is said of each id."""
    items = (await api.get(f"{path}?ids={','.join(ids)}")).json()["items"]
    return [
        (one["id"], "ok" if one["ok"] else (one["problem"]["status"], one["problem"]["type"]))
        for one in items
    ]


async def test_features_of_many_own_files(api):
    """Those that are heard, those that will be, and those that are not there."""
    stranger = id_of("track", 0)

    told = await batch(api, "/v1/features", SHOWN.track_id, WAITING, NOBODY, stranger)

    assert told == [
        (SHOWN.track_id, "ok"),
        (WAITING, (202, "/problems/analysis-in-progress")),
        (NOBODY, (404, "/problems/track-not-found")),
        (stranger, (404, "/problems/features-unavailable")),
    ]


async def test_many_own_tracks(api):
    """Of a stranger's id nobody here says that it does not exist."""
    strangers = [id_of("track", 0), id_of("track", 1)]

    told = await batch(api, "/v1/tracks", SHOWN.track_id, SHOWN.other_track_id, WAITING, *strangers)

    assert [word for _, word in told[:3]] == ["ok"] * 3
    assert {word for _, word in told[3:]} == {(404, "/problems/track-unavailable")}


async def test_a_profile_waits_for_nobody(api):
    """What is heard is described, the rest is late; where nothing is, the job is told."""
    body = {"name": "Mix", "items": [SHOWN.track_id, WAITING]}
    mixed = (await api.client.post("/v1/collections", json=body)).json()
    alone = (await api.client.post("/v1/collections", json=body | {"items": [WAITING]})).json()

    profile = (await api.get(f"{mixed['playlist']}/profile")).json()
    waiting = await api.get(f"{alone['playlist']}/profile")

    assert (profile["described"], profile["missing"][0]["reason"]) == (1, "limited")
    assert (waiting.status_code, waiting.headers["location"]) == (202, f"/v1/jobs/{'1' * 22}")


@pytest.mark.parametrize("what", ["features", "analysis"])
async def test_an_own_file_is_asked_of_nobody_else(tmp_path, what):
    """Naming another source does not let the library answer in its place."""
    path = f"/v1/tracks/{SHOWN.track_id}/{what}"
    async with Sandbox() as sandbox, opened(sandbox, tmp_path, demo=True) as api:
        named = await api.get(f"{path}?source=spotify")
        other = await api.get(f"{path}?source=exportify")
        own = await api.get(f"{path}?source=library")
        assert sum(sandbox.calls.values()) == 0

    assert (named.status_code, other.status_code, own.status_code) == (404, 404, 200)
    (attempt,) = named.json()["attempts"]
    assert (attempt["source"], attempt["reason"]) == ("spotify", "not-known")
    assert "is not told to others" in attempt["detail"]
    assert "attempts" in other.json() or what == "analysis"


async def test_a_file_answers_for_the_track_that_spotify_calls_by_its_isrc(tmp_path):
    """As far as what Spotify said is kept; it is second to Spotify's own numbers."""
    track = id_of("track", 0)
    async with Sandbox() as sandbox, opened(sandbox, tmp_path, demo=True) as api:
        isrc = (await api.get(f"/v1/tracks/{track}")).json()["isrc"]
        own = api.app.state.parts.own
        await own.tables.change(SHOWN.track_id, {"isrc": isrc})

        first = (await api.get(f"/v1/tracks/{track}/features")).json()
        named = (await api.get(f"/v1/tracks/{track}/features?source=library")).json()
        compared = (await api.get(f"/v1/tracks/{track}/features/sources")).json()

    assert first["provenance"][0]["source"] == "spotify"
    assert named["id"] == track
    assert "same ISRC" in named["provenance"][0]["detail"]
    assert compared["sources"] == ["spotify", "library"]


async def test_an_isrc_is_searched_for_however_it_is_written(tmp_path):
    """Sources know it by its filter and without its hyphens; people write it as they found it."""
    track = id_of("track", 0)
    async with Sandbox() as sandbox, opened(sandbox, tmp_path, demo=False) as api:
        isrc = (await api.get(f"/v1/tracks/{track}")).json()["isrc"]
        written = f"{isrc[:2]}-{isrc[2:5]}-{isrc[5:7]}-{isrc[7:]}".lower()
        for asked in (isrc, written, f"isrc:{written}"):
            found = (await api.get(f"/v1/search?type=track&q={asked}")).json()
            assert [one["id"] for one in found["tracks"]["items"]] == [track]
