"""An own file in the real product: sent, analysed, played in step with its lanes."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from api.schemas.provenance import SourceName
from api.settings import Settings
from tests.browser.accessibility import nothing_sticks_out, violations
from tests.browser.serving import served
from tests.sampling import sampled
from tests.web import own
from web.app import create_app

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(240),  # a worker starts, and several files are analysed
]
SECONDS = 8
PATIENCE_MS = 90_000
SONG = '.kind a[href^="/tracks/"]'  # from its analysis


@pytest.fixture(scope="module")
def base(tmp_path_factory) -> Iterator[str]:
    """The address of the product: a worker, the demo label, own files as the only source."""
    folder = tmp_path_factory.mktemp("own")
    sources = (SourceName.LIBRARY,)
    settings = Settings(_env_file=None, data_dir=folder, sources=sources)
    with served(create_app(settings)) as address:
        yield address


@pytest.fixture(scope="module")
def song(tmp_path_factory) -> Path:
    """Clicks at 120 BPM over a low tone."""
    path = tmp_path_factory.mktemp("songs") / "kitchen sketch.wav"
    path.write_bytes(own.tone(SECONDS))
    return path


async def send(page: Page, base: str, song: Path) -> None:
    """Choose the file on the start page and send it."""
    await page.goto(base)
    await page.get_by_label("drop a song here").set_input_files(song)
    await page.get_by_role("button", name="Analyse it").click()


async def analysed(page: Page, base: str, song: Path) -> str:
    """The address of the track, once it is analysed."""
    await send(page, base, song)
    await expect(page).to_have_url(re.compile("/tracks/own_"), timeout=PATIENCE_MS)
    return page.url


@pytest.mark.parametrize("width", sampled([320, 1280], 2))
async def test_a_newcomer_is_led_through_the_demo_label(base, open_page, width):
    """From the start page to a piece, what its composer wrote, its lanes, and its artist."""
    page = await open_page(viewport={"width": width, "height": 900})
    await page.goto(base)
    await page.get_by_text("Listen first: the demo label").click()
    assert await page.locator(".label > li").count() >= 4
    for place in (".label li li a", SONG, ".by a"):
        if place == SONG:
            await whole(page)
            await expect(page.locator("#composer")).to_contain_text("The composer wrote")
            await page.get_by_role("link", name="Open the analysis").click()
            await expect(page.get_by_text("As written", exact=True)).to_be_visible()
        await whole(page)
        await page.locator(place).first.click()
    await expect(page.locator("#related")).to_contain_text("Found by sound alone")
    await whole(page)


async def whole(page: Page) -> None:
    """Nothing is still loading, nothing stands in anybody's way, nothing sticks out."""
    await expect(page.locator(".waiting, .more")).to_have_count(0, timeout=PATIENCE_MS)
    assert await violations(page) == []
    await nothing_sticks_out(page)


async def test_a_file_is_followed_to_its_analysis_and_played(base, page, tmp_path):
    """Sent, watched, led to the track; then the cursor goes with the music over all lanes."""
    new = tmp_path / "kitchen sketch.wav"
    new.write_bytes(own.tone(SECONDS + 3))
    await send(page, base, new)
    await expect(page).to_have_url(re.compile("/jobs/"), timeout=PATIENCE_MS)
    await expect(page).to_have_url(re.compile("/tracks/own_"), timeout=PATIENCE_MS)
    await expect(page.get_by_role("heading", name="kitchen sketch")).to_be_visible()
    await whole(page)

    await page.get_by_role("link", name="Open the analysis").click()
    head = page.locator(".playhead line").first
    await expect(head).to_have_attribute("x1", "0.0%")
    await page.evaluate("audio.muted = true")
    await page.get_by_role("button", name="Play").click()
    await expect(head).not_to_have_attribute("x1", re.compile("^0(\\.0)?%$"))
    await expect(page.locator("#at")).to_contain_text(re.compile("0:0[1-8]"))
    await page.evaluate("audio.pause()")
    assert await violations(page) == []


async def test_lanes_and_links_lead_the_music(base, song, page):
    """A click on a lane, a link to a section, and the keys all put the audio there."""
    await page.goto(f"{await analysed(page, base, song)}/analysis")
    await expect(page.locator("[data-lanes]")).to_have_attribute("data-drawn", "")
    lane = page.locator("[data-lane=loudness]")
    width = (await lane.bounding_box() or {})["width"]
    await lane.click(position={"x": width / 2, "y": 10})
    await expect(page.locator("#at")).to_contain_text("0:04")
    assert abs(await page.evaluate("audio.currentTime") - SECONDS / 2) < 0.1

    await page.locator("tr[data-row] a").last.click()
    assert "?section=" in page.url
    slider = page.get_by_role("slider", name="Time")
    await slider.focus()
    await slider.press("End")
    await expect(slider).to_have_attribute("aria-valuetext", re.compile("^0:0[78]"))
    assert await page.evaluate("audio.currentTime") > SECONDS - 1.5


async def test_less_motion_still_keeps_step(base, song, open_page):
    """Whoever wants less motion gets the cursor a few times a second, not on every frame."""
    page = await open_page(reduced_motion="reduce")
    await page.goto(f"{await analysed(page, base, song)}/analysis")
    await page.evaluate("audio.muted = true; audio.play()")
    await expect(page.locator("#at")).to_contain_text(re.compile("0:0[1-8]"))


async def test_a_file_is_analysed_without_javascript(base, song, open_page, tmp_path):
    """The same forms and links: the job reloads itself, the track and its lanes are pages."""
    other = tmp_path / "other.wav"
    other.write_bytes(own.tone(SECONDS + 1))
    page = await open_page(java_script_enabled=False)
    await send(page, base, other)
    await expect(page).to_have_url(re.compile("/jobs/"))
    await expect(page.get_by_role("heading", name="Analysed")).to_be_visible(timeout=PATIENCE_MS)
    await page.get_by_role("link", name="See what was heard").click()
    await page.get_by_role("link", name="Show what happens when").click()
    await page.get_by_role("link", name="Open the analysis").click()

    await expect(page.get_by_role("heading", name="Second by second")).to_be_visible()
    await expect(page.locator("audio")).to_have_attribute("src", re.compile("/audio#t=0"))
    await page.goto(f"{page.url}?t=4.5")
    await expect(page.locator(".playhead line").first).to_have_attribute("x1", "50.0%")


@pytest.mark.parametrize("javascript", [True, False])
async def test_a_wrong_file_is_refused_at_its_field(base, open_page, faults, tmp_path, javascript):
    """With the reason; what was typed stays where a script sends the form."""
    faults.forgive("status of 415")
    text = tmp_path / "notes.wav"
    text.write_text("These are words. " * 100)
    page = await open_page(java_script_enabled=javascript)
    await page.goto(f"{base}/upload")
    await page.get_by_text("Title, artist, ISRC").click()
    await page.get_by_label("Title", exact=True).fill("Sea")
    await page.get_by_label("drop a song here").set_input_files(text)
    await page.get_by_role("button", name="Analyse it").click()

    await expect(page.get_by_role("alert")).to_contain_text("Not an audio file we can read")
    if javascript:
        await expect(page.get_by_label("Title", exact=True)).to_have_value("Sea")
        assert await violations(page) == []


async def test_a_file_is_dropped(base, song, page):
    """Dropping is choosing; a file that is too large is told at once."""
    await page.goto(f"{base}/upload")
    drop = """([name, bytes]) => {
      const data = new DataTransfer();
      data.items.add(new File([new Uint8Array(bytes)], name));
      const target = document.querySelector(".drop");
      for (const kind of ["dragover", "drop"])
        target.dispatchEvent(new DragEvent(kind, { dataTransfer: data, bubbles: true }));
    }"""
    await page.evaluate(drop, ["dropped.wav", 1 << 21])
    await expect(page.locator("[data-chosen]")).to_have_text("dropped.wav, 2.0 MB")
    await page.evaluate(drop, ["long.wav", 61 << 20])
    await expect(page.get_by_role("alert")).to_contain_text("This file has 61.0 MB; 60 MB can be")
    await page.get_by_role("button", name="Analyse it").click()
    await expect(page).to_have_url(f"{base}/upload")


async def test_a_file_can_be_deleted(base, page, tmp_path):
    """From its page, after a question; the library no longer has it."""
    gone = tmp_path / "gone.wav"
    gone.write_bytes(own.tone(SECONDS + 2))
    await analysed(page, base, gone)
    await page.get_by_role("link", name="Delete the file").click()
    await page.get_by_role("button", name="Delete it").click()
    await expect(page).to_have_url(f"{base}/library")
    await expect(page.get_by_text("gone", exact=True)).to_have_count(0)


async def test_a_collection_is_made_of_a_list(base, page):
    """What was taken, what was not, and why; then it is a playlist."""
    await page.goto(f"{base}/library")
    await page.get_by_role("link", name="Make a list").click()
    await page.get_by_label("What the list is called").fill("Night drive")
    lines = page.get_by_label("One link, id or ISRC a line")
    await lines.fill("spotify:track:11dFghVXANMlKmJXsNCbNl\nx y")
    await page.get_by_role("button", name="Describe these tracks").click()

    await expect(page.get_by_role("heading", name="is made")).to_be_visible()
    await expect(page.get_by_role("table")).to_contain_text("x y")
    assert await violations(page) == []
    await page.get_by_role("link", name="Open it").click()
    await expect(page.get_by_role("heading", name="Night drive")).to_be_visible()
