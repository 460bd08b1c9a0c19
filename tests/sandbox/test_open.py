"""The open sources' stand-ins tell of the same music, each in its own protocol."""

import httpx
import pytest

from tests.sandbox import Sandbox, id_of
from tests.sandbox.catalogue import catalogue
from tests.sandbox.landmarks import TWIN_TRACKS
from tests.sandbox.open import urls
from tests.sandbox.open.reccobeats import known_tracks

KNOWN = sorted(known_tracks())
UNKNOWN = [track.id for track in catalogue().tracks if track.id not in known_tracks()]
NOBODY = id_of("nothing", 0)


@pytest.fixture
async def reccobeats(sandbox):
    """A client of the stand-in for ReccoBeats."""
    base = sandbox.urls()["RECCOBEATS_URL"]
    async with httpx.AsyncClient(base_url=base, headers={"user-agent": "test"}) as client:
        yield client


@pytest.fixture
async def oembed(sandbox):
    """A question to the stand-in for the link preview."""
    async with httpx.AsyncClient() as client:

        async def ask(page):
            address = sandbox.urls()["OEMBED_URL"]
            return await client.get(address, params={"url": f"https://open.spotify.com/{page}"})

        yield ask


async def test_reccobeats_knows_some_of_the_tracks(reccobeats):
    """Fewer come back than were asked for, in another order, with the sound that Spotify tells."""
    asked = KNOWN[:24] + UNKNOWN[:15] + [NOBODY]
    repeated = [("ids", ident) for ident in asked]

    rows = (await reccobeats.get("/audio-features", params=repeated)).json()["content"]
    again = (await reccobeats.get("/audio-features", params={"ids": ",".join(asked)})).json()

    named = [row["href"].rpartition("/")[2] for row in rows]
    assert sorted(named) == KNOWN[:24]
    assert named != KNOWN[:24]
    assert again["content"] == rows
    assert 0.5 < len(KNOWN) / len(catalogue().tracks) < 0.7


async def test_reccobeats_has_what_spotify_has(sandbox, reccobeats):
    """The same numbers, titles and ISRCs, so that sources can be held against one another."""
    headers = {"authorization": f"Bearer {sandbox.issue_token()}"}
    async with httpx.AsyncClient(base_url=sandbox.api_url, headers=headers) as spotify:
        sound = (await spotify.get(f"/audio-features/{KNOWN[0]}")).json()
        track = (await spotify.get(f"/tracks/{KNOWN[0]}")).json()
    (row,) = (await reccobeats.get("/audio-features", params={"ids": KNOWN[0]})).json()["content"]
    (told,) = (await reccobeats.get("/track", params={"ids": KNOWN[0]})).json()["content"]

    shared = row.keys() & sound.keys() - {"id"}
    assert len(shared) == 11
    assert {name: row[name] for name in shared} == {name: sound[name] for name in shared}
    assert told["trackTitle"] == track["name"]
    assert told["isrc"] == track["external_ids"]["isrc"]
    assert [one["href"].rpartition("/")[2] for one in told["artists"]] == [
        artist["id"] for artist in track["artists"]
    ]


async def test_reccobeats_has_one_of_two_releases_of_a_recording(reccobeats):
    """Under their ISRC the one is found that has data."""
    first, second = (catalogue().tracks[n] for n in TWIN_TRACKS)

    by_id = (await reccobeats.get("/track", params={"ids": second.id})).json()["content"]
    by_isrc = (await reccobeats.get("/track", params={"ids": second.isrc})).json()["content"]

    assert by_id == []
    assert [row["href"].rpartition("/")[2] for row in by_isrc] == [first.id]


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/audio-features", 400, 4001),
        ("/audio-features?ids=x", 400, 4002),
        (f"/track?ids={','.join([NOBODY] * 41)}", 400, 4004),
        ("/elsewhere", 404, 4042),
    ],
)
async def test_reccobeats_refuses_in_its_own_words(reccobeats, path, status, code):
    """A status of HTTP's, and a number of its own."""
    answer = await reccobeats.get(path)

    assert (answer.status_code, answer.json()["status"]) == (status, code)
    assert answer.json()["errors"]


async def test_reccobeats_is_guarded(reccobeats):
    """Who does not say who it is is turned away before."""
    answer = await reccobeats.get("/track", headers={"user-agent": "Python-urllib/3.11"})

    assert (answer.status_code, answer.text) == (403, "error code: 1010")


@pytest.mark.parametrize("kind", ["artist", "album", "track", "playlist"])
async def test_a_preview_has_title_and_picture(oembed, kind):
    """Of any kind of page; the picture is the sandbox's own."""
    shown = (await oembed(f"{kind}/{id_of(kind, 0)}?si=x")).json()

    assert shown["title"]
    assert f"/embed/{kind}/{id_of(kind, 0)}" in shown["iframe_url"]
    async with httpx.AsyncClient() as client:
        picture = await client.get(shown["thumbnail_url"])
    assert picture.headers["content-type"] == "image/png"


async def test_what_does_not_exist_has_no_preview(oembed):
    """A 404 without a word."""
    for page in (f"artist/{NOBODY}", f"playlist/{NOBODY}", f"station/{NOBODY}", "artist/x"):
        answer = await oembed(page)
        assert (answer.status_code, answer.content) == (404, b"")


async def test_one_source_fails_alone(sandbox, reccobeats, oembed):
    """Down, limited or lying: the others go on, and calls are counted for each."""
    page, ids = f"track/{KNOWN[0]}", {"ids": KNOWN[0]}
    truth = (await reccobeats.get("/track", params=ids)).json()

    for how, status in (("down", 503), ("limited", 429), ("lying", 200)):
        sandbox.trouble("reccobeats", how, times=1)
        failed = await reccobeats.get("/track", params=ids)
        assert failed.status_code == status
        assert failed.json() != truth
        assert (await oembed(page)).status_code == 200
    assert (await reccobeats.get("/track", params=ids)).json() == truth
    assert sandbox.calls["/reccobeats/v1/track"] == 5
    assert sandbox.calls["/oembed"] == 3


async def test_a_slow_source_tells_the_truth_late(sandbox, reccobeats):
    """As long as it is told to."""
    sandbox.trouble("reccobeats", "slow", seconds=0.3)

    with pytest.raises(httpx.ReadTimeout):
        await reccobeats.get("/track", params={"ids": KNOWN[0]}, timeout=0.1)
    late = await reccobeats.get("/track", params={"ids": KNOWN[0]})

    assert len(late.json()["content"]) == 1


async def test_troubles_are_made_over_http(sandbox, oembed):
    """While the product runs; what there is not is refused."""
    control = f"{sandbox.accounts_url}/__sandbox"
    async with httpx.AsyncClient() as client:
        made = await client.post(f"{control}/troubles", json={"service": "oembed", "how": "down"})
        refused = await client.post(f"{control}/troubles", json={"service": "x", "how": "down"})
        broken = await oembed(f"track/{KNOWN[0]}")
        await client.post(f"{control}/clear")

    assert (made.status_code, refused.status_code, broken.status_code) == (200, 400, 503)
    assert (await oembed(f"track/{KNOWN[0]}")).status_code == 200


async def test_addresses_go_by_the_names_of_settings():
    """So that they can stand in the environment as they are."""
    async with Sandbox() as sandbox:
        assert sandbox.urls() == urls(sandbox.accounts_url)
        assert sandbox.urls()["RECCOBEATS_URL"] == f"{sandbox.accounts_url}/reccobeats/v1"
        assert sandbox.urls()["OEMBED_URL"] == f"{sandbox.accounts_url}/oembed"
