"""Any stretch of the lanes, by mouse, fingers and keys; and what is beside and taken of them."""

import re
import time

import pytest
from playwright.async_api import Page, expect

from tests.browser.accessibility import violations
from tests.browser.lanes import drawn
from tests.browser.serving import served
from tests.web import music, sound
from tests.web.fake import Fake, product

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

T = music.TRACK
PAGE = f"/tracks/{T}/analysis"
END = 225.4
OPEN = "document.querySelectorAll('main details').forEach((each) => (each.open = true))"
STATES = {
    "a second long": sound.analysis(
        1.0,
        sections=sound.sections(1.0)[:1],
        segments=sound.segments(1.0)[:3],
        bars=(),
        beats=(),
        tatums=(),
    ),
    "silent": sound.analysis(
        bars=(),
        beats=(),
        tatums=(),
        sections=(),
        segments=tuple(
            each.model_copy(update={"loudness_max": -70.0, "loudness_start": -71.0})
            for each in sound.segments()
        ),
    ),
    "an hour long": sound.analysis(
        3_700.0, segments=tuple(each for each in sound.segments(3_700.0) for _ in range(12))
    ),
    "without numbers": sound.analysis(
        track=None, bars=None, beats=None, tatums=None, sections=None, segments=None
    ),
}


@pytest.fixture(scope="module")
def fake() -> Fake:
    """The API behind the pages: a song, and its own states."""
    fake = Fake()
    fake.answers[f"/v1/tracks/{T}/analysis"] = sound.analysis(
        track=sound.summary(end_of_fade_in=4.0, start_of_fade_out=200.0)
    )
    return fake


async def seen(page: Page) -> tuple[float, float]:
    """From when to when the address says that the lanes go."""
    await expect(page).to_have_url(re.compile("to="))
    found = dict(re.findall(r"(from|to)=([\d.]+)", page.url))
    return float(found.get("from", 0)), float(found["to"])


async def across(page: Page, *shares: float) -> list[tuple[float, float]]:
    """Points on the loudness lane, by their share of its width."""
    stage = page.locator("[data-lane=loudness]")
    await stage.scroll_into_view_if_needed()
    box = await stage.bounding_box()
    assert box
    return [(box["x"] + share * box["width"], box["y"] + box["height"] / 2) for share in shares]


async def test_what_the_mouse_marks_is_looked_at_closely(base, page):
    """In every lane; a drag over the time moves on, a double click is the whole song again."""
    await drawn(page, base + PAGE)
    (start, stop) = await across(page, 0.2, 0.4)
    await page.mouse.move(*start)
    await page.mouse.down()
    await page.mouse.move(*stop, steps=4)
    assert await page.locator(".lanes .playhead rect").count() > 1
    await page.mouse.up()

    assert await seen(page) == pytest.approx((0.2 * END, 0.4 * END), abs=0.5)
    await expect(page.locator(".lanes .playhead rect")).to_have_count(0)
    await expect(page.locator("svg.axis")).to_contain_text("1:00")
    await expect(page.locator("#at")).to_contain_text("0:00")
    await expect(page.locator("#announcer")).to_have_text("0:45 to 1:30")
    await expect(page.locator(".player .zoom [aria-current]")).to_have_count(0)

    time = page.locator("[data-lane=axis]")
    await time.scroll_into_view_if_needed()
    axis = await time.bounding_box() or {}
    await page.mouse.move(axis["x"] + axis["width"] / 2, axis["y"] + 5)
    await page.mouse.down()
    await page.mouse.move(axis["x"] + axis["width"] / 4, axis["y"] + 5, steps=4)
    await page.mouse.up()
    await expect(page.locator("#announcer")).to_have_text("0:56 to 1:41")

    await page.go_back()
    assert await seen(page) == pytest.approx((0.2 * END, 0.4 * END), abs=0.5)
    await expect(page.locator("svg.axis")).to_contain_text("1:30")
    (start,) = await across(page, 0.2)
    await page.mouse.dblclick(*start)
    await expect(page.locator("svg.axis")).to_contain_text("3:45")
    await expect(page).not_to_have_url(re.compile("to="))


async def test_keys_alone_look_at_any_stretch(base, page):
    """Plus, minus, arrows and nought, from the lanes and from the time slider."""
    await drawn(page, f"{base}{PAGE}?t=100")
    lanes = page.get_by_role("region", name="Lanes over time")
    await lanes.focus()
    await lanes.press("+")
    assert await seen(page) == pytest.approx((50, 162.7), abs=0.1)
    await lanes.press("ArrowRight")
    assert await seen(page) == pytest.approx((78.18, 190.88), abs=0.1)
    for _ in range(12):
        await lanes.press("+")
    start, stop = await seen(page)
    assert stop - start == pytest.approx(1.0, abs=0.02)
    await lanes.press("-")
    await lanes.press("0")
    await expect(page.locator("svg.axis")).to_contain_text("3:45")

    slider = page.get_by_role("slider", name="Time")
    await slider.press("+")
    await slider.press("ArrowRight")
    await expect(slider).to_have_attribute("aria-valuetext", re.compile("^1:41, section 5"))
    await expect(page.locator("#announcer")).to_have_text("0:50 to 2:42")


async def test_two_fingers_spread_the_lanes_and_one_scrolls_the_page(base, open_page):
    """What the fingers hold stays below them; a tap twice is the whole song."""
    page = await open_page(viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True)
    await drawn(page, base + PAGE)
    touch = await page.context.new_cdp_session(page)

    async def fingers(kind: str, *points: tuple[float, float], **more: float) -> None:
        at = [{"x": x, "y": y, "id": n} for n, (x, y) in enumerate(points)]
        await touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at, **more})

    (one, two) = await across(page, 0.1, 0.3)
    await fingers("touchStart", one, two)
    for step in (5, 10, 20, 30):
        await fingers("touchMove", (one[0] - step / 2, one[1]), (two[0] + step * 2, two[1]))
    await fingers("touchEnd")
    start, stop = await seen(page)
    assert 40 < stop - start < 0.8 * END
    assert start < 0.1 * END < 0.3 * END < stop
    await expect(page.locator("#at")).to_contain_text("0:00")

    scrolled = await page.evaluate("scrollY")
    await fingers("touchStart", one)
    for step in range(20, 200, 20):
        await fingers("touchMove", (one[0], one[1] - step))
    await fingers("touchEnd")
    await page.wait_for_function("(before) => scrollY > before + 50", arg=scrolled)
    assert await seen(page) == (start, stop)

    (tapped,) = await across(page, 0.2)
    begun = time.time()
    for after in (0.0, 0.1):
        await fingers("touchStart", tapped, timestamp=begun + after)
        await fingers("touchEnd", timestamp=begun + after + 0.02)
    await expect(page.locator("svg.axis")).to_contain_text("3:45")


async def test_an_address_shows_its_stretch_with_and_without_scripts(base, open_page):
    """A link that is sent to others, and one that is loaded anew."""
    for scripts in (True, False):
        page = await open_page(java_script_enabled=scripts)
        await page.goto(f"{base}{PAGE}?t=70&from=60&to=80")
        await expect(page.locator("svg.axis")).to_contain_text("1:20")
        await expect(page.locator(".player .zoom [aria-current]")).to_have_count(0)
        await expect(page.locator(".lanes .playhead line").first).to_have_attribute(
            "x1", re.compile("^50")
        )
        link = page.get_by_role("link", name="The lanes as SVG")
        await expect(link).to_have_attribute("href", re.compile("from=60"))


async def test_the_lanes_are_taken_along_as_png(base, page):
    """Drawn here from the SVG of what is seen; so is what comes back."""
    await drawn(page, f"{base}{PAGE}?from=60&to=80")
    for name, file in (("The lanes as PNG", "lanes.png"), ("PNG", "pitch.png")):
        async with page.expect_download() as waiting:
            await page.get_by_role("link", name=name, exact=True).click()
        download = await waiting.value
        assert download.suggested_filename == file
        assert (await download.path()).read_bytes().startswith(b"\x89PNG")


async def test_back_restores_view_and_scroll(base, page):
    """From another page, to the same place of the same stretch."""
    await drawn(page, f"{base}{PAGE}?from=60&to=80")
    link = page.locator(".walk").get_by_role("link", name="Track")
    await link.scroll_into_view_if_needed()
    before = await page.evaluate("scrollY")
    await link.click()
    await expect(page).to_have_url(re.compile(f"/tracks/{T}$"))
    await page.go_back()
    await expect(page.locator("[data-lanes]")).to_have_attribute("data-drawn", "")

    await expect(page.locator("svg.axis")).to_contain_text("1:20")
    assert before > 200
    await page.wait_for_function("(before) => Math.abs(scrollY - before) < 3", arg=before)


@pytest.mark.parametrize("width", [1280, 320])
async def test_every_lane_has_its_figures(base, open_page, width):
    """Open, they move no other lane out of its place, and fit a telephone."""
    page = await open_page(viewport={"width": width, "height": 900})
    await drawn(page, base + PAGE)
    assert await page.locator(".lanes details").count() == 5
    await page.evaluate(OPEN)

    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    assert await violations(page) == []
    for name in ("loudness", "tempo", "pulse", "notes", "timbre"):
        canvas = page.locator(f"[data-lane={name}] .drawn")
        assert await canvas.get_attribute("aria-label"), name


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("scripts", [True, False])
async def test_a_piece_of_any_kind_is_drawn(open_page, state, scripts):
    """No blank chart, no error, nothing wider than a telephone."""
    odd = Fake()
    odd.answers[f"/v1/tracks/{T}/analysis"] = STATES[state]
    with served(product(odd)) as base:
        page = await open_page(viewport={"width": 320, "height": 700}, java_script_enabled=scripts)
        await page.goto(base + PAGE)
        if scripts:
            if state != "without numbers":
                await expect(page.locator("[data-lanes]")).to_have_attribute("data-drawn", "")
            await page.evaluate(OPEN)
            assert await page.evaluate("document.documentElement.scrollWidth") <= 320
            assert await violations(page) == []
        await expect(page.locator("h1")).to_be_visible()
        for stage in await page.locator(".stage[data-lane]").all():
            assert await stage.locator("> :visible").count() > 0
