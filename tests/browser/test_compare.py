"""Things side by side in Chromium: added, taken out and gone back to, and five on a phone."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import expect

from api.schemas.lists import Batch, BatchItem
from tests.web import lists, music, own

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

A, T, P = music.ARTIST, music.TRACK, music.PLAYLIST
FIVE = f"/compare?a={T}&b=artist:{A}&c=playlist:{P}&d={own.OWN}&e={own.DEMO}"
APART = """() => {
  const marks = [...document.querySelectorAll('.laid > div')].map(row => {
    const boxes = [...row.querySelectorAll('.err')].map(one => one.getBoundingClientRect());
    return boxes.every((one, at) => at === 0 || one.top > boxes[at - 1].top + 4);
  });
  return marks.length > 0 && marks.every(Boolean);
}"""


LONG = "Donaudampfschifffahrts" * 6 + "rate"  # 136 letters without a place to break


@pytest.mark.parametrize("scripted", [True, False])
async def test_sides_are_added_taken_out_and_gone_back_to(base, open_page, scripted):
    """The address holds them all, with and without JavaScript."""
    page = await open_page(java_script_enabled=scripted)
    await page.goto(f"{base}/compare")
    await page.get_by_label("First").fill(f"https://open.spotify.com/track/{T}?si=1")
    await page.get_by_label("Second").fill(f"spotify:artist:{A}")
    await page.get_by_role("button", name="Compare").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(
        "A song and an artist, side by side"
    )

    await page.get_by_label("A link, an id or a name").fill(own.OWN)
    await page.get_by_role("button", name="Add").click()
    await expect(page).to_have_url(f"{base}/compare?a={T}&b=artist%3A{A}&c={own.OWN}")
    await expect(page.locator(".versus thead .head-cell")).to_have_count(3)

    await page.get_by_role("link", name="Take out").nth(1).click()
    await expect(page).to_have_url(f"{base}/compare?a={T}&b={own.OWN}")

    await page.go_back()
    await expect(page.locator(".versus thead .head-cell")).to_have_count(3)
    await page.go_back()
    await expect(page.locator(".versus thead .head-cell")).to_have_count(2)


async def test_a_wrong_side_stays_in_its_box(base, page, faults):
    """The others stand; the box has what was typed, to be mended."""
    faults.forgive("status of 422")
    await page.goto(f"{base}/compare?a={T}&b=artist:{A}")
    await page.get_by_label("A link, an id or a name").fill("spotify:album:" + T)
    await page.get_by_role("button", name="Add").click()

    await expect(page.get_by_role("alert")).to_contain_text("That is an album.")
    await expect(page.get_by_label("A link, an id or a name")).to_have_value("spotify:album:" + T)
    await expect(page.locator(".versus thead .head-cell")).to_have_count(2)


async def test_five_sides_stay_readable_on_a_phone(base, open_page):
    """Each figure stands beside its mark, each bar on its own line, and nothing sticks out."""
    page = await open_page(viewport={"width": 390, "height": 800})
    await page.goto(base + FIVE)
    await expect(page.locator(".waiting")).to_have_count(0)

    assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert await page.evaluate(APART)
    row = page.locator(".versus tbody tr").first
    await expect(row.locator(".whose")).to_have_text(["●", "◆", "■", "▲", "★"])


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("name", [LONG, "\N{HEBREW LETTER ALEF}" * 136, "\N{HEADPHONE}" * 68])
async def test_long_names_stay_inside(base, fake, open_page, width, name):
    """In heads, lanes and offers, whichever way they are read."""
    fake.answers[f"/v1/artists/{A}"] = music.artist(name=name)
    fake.answers[f"/v1/playlists/{P}"] = lists.playlist(name=name)
    fake.answers["/v1/tracks"] = Batch[Any](
        items=tuple(
            BatchItem[Any](id=i, ok=True, value=music.track(i, name=name), problem=None)
            for i in (T, own.OWN, own.DEMO)
        )
    )
    try:
        page = await open_page(viewport={"width": width, "height": 800})
        await page.goto(base + FIVE)
        await expect(page.locator(".waiting")).to_have_count(0)
        over = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
    finally:
        fake.answers.clear()
    assert over <= 0
