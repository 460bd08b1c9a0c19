"""What no page may do, whatever its music is called: widen it, join words, skip a heading.

One test over all pages for each kind of complaint, because the next case of it is on another page.
"""

import itertools
import re
from collections.abc import Iterator

import pytest
from playwright.async_api import expect

from tests.browser.test_hostile_texts import MORE_PAGES, PANELS
from tests.browser.test_pages import PAGES
from tests.sampling import sampled
from tests.web.fake import Fake, as_it_is
from tests.web.pages.test_any_page import OURS
from tests.web.wording import Wording
from web.pages import panel, playlists, trail

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(120),
]

LONG, FROM_RIGHT = "W" * 136, "\N{HEBREW LETTER SHIN}\N{HEBREW LETTER LAMED}" * 20
EMOJI = "\N{MUSICAL KEYBOARD}" * 40
ADDRESSES = list(dict.fromkeys([*PAGES.values(), *MORE_PAGES, *PANELS]))
NARROW = {"viewport": {"width": 320, "height": 700}}
OPEN_ALL = "document.querySelectorAll('details').forEach(each => each.open = true)"
LEVELS = "[...document.querySelectorAll('h1, h2, h3, h4')].map(each => +each.tagName[1])"
TOO_WIDE = "document.documentElement.scrollWidth - innerWidth"
JOINED = re.compile(r"[a-z0-9.,;:)”’!?][A-Z][a-z]{2,}")
ONE_WORD = re.compile(r"[A-Z][a-z]+(?:[A-Z][A-Za-z]+)+|[\w%.:/?=&-]{16,}")  # a name, an address


@pytest.fixture(autouse=True)
def _patience(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """However busy the machine is, what a page waits for stands in it."""
    for patient in (panel, playlists, trail):
        monkeypatch.setattr(patient, "PATIENCE_S", 30.0)
    yield
    fake.worded = as_it_is


@pytest.mark.parametrize("path", sampled(ADDRESSES, 12))
async def test_no_name_widens_a_page(base, open_page, faults, fake, path):
    """136 letters without a break, right to left, emoji; at 320 px, with all folds open."""
    faults.forgive("Failed to load resource")
    fake.worded = wording = Wording((LONG, FROM_RIGHT, EMOJI), at_once=3)
    wording.kept = wording.kept | OURS
    page = await open_page(**NARROW)
    await page.goto(base + path)
    await expect(page.locator(".waiting, .more")).to_have_count(0)
    await page.evaluate(OPEN_ALL)

    assert await page.evaluate(TOO_WIDE) <= 0


@pytest.mark.parametrize("path", sampled(ADDRESSES, 12))
async def test_headings_go_down_by_one_and_words_stand_apart(base, open_page, faults, path):
    """No h3 before its h2; no word sticks to the one before, also in what is folded."""
    faults.forgive("Failed to load resource")
    page = await open_page(**NARROW)
    await page.goto(base + path)
    await expect(page.locator(".waiting, .more")).to_have_count(0)
    await page.evaluate(OPEN_ALL)

    levels = await page.evaluate(LEVELS)
    assert levels[0] == 1
    assert [pair for pair in itertools.pairwise(levels) if pair[1] - pair[0] > 1] == []
    said = ONE_WORD.sub("", await page.locator("main").inner_text())
    assert JOINED.findall(said) == []
