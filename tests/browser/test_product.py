"""The product in a browser: over the demo label, as `make run` opens, and over the sandbox."""

import itertools
import re
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from api.http.examples import INVENTED, Examples, of_the_label
from tests.browser.accessibility import nothing_sticks_out, violations
from tests.browser.faults import Faults
from tests.browser.serving import served
from tests.routes.product import settings_of
from tests.sampling import sampled
from tests.sandbox import Sandbox
from web.app import create_app

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

WIDTHS = [1280, 320]
READING = ".opblock.opblock-get"
TO_BE_MADE = (  # there is one once somebody brings a file, or begins
    "/v1/jobs/{job_id}",
    "/v1/brands/{brand_id}",
    "/v1/brands/{brand_id}/distance",
    "/v1/worksheets/{worksheet_id}",
    "/v1/worksheets/{worksheet_id}/export",
)
FOR_A_FEW = (  # who is signed in, or has a private link
    *("/v1/me", "/v1/me/playlists", "/v1/me/top/artists", "/v1/me/top/tracks"),
    "/v1/shared",
)


def pages(shown: Examples) -> list[str]:
    """One page of each kind."""
    return [
        "/",
        f"/search?q={shown.words}",
        f"/artists/{shown.artist_id}",
        f"/tracks/{shown.track_id}",
        f"/tracks/{shown.track_id}/analysis",
        f"/playlists/{shown.playlist_id}",
        "/sources",
        "/problems/features-unavailable",
    ]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def sandboxed(tmp_path_factory) -> AsyncIterator[str]:
    """The address of the product in front of the sandbox."""
    async with Sandbox() as sandbox:
        folder = tmp_path_factory.mktemp("product")
        with served(create_app(settings_of(sandbox, folder, demo=True))) as address:
            yield address


@pytest.fixture(scope="module")
def keyless(tmp_path_factory) -> Iterator[str]:
    """The address of the product as a newcomer has it."""
    folder = tmp_path_factory.mktemp("keyless")
    with served(create_app(settings_of(None, folder, demo=True))) as address:
        yield address


@pytest.mark.parametrize(
    ("path", "width"), sampled(list(itertools.product(pages(INVENTED), WIDTHS)), 3)
)
async def test_every_page_is_whole_over_the_sandbox(sandboxed, open_page, path, width):
    """No fault, nothing off the origin, no barrier, and the music is called invented."""
    page = await open_page(viewport={"width": width, "height": 900})
    await _whole(page, sandboxed + path)

    await expect(page.get_by_text("Invented music.")).to_be_visible()


@pytest.mark.parametrize(
    ("path", "width"), sampled(list(itertools.product(pages(of_the_label()), WIDTHS)), 3)
)
async def test_every_page_is_whole_over_the_demo_label(keyless, open_page, path, width):
    """The same where nothing is configured: what is shown was really measured."""
    page = await open_page(viewport={"width": width, "height": 900})
    await _whole(page, keyless + path)


async def _whole(page: Page, address: str) -> None:
    await page.goto(address)
    await expect(page.locator(".waiting, .more")).to_have_count(0)

    assert await violations(page) == []
    await nothing_sticks_out(page)


@pytest.mark.timeout(240)  # two dozen operations, each drawn in full
async def test_every_operation_answers_over_the_sandbox(sandboxed, page, faults):
    """The examples that are filled in answer with 200; what changes something is not tried."""
    await _all_tried(sandboxed, page, faults)


@pytest.mark.timeout(240)
async def test_every_operation_answers_over_the_demo_label(keyless, page, faults):
    """The same without any key."""
    await _all_tried(keyless, page, faults)


async def _all_tried(base: str, page: Page, faults: Faults) -> None:
    faults.forgive("status of 404")
    faults.forgive("status of 401")
    await page.goto(f"{base}/docs")
    operations = page.locator(READING)
    await expect(operations.first).to_be_visible(timeout=20_000)

    count = await operations.count()
    assert count > 20
    answers = [await _tried(page, place) for place in sampled(range(count), 8)]

    others = {answer for answer in answers if not answer.endswith(" 200")}
    few = {f"{path} 401" for path in FOR_A_FEW}
    assert others <= {*(f"{path} 404" for path in TO_BE_MADE), *few}


async def _tried(page: Page, place: int) -> str:
    """The path of the operation and the status it answers when it is executed."""
    operation = page.locator(READING).nth(place)
    path = await operation.locator(".opblock-summary-path").inner_text()
    await operation.locator(".opblock-summary-control").click()
    await operation.get_by_role("button", name="Execute").click()
    status = operation.locator(".live-responses-table .response .response-col_status")
    await expect(status).to_have_text(re.compile(r"\d{3}"), timeout=10_000)
    said = await status.inner_text()
    await operation.locator(".opblock-summary-control").click()
    return f"{path} {said.split()[0]}"
