"""The lanes with JavaScript: one cursor and one zoom, an address for both, and nothing moves."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.browser.accessibility import violations
from tests.browser.lanes import drawn
from tests.web import music, own, sound
from tests.web.fake import Fake

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

T, OWN, DEMO = music.TRACK, own.OWN, own.DEMO
LANES = ("loudness", "tempo", "pulse", "notes", "timbre")
SHIFT = """() => {
  window.shift = 0;
  const add = (list) => list.getEntries().forEach((each) => (window.shift += each.value));
  new PerformanceObserver(add).observe({ type: "layout-shift", buffered: true });
}"""
PIXELS = """(name) => {
  const canvas = document.querySelector(`[data-lane=${name}] canvas`);
  const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  return [...data].reduce((sum, value, n) => (sum * 31 + value) % 1000003, 7);
}"""


@pytest.fixture(scope="module")
def fake() -> Fake:
    """The API behind the pages; the ids of its analyses are those asked for."""
    fake = Fake()
    for ident in (T, OWN, DEMO):
        fake.answers[f"/v1/tracks/{ident}/analysis"] = sound.analysis(id=ident)
    return fake


async def pictures(page: Page) -> list[int]:
    """A number for what each lane shows."""
    return [await page.evaluate(PIXELS, name) for name in LANES]


async def test_lanes_take_the_place_of_the_drawings(base, page):
    """At the same height, so that nothing on the page moves; and each shows something."""
    await page.add_init_script(f"({SHIFT})()")
    await drawn(page, f"{base}/tracks/{T}/analysis")
    await page.wait_for_timeout(300)

    assert await page.evaluate("window.shift") == 0
    for name in LANES:
        lane = page.locator(f"[data-lane={name}]")
        box = await lane.bounding_box() or {}
        canvas = await lane.locator("canvas").bounding_box() or {}
        assert abs(box["height"] - canvas["height"]) < 1, name
        assert abs(box["width"] - canvas["width"]) < 1, name
        assert await lane.evaluate(
            "(lane) => new Set(new Uint32Array(lane.querySelector('canvas').getContext('2d')"
            ".getImageData(0, 0, 400, 30).data.buffer)).size > 1"
        ), name


async def test_keys_move_the_cursor_of_all_lanes(base, page):
    """The slider says where it is in words, and the address remembers."""
    await drawn(page, f"{base}/tracks/{T}/analysis")
    slider = page.get_by_role("slider", name="Time")
    await slider.focus()
    for _ in range(60):
        await slider.press("ArrowRight")

    says = "1:00 · section 3 of 9, C♯ minor, 72 BPM"
    spoken = "1:00, section 3 of 9, C sharp minor, 72 BPM"
    await expect(slider).to_have_attribute("aria-valuetext", spoken)
    await expect(page.locator("#at")).to_have_text(says)
    heads = page.locator(".lanes .playhead line")
    places = {await head.get_attribute("x1") for head in await heads.all()}
    assert len(places) == 1
    assert float(places.pop().rstrip("%")) == pytest.approx(26.62, abs=0.01)
    await expect(page).to_have_url(re.compile(r"\?t=60$"))
    await slider.press("End")
    await expect(slider).to_have_attribute("aria-valuetext", re.compile("^3:45, section 9 of 9"))
    await expect(page.locator('tr[data-row="9"]')).to_have_attribute("aria-current", "true")


async def test_a_zoom_is_shared_and_back_restores_the_view(base, page):
    """Every lane shows the same stretch; Back and Forward lead through what was seen."""
    await drawn(page, f"{base}/tracks/{T}/analysis?t=60")
    whole = await pictures(page)
    await page.evaluate("window.same = true")
    await page.get_by_role("link", name="8 s").click()

    await expect(page).to_have_url(re.compile(r"t=60&zoom=8"))
    await expect(page.get_by_role("link", name="8 s")).to_have_attribute("aria-current", "true")
    await expect(page.locator("svg.axis")).to_contain_text("0:58")
    await expect(page.locator(".lanes .playhead line").first).to_have_attribute("x1", "50%")
    close = await pictures(page)
    assert all(a != b for a, b in zip(whole, close, strict=True))

    await page.get_by_role("link", name="Section", exact=True).click()
    await expect(page.locator("svg.sec a")).to_have_count(1)
    await page.go_back()
    await expect(page.locator("svg.axis")).to_contain_text("0:58")
    await page.go_back()
    await expect(page.locator("svg.axis")).to_contain_text("3:00")
    assert await pictures(page) == whole
    assert await page.evaluate("window.same")
    await page.go_forward()
    await expect(page.locator("svg.axis")).to_contain_text("0:58")


async def test_a_section_is_gone_to_and_told_closely(base, page):
    """From the lane and from the table; its row is marked, and Back takes both away."""
    await drawn(page, f"{base}/tracks/{T}/analysis")
    await page.evaluate("window.same = true")
    await page.locator("svg.sec a").nth(3).click()

    await expect(page).to_have_url(re.compile(r"\?section=4$"))
    await expect(page.get_by_role("heading", name="Section 4 of 9")).to_be_visible()
    await expect(page.locator('tr[data-row="4"]')).to_have_attribute("aria-current", "true")
    await expect(page.locator('[data-section="4"]')).to_have_class("on")
    await expect(page.locator("#at")).to_contain_text("section 4 of 9")

    link = page.get_by_role("link", name="go to section 6")
    await link.focus()
    await link.press("Enter")
    await expect(page.get_by_role("heading", name="Section 6 of 9")).to_be_visible()
    await expect(page.get_by_role("link", name="go to section 6")).to_be_focused()
    assert await violations(page) == []

    await page.go_back()
    await expect(page.get_by_role("heading", name="Section 4 of 9")).to_be_visible()
    await page.go_back()
    await expect(page.get_by_role("heading", name="of 9")).to_have_count(0)
    await expect(page.locator("#at")).to_contain_text("0:00")
    assert await page.evaluate("window.same"), "the page was loaded anew, and the music stopped"


async def test_what_was_seen_is_there_after_another_page(base, page):
    """Back from the track shows the section and the zoom again."""
    await drawn(page, f"{base}/tracks/{T}/analysis")
    await page.locator("svg.sec a").nth(2).click()
    await page.get_by_role("link", name="Section", exact=True).click()
    await page.locator(".kind").get_by_role("link", name="Lanterns").click()
    await expect(page).to_have_url(f"{base}/tracks/{T}")
    await page.go_back()

    await expect(page.get_by_role("heading", name="Section 3 of 9")).to_be_visible()
    await expect(page.locator("svg.axis")).to_contain_text("1:00")
    await expect(page.locator("[data-lanes]")).to_have_attribute("data-drawn", "")


async def test_what_is_brought_anew_starts_anew(base, page):
    """The page may be replaced in place by htmx; its lanes begin again, with one cursor."""
    await drawn(page, f"{base}/tracks/{T}/analysis")
    await page.evaluate(
        "async () => { document.body.innerHTML = new DOMParser()"
        ".parseFromString(await (await fetch(location)).text(), 'text/html').body.innerHTML;"
        "document.dispatchEvent(new CustomEvent('htmx:after:settle')); }"
    )
    await expect(page.locator("[data-lanes]")).to_have_attribute("data-drawn", "")
    await expect(page.locator("[data-lane=notes] canvas")).to_have_count(1)
    await page.get_by_role("link", name="8 s").click()
    await expect(page.locator("svg.axis")).to_contain_text("0:08")
    await page.go_back()
    await expect(page.locator("svg.axis")).to_contain_text("3:45")


async def test_a_file_at_hand_is_played_in_step(base, page, tmp_path):
    """It is not sent anywhere; the lanes of a track of others follow it."""
    song = tmp_path / "mine.wav"
    song.write_bytes(own.tone(6))
    await drawn(page, f"{base}/tracks/{T}/analysis")
    await expect(page.get_by_role("button", name="Play", exact=True)).to_be_hidden()
    sent = []
    page.on("request", lambda request: sent.append(request.method))
    await page.get_by_label("Play your own file").set_input_files(song)
    await page.evaluate("audio.muted = true")
    await page.get_by_role("button", name="Play", exact=True).click()

    await expect(page.locator("#at")).to_contain_text(re.compile("0:0[1-5]"))
    await page.get_by_role("button", name="Pause").click()
    await expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    assert "POST" not in sent


async def test_a_file_nobody_can_play_leaves_the_lanes(base, page, tmp_path):
    """And says so."""
    words = tmp_path / "words.wav"
    words.write_text("not music")
    await drawn(page, f"{base}/tracks/{T}/analysis")
    await page.get_by_label("Play your own file").set_input_files(words)
    await expect(page.get_by_text("This browser cannot play this kind of file")).to_be_visible()


async def test_where_the_numbers_do_not_come_the_drawings_stay(base, page, faults):
    """And every link of theirs leads to a page that has what it promises."""
    faults.forgive("status of 503")
    await page.route("**/*view=columns", lambda route: route.fulfill(status=503))
    await page.goto(f"{base}/tracks/{T}/analysis")
    await page.get_by_role("link", name="8 s").click()

    await expect(page).to_have_url(f"{base}/tracks/{T}/analysis?zoom=8")
    await expect(page.locator("svg.loud")).to_be_visible()
    await page.locator("svg.sec a").first.click()
    await expect(page.get_by_role("heading", name="Section 1 of 9")).to_be_visible()


async def test_what_comes_back_is_switched_in_place(base, page):
    """By notes or by colour, without leaving what is seen."""
    await drawn(page, f"{base}/tracks/{T}/analysis?section=2")
    await page.get_by_role("link", name="By its colour").click()

    await expect(page.locator("#repetition img")).to_have_attribute("src", re.compile("timbre"))
    await expect(page).to_have_url(f"{base}/tracks/{T}/analysis?section=2")
    await expect(page.locator("[data-lane=notes] canvas")).to_have_count(1)


async def test_lanes_follow_the_theme(base, page):
    """Light or dark, silence is as blank as the ground."""
    await page.emulate_media(color_scheme="light")
    await drawn(page, f"{base}/tracks/{DEMO}/analysis")
    light = await pictures(page)
    await page.emulate_media(color_scheme="dark")
    await page.wait_for_timeout(200)
    assert all(a != b for a, b in zip(light, await pictures(page), strict=True))


async def test_paper_has_the_drawings(base, page):
    """A canvas of a dark screen is not for paper."""
    await drawn(page, f"{base}/tracks/{T}/analysis")
    await expect(page.locator("svg.loud")).to_be_hidden()
    await page.emulate_media(media="print")
    await expect(page.locator("svg.loud")).to_be_visible()
    await expect(page.locator("[data-lane=loudness] canvas")).to_be_hidden()
    await expect(page.get_by_text("Data table")).to_have_count(7)
    assert not [
        table for table in await page.get_by_text("Data table").all() if await table.is_visible()
    ]
