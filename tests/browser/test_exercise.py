"""The article's exercise, walked from its first step to its last by links and buttons alone."""

import itertools
import re
from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from api.http.examples import INVENTED
from tests.browser.accessibility import violations
from tests.browser.serving import served
from tests.routes.product import open_blocks, settings_of
from tests.sampling import sampled
from tests.sandbox import Sandbox
from tests.web import own
from web.app import create_app

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]  # a file is analysed
PATIENCE_MS = 60_000
STEPS = ("Artist", "Track", "Analysis", "Playlist", "Compare", "Write down")


class Settings(NamedTuple):
    """One walk: over which world, how wide, in which light, with or without scripts."""

    world: str
    width: int
    scheme: str
    scripts: bool


WORLDS = ("label", "extended", "new-dev", "nothing")
WIDTHS = (1280, 390, 320)
WALKS = [  # every pair of settings at least once
    Settings(world, width, ("light", "dark")[(at + turn) % 2], (at + turn // 2 + turn) % 2 == 0)
    for at, world in enumerate(WORLDS)
    for turn, width in enumerate(WIDTHS)
]


def test_every_pair_of_settings_is_walked_once():
    """Twelve walks stand for all of them."""
    for one, other in itertools.combinations(Settings._fields, 2):
        walked = {(getattr(walk, one), getattr(walk, other)) for walk in WALKS}
        chosen = [{getattr(walk, each) for walk in WALKS} for each in (one, other)]
        assert walked == set(itertools.product(*chosen)), (one, other)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def worlds(tmp_path_factory) -> AsyncIterator[dict[str, str]]:
    """The address of the product in each world."""
    async with Sandbox() as extended, Sandbox(app_class="new-dev") as new:
        known: dict[str, tuple[Sandbox | None, dict[str, Any]]] = {
            "label": (None, {"demo": True}),
            "extended": (extended, {}),
            "new-dev": (new, open_blocks(new)),
            "nothing": (None, {"offline": True, "worker": True, "sources": ("library",)}),
        }
        folder = tmp_path_factory.mktemp("worlds")
        with ExitStack() as stack:
            yield {
                world: stack.enter_context(
                    served(create_app(settings_of(sandbox, folder / world, **more)))
                )
                for world, (sandbox, more) in known.items()
            }


@pytest.fixture(scope="module")
def song(tmp_path_factory) -> Path:
    """A file of somebody's own."""
    path = tmp_path_factory.mktemp("songs") / "kitchen sketch.wav"
    path.write_bytes(own.tone(8))
    return path


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("walk", sampled(WALKS, 3), ids=str)
async def test_the_exercise_is_walked_from_the_start_to_a_sheet_of_paper(
    worlds, song, open_page, faults, walk
):
    """Each page leads to the next; nothing is a dead end, also where a source is closed."""
    faults.forgive("Failed to load resource")  # a page bears the status of what nobody here knows
    page = await open_page(
        viewport={"width": walk.width, "height": 900},
        color_scheme=walk.scheme,
        java_script_enabled=walk.scripts,
    )
    await set_out(page, worlds[walk.world], walk.world, song)
    for number, name in enumerate(STEPS[:-1], 1):
        await arrived(page, number, name, walk)
        await go_on(page, worlds[walk.world])
    await arrived(page, len(STEPS), STEPS[-1], walk)
    await write_down(page, walk)


async def set_out(page: Page, base: str, world: str, song: Path) -> None:
    """From the start page to an artist: by the exercise, by a link, or by a file of one's own."""
    await page.goto(base)
    match world:
        case "label":
            await page.get_by_role("link", name="1. The artist").click()
        case "nothing":
            await page.get_by_label("drop a song here").set_input_files(song)
            await page.get_by_role("button", name="Analyse it").click()
            await expect(page).to_have_url(re.compile("/jobs/|/tracks/"), timeout=PATIENCE_MS)
            while "/jobs/" in page.url:
                await page.wait_for_timeout(500)
                done = page.get_by_role("link", name="See what was heard")
                if await done.count():
                    await done.click()
            await page.wait_for_load_state()  # until the stylesheet is there, links move
            await page.locator(".walk").get_by_role("link", name="Artist", exact=True).click()
        case _:
            await page.get_by_label("Paste a Spotify link").fill(
                f"https://open.spotify.com/artist/{INVENTED.artist_id}?si=x"
            )
            await page.get_by_role("button", name="Look up").click()


async def arrived(page: Page, number: int, name: str, walk: Settings) -> None:
    """Where the foot of the page says one is; all has come, nothing sticks out or is in the way."""
    if walk.scripts:
        await expect(page.locator(".waiting, .more")).to_have_count(0, timeout=PATIENCE_MS)
    await expect(page.locator("#walk")).to_have_text(
        f"The exercise: you are at step {number} of {len(STEPS)}"
    )
    await expect(page.locator(".walk [aria-current]")).to_have_text(name)
    await page.wait_for_load_state()  # what is measured before the stylesheet is there nobody sees
    assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    if walk.scripts and walk.width == WIDTHS[0]:
        assert await violations(page) == []


async def go_on(page: Page, base: str) -> None:
    """By the one filled button at the foot; where it leads to a choice, as anybody would choose."""
    before = page.url
    await page.locator(".walk .button:not(.plain)").click()
    await page.wait_for_url(lambda address: address != before)
    if page.url.startswith(f"{base}/search"):  # a top track that nobody has an id of
        await page.locator("main a[href^='/tracks/']").first.click()
    elif page.url.startswith(f"{base}/playlists?track="):
        lists = page.locator("main a[href^='/playlists/']")
        if await lists.count():
            await lists.first.click()
    elif page.url.startswith(f"{base}/worksheets/new"):
        await page.get_by_role("button", name="Freeze it, and write").click()
    await page.wait_for_load_state()


async def write_down(page: Page, walk: Settings) -> None:
    """A note is kept, and what is printed fits on three sheets."""
    note = page.locator("main textarea").first
    await note.fill("Nobody hears the second voice.")
    await page.get_by_role("button", name="Save").first.click()
    await page.wait_for_load_state()
    await page.reload()
    await expect(page.locator("main textarea").first).to_have_value(
        "Nobody hears the second voice."
    )
    paper = await page.pdf(format="A4")
    assert 1 <= paper.count(b"/Type /Page\n") + paper.count(b"/Type /Page ") <= 3, walk
