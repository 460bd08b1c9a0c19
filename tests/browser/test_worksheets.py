"""A worksheet in Chromium: typed in, saved as one goes, in two windows, on paper, as a picture."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Page, expect

from api.http.examples import of_the_label
from tests.browser.accessibility import violations
from tests.browser.serving import served
from tests.routes.product import settings_of
from web.app import create_app

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
LABEL = of_the_label()
ABOUT = [
    f"{kind}:{ident}"
    for kind, ident in (
        ("artist", LABEL.artist_id),
        ("track", LABEL.track_id),
        ("analysis", LABEL.track_id),
        ("playlist", LABEL.playlist_id),
    )
]
PNG = b"\x89PNG\r\n\x1a\n"
MOST_PAGES = 3


@pytest.fixture(scope="module")
def base(tmp_path_factory) -> Iterator[str]:
    """The address of the whole product with the demo label."""
    folder = tmp_path_factory.mktemp("worksheets")
    with served(create_app(settings_of(None, folder, demo=True))) as address:
        yield address


def begun(base: str, *about: str) -> str:
    """The address of a new worksheet."""
    body = {"name": "Escalator Kiss, as machines hear it", "about": [*(about or ABOUT)]}
    made = httpx.post(f"{base}/v1/worksheets", json=body, trust_env=False)
    assert made.status_code == 201
    return f"/worksheets/{made.json()['id']}"


async def write(page: Page, note: str, *, says: str) -> None:
    """Type under the first question, and wait for what the sheet says of saving it."""
    await page.locator("textarea").first.fill(note)
    await expect(page.locator("[data-saved]")).to_contain_text(says)


def notes(base: str, path: str) -> list[str]:
    """What stands under its questions."""
    told = httpx.get(f"{base}/v1{path}", trust_env=False).json()
    return [one["note"] for one in told["answers"]]


def fill(base: str, path: str) -> int:
    """Write a long note under every question; how many there are."""
    answers = httpx.get(f"{base}/v1{path}", trust_env=False).json()["answers"]
    words = ("I call it electronic, they hear felt. " * 110)[:3_990]
    said = [
        {"about": one["about"], "prompt": one["prompt"], "note": f"{words} END{at}"}
        for at, one in enumerate(answers)
    ]
    headers = {"If-Match": "*"}
    httpx.patch(f"{base}/v1{path}", json={"answers": said}, headers=headers, trust_env=False)
    return len(answers)


def beginning(path: Path) -> bytes:
    """The first bytes of a file."""
    return path.read_bytes()[: len(PNG)]


async def opened(page: Page, base: str, path: str) -> None:
    """Open it, and wait until it was asked what has changed."""
    await page.goto(base + path)
    await expect(page.locator("#today")).to_contain_text("Nothing has changed")


async def test_the_exercise_ends_on_a_worksheet_without_a_script(base, open_page):
    """Begun with the address of a track, written in, saved, printed."""
    page = await open_page(java_script_enabled=False)
    await page.goto(f"{base}/worksheets")
    await page.get_by_label("Paste the link").fill(f"{base}/tracks/{LABEL.track_id}")
    await page.get_by_role("button", name="Begin").click()
    await page.get_by_role("button", name="Freeze it, and write").click()
    await expect(page).to_have_url(re.compile("/worksheets/wks_"))

    await page.get_by_label("Does this match how you would describe the song?").last.fill("Yes.")
    await page.get_by_role("button", name="Save", exact=True).click()
    await page.get_by_role("link", name="See whether anything has changed").click()
    await expect(page.get_by_text("Nothing has changed since it was frozen")).to_be_visible()
    await page.locator(".walk").get_by_role("link", name="Print one sheet").click()
    await expect(page.locator(".lines", has_text="Yes.")).to_be_visible()


async def test_saving_takes_nothing_out_of_anybody_s_hands(base, page):
    """The line says so; the caret stays where it is, and so does what is typed meanwhile."""
    path = begun(base, ABOUT[1])
    await opened(page, base, path)
    note = page.locator("textarea").first
    await note.press_sequentially("One. ")
    await expect(page.locator("[data-saved]")).to_have_text("Not saved yet …")
    async with page.expect_response("**/note"):
        pass
    await note.press_sequentially("Two.")
    await expect(page.locator("[data-saved]")).to_contain_text("Saved ")

    await expect(note).to_be_focused()
    await expect(note).to_have_value("One. Two.")
    assert notes(base, path) == ["One. Two."]
    await page.get_by_label("Surprised").check()
    await expect(page.get_by_label("No mark")).to_be_visible()
    await expect(page.locator("[data-saved]")).to_contain_text("Saved ")
    assert await violations(page) == []


async def test_what_was_typed_last_is_saved_before_the_page_is_left(base, page):
    """However soon that is."""
    path = begun(base, ABOUT[1])
    await opened(page, base, path)
    await page.locator("textarea").first.press_sequentially("Just now")
    await page.goto(f"{base}/worksheets")
    await page.wait_for_timeout(300)

    assert notes(base, path) == ["Just now"]


async def test_what_is_typed_offline_is_saved_once_the_server_answers(base, page, faults):
    """It is said meanwhile, and nobody leaves without being asked."""
    faults.forgive("net::ERR_INTERNET_DISCONNECTED")
    faults.forgive("htmx:error")
    faults.forgive("dialog: ")
    path = begun(base, ABOUT[1])
    await opened(page, base, path)
    await page.context.set_offline(True)
    await page.locator("textarea").first.press_sequentially("Off the line")
    await expect(page.locator("[data-saved]")).to_contain_text("this server does not answer")
    await page.evaluate("location.assign('/worksheets')")
    await expect(page.locator("textarea").first).to_have_value("Off the line")
    await page.context.set_offline(False)
    await expect(page.locator("[data-saved]")).to_contain_text("Saved ", timeout=15_000)

    assert any(fault.startswith("dialog: ") for fault in faults.found)
    assert notes(base, path) == ["Off the line"]


@pytest.mark.parametrize("status", [403, 502])
async def test_an_answer_that_is_none_of_ours_takes_nothing_away(base, page, faults, status):
    """What the form goes on from stays, so that the next saving is a real one."""
    faults.forgive(f"status of {status}")
    path = begun(base, ABOUT[1])
    await opened(page, base, path)
    stood = await page.locator("#saved input[type=hidden]").count()
    await page.route("**/note", lambda route: route.fulfill(status=status, body="{}"))
    await write(page, "Mine", says="took nothing of it")
    assert await page.locator("#saved input[type=hidden]").count() == stood
    await page.unroute("**/note")
    await write(page, "Mine still", says="Saved ")

    assert notes(base, path) == ["Mine still"]


async def test_who_has_signed_in_again_elsewhere_goes_on_writing(base, page, faults):
    """The page is asked anew for what their sign-in wants to be sent, once and silently."""
    faults.forgive("status of 403")
    path = begun(base, ABOUT[1])
    await opened(page, base, path)
    field = '<form data-sheet><input type="hidden" name="csrf_token" value="of-now"></form>'

    async def strict(route):
        if "csrf_token=of-now" in (route.request.post_data or ""):
            await route.continue_()
        else:
            await route.fulfill(status=403, body="{}")

    await page.route("**/note", strict)
    await page.route(f"**{path}", lambda route: route.fulfill(body=field))
    await write(page, "Mine", says="Saved ")

    assert notes(base, path) == ["Mine"]


async def test_a_long_text_is_never_cut_without_a_word(base, page, faults):
    """A hundred thousand letters are pasted: they stay, and what is too much is told."""
    faults.forgive("status of 422")
    path = begun(base, ABOUT[1])
    await opened(page, base, path)
    note = page.locator("textarea").first
    await note.fill("x" * 100_000)
    await expect(page.locator("[data-saved]")).to_contain_text("stand 100,000 letters")
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.get_by_role("alert")).to_contain_text("stand 100,000 letters")

    assert len(await note.input_value()) == 100_000
    assert await violations(page) == []
    await note.fill("Shorter")
    await expect(page.locator("[data-saved]")).to_contain_text("Saved ")
    assert notes(base, path) == ["Shorter"]


async def test_two_windows_are_shown_both_texts(base, open_page, faults):
    """Side by side once it is saved, and either can be kept."""
    faults.forgive("status of 412")
    path = begun(base, ABOUT[1])
    mine, theirs = await open_page(), await open_page()
    for window in (mine, theirs):
        await opened(window, base, path)
    await theirs.locator("textarea").first.fill("Theirs")
    await expect(theirs.locator("[data-saved]")).to_contain_text("Saved ")
    await mine.locator("textarea").first.fill("Mine")
    await expect(mine.get_by_role("alert")).to_contain_text("in another window")
    await mine.get_by_role("button", name="Save", exact=True).click()

    await expect(mine.locator("blockquote")).to_have_text("Theirs")
    await expect(mine.locator("textarea").first).to_have_value("Mine")
    assert await violations(mine) == []
    assert notes(base, path) == ["Theirs"]
    await mine.get_by_role("button", name="Take this instead").click()
    await expect(mine.locator("textarea").first).to_have_value("Theirs")


@pytest.mark.parametrize("end", ["", "/print"])
async def test_it_fits_on_three_sheets_of_paper(base, page, end):
    """The page one writes in, and the one that is made for paper; no control is printed."""
    path = begun(base)
    await page.goto(base + path + end)
    paper = await page.pdf(prefer_css_page_size=True)

    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", paper)) <= MOST_PAGES
    await page.emulate_media(media="print")
    await expect(page.get_by_role("navigation")).to_have_count(0)
    await expect(page.get_by_role("button")).to_have_count(0)


async def test_how_many_pages_long_notes_take_is_said_and_nothing_is_cut(base, page):
    """On the screen, before anybody prints; all of it is on the paper."""
    path = begun(base)
    count = fill(base, path)
    await page.goto(f"{base}{path}/print")
    told = await page.get_by_text("nothing is cut").inner_text()
    paper = await page.pdf(prefer_css_page_size=True)
    about, pages = int(re.findall(r"\d+", told)[0]), len(re.findall(rb"/Type\s*/Page\b", paper))

    assert abs(about - pages) <= 0.25 * pages
    for at in range(count):
        await expect(page.locator(".lines", has_text=f"END{at}")).to_be_visible()


async def test_a_card_is_drawn_as_a_png(base, page, tmp_path):
    """In the browser, from the picture that is the offer without a script."""
    await opened(page, base, begun(base))
    async with page.expect_download() as download:
        await page.get_by_role("link", name="PNG card").click()
    file = await download.value
    saved = tmp_path / file.suggested_filename
    await file.save_as(saved)

    assert saved.suffix == ".png"
    assert beginning(saved) == PNG


async def test_a_private_link_is_made_followed_and_withdrawn(base, page, open_page, faults):
    """By whoever wrote it; whoever reads it can change nothing."""
    faults.forgive("status of 404")
    path = begun(base)
    await opened(page, base, path)
    await page.get_by_role("button", name="Make a private link").click()
    link = await page.get_by_label("The link").input_value()
    reader = await open_page()
    await reader.goto(link)
    await expect(reader.get_by_role("heading", level=1)).to_contain_text("Escalator Kiss")
    await expect(reader.locator("textarea")).to_have_count(0)
    assert await violations(reader) == []

    await page.goto(base + path)
    await page.get_by_role("button", name="Withdraw the link").click()
    await expect(page.get_by_role("button", name="Make a private link")).to_be_visible()
    await reader.reload()
    await expect(reader.get_by_role("heading", level=1)).to_have_text("Worksheet not found")
