"""The pages of whoever signs in, on the whole product with the stand-in for Spotify."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import httpx
import pytest

from api.http.session_cookie import SESSION
from api.sign_in.people import csrf_token_of
from tests.routes.product import MovableClock, Product, settings_of
from tests.sandbox import Sandbox
from tests.sandbox.landmarks import SECRET_PLAYLISTS
from tests.sandbox.playlists import playlists
from tests.sign_in.browser import HOST, KEY, REDIRECT_URL, Browser, browser
from web.app import create_app

if TYPE_CHECKING:
    from api.app import Earprint

OWN = f"/playlists/{playlists()[0].id}"
SECRET = f"/playlists/{playlists()[SECRET_PLAYLISTS[0]].id}"
DAY_S = 86_400
HERE = f"http://{HOST}:8000"


@pytest.fixture
async def sandbox():
    """A new app: it is told least, and people most of what is theirs."""
    async with Sandbox(app_class="new-dev") as box:
        box.register(REDIRECT_URL)
        yield box


@pytest.fixture
async def product(sandbox, tmp_path):
    """Pages and API with sign-in."""
    clock = MovableClock()
    app = create_app(settings_of(sandbox, tmp_path, secret=KEY), clock=clock)
    async with app.router.lifespan_context(app):
        yield Product(cast("Earprint", app), httpx.AsyncClient(), clock)


async def test_ones_own_music_is_a_page(product):
    """Without a sign-in it leads to one; then it shows lists, until when, and the way out."""
    ada = browser(product)
    before = await ada.visit("/me")
    await ada.sign_in("/me")
    page = await ada.visit("/me?range=long")
    out = await ada.post("/sign-out")
    after = await ada.visit("/me")

    assert (before.status_code, before.headers["location"]) == (303, "/sign-in?next=/me")
    for part in (
        "Signed in as",
        "Sandbox Listener",
        "Sleepless",
        "private",
        "Tracks you play most",
    ):
        assert part in page.text
    assert "Rehearsal Nights" not in page.text
    assert 'aria-current="page">Last year' in page.text
    assert page.headers["cache-control"] == "private, no-store"
    assert "etag" not in page.headers
    assert (out.status_code, after.status_code) == (303, 303)


async def test_a_private_playlist_is_shown_to_its_owner_alone(product):
    """Others are told how they could see it if it were theirs."""
    ada, nobody = browser(product), browser(product)
    await ada.sign_in()
    mine, theirs = await ada.visit(SECRET), await nobody.visit(SECRET)
    entries = await nobody.visit(OWN)

    assert (mine.status_code, "Sleepless" in mine.text) == (200, True)
    assert (theirs.status_code, "Sleepless" in theirs.text) == (404, False)
    assert f'href="/sign-in?next={SECRET}"' in theirs.text
    assert f'href="/sign-in?next={OWN}"' in entries.text


async def test_forms_bear_the_token_of_their_reader(product):
    """Each session has its own, and nobody else's page has any."""
    ada, nobody = browser(product), browser(product)
    await ada.sign_in()
    token = csrf_token_of(ada.cookies[SESSION])

    for path in ("/me", "/library", "/upload", "/"):
        assert f'name="csrf_token" value="{token}"' in (await ada.visit(path)).text
    assert f'content="{token}"' in (await ada.visit("/docs")).text
    assert "csrf_token" not in (await nobody.visit("/library")).text
    assert token not in (await ada.visit("/me")).headers.get("set-cookie", "")


async def test_the_end_of_the_consent_is_announced(product):
    """A month ahead the page asks for a new sign-in; the sentence stands there from the start."""
    ada = browser(product)
    await ada.sign_in()
    early = await ada.visit("/me")
    row = next(iter(product.app.state.parts.people._people.values()))
    row.consented_at -= 160 * DAY_S
    late = await ada.visit("/me")

    assert "six months after the last time" in early.text
    assert "Sign in again now" not in early.text
    assert "Sign in again now" in late.text


async def test_a_sign_in_that_fails_is_a_page_in_plain_words(product):
    """Not a document for programs."""
    ada = browser(product)
    failed = await ada.visit("/signed-in?state=a&code=b")

    assert failed.status_code == 400
    assert failed.headers["content-type"].startswith("text/html")
    assert "not begun in this browser" in failed.text


async def test_nothing_of_signing_in_shows_where_it_is_not_set_up(sandbox, tmp_path):
    """No link leads where nobody can go."""
    app = create_app(settings_of(sandbox, tmp_path))
    async with app.router.lifespan_context(app):
        nobody = Browser(httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=HERE), {})
        home, me, begun = [await nobody.visit(path) for path in ("/", "/me", "/sign-in")]

    assert "/sign-in" not in home.text
    assert (me.status_code, begun.status_code) == (401, 404)
    assert "not set up" in begun.text
