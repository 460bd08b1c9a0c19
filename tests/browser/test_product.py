"""The product as `make run` serves it to a newcomer: real pages over the sandbox."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from api.examples import INVENTED
from tests.api.product import settings_of
from tests.browser.accessibility import violations
from tests.browser.serving import served
from tests.sandbox import Sandbox
from web.app import create_app

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

PAGES = [
    "/",
    f"/search?q={INVENTED.words}",
    f"/artists/{INVENTED.artist_id}",
    f"/tracks/{INVENTED.track_id}",
    f"/tracks/{INVENTED.track_id}/analysis",
    f"/playlists/{INVENTED.playlist_id}",
    "/sources",
    "/problems/features-unavailable",
]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def base(tmp_path_factory) -> AsyncIterator[str]:
    """The address of the product."""
    async with Sandbox() as sandbox:
        folder = tmp_path_factory.mktemp("product")
        with served(create_app(settings_of(sandbox, folder))) as address:
            yield address


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("width", [1280, 320])
async def test_every_page_is_whole_over_the_sandbox(base, open_page, path, width):
    """No fault, nothing off the origin, no barrier, and the music is called invented."""
    page = await open_page(viewport={"width": width, "height": 900})
    await page.goto(base + path)
    await expect(page.locator(".waiting, .more")).to_have_count(0)

    await expect(page.get_by_text("Invented music.")).to_be_visible()
    assert await violations(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.timeout(240)  # eighteen operations, each drawn in full
async def test_every_operation_of_the_playground_answers_as_it_stands(base, page):
    """The examples that are filled in answer with 200, without a key."""
    await page.goto(f"{base}/docs")
    operations = page.locator(".opblock")
    await expect(operations.first).to_be_visible()

    answers = [await _tried(page, place) for place in range(await operations.count())]

    assert len(answers) > 15
    assert [answer for answer in answers if not answer.endswith(" 200")] == []


async def _tried(page: Page, place: int) -> str:
    """The path of the operation and the status it answers when it is executed."""
    operation = page.locator(".opblock").nth(place)
    path = await operation.locator(".opblock-summary-path").inner_text()
    await operation.locator(".opblock-summary-control").click()
    await operation.get_by_role("button", name="Execute").click()
    status = operation.locator(".live-responses-table .response .response-col_status")
    await expect(status).to_contain_text("200", timeout=10_000)
    said = await status.inner_text()
    await operation.locator(".opblock-summary-control").click()
    return f"{path} {said.split()[0]}"
