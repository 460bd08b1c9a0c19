"""Who an artist or track is elsewhere: shown, corrected, forgotten; on the whole product."""

import re

import httpx
import pytest

from tests.routes.product import open_blocks, settings_of
from tests.sandbox import Sandbox
from tests.sandbox.ids import id_of
from web.app import create_app

ARTIST, TRACK = (f"/{kind}s/{id_of(kind, 0)}" for kind in ("artist", "track"))
MBID = "20ff3303-4fe2-4a47-a1b6-291e26aa3438"


@pytest.fixture
async def site(tmp_path):
    """A browser without JavaScript on the product, with a stand-in for every source but Spotify."""
    async with Sandbox() as sandbox:
        app = create_app(settings_of(None, tmp_path, **open_blocks(sandbox)))
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://localhost") as client,
        ):
            yield client


async def test_a_person_sets_right_who_an_artist_is(site):
    """An address may be pasted; the word of a person stands there, until it is forgotten."""
    subject = await site.get(ARTIST)
    before = await site.get(f"{ARTIST}/identity")
    saved = await site.post(
        f"{ARTIST}/identity",
        data={"mbid": f"https://musicbrainz.org/artist/{MBID}?x=y", "none": "deezer"},
    )
    told = (await site.get(f"/v1/identities/spotify:artist:{ARTIST[9:]}")).json()["links"]
    forgotten = await site.post(f"{ARTIST}/identity", data={"forget": "yes"})

    assert f'href="{ARTIST}/identity"' in subject.text
    assert "MusicBrainz" in before.text
    assert "Forget everything" not in before.text
    assert "your word counts more" in saved.text
    assert "set by hand here" in saved.text
    assert {(one["to"], one["id"]) for one in told if one["source"] == "user"} == {("mbid", MBID)}
    assert not [one for one in told if one["to"] == "deezer"]
    assert "set by hand here" not in forgotten.text


async def test_what_cannot_be_an_id_is_refused_and_stays_in_its_field(site):
    """In plain words; nothing is changed, neither by that nor by an empty form."""
    refused = await site.post(f"{TRACK}/identity", data={"deezer": "not a number"})
    empty = await site.post(f"{TRACK}/identity", data={"deezer": ""})

    assert refused.status_code == 422
    assert re.search(r'name="deezer"[^>]*value="not a number"', refused.text)
    assert "nothing was changed" in empty.text
    assert "set by hand here" not in empty.text
