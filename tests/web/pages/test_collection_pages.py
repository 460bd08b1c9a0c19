"""Lists are changed and extended from pages, without a script, and what happened is said."""

import html
import json
import re

import httpx
import pytest
from pydantic import SecretStr

from api.schemas.provenance import SourceName
from api.settings import Settings, SpotifySettings
from tests.sandbox import CLIENT_ID, CLIENT_SECRET, Sandbox, id_of
from tests.web import lists, music, own
from web.app import create_app

EDIT = f"/collections/{own.LIST}/edit"
CHANGE = f"PATCH /v1/collections/{own.LIST}"
ITEMS = f"/v1/playlists/{own.LIST}/items"
A, T = music.ARTIST, music.TRACK


@pytest.fixture
async def real(tmp_path):
    """The whole product with the stand-in for Spotify and own lists."""
    async with Sandbox() as sandbox:
        spotify = SpotifySettings(
            client_id=CLIENT_ID,
            client_secret=SecretStr(CLIENT_SECRET),
            api_url=sandbox.api_url,
            accounts_url=sandbox.accounts_url,
        )
        app = create_app(
            Settings(
                _env_file=None,
                data_dir=tmp_path,
                worker=False,
                demo=False,
                sources=(SourceName.SPOTIFY, SourceName.LIBRARY, SourceName.EXPORTIFY),
                spotify=spotify,
            )
        )
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(
                transport=transport, base_url="http://localhost", follow_redirects=True
            ) as client,
        ):
            yield client


def seen(text):
    """The version that a page says it shows."""
    [tag] = re.findall(r'name="seen" value="([^"]*)"', text)
    return html.unescape(tag)


async def new_list(client, *tracks):
    """The address where a list of these is changed, and its id."""
    body = {"name": "Night drive", "items": tracks}
    ident = (await client.post("/v1/collections", json=body)).json()["id"]
    return f"/collections/{ident}/edit", ident


async def tracks_in(client, ident):
    """Which tracks are in a list."""
    page = (await client.get(f"/v1/playlists/{ident}/items")).json()
    return [item["track"]["id"] for item in page["items"]]


async def test_a_list_is_changed_in_one_go(real):
    """Name, description and entries; the page says what was done, and can be sent again."""
    tracks = [id_of("track", at) for at in range(4)]
    edit, ident = await new_list(real, *tracks)
    first = (await real.get(edit)).text

    form = {"seen": seen(first), "name": "Morning", "description": "Slow\r\nones"}
    answer = await real.post(edit, data=form | {"remove": ["0", "2"]})
    again = {"seen": seen(answer.text), "name": "Morning", "description": "", "remove": "1"}
    second = await real.post(edit, data=again)

    [led] = answer.history
    assert (led.status_code, led.headers["cache-control"]) == (303, "no-store")
    assert led.headers["location"] == f"{edit}?renamed=1&described=1&gone=2"
    for sentence in (
        "It is called “Morning” now.",
        "Its description is changed.",
        "Two entries are gone; it holds two entries now.",
    ):
        assert sentence in answer.text
    assert "Its description is taken away." in second.text
    assert "One entry is gone; it holds one entry now." in second.text
    assert await tracks_in(real, ident) == [tracks[1]]


@pytest.mark.parametrize("tag", ["", "☃", '"a\r\nb"', "x" * 9_000])
async def test_a_form_that_has_seen_nothing_changes_nothing(real, tag):
    """Whatever it says that it has seen."""
    edit, ident = await new_list(real, id_of("track", 0))

    answer = await real.post(edit, data={"seen": tag, "name": "Blind", "remove": "0"})

    assert answer.status_code == 412
    assert (await real.get(f"/v1/collections/{ident}")).json()["items_total"] == 1


async def test_another_site_can_send_none_of_these_forms(real):
    """As with every other form."""
    edit, ident = await new_list(real, id_of("track", 0))
    form = {"seen": seen((await real.get(edit)).text), "name": "Stolen", "list": ident}
    foreign = {"Origin": "https://example.org", "Sec-Fetch-Site": "cross-site"}

    for path in (edit, f"/tracks/{id_of('track', 1)}/lists", f"/artists/{A}/lists"):
        assert (await real.post(path, data=form, headers=foreign)).status_code == 403
    told = (await real.get(f"/v1/collections/{ident}")).json()
    assert (told["name"], told["items_total"]) == ("Night drive", 1)


async def test_nothing_different_is_said_to_be_nothing(real):
    """Whoever saves what stands there is told so."""
    edit, _ = await new_list(real, id_of("track", 0))
    form = {"seen": seen((await real.get(edit)).text), "name": "Night drive"}

    assert "nothing was changed" in (await real.post(edit, data=form)).text


async def test_a_list_that_was_changed_meanwhile_is_shown_as_it_stands(real):
    """Nothing is done, in plain words; what the page shows then can be changed at once."""
    tracks = [id_of("track", at) for at in range(2)]
    edit, ident = await new_list(real, *tracks)
    stale = seen((await real.get(edit)).text)
    await real.patch(f"/v1/collections/{ident}", json={"name": "Theirs", "remove": [0]})

    answer = await real.post(edit, data={"seen": stale, "name": "Mine", "remove": "1"})

    assert answer.status_code == 412
    assert "It was changed since you last saw it, so nothing of this was done." in answer.text
    assert 'value="Theirs"' in answer.text
    assert "Mine" not in answer.text
    assert await tracks_in(real, ident) == [tracks[1]]
    mended = {"seen": seen(answer.text), "name": "Mine"}
    assert (await real.post(edit, data=mended)).status_code == 200


async def test_what_cannot_be_saved_stays_as_it_was_typed(real):
    """With the reason at the form."""
    edit, _ = await new_list(real, id_of("track", 0))
    form = {"seen": seen((await real.get(edit)).text), "name": "", "description": "Typed"}
    form["remove"] = "0"

    answer = await real.post(edit, data=form)

    assert answer.status_code == 422
    assert 'role="alert"><div class="notice">' in answer.text
    assert "A list needs a name." in answer.text
    assert ">Typed</textarea>" in answer.text
    assert 'name="remove" value="0" checked' in answer.text
    assert '<h1>Change “<span hx-ignore dir="auto">Night drive</span>”' in answer.text


async def test_entries_known_by_their_id_alone_are_called_by_name(real):
    """A list of links is a list of songs, where some source knows them."""
    ident = id_of("track", 0)
    name = html.escape((await real.get(f"/v1/tracks/{ident}")).json()["name"])
    edit, made = await new_list(real, ident)

    for path in (edit, f"/playlists/{made}"):
        text = (await real.get(path)).text
        assert name in text
        assert f">spotify:track:{ident}<" not in text


async def test_a_track_goes_to_a_list_that_is_there_or_to_a_new_one(real):
    """From its own page; the answer leads to the list and back."""
    one, two = id_of("track", 0), id_of("track", 1)
    _, ident = await new_list(real, one)
    panel = (await real.get(f"/tracks/{two}/lists")).text
    assert f'<option value="{ident}">Night drive</option>' in panel

    there = await real.post(f"/tracks/{two}/lists", data={"list": ident, "name": ""})
    new = await real.post(f"/tracks/{two}/lists", data={"list": "", "name": "Dawn"})

    assert "One track added at its end. The list holds two entries now." in there.text
    assert f'href="/playlists/{ident}"' in there.text
    assert f'href="/tracks/{two}"' in there.text
    assert await tracks_in(real, ident) == [one, two]
    assert 'Added to “<span hx-ignore dir="auto">Dawn</span>”' in new.text
    names = [each["name"] for each in (await real.get("/v1/collections")).json()["items"]]
    assert sorted(names) == ["Dawn", "Night drive"]


async def test_an_artists_tracks_are_added_that_are_ticked(real):
    """In the order of the page, no others."""
    artist = id_of("artist", 0)
    panel = (await real.get(f"/artists/{artist}/top-tracks")).text
    offered = re.findall(r'type="checkbox" name="track" value="([^"]+)"', panel)
    assert len(offered) > 2

    form = {"track": [offered[0], offered[2]], "name": "Best of"}
    answer = await real.post(f"/artists/{artist}/lists", data=form)

    assert "Two tracks added at its end." in answer.text
    [ident] = [one["id"] for one in (await real.get("/v1/collections")).json()["items"]]
    assert await tracks_in(real, ident) == [offered[0], offered[2]]


@pytest.mark.parametrize(
    ("path", "form", "says"),
    [
        (f"/tracks/{T}/lists", {}, "Choose one of your lists, or write what"),
        (f"/tracks/{T}/lists", {"list": own.LIST, "name": "New"}, "Leave one of the two out."),
        (f"/artists/{A}/lists", {"list": own.LIST}, "Tick the tracks that you want to add."),
        (f"/artists/{A}/lists", {"track": T}, "Choose one of your lists, or write what"),
    ],
)
async def test_a_form_that_does_not_say_enough_comes_back(site, fake, path, form, says):
    """With what is missing, and nobody was asked to change anything."""
    answer = await site.post(path, data=form)

    assert answer.status_code == 422
    assert says in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert fake.sent == []


async def test_a_form_that_comes_back_keeps_what_was_said(real):
    """Ticks, a chosen list and a typed name."""
    artist = id_of("artist", 0)
    _, ident = await new_list(real, id_of("track", 0))
    panel = (await real.get(f"/artists/{artist}/top-tracks")).text
    [first, *_] = re.findall(r'name="track" value="([^"]+)"', panel)

    form = {"track": first, "list": ident, "name": "New"}
    text = (await real.post(f"/artists/{artist}/lists", data=form)).text

    assert re.findall(r'value="([^"]+)" checked', text) == [first]
    assert f'<option value="{ident}" selected>' in text
    assert 'name="name" type="text" value="New"' in text


async def test_a_refusal_of_the_api_comes_back_at_the_form(site, fake):
    """In its words, with the lists as they are."""
    fake.refuse(CHANGE, 507, "no-room", title="The disk is full", attempts=None)
    for path in (f"/tracks/{T}/lists", f"/artists/{A}/lists"):
        answer = await site.post(path, data={"list": own.LIST, "track": T})
        assert answer.status_code == 507
        assert "The disk is full" in answer.text


async def test_the_api_is_asked_for_just_what_the_form_says(site, fake):
    """One change, of the version that was seen; ticks that are no place are dropped."""
    form = {"seen": '"tag"', "name": " A ", "description": "B", "remove": ["3", "x", "²", "5"]}

    await site.post(EDIT, data=form)

    assert CHANGE in fake.asked
    assert json.loads(fake.sent[0]) == {"name": "A", "description": "B", "remove": [3, 5]}


async def test_a_form_is_bounded(site, fake):
    """In bytes and in fields; nothing of it is passed on."""
    for body in (b"name=" + b"x" * 100_001, b"&".join([b"remove=1"] * 1_001)):
        answer = await site.post(
            EDIT, content=body, headers={"Content-Type": "application/x-www-form-urlencoded"}
        )
        assert answer.status_code == 413
    assert fake.sent == []


async def test_a_long_list_is_changed_part_by_part(site, fake):
    """A hundred at a time; positions stay those of the whole list."""
    fake.answers[ITEMS] = lists.entries(100, 100, 250)
    text = (await site.get(f"{EDIT}?offset=100")).text

    assert "Entries 101 to 200 of" in text
    assert 'name="remove" value="100"' in text
    assert f'action="{EDIT}?offset=100"' in text
    assert f'rel="prev" href="{EDIT}"' in text
    assert "ticks are not carried along" in text


async def test_an_empty_list_says_how_to_fill_it(site, fake):
    """On its page and where it is changed."""
    fake.answers[ITEMS] = lists.entries(0, 100, 0)
    fake.answers[f"/v1/playlists/{own.LIST}/table"] = lists.table(items=(), total=0)
    fake.answers[f"/v1/collections/{own.LIST}"] = own.collection(
        items_total=0, refused=(), unread=()
    )

    assert "Tracks are added from their own pages" in (await site.get(EDIT)).text
    text = (await site.get(f"/playlists/{own.LIST}")).text
    assert "There is nothing at this place of the list." in text
    assert "Go to its beginning" not in text


async def test_what_was_not_read_can_be_seen_later(site):
    """Where the list is changed, as where it was made."""
    text = (await site.get(EDIT)).text

    assert "Lines that name no track" in text
    assert "What was not understood" in text
    assert "“Dauer”, line 7" in text


async def test_only_lists_of_ones_own_can_be_changed(site):
    """Others offer no way to."""
    assert f'href="{EDIT}"' in (await site.get(f"/playlists/{own.LIST}")).text
    assert "Change this list" not in (await site.get(f"/playlists/{music.PLAYLIST}")).text
