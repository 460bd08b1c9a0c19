"""A track's page in Chromium: its states, its height, its pictures, and that nothing jumps."""

from collections.abc import Iterator

import pytest
from playwright.async_api import expect

from tests.browser.accessibility import violations
from tests.browser.serving import served
from tests.web import brands, music, own
from tests.web.fake import Fake, product

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

TRACK, SCREENS = f"/tracks/{own.OWN}", 1_600
CLOSED, NAMELESS = music.numbered(7), music.numbered(8)
STATES = {
    "radar": f"{TRACK}?view=radar",
    "table": f"{TRACK}?view=table",
    "nearest": f"{TRACK}/similar",
    "nearest in a key": f"{TRACK}/similar?camelot=11A",
    "closed": f"/tracks/{CLOSED}",
    "nameless": f"/tracks/{NAMELESS}",
}
LOOKS = [("light", 1280), ("dark", 1280), ("light", 320)]
SHIFTS = """new PerformanceObserver(list => { for (const each of list.getEntries())
  if (!each.hadRecentInput) window.shifted = (window.shifted ?? 0) + each.value;
}).observe({type: "layout-shift", buffered: true})"""


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    """The address of the pages; a brand is chosen, one track is closed, one has no name."""
    fake = Fake()
    fake.answers["/v1/brands"] = brands.shelf(brands.brand())
    fake.answers[f"/v1/brands/{brands.BRAND}/distance"] = brands.distance()
    fake.refuse(f"/v1/tracks/{CLOSED}/features", 404, "features-unavailable")
    fake.refuse(f"/v1/tracks/{NAMELESS}", 404, "track-unavailable")
    with served(product(fake)) as address:
        yield address


async def test_the_player_fits_beside_a_scroll_bar(base, open_page):
    """A window of 320 pixels with a bar of 15, as desktops show it, has 305 for the page."""
    page = await open_page(viewport={"width": 305, "height": 900})
    await page.goto(base + TRACK)

    await expect(page.locator(".player audio")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.parametrize("name", STATES)
async def test_every_state_is_without_barrier(base, open_page, faults, name):
    """In light and dark and on a narrow screen, with all that is folded opened."""
    faults.forgive("status of 404")
    for scheme, width in LOOKS:
        page = await open_page(
            color_scheme=scheme, viewport={"width": width, "height": 900}, reduced_motion="reduce"
        )
        await page.goto(base + STATES[name])
        await expect(page.locator(".waiting")).to_have_count(0)
        await page.evaluate(
            "document.querySelectorAll('details').forEach(each => each.open = true)"
        )

        assert await violations(page) == []
        assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


async def test_details_begin_within_two_screens_and_nothing_jumps(base, open_page):
    """Also while the panels below the first screen load."""
    page = await open_page(viewport={"width": 1280, "height": 800})
    await page.add_init_script(SHIFTS)
    await page.goto(base + TRACK)
    await expect(page.locator(".waiting")).to_have_count(0)

    top = await page.locator(".folds").bounding_box()
    assert top is not None
    assert top["y"] < SCREENS
    assert await page.evaluate("window.shifted ?? 0") < 0.01


async def test_a_picture_is_drawn_as_png_from_its_svg(base, page):
    """In the browser, twice as fine; nothing is sent anywhere."""
    await page.goto(base + TRACK)
    async with page.expect_download() as coming:
        await page.locator("a[data-png]").first.click()
    file = await coming.value
    content = (await file.path()).read_bytes()

    assert file.suggested_filename == "strips.png"
    assert content.startswith(b"\x89PNG")
    assert int.from_bytes(content[16:20]) == 2 * 880


async def test_without_scripts_the_svg_is_offered_alone(base, open_page):
    """No control that does nothing."""
    page = await open_page(java_script_enabled=False)
    await page.goto(base + TRACK)
    await expect(page.get_by_role("link", name="PNG")).to_have_count(0)
    await page.get_by_role("link", name="SVG").first.click()
    await expect(page).to_have_url(f"{base}{TRACK}/features/strips.svg")


async def test_a_cell_of_the_wheel_is_reached_by_keyboard(base, page):
    """And leads to the tracks in its key."""
    await page.goto(base + TRACK)
    await page.get_by_role("link", name="11A, F♯ minor, this key").focus()
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(f"{base}{TRACK}/similar?camelot=11A")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("11A (F♯ minor)")
