"""Own files are named otherwise by their owner; the demo label goes as one."""

import pytest

from api.library.names import UNKNOWN_ARTIST
from api.music.ids import own_artist_id
from tests.library.own_files import is_problem, row_of
from tests.routes.product import opened

OWN = "own_" + "7" * 22
PATH = f"/v1/library/tracks/{OWN}"
SPOTIFY = "4PjYjtvWO0w21u0d4twcSv"


@pytest.fixture
async def api(tmp_path):
    """The product without any key, and one file in it."""
    async with opened(None, tmp_path, demo=False) as product:
        await product.app.state.parts.own.tables.add(
            row_of(OWN, album="Hours", isrc="GBSMU2401851")
        )
        yield product


async def patch(api, **change):
    """The answer to a change."""
    return await api.client.patch(PATH, json=change)


async def test_what_is_left_out_stays_and_null_clears(api):
    """Every name but the title can be taken away again."""
    before = (await api.get(PATH)).json()

    renamed = await patch(api, title="  Dawn\nchorus ")
    cleared = await patch(api, artist=None, album=None, isrc="")

    assert renamed.status_code == 200
    assert renamed.headers["cache-control"] == "no-store"
    assert renamed.json() == before | {"title": "Dawn chorus"}
    assert (cleared.json()["artist"], cleared.json()["album"]) == (UNKNOWN_ARTIST, None)
    assert cleared.json()["isrc"] is None
    assert {gap["field"] for gap in cleared.json()["missing"]} >= {"album", "isrc"}
    assert (await patch(api)).json() == cleared.json()


async def test_another_artist_is_another_page(api):
    """Files of one name stand together."""
    told = (await patch(api, artist="Mira Sol")).json()

    assert told["artist_id"] == own_artist_id("Mira Sol")
    assert (await api.get(f"/v1/artists/{told['artist_id']}")).json()["name"] == "Mira Sol"


async def test_genres_are_the_owners_word_for_the_artist_too(api):
    """Said once each, and gone when they are cleared."""
    told = (await patch(api, genres=["slow techno", " slow  techno", "", "dub"])).json()
    artist = (await api.get(f"/v1/artists/{told['artist_id']}")).json()

    assert told["genres"] == artist["genres"] == ["slow techno", "dub"]
    assert (await patch(api, genres=[])).json()["genres"] is None


async def test_a_link_to_spotify_is_read_like_any_other(api):
    """The file then answers for that track."""
    link = f"https://open.spotify.com/intl-de/track/{SPOTIFY}?si=x"

    assert (await patch(api, spotify_id=link)).json()["spotify_id"] == SPOTIFY


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"title": " "}, "body/title"),
        ({"title": "x" * 301}, "body/title"),
        ({"isrc": "GB-1"}, "body/isrc"),
        ({"spotify_id": f"spotify:album:{SPOTIFY}"}, "body/spotify_id"),
        ({"genres": ["x"] * 21}, "body/genres"),
        ({"genres": ["dub", "x" * 61]}, "body/genres/1"),
        ({"name": "Dawn"}, "body/name"),
        ({"title": None}, "body/title"),
    ],
)
async def test_what_does_not_fit_is_named_and_nothing_is_changed(api, change, pointer):
    """All of it is done, or nothing."""
    before = (await api.get(PATH)).json()

    told = await patch(api, album="New", **change)

    assert told.status_code == 422
    assert [part["pointer"] for part in told.json()["errors"]] == [pointer]
    assert (await api.get(PATH)).json() == before


async def test_a_file_that_is_not_here_cannot_be_renamed(api):
    """Nor is one made."""
    await api.client.delete(PATH)

    assert is_problem(await patch(api, title="Dawn"), "track-not-found")


async def test_the_demo_label_keeps_its_names_and_goes_as_one(tmp_path):
    """What is the owner's own stays; what is gone does not come back with the next start."""
    async with opened(None, tmp_path, demo=True) as api:
        await api.app.state.parts.own.tables.add(row_of(OWN))
        [piece] = (await api.get("/v1/library/tracks?limit=1&offset=1")).json()["items"]
        refused = await api.client.patch(f"/v1/library/tracks/{piece['id']}", json={"title": "x"})
        gone = await api.client.delete("/v1/library/demo")
        again = await api.client.delete("/v1/library/demo")

    assert is_problem(refused, "conflict")
    assert (gone.status_code, again.status_code) == (204, 204)
    async with opened(None, tmp_path, demo=True) as api:
        here = (await api.get("/v1/library/tracks")).json()
        assert [track["id"] for track in here["items"]] == [OWN]
        assert (await api.get("/v1/collections")).json()["items"] == []
