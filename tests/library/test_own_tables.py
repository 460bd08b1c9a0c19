"""Lists of one's own as tables, and songs held against them: through the whole product."""

import pytest

from api.schemas.provenance import SourceName
from tests.routes.product import opened
from tests.sandbox import id_of

MEASURED = {"loudness", "tempo", "key", "time_signature"}


@pytest.fixture
async def api(tmp_path):
    """The product without any key, with its demo label."""
    async with opened(None, tmp_path / "one", demo=True) as product:
        yield product


async def made(api, *items: str) -> str:
    """A list of these."""
    answer = await api.client.post("/v1/collections", json={"name": "Mine", "items": items})
    assert answer.status_code == 201
    ident: str = answer.json()["id"]
    return ident


async def pieces(api) -> list[str]:
    """The demo label's pieces."""
    return [one["id"] for one in (await api.get("/v1/library/tracks?limit=50")).json()["items"]]


async def test_a_table_is_a_part_at_a_time(api):
    """Sorted as a whole, with links that keep what was asked."""
    ident = await made(api, *(await pieces(api))[:5])
    path = f"/v1/playlists/{ident}/table?sort=energy&direction=desc&limit=2"
    first = (await api.get(path)).json()
    second = (await api.get(first["next"])).json()

    assert (first["source"], first["described"], first["total"]) == ("library", 5, 5)
    energies = [one["energy"] for one in (*first["items"], *second["items"])]
    assert energies == sorted(energies, reverse=True)
    assert second["previous"].endswith("sort=energy&direction=desc&limit=2&offset=0")


async def test_each_number_is_said_by_its_own_method(api):
    """A model's guess is no statement, neither in a table nor in a profile nor beside a song."""
    tracks = await pieces(api)
    ident = await made(api, *tracks[:5])
    for part in ("table", "profile", f"fit?track={tracks[6]}"):
        said = (await api.get(f"/v1/playlists/{ident}/{part}")).json()["provenance"]
        methods = {
            field.rpartition(".")[2]: one["method"] for one in said for field in one["fields"]
        }
        assert methods["energy"] == "estimated", part
        assert methods["tempo"] == "measured", part


async def test_a_kept_table_is_renewed_when_the_list_is(api):
    """At once, and so is what is said of a song."""
    tracks = await pieces(api)
    ident = await made(api, *tracks[:3])
    for part in ("table", f"fit?track={tracks[5]}"):
        path = f"/v1/playlists/{ident}/{part}"
        counts = []
        for _ in range(2):
            counts.append((await api.get(path)).json()["described"])
            await api.client.patch(f"/v1/collections/{ident}", json={"add": [tracks[4]]})
        assert counts[1] == counts[0] + 1


async def test_a_list_that_nobody_knows_keeps_its_entries(api):
    """With why there are no numbers, once for the list and once a track."""
    ident = await made(api, id_of("track", 0), id_of("track", 1))
    told = (await api.get(f"/v1/playlists/{ident}/table?sort=tempo")).json()

    assert (told["source"], told["described"], told["total"]) == (None, 0, 2)
    assert {one["reason"] for one in told["items"]} == {"Nobody here has numbers for these tracks."}
    assert told["missing"][0]["field"] == "features"


async def test_what_cannot_be_asked_of_a_table_is_pointed_at(api):
    """By the name of the parameter."""
    ident = await made(api, (await pieces(api))[0])
    for query, pointer in (
        ("between=joy:1..2", "query/between"),
        ("camelot=13A", "query/camelot"),
        ("sort=joy", "query/sort"),
        ("limit=501", "query/limit"),
    ):
        answer = await api.get(f"/v1/playlists/{ident}/table?{query}")
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == pointer


async def test_a_song_brings_its_own_numbers_and_the_keys_that_blend(api):
    """So that one answer is enough to draw it."""
    tracks = await pieces(api)
    ident = await made(api, *tracks)
    fit = (await api.get(f"/v1/playlists/{ident}/fit?track={tracks[0]}")).json()
    own = (await api.get(f"/v1/tracks/{tracks[0]}/features")).json()

    assert fit["values"]["energy"] == own["energy"]
    assert (fit["camelot"], fit["uncertainty"]) == (own["camelot"], own["uncertainty"])
    number = int(own["camelot"][:-1])
    for one in fit["blending"]:
        assert (int(one["camelot"][:-1]) - number) % 12 in {0, 1, 11}
        assert one["id"] != tracks[0]
    assert fit["blending_total"] >= len(fit["blending"])
    assert fit["source"] == SourceName.LIBRARY
