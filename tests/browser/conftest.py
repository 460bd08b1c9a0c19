"""One headless Chromium for all browser tests; a fresh, watched context for each."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright

from tests.browser.faults import Faults

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
PRESENT = Path(CHROMIUM).exists()
QUIET = [  # no look-ups, updates or sign-in of its own
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

OpenPage = Callable[..., Awaitable[Page]]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """Debian's Chromium: skipped where there is none, except on CI."""
    if not PRESENT:
        verdict = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        verdict(f"no Chromium at {CHROMIUM}; apt-get install chromium, or set CHROMIUM")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        await browser.close()


@pytest.fixture
def faults() -> Faults:
    """Everything the test's pages did wrong; checked when the test ends."""
    return Faults()


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(chromium: Browser, faults: Faults) -> AsyncIterator[OpenPage]:
    """Pages in contexts of their own, each with the browser options its test asks for."""
    contexts = []

    async def open_one(**options: Any) -> Page:
        context = await chromium.new_context(**options)
        contexts.append(context)
        await faults.watch(context)
        return await context.new_page()

    yield open_one
    for context in contexts:
        await context.close()
    assert faults.unforgiven == []


@pytest_asyncio.fixture(loop_scope="session")
async def page(open_page: OpenPage) -> Page:
    """A page as most people have it."""
    return await open_page()
