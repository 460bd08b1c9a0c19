"""An artist's page in Chromium: nothing moves while it comes, and everything can be reached."""

from urllib.parse import quote

import pytest
from playwright.async_api import expect

from tests.browser.accessibility import violations
from tests.web import music
from web.pages import panel

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

A = music.ARTIST
NAMES = ["Rhapsodieverschlossenheitsgefuehl" * 4 + "ende", "רוח הנמל הישן " * 9, "🦔🎷" * 30]
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const shift of list.getEntries()) window.shifted += shift.value;
}).observe({type: "layout-shift", buffered: true});
"""


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("patience_s", [0.4, -1.0], ids=["at once", "later"])
async def test_nothing_moves_while_panels_come(base, open_page, monkeypatch, viewport, patience_s):
    """Whether they stand in the page or come later, into the room that is kept for them."""
    monkeypatch.setattr(panel, "PATIENCE_S", patience_s)
    page = await open_page(viewport=viewport)
    await page.add_init_script(SHIFTS)
    await page.goto(f"{base}/artists/{A}")
    await expect(page.locator(".waiting")).to_have_count(0)
    await expect(page.locator(".table.cards")).to_be_visible()
    await page.wait_for_timeout(200)

    assert await page.evaluate("shifted") == 0


async def test_nothing_moves_where_a_panel_that_comes_later_is_short(
    base, open_page, fake, monkeypatch
):
    """Its room stays, whatever came."""
    monkeypatch.setattr(panel, "PATIENCE_S", -1.0)
    nobody = music.related().model_copy(update={"items": ()})
    monkeypatch.setitem(fake.answers, f"/v1/artists/{A}/related", nobody)
    page = await open_page(viewport=WIDE)
    await page.add_init_script(SHIFTS)
    await page.goto(f"{base}/artists/{A}")
    await expect(page.locator(".waiting")).to_have_count(0)
    await page.wait_for_timeout(200)

    assert await page.evaluate("shifted") == 0


async def test_neighbours_are_reached_by_keyboard_and_keep_the_way(base, page):
    """A node of the picture is a link; the next page says by whom one came."""
    await page.goto(f"{base}/artists/{A}/related")
    node = page.locator("svg.radial a").first
    box = await node.locator("circle").first.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 24

    await node.focus()
    await page.keyboard.press("Enter")

    await expect(page).to_have_url(f"{base}/artists/{A}?via={A}")
    way = page.get_by_role("navigation", name="How you came here")
    await expect(way.get_by_role("link", name="Marble Harbour")).to_be_visible()


@pytest.mark.parametrize("name", NAMES)
async def test_names_of_any_length_and_script_fit_a_narrow_screen(
    base, open_page, fake, monkeypatch, name
):
    """In the head, the way, the picture, the lists, the table and the form; in search, too."""
    found = music.related()
    near = tuple(
        item.model_copy(update={"artist": item.artist.model_copy(update={"name": name})})
        for item in found.items
    )
    one = music.track(name=name)
    changed = {
        f"/v1/artists/{A}": music.artist(name=name, genres=(name, "folk")),
        f"/v1/artists/{A}/related": found.model_copy(update={"items": near}),
        f"/v1/artists/{A}/top-tracks": music.tracks(0).model_copy(update={"items": (one,)}),
    }
    for path, answer in changed.items():
        monkeypatch.setitem(fake.answers, path, answer)
    page = await open_page(viewport={"width": 320, "height": 700})
    for path in (f"/artists/{A}?via={A}", f"/artists/{A}/related", f"/search?q={quote(name)}"):
        await page.goto(base + path)
        await page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


async def test_folds_of_an_artist_are_without_barrier(base, page):
    """What is folded away is held to the same rules."""
    await page.goto(f"{base}/artists/{A}")
    await page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert await violations(page) == []


async def test_search_says_who_was_asked_without_barrier(base, page):
    """Open and closed."""
    await page.goto(f"{base}/search?q=low")
    await page.get_by_text("Looked in Spotify").click()
    assert await violations(page) == []
