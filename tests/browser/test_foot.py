"""The foot of a page and the band above it in Chromium, on wide screens and on narrow ones."""

from collections.abc import Iterator

import pytest
from playwright.async_api import expect

from api.schemas.sources import State
from tests.browser.accessibility import violations
from tests.browser.serving import served
from tests.web.fake import Fake, product
from tests.web.pages.test_sources_page import all_as

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    """The address of pages where no source answers."""
    fake = Fake()
    fake.answers["/v1/sources"] = all_as(State.UNREACHABLE)
    with served(product(fake)) as address:
        yield address


@pytest.mark.parametrize("script", [True, False], ids=["with", "without"])
async def test_on_a_narrow_screen_the_sources_are_folded(base, open_page, script):
    """A line says how many answer; opened, each has its dot and its word."""
    view = {"width": 390, "height": 800}
    page = await open_page(viewport=view, java_script_enabled=script)
    await page.goto(f"{base}/upload")
    light = page.locator(".lights").get_by_role("link", name="ReccoBeats")

    await expect(light).to_be_hidden()
    await page.get_by_text("No sources of 2 can be asked now.").click()
    await expect(light).to_be_visible()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (320, "light")])
async def test_all_down_the_band_and_the_foot_are_without_barrier(base, open_page, width, scheme):
    """Nothing sticks out; on a wide screen the sources stand open, and lead to what they say."""
    page = await open_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    await page.goto(f"{base}/upload")

    await expect(page.locator(".stand-in")).to_contain_text("Nobody outside can be asked just now")
    assert await violations(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    if width > 1000:
        await page.locator(".lights").get_by_role("link", name="ReccoBeats").click()
        await expect(page.locator("#source-reccobeats")).to_be_in_viewport()
