"""One headless Chromium for all browser tests; a fresh, watched context for each."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright

from tests.browser.faults import Faults
from tests.browser.serving import served
from tests.sampling import CI
from tests.web.fake import Fake, product

SHELL = "/usr/bin/chromium-headless-shell"  # has no windows, and takes half of the time
CHROMIUM = os.environ.get("CHROMIUM") or (SHELL if Path(SHELL).exists() else "/usr/bin/chromium")
QUIET = [  # no look-ups, updates or sign-in of its own
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

OpenPage = Callable[..., Awaitable[Page]]


def obstacle() -> str | None:
    """Why there can be no browser on this machine; None where there can."""
    if not Path(CHROMIUM).exists():
        return f"no Chromium at {CHROMIUM}; apt-get install chromium, or set CHROMIUM"
    driver = subprocess.run(  # fixed arguments
        [sys.executable, "-m", "playwright", "--version"],
        capture_output=True,
        text=True,
        check=False,
    )
    return None if driver.returncode == 0 else f"Playwright does not start: {driver.stderr.strip()}"


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """Debian's Chromium: skipped where there can be none, except on CI."""
    if reason := obstacle():
        verdict = pytest.fail if CI else pytest.skip
        verdict(reason)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        await browser.close()


@pytest.fixture(scope="module")
def fake() -> Fake:
    """The API behind the pages."""
    return Fake()


@pytest.fixture(scope="module")
def base(fake: Fake) -> Iterator[str]:
    """The address of the pages."""
    with served(product(fake)) as address:
        yield address


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
