"""What is this server's own is for its owner: kept by nobody between, read by no other site."""

import re

import pytest
import pytest_asyncio

from api.cache.entry import OWNER
from api.cache.tiers import Served, joint_key
from api.caller import PUBLIC
from api.http.examples import of_the_label
from api.music.ids import own_id
from tests.cache.making import entry, key
from tests.library.own_files import bring_waiting
from tests.routes.product import opened
from tests.sandbox import Sandbox, id_of

pytestmark = pytest.mark.asyncio(loop_scope="module")
SHOWN = of_the_label()
NOBODY, WAITING = own_id(b"n" * 16), own_id(b"w" * 16)
TRACK, OTHER = id_of("track", 0), id_of("track", 1)
OF_A_TRACK = ("", "/features", "/features/sources", "/analysis", "/features?source=spotify")
ALLOWED = "access-control-allow-origin"
SITE = {"Origin": "https://example.com"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def api(tmp_path_factory):
    """The demo label, a file that waits to be analysed, and Spotify."""
    folder = tmp_path_factory.mktemp("privacy")
    async with Sandbox() as sandbox, opened(sandbox, folder, demo=True) as product:
        await bring_waiting(product, WAITING)
        yield product


@pytest.mark.parametrize(
    "path",
    [
        *(f"/v1/tracks/{NOBODY}{part}" for part in OF_A_TRACK),
        f"/v1/tracks/earprint:track:{NOBODY}/features",
        f"/v1/artists/{NOBODY}",
        f"/v1/artists/{NOBODY}/related",
        f"/v1/artists/{NOBODY}/top-tracks",
        f"/v1/artists/{NOBODY}/albums",
        f"/v1/playlists/{NOBODY}",
        f"/v1/playlists/{NOBODY}/items",
        f"/v1/playlists/{NOBODY}/profile",
        f"/v1/library/tracks/{NOBODY}",
        f"/v1/library/tracks/{NOBODY}/audio",
        f"/v1/library/tracks/{NOBODY}/cover",
        f"/v1/jobs/{NOBODY[4:]}",
        f"/v1/collections/{NOBODY}",
        f"/v1/worksheets/{NOBODY}",
        f"/v1/worksheets/{NOBODY}/export",
        f"/v1/brands/brd_{NOBODY[4:]}",
        f"/v1/brands/brd_{NOBODY[4:]}/distance?track={TRACK}",
        f"/v1/distance?ranges=energy:0:1&tracks={TRACK}&brand=brd_{NOBODY[4:]}",
    ],
)
async def test_an_own_id_that_is_not_here_is_kept_nowhere(api, path):
    """The next moment may bring the file, and whether it is here is nobody else's business."""
    for _ in range(2):
        answer = await api.get(path, headers=SITE | {"Sec-Fetch-Site": "none"})

        assert (answer.status_code, answer.headers["cache-control"]) == (404, "no-store")
        assert ALLOWED not in answer.headers


@pytest.mark.parametrize("part", OF_A_TRACK[:4])
async def test_an_own_id_that_is_here_is_asked_for_each_time(api, part):
    """It can be changed and deleted at any moment."""
    for _ in range(2):
        answer = await api.get(f"/v1/tracks/{SHOWN.track_id}{part}")

        assert (answer.status_code, answer.headers["cache-control"]) == (200, "private, no-cache")
        assert ALLOWED not in answer.headers


@pytest.mark.parametrize("path", ["/v1/features", "/v1/tracks"])
async def test_a_mixture_is_as_private_as_its_most_private_part(api, path):
    """Whole, or with a problem in it; one of Spotify's alone is for everybody."""
    mixed = await api.get(f"{path}?ids={TRACK},{SHOWN.track_id}")
    broken = await api.get(f"{path}?ids={TRACK},{SHOWN.track_id},x")
    absent = await api.get(f"{path}?ids={TRACK},{NOBODY}")
    public = await api.get(f"{path}?ids={TRACK},{OTHER}", headers=SITE)

    assert [item["ok"] for item in mixed.json()["items"]] == [True, True]
    assert mixed.headers["cache-control"] == "private, no-cache"
    for answer in (broken, absent):
        assert "public" not in answer.headers["cache-control"]
        assert "no-store" in answer.headers["cache-control"]
    for answer in (mixed, broken, absent):
        assert ALLOWED not in answer.headers
    assert public.headers["cache-control"].startswith("public")
    assert public.headers[ALLOWED] == "*"


async def test_a_spotify_id_that_an_own_file_answers_for_is_private_too(tmp_path):
    """Alone, and compared with Spotify."""
    async with Sandbox() as sandbox, opened(sandbox, tmp_path, demo=True) as product:
        await keep(product, TRACK)

        named = await product.get(f"/v1/tracks/{TRACK}/features?source=library")
        compared = await product.get(f"/v1/tracks/{TRACK}/features/sources")

    assert compared.json()["sources"] == ["spotify", "library"]
    for answer in (named, compared):
        assert answer.headers["cache-control"] == "private, no-cache"
        assert ALLOWED not in answer.headers


async def keep(api, track: str) -> None:
    """Have a file here that is this track of Spotify's."""
    isrc = (await api.get(f"/v1/tracks/{track}")).json()["isrc"]
    await api.app.state.parts.own.tables.change(SHOWN.track_id, {"isrc": isrc})


@pytest.mark.parametrize("fault", [None, "F23", "F05"])
@pytest.mark.parametrize("foreign", [SITE, {"Sec-Fetch-Site": "cross-site"}])
async def test_b5_another_site_cannot_tell_that_a_song_of_spotifys_is_kept_here(
    tmp_path, fault, foreign
):
    """Whether Spotify answers, is closed or breaks: it is told the same with the file and without.

    Nor does what it is told come back to whoever keeps the file.
    """
    paths = [
        f"/v1/tracks/{TRACK}",
        f"/v1/tracks?ids={TRACK},{OTHER}",
        *(f"/v1/tracks/{TRACK}{part}" for part in OF_A_TRACK),
        f"/v1/tracks/{TRACK}/features?source=library",
        f"/v1/tracks/{TRACK}/analysis?source=library",
        f"/v1/features?ids={TRACK},{OTHER}",
    ]
    told, owners = [], []
    for kept in (False, True):
        async with (
            Sandbox() as sandbox,
            opened(sandbox, tmp_path / str(kept), demo=True) as product,
        ):
            if kept:
                await keep(product, TRACK)
            if fault is not None:
                sandbox.fault(fault, path="/v1/audio-*")
            answers = [await product.get(path, headers=foreign) for path in paths]
            told.append([seen(answer) for answer in answers])
            owners.append(await product.get(f"/v1/tracks/{TRACK}/features?source=library"))
            compared = await product.get(f"/v1/tracks/{TRACK}/features/sources")

    assert told[0] == told[1]
    assert [one.status_code for one in owners] == [404, 200]
    assert "library" in compared.json()["sources"]


def seen(answer) -> tuple:
    """What a page may learn of an answer, but for what differs from one server to the next."""
    said = re.sub(r'"(request_id|retrieved_at)":"[^"]*"|127\.0\.0\.1:\d+', "", answer.text)
    names = (ALLOWED, "cache-control", "content-type")
    return answer.status_code, said, [answer.headers.get(name) for name in names]


async def test_that_a_file_is_being_analysed_is_told_to_its_owner_alone(api):
    """202 with the job, alone and in a batch."""
    alone = await api.get(f"/v1/tracks/{WAITING}/features")
    batch = await api.get(f"/v1/features?ids={WAITING},{TRACK}")

    assert alone.status_code == 202
    assert batch.json()["items"][0]["problem"]["status"] == 202
    for answer in (alone, batch):
        assert answer.headers["cache-control"] == "private, no-store"
        assert ALLOWED not in answer.headers


async def test_other_sites_are_not_told_that_they_may_ask_for_own_ids(api):
    """A preflight is answered, and allows them Spotify's ids only."""
    asked = SITE | {"Access-Control-Request-Method": "GET"}
    own = await api.client.options(f"/v1/tracks/{NOBODY}", headers=asked)
    spotify = await api.client.options(f"/v1/tracks/{TRACK}", headers=asked)

    assert ALLOWED not in own.headers
    assert spotify.headers[ALLOWED] == "*"


@pytest.mark.parametrize("principals", [(PUBLIC, OWNER), (OWNER, PUBLIC), (PUBLIC, "user-1")])
async def test_what_is_made_of_several_parts_belongs_to_whom_one_of_them_belongs(principals):
    """In whatever order they come."""
    parts = [Served(entry(key=key(principal=one))) for one in principals]

    assert joint_key(parts, "merged").principal != PUBLIC
    assert joint_key(parts[:1] * 2, "merged").principal == principals[0]


def naming(app, ident: str) -> list[str]:
    """Every GET of the API that an own id can stand in: in its path, in a list, among words."""
    documents = app.openapi()["paths"]
    asked = []
    for path, operations in documents.items():
        if "get" not in operations:
            continue
        if "{" in path:
            asked.append(re.sub(r"{\w+}", ident, path))
        for parameter in operations["get"].get("parameters", ()):
            if parameter["in"] == "query" and parameter["name"] in {"ids", "q"}:
                asked += [f"{path}?{parameter['name']}={TRACK},{ident}"]
                asked += [f"{path}?{parameter['name']}={ident.replace('_', '%5F')}"]
    return asked


@pytest.mark.parametrize(
    "foreign",
    [
        {"Origin": "https://example.com"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"},
    ],
)
async def test_b5_another_site_cannot_ask_whether_a_file_is_here(api, foreign):
    """Here, waiting or not here: every address gives it the same refusal."""
    told = []
    for ident in (SHOWN.track_id, WAITING, NOBODY):
        answers = [await api.get(path, headers=foreign) for path in naming(api.app, ident)]
        assert len(answers) > 20
        assert {answer.status_code for answer in answers} == {403}
        assert not any(ALLOWED in answer.headers for answer in answers)
        told.append([answer.json()["title"] for answer in answers])

    assert told[0] == told[1] == told[2]


async def test_b5_a_link_from_elsewhere_may_be_followed(api):
    """What it shows is shown to whoever followed it."""
    clicked = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    answer = await api.get(
        f"/v1/tracks/{SHOWN.track_id}", headers=clicked | {"Sec-Fetch-Dest": "document"}
    )

    assert answer.status_code == 200
