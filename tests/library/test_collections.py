"""Collections: made of what people paste or export, answered as playlists."""

import json

import pytest

from api.music.ids import own_artist_id, own_id
from tests.library.sheets import NUMBERS, OTHER, TRACK, newest, resaved
from tests.routes.product import opened
from tests.sandbox import Sandbox, id_of
from tests.sources.library.kept import features

NIGHT = own_id(b"n" * 16)
ALBUM = NIGHT.removeprefix("own_")


@pytest.fixture
async def api(tmp_path):
    """The product without any key."""
    async with opened(None, tmp_path, demo=False) as product:
        yield product


async def made(api, *items, **more):
    """The answer to a list of lines."""
    body = {"name": "Night drive", "items": items} | more
    return await api.client.post("/v1/collections", json=body)


async def brought(api, data, name="Late_hours.csv", **fields):
    """The answer to a spreadsheet."""
    file = {"file": (name, data, "text/csv")}
    return await api.client.post("/v1/collections", files=file, data=fields)


async def test_a_list_becomes_a_playlist(api):
    """Ids, URIs, links and ISRCs, in the order given; lines that name no track are told."""
    answer = await made(
        api,
        TRACK,
        f"spotify:track:{OTHER}\nhttps://open.spotify.com/intl-de/track/{TRACK}?si=x",
        "gb-smu-24-01851",
        "",
        f"spotify:album:{TRACK}",
        "hello",
        "spotify:local:Ada:Hours:Night:60",
    )

    told = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/v1/collections/{told['id']}"
    assert told["items_total"] == 5
    assert [(one["line"], one["text"]) for one in told["refused"]] == [
        (6, f"spotify:album:{TRACK}"),
        (7, "hello"),
    ]
    assert told["refused"][0]["reason"].startswith("This is an album.")

    head = (await api.get(told["playlist"])).json()
    page = (await api.get(f"{told['playlist']}/items?limit=2&offset=2")).json()
    assert (head["name"], head["items_total"]) == ("Night drive", 5)
    assert [item["position"] for item in page["items"]] == [2, 3]
    assert page["items"][1]["name"] == "ISRC GBSMU2401851"
    assert page["previous"] == f"{told['playlist']}/items?limit=2&offset=0"
    last = (await api.get(f"{told['playlist']}/items?offset=4")).json()["items"][0]
    assert (last["kind"], last["name"]) == ("local", "Night by Ada")


async def test_lines_are_read_as_the_box_reads(api):
    """Numbers, words, several on a line, an id on the line below; lines keep their number."""
    answer = await made(
        api,
        f"1. Harbour Light: https://open.spotify.com/track/{TRACK}?si=x\n"
        f"2) [Tempo]( https://open.spotify.com/track/{OTHER} )\n"
        f"{TRACK}, spotify:track:{OTHER} spotify:album:{ALBUM}\n"
        f"spotify:track:\n{OTHER}\n"
        "https://spotify.link/AbC",
    )

    told = answer.json()
    assert told["items_total"] == 5
    assert [(one["line"], one["text"]) for one in told["refused"]] == [
        (3, f"spotify:album:{ALBUM}"),
        (6, "https://spotify.link/AbC"),
    ]


async def test_a_spreadsheet_brings_its_numbers(api):
    """They answer as a source of their own, and say which file they are from."""
    told = (await brought(api, newest(), description="Slow ones")).json()

    assert (told["name"], told["description"]) == ("Late hours", "Slow ones")
    assert told["features_imported"] == 1
    path = f"/v1/tracks/{TRACK}/features"
    features = (await api.get(path)).json()
    asked = await api.get(f"{path}?source=exportify")
    compared = (await api.get(f"{path}/sources")).json()
    assert features["tempo"] == 117.481
    assert features["provenance"][0]["source"] == "exportify"
    assert "Late_hours.csv" in features["provenance"][0]["detail"]
    assert asked.headers["cache-control"] == "private, no-cache"
    assert compared["sources"] == ["exportify"]
    (item,) = (await api.get(f"{told['playlist']}/items")).json()["items"]
    assert (item["name"], item["artists"]) == ("Paper, Lanterns", ["Ada Reed", "Tom Vale"])
    assert item["added_at"] == "2022-08-15T02:00:00Z"


async def test_a_profile_of_a_spreadsheet_is_from_its_numbers(api):
    """By default and when named; of a source that knows none of it there is no profile."""
    told = (await brought(api, newest())).json()

    profile = (await api.get(f"{told['playlist']}/profile")).json()
    named = (await api.get(f"{told['playlist']}/profile?source=exportify")).json()
    none = await api.get(f"{told['playlist']}/profile?source=library")

    assert profile == named
    assert (profile["source"], profile["described"]) == ("exportify", 1)
    assert none.status_code == 404


async def test_a_profile_of_own_files_is_from_the_library(api):
    """Own ids and others in one collection: one source at a time, and no other's values."""
    row = await bring(api)
    told = (await made(api, NIGHT, TRACK)).json()
    await brought(api, newest())

    first = (await api.get(f"{told['playlist']}/profile")).json()
    library = (await api.get(f"{told['playlist']}/profile?source=library")).json()
    spotify = await api.get(f"/v1/tracks/{row.id}/features?source=exportify")

    assert (first["source"], first["described"]) == ("exportify", 1)
    assert (library["source"], library["described"]) == ("library", 1)
    assert library["features"]["energy"]["mean"] == 0.6
    assert spotify.status_code == 404
    assert spotify.json()["attempts"][0]["source"] == "exportify"


async def bring(api):
    """An analysed file of the library, put there without its audio."""
    from api.db.library import packed_analysis  # noqa: PLC0415
    from api.db.models import LibraryTrackRow  # noqa: PLC0415

    row = LibraryTrackRow(
        id=NIGHT,
        sha256=(b"n" * 32).hex(),
        title="Night",
        artist="Ada Reed",
        artist_id=own_artist_id("Ada Reed"),
        format="wav",
        size_bytes=1,
        file="nowhere",
        added_at=1_790_000_000.0,
    )
    tables = api.app.state.parts.own.tables
    await tables.add(row)
    heard = features(row).model_dump_json().encode()
    await tables.save_analysis(
        packed_analysis(NIGHT, analyser=1, features=heard, analysis=b"{}", made_at=0.0)
    )
    return row


async def test_collections_are_listed_and_deleted(api):
    """Newest first; with the last that holds a track go its imported numbers."""
    first = (await brought(api, newest())).json()
    api.clock.advance(5)
    second = (await made(api, TRACK, OTHER)).json()

    listed = await api.get("/v1/collections")
    assert [one["id"] for one in listed.json()["items"]] == [second["id"], first["id"]]
    assert [one["features_imported"] for one in listed.json()["items"]] == [1, 1]
    assert (await api.get(f"/v1/collections/{second['id']}")).json() == second | {
        "features_imported": 1
    }
    assert listed.headers["cache-control"] == "private, no-cache"

    for told, status in ((first, 200), (second, 404)):
        gone = await api.client.delete(f"/v1/collections/{told['id']}")
        assert (gone.status_code, gone.content) == (204, b"")
        assert (await api.get(told["playlist"])).status_code == 404
        left = await api.get(f"/v1/tracks/{TRACK}/features?source=exportify")
        assert left.status_code == status
    again = await api.client.delete(f"/v1/collections/{first['id']}")
    assert again.json()["type"] == "/problems/playlist-not-found"
    assert (await api.get(f"/v1/collections/{first['id']}")).status_code == 404


async def test_a_newer_spreadsheet_replaces_the_numbers(api):
    """The same track twice: what was brought last counts."""
    await brought(api, newest())
    await brought(api, resaved(), name="again.csv")

    features = (await api.get(f"/v1/tracks/{TRACK}/features")).json()

    assert "again.csv" in features["provenance"][0]["detail"]
    assert features["valence"] is None


async def test_lines_in_a_form_do_as_well(api):
    """As the page sends them."""
    answer = await api.client.post(
        "/v1/collections", files={"name": (None, "Two"), "items": (None, f"{TRACK}\r\n{OTHER}")}
    )

    assert (answer.status_code, answer.json()["items_total"]) == (201, 2)


@pytest.mark.parametrize(
    ("body", "slug", "words"),
    [
        ({"name": "x", "items": ["hello", TRACK[:-1]]}, "collection-refused", "None of the lines"),
        ({"name": "x", "items": [NIGHT]}, "collection-refused", "None of the lines"),
        ({"name": "x", "items": ["\n".join([TRACK] * 10_001)]}, "collection-refused", "10,000"),
        ({"name": " ", "items": [TRACK]}, "invalid-request", "One part"),
        ({"name": "x", "items": []}, "invalid-request", "One part"),
        ({"items": [TRACK], "more": 1}, "invalid-request", "2 parts"),
    ],
)
async def test_a_list_that_makes_none_is_refused(api, body, slug, words):
    """With the line or the part that has to change."""
    answer = await api.client.post("/v1/collections", json=body)

    problem = answer.json()
    assert answer.status_code == 422
    assert problem["type"] == f"/problems/{slug}"
    assert words in problem["detail"]
    assert problem.get("errors") or "10,000" in words


@pytest.mark.parametrize(
    ("data", "status", "slug"),
    [
        (b"PK\x03\x04", 422, "collection-refused"),
        (b"a,b\n1,2\n", 422, "collection-refused"),
        (b"Track URI\nhello\n", 422, "collection-refused"),
        (b"Track URI\n" + b"x" * 2_100_000, 413, "file-too-large"),
        (b"", 422, "invalid-request"),
    ],
)
async def test_a_file_that_makes_none_is_refused(api, data, status, slug):
    """And nothing of it is kept."""
    answer = await brought(api, data)

    assert answer.status_code == status
    assert answer.json()["type"] == f"/problems/{slug}"
    assert (await api.get("/v1/collections")).json() == {"items": []}


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/plain", b"hello"),
        ("application/json", b"{"),
        ("application/json", b"[" * 100_000),
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=x", b"hello"),
        ("", b""),
    ],
)
async def test_other_bodies_are_refused(api, kind, body):
    """In words, with what to send instead."""
    answer = await api.client.post("/v1/collections", content=body, headers={"Content-Type": kind})

    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/invalid-request"


async def test_another_site_can_make_nothing(api):
    """The guard of own files guards collections, too."""
    foreign = {"Origin": "https://example.org", "Sec-Fetch-Site": "cross-site"}

    answer = await api.client.post(
        "/v1/collections", json={"name": "x", "items": [TRACK]}, headers=foreign
    )

    assert answer.json()["type"] == "/problems/cross-site"


async def test_a_formula_stays_a_text(api):
    """In the name of a track as in that of a file."""
    line = f"spotify:track:{TRACK},\"=cmd|'/c calc'!A0\",,,,,,,,,,,{NUMBERS}"

    told = (await brought(api, newest(line), name="=1+1.csv")).json()

    (item,) = (await api.get(f"{told['playlist']}/items")).json()["items"]
    assert item["name"] == "=cmd|'/c calc'!A0"
    assert told["name"] == "=1+1"


async def test_spotify_is_never_asked_for_a_collection(tmp_path):
    """Whatever of it is read; its tracks' features are, being Spotify's."""
    async with Sandbox() as sandbox, opened(sandbox, tmp_path, demo=False) as api:
        told = (await made(api, id_of("track", 0), "GBSMU2401851")).json()
        for path in ("", "/items"):
            await api.get(told["playlist"] + path)
        assert sum(sandbox.calls.values()) == 0

        profile = (await api.get(f"{told['playlist']}/profile")).json()

    assert profile["source"] == "spotify"
    assert json.dumps(profile["excluded"]) == (
        '{"local": 0, "episode": 0, "removed": 0, "no_features": 1, "other": 0}'
    )


async def test_what_was_not_understood_is_told(api):
    """By column and line, then and later, and cut to what fits on a page."""
    heading = "id,name,Energie,Notiz,tempo"
    lines = [f"{TRACK},A,1,{'x' * 300},fast", f"{OTHER},B,0,y,90"]
    told = (await brought(api, "\n".join([heading, *lines]).encode())).json()

    parts = {(part["column"], part["line"]): part for part in told["unread"]}
    assert set(parts) == {("Notiz", None), ("Energie", None), ("tempo", 2)}
    assert parts["Notiz", None]["text"] == f"{'x' * 99}…"
    assert "to 1, to 10 or to 100" in parts["Energie", None]["reason"]
    assert (await api.get(f"/v1/collections/{told['id']}")).json() == told
    assert (await api.get("/v1/collections")).json()["items"] == [told]


async def test_much_that_was_not_understood_is_counted(api):
    """A hundred one by one; the last says how many more."""
    lines = "\n".join(f"{TRACK},fast" for _ in range(500))
    told = (await brought(api, f"id,tempo\n{OTHER},90\n{lines}\n".encode())).json()

    assert len(told["unread"]) == 101
    assert told["unread"][-1]["reason"] == "400 more like these were not understood."


async def test_lines_that_name_no_track_are_kept(api):
    """All are told at once; a hundred are kept, and how many more there were."""
    told = (await made(api, TRACK, *(f"x {at}" for at in range(103)))).json()
    kept = (await api.get(f"/v1/collections/{told['id']}")).json()

    assert [line["line"] for line in told["refused"]] == [*range(2, 105)]
    assert kept["refused"] == told["refused"][:100]
    assert [part["reason"] for part in kept["unread"]] == ["3 more lines named no track."]


async def test_a_line_with_a_name_alone_keeps_its_place(api):
    """As a local file does; numbers have no place without an id, and that is told."""
    sheet = f"name,artist,id,tempo\nDemo,Ada,,120\nA,Ada,{TRACK},90\n,,,1\nTotal,,,\n"
    told = (await brought(api, sheet.encode())).json()
    items = (await api.get(f"{told['playlist']}/items")).json()["items"]

    assert [(item["kind"], item["name"]) for item in items] == [("local", "Demo"), ("track", "A")]
    assert [part["reason"] for part in told["unread"]] == [
        "Numbers are kept for tracks with a Spotify link or id only; those of 1 line were left out."
    ]
    assert [line["line"] for line in told["refused"]] == [4, 5]
    assert "no link, no id and no ISRC" in told["refused"][0]["reason"]


async def test_an_isrc_stands_in_for_a_wrong_link(api):
    """The line is not lost for a link of something else."""
    sheet = f"name,isrc,uri\nA,GBSMU2401851,nonsense\nB,,{TRACK}\nC,,nonsense\n"
    told = (await brought(api, sheet.encode())).json()

    assert told["items_total"] == 2
    assert [line["line"] for line in told["refused"]] == [4]


@pytest.mark.parametrize("description", [None, "", "Two\nlines\0"])
async def test_a_description_may_be_absent_or_null(product, description):
    """Null is what a program sends that has none."""
    asked = {"name": "Mix", "items": [TRACK], "description": description}
    made = await product.client.post("/v1/collections", json=asked)

    assert made.status_code == 201
    assert made.json()["description"] in (None, "", "Two\nlines")
