"""The playground at /docs, in a browser, over a small app of its own."""

from collections.abc import Iterator

import pytest
from playwright.async_api import Page, expect

from tests.browser.accessibility import violations
from tests.browser.sample_app import TRACK, create_app
from tests.browser.serving import served
from tests.sampling import sampled

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

OPERATIONS = 6
LOOKS = [(320, "light"), (1280, "dark"), (320, "dark"), (1280, "light")]
GET_ECHO = "#operations-echo-get_echo_v1_echo__track_id__get"


@pytest.fixture(scope="module")
def docs() -> Iterator[str]:
    """The address of the playground."""
    with served(create_app()) as base:
        yield f"{base}/docs"


async def visit(page: Page, docs: str) -> None:
    """Open the playground and wait until it is drawn."""
    await page.goto(docs)
    await expect(page.locator(".opblock")).to_have_count(OPERATIONS)


async def test_the_playground_lists_every_operation(docs, page):
    """The page loads, from this host alone, without a word on the console."""
    await visit(page, docs)

    await expect(page).to_have_title("Earprint API playground")
    await expect(page.get_by_role("link", name="Earprint")).to_have_attribute("href", "/")
    assert await page.evaluate("Object.keys(localStorage)") == []


async def test_an_operation_answers_as_it_stands(docs, page):
    """The examples of the description are filled in, so Execute works without typing."""
    await visit(page, docs)
    operation = page.locator(GET_ECHO)
    await operation.locator(".opblock-summary-control").click()

    await operation.get_by_role("button", name="Execute").click()

    answer = operation.locator(".live-responses-table")
    await expect(answer.locator(".response .response-col_status")).to_contain_text("200")
    await expect(answer.locator(".highlight-code").first).to_contain_text(TRACK)


async def test_the_playground_wears_the_chosen_colours(docs, open_page):
    """As chosen at the foot of a page, whatever the system has."""
    page = await open_page(color_scheme="light")
    await page.context.add_cookies([{"name": "theme", "value": "dark", "url": docs}])
    await visit(page, docs)

    ground = await page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == "rgb(21, 24, 26)"


async def test_an_operation_has_an_address(docs, page, faults):
    """A link to one operation opens it."""
    faults.forgive("escaping deep link whitespace")  # Swagger UI warns of any "_" in an id
    await page.goto(f"{docs}#/echo/get_echo_v1_echo__track_id__get")

    await expect(page.locator(GET_ECHO).get_by_role("button", name="Execute")).to_be_visible()


@pytest.mark.parametrize(("width", "scheme"), sampled(LOOKS, 2))
async def test_the_list_of_operations_is_accessible(docs, open_page, width, scheme):
    """Axe has nothing to say, wide or narrow, light or dark."""
    page = await open_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    await visit(page, docs)

    assert await violations(page) == []


@pytest.mark.parametrize(("width", "scheme"), sampled(LOOKS[::-1], 2))
async def test_open_operations_and_schemas_are_accessible(docs, open_page, width, scheme):
    """Axe has nothing to say with everything unfolded and every operation executed."""
    size = {"width": width, "height": 900}
    page = await open_page(viewport=size, color_scheme=scheme, reduced_motion="reduce")
    await visit(page, docs)
    for fold in await page.locator(".opblock-summary-control").all():
        await fold.click()
    await expect(page.locator(".execute")).to_have_count(OPERATIONS)
    for execute in await page.locator(".execute").all():
        await execute.click()
    await expect(page.locator(".live-responses-table")).to_have_count(OPERATIONS)
    await page.get_by_role("button", name="Expand all").first.click()
    await expect(page.get_by_role("button", name="Collapse all").first).to_be_visible()

    assert await violations(page) == []


async def test_without_javascript_the_description_is_a_link_away(docs, open_page):
    """The page says what it needs and where the same thing is without it."""
    page = await open_page(java_script_enabled=False)
    await page.goto(docs)

    await page.get_by_role("main").get_by_role("link", name="/openapi.json").click()

    await expect(page).to_have_url(docs.replace("/docs", "/openapi.json"))
