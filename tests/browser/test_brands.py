"""Brands in the real product, in Chromium: from five answers on, with and without a script."""

from collections.abc import Iterator

import httpx
import pytest
from playwright.async_api import Page, expect

from api.schemas.provenance import SourceName
from api.settings import Settings
from tests.browser.accessibility import nothing_sticks_out, violations
from tests.browser.serving import served
from web.app import create_app

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(120),
]
NARROW = {"width": 320, "height": 700}
LONG = "ש" * 60 + "x" * 76


@pytest.fixture(scope="module")
def base(tmp_path_factory) -> Iterator[str]:
    """The address of the product: the demo label, own files as the only source."""
    folder = tmp_path_factory.mktemp("brands")
    settings = Settings(
        _env_file=None, data_dir=folder, sources=(SourceName.LIBRARY,), worker=False
    )
    with served(create_app(settings)) as address:
        yield address


async def fits(page: Page, *, javascript: bool = True) -> None:
    """Nothing stands in anybody's way, nothing sticks out; which only a script can tell."""
    if not javascript:
        return
    assert await violations(page) == []
    await nothing_sticks_out(page)


@pytest.mark.parametrize("javascript", [True, False])
async def test_a_brand_begins_with_five_answers(base, open_page, faults, javascript):
    """They fill in ranges; a slip is told at its field, all else stays; then it stands there."""
    faults.forgive("status of 422")
    page = await open_page(java_script_enabled=javascript, viewport=NARROW)
    await page.goto(f"{base}/brands")
    await page.get_by_role("group", name="danced to").get_by_label("Danced to").check()
    await page.get_by_role("button", name="Fill in the ranges").click()

    await page.get_by_label("Name", exact=True).fill(LONG)
    energy = page.get_by_role("group", name="Energy")
    await energy.get_by_label("From", exact=True).fill("0.8")
    await energy.get_by_label("To", exact=True).fill("0.2")
    await page.get_by_role("button", name="Make the brand").click()
    alert = page.get_by_role("alert")
    await expect(alert).to_contain_text("it begins at 0.8 and ends at 0.2")
    await fits(page, javascript=javascript)
    await expect(page.get_by_label("Name", exact=True)).to_have_value(LONG)
    await alert.get_by_role("link").click()
    await expect(energy.get_by_label("From", exact=True)).to_be_in_viewport()

    await energy.get_by_label("To", exact=True).fill("0.9")
    await page.get_by_role("button", name="Make the brand").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(LONG)
    await expect(page.get_by_text("0.55 to 1.00", exact=True)).to_be_visible()
    await fits(page, javascript=javascript)
    await page.goto(f"{base}/brands")
    await expect(page.get_by_role("link", name=LONG).first).to_be_visible()
    await fits(page, javascript=javascript)


@pytest.mark.parametrize("javascript", [True, False])
async def test_a_brand_of_songs_is_held_beside_own_tracks(base, open_page, javascript):
    """Two are ticked; with a script the others come by themselves, without one by a link."""
    page = await open_page(java_script_enabled=javascript)
    await page.goto(f"{base}/brands/new/songs")
    await page.get_by_label("Name", exact=True).fill("Mine")
    for piece in ("Stubborn Hat", "Kerosene Sunday"):
        await page.get_by_role("checkbox", name=piece).check()
    await page.get_by_role("button", name="Make the brand of them").click()

    await expect(page.get_by_role("heading", level=1)).to_have_text("Mine")
    if not javascript:
        await page.get_by_role("link", name="See how near your own tracks are").click()
    panel = page.get_by_role("region", name="Your own tracks beside it")
    await expect(panel.get_by_role("listitem").first).to_contain_text("8 of 8 features")
    await panel.get_by_text("8 of 8 features").first.click()
    await expect(panel.get_by_text("is in your range").first).to_be_visible()
    await fits(page, javascript=javascript)


async def test_a_range_is_drawn_while_it_is_typed(base, page):
    """As the server draws it; where both ends are empty or turned round there is none."""
    await page.goto(f"{base}/brands/new?energy=high")
    energy = page.get_by_role("group", name="Energy")
    box = energy.locator("rect")
    await expect(box).to_have_attribute("x", "55.0%")
    await energy.get_by_label("From", exact=True).fill("0.25")
    await expect(box).to_have_attribute("x", "25%")
    await expect(box).to_have_attribute("width", "75%")
    await energy.get_by_label("To", exact=True).fill("0.1")
    await expect(box).to_be_hidden()
    await energy.get_by_label("To", exact=True).fill("")
    await expect(box).to_be_visible()
    await energy.get_by_label("From", exact=True).fill("")
    await expect(box).to_be_hidden()


async def test_the_handles_of_a_range_and_what_it_means_follow(base, page, faults):
    """By key and by pointer; a handle stops at the other, at its end there is no limit."""
    faults.forgive("status of 422")
    await page.goto(f"{base}/brands/new?energy=low")
    finding = page.locator("#means .finding")
    first = await finding.inner_text()
    energy = page.get_by_role("group", name="Energy")
    to = energy.get_by_role("slider", name="Energy, to")
    await to.focus()
    async with page.expect_response("**/fragments/brands/new/preview?*"):
        for _ in range(30):
            await page.keyboard.press("ArrowRight")
    await expect(energy.get_by_label("To", exact=True)).to_have_value("0.75")
    await expect(finding).not_to_have_text(first)
    await page.keyboard.press("End")
    await expect(energy.get_by_label("To", exact=True)).to_have_value("")
    await expect(to).to_have_attribute("aria-valuetext", "no limit")

    for end, by in (("from", 80), ("to", -999)):
        handle = page.get_by_role("slider", name=f"Valence, {end}")
        await handle.scroll_into_view_if_needed()
        box = await handle.bounding_box()
        x = box["x"] + (12 if end == "from" else box["width"] - 12)
        y = box["y"] + box["height"] / 2
        await page.mouse.move(x, y)
        await page.mouse.down()
        await page.mouse.move(x + by, y, steps=5)
        await page.mouse.up()
    low, high = (page.locator(f"[name=valence-{end}]") for end in ("min", "max"))
    assert float(await low.input_value()) > 0.2
    await expect(high).to_have_value(await low.input_value())

    async with page.expect_response("**/fragments/brands/new/preview?*tempo-min=999*"):
        await page.get_by_role("group", name="Tempo").get_by_label("From", exact=True).fill("999")
    await expect(page.locator("#means").get_by_role("alert")).to_contain_text("from 20 to 400 BPM")
    assert await violations(page) == []
    await page.get_by_role("group", name="Tempo").get_by_label("From", exact=True).fill("")
    await expect(finding).to_be_visible()
    await fits(page)


async def test_whoever_comes_back_finds_what_was_typed_and_what_it_means(base, page):
    """Handles, range and own tracks follow the fields that the browser has kept."""
    await page.goto(f"{base}/brands/new?energy=low")
    energy = page.get_by_role("group", name="Energy")
    finding = page.locator("#means .finding")
    first = await finding.inner_text()
    async with page.expect_response("**/fragments/brands/new/preview?*"):
        await energy.get_by_label("To", exact=True).fill("0.9")
    await expect(finding).not_to_have_text(first)
    second = await finding.inner_text()

    await page.get_by_role("link", name="Take it from songs instead").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("A brand from songs")
    await page.go_back()
    await expect(energy.get_by_label("To", exact=True)).to_have_value("0.9")
    await expect(page.get_by_role("slider", name="Energy, to")).to_have_value("0.9")
    await expect(energy.locator("rect")).to_have_attribute("width", "90%")
    await expect(finding).to_have_text(second)


async def test_without_a_script_numbers_rule_and_a_button_shows_what_they_mean(base, open_page):
    """No slider stands dead in the form; what was typed stays beside the answer."""
    page = await open_page(java_script_enabled=False, viewport=NARROW)
    await page.goto(f"{base}/brands/new?energy=low")
    await expect(page.get_by_role("slider")).to_have_count(0)
    await page.get_by_label("Name", exact=True).fill(LONG)
    await page.locator("#tempo-min").fill("300")
    await page.get_by_role("button", name="Show what this means").click()

    await expect(page.locator("#means")).to_contain_text("None of 15 lies in all of it")
    await expect(page.locator("#tempo-min")).to_have_value("300")
    await expect(page.get_by_label("Name", exact=True)).to_have_value(LONG)


@pytest.mark.parametrize("javascript", [True, False])
async def test_which_brand_is_drawn_is_chosen_where_it_stands(base, open_page, javascript):
    """On a track's page, which comes back with it and knows it the next time; or none at all."""
    names = ("Nearly " + LONG, "The other")
    async with httpx.AsyncClient(base_url=base) as other:
        for name in names:
            aims = {"energy": {"min": 0.2, "max": 0.4}}
            await other.post("/v1/brands", json={"name": name, "targets": aims})
        tracks = (await other.get("/v1/library/tracks?limit=1")).json()["items"]
    path = f"/tracks/{tracks[0]['id']}"
    page = await open_page(java_script_enabled=javascript, viewport=NARROW)
    await page.goto(f"{base}{path}?view=table")
    sounds = page.get_by_role("region", name="What the whole track sounds like")
    await expect(sounds).to_contain_text("Beside “The other”")

    await sounds.get_by_label("Beside it").select_option(index=1)
    await sounds.get_by_role("button", name="Draw this one").click()
    await expect(sounds).to_contain_text("Beside “Nearly")
    await expect(page).to_have_url(f"{base}{path}?view=table#features")
    await fits(page, javascript=javascript)
    await page.goto(f"{base}{path}/brand-match")
    await expect(page.get_by_role("link", name=names[0]).first).to_be_visible()
    await fits(page, javascript=javascript)

    await page.get_by_label("Beside it").select_option("none")
    await page.get_by_role("button", name="Draw this one").click()
    await expect(page.get_by_text("You have chosen that no brand")).to_be_visible()


async def test_of_two_who_change_a_brand_both_are_shown(base, page, faults):
    """In another window it was saved meanwhile: nothing is lost on either side."""
    faults.forgive("status of 412")
    async with httpx.AsyncClient(base_url=base) as other:
        made = await other.post("/v1/brands", json={"name": "First"})
        path = made.headers["location"].removeprefix("/v1")
        await page.goto(f"{base}{path}/edit")
        await other.patch(f"/v1{path}", json={"name": "Theirs"})
    await page.get_by_label("Name", exact=True).fill("Mine")
    await page.get_by_role("button", name="Save the changes").click()

    await expect(page.get_by_role("region", name="What stands now")).to_contain_text("Theirs")
    await expect(page.get_by_label("Name", exact=True)).to_have_value("Mine")
    await fits(page)
    await page.get_by_role("button", name="Save the changes").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Mine")

    await page.get_by_role("link", name="Delete it").click()
    await page.get_by_role("button", name="Delete it").click()
    await expect(page).to_have_url(f"{base}/brands")
