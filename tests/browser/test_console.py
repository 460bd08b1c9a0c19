"""The console in Chromium: with JavaScript the answer alone comes, without it the whole page."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.accessibility import violations
from tests.web import music

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
T = music.TRACK


@pytest.mark.parametrize("script", [True, False], ids=["with", "without"])
async def test_a_question_is_put_and_answered(base, open_page, script):
    """Choose, paste a link, send; the address afterwards shows the same again."""
    page = await open_page(java_script_enabled=script)
    await page.goto(f"{base}/console")
    await page.get_by_role("link", name="/v1/tracks/{track_id}", exact=True).click()
    await page.get_by_label("Track id").fill(f"https://open.spotify.com/track/{T}")
    await page.get_by_role("button", name="Send").click()

    await expect(page.locator("#answer .outcome")).to_contain_text("Here is the answer.")
    await expect(page.locator("#answer pre").first).to_contain_text('"provenance"')
    await expect(page).to_have_url(re.compile(r"endpoint=get_track&.*send=1|send=1&.*track_id="))


async def test_the_answer_is_said_aloud_and_without_barrier(base, page):
    """Every fold open."""
    await page.goto(f"{base}/console?endpoint=get_track_features")
    await page.get_by_role("button", name="Send").click()
    await expect(page.locator("#announcer")).to_contain_text("Answer: 200 OK.")
    await page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")

    assert await violations(page) == []


async def test_what_cannot_be_asked_is_said_where_the_answer_stands(base, page):
    """What was typed stays."""
    await page.goto(f"{base}/console?endpoint=get_track")
    await page.get_by_label("Track id").fill("no id at all")
    await page.get_by_role("button", name="Send").click()

    await expect(page.get_by_role("alert")).to_contain_text("This could not be asked.")
    await expect(page.get_by_label("Track id")).to_have_value("no id at all")


@pytest.mark.parametrize("script", [True, False], ids=["with", "without"])
async def test_a_field_with_the_focus_tells_what_it_means(base, open_page, script):
    """Beside it while it has the focus; followed, it leads into the opened list of all fields."""
    page = await open_page(java_script_enabled=script)
    await page.goto(f"{base}/console?path=/v1/tracks/{T}/features")
    field = page.get_by_role("link", name='"danceability"')
    shown = "link => getComputedStyle(link, '::after').content"

    if script:  # styles are not asked for without
        assert await field.evaluate(shown) == "none"
    await field.focus()
    if script:
        assert "How well it suits dancing" in await field.evaluate(shown)
    assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    await page.keyboard.press("Enter")
    await expect(page.locator("dt:target + dd")).to_contain_text("How well it suits dancing")
    await expect(page.locator("dt:target + dd")).to_be_visible()
