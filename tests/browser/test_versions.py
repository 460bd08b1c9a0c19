"""Having songs heard again by a newer analyser, in Chromium: with and without JavaScript."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.accessibility import nothing_sticks_out, violations
from tests.web import own
from tests.web.fake import Fake

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
FILE = f"/v1/library/tracks/{own.OWN}"


@pytest.fixture(scope="module")
def fake() -> Fake:
    """A song that version 2 has heard, in a library of twelve such, where version 3 is here."""
    kept = (own.kept(own.OWN, 2), own.kept(own.OWN, 1))
    return Fake({FILE: own.outdated(analyses=kept), "/v1/library/analyses": own.renewal(12)})


@pytest.mark.parametrize("script", [True, False], ids=["with", "without"])
@pytest.mark.parametrize("width", [320, 1280])
async def test_a_song_is_heard_again_by_one_button(base, open_page, script, width):
    """From its page; what follows is its job."""
    page = await open_page(viewport={"width": width, "height": 900}, java_script_enabled=script)
    await page.goto(f"{base}/tracks/{own.OWN}")
    if script:
        assert await violations(page) == []
        await nothing_sticks_out(page)

    await page.get_by_role("button", name="Analyse again").click()

    await expect(page).to_have_url(re.compile(f"/jobs/{own.JOB}$"))


async def test_the_whole_library_is_heard_again_by_one_button(base, fake, page):
    """It stays the page that it was."""
    await page.goto(f"{base}/library")
    await page.get_by_role("button", name="Analyse them again").click()

    await expect(page).to_have_url(f"{base}/library")
    assert "POST /v1/library/analyses" in fake.asked


async def test_versions_stand_side_by_side_on_a_phone(base, open_page):
    """The table scrolls, and the page does not."""
    page = await open_page(viewport={"width": 320, "height": 900})
    await page.goto(f"{base}/library/{own.OWN}/versions")

    await nothing_sticks_out(page)
    assert await violations(page) == []
