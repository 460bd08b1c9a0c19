"""Lists of one's own in the real product: changed, and extended from a track and an artist."""

import re
from collections.abc import Iterator

import httpx
import pytest
from playwright.async_api import Page, expect

from api.schemas.provenance import SourceName
from api.settings import Settings
from tests.browser.accessibility import nothing_sticks_out, violations
from tests.browser.serving import served
from web.app import create_app

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(120),
]
NARROW = {"width": 320, "height": 700}


@pytest.fixture(scope="module")
def base(tmp_path_factory) -> Iterator[str]:
    """The address of the product: the demo label, own files as the only source."""
    folder = tmp_path_factory.mktemp("lists")
    settings = Settings(
        _env_file=None, data_dir=folder, sources=(SourceName.LIBRARY,), worker=False
    )
    with served(create_app(settings)) as address:
        yield address


@pytest.fixture
def pieces(base) -> list[dict[str, str]]:
    """The demo label's pieces."""
    items: list[dict[str, str]] = httpx.get(f"{base}/v1/library/tracks?limit=50").json()["items"]
    return items


def new_list(base: str, pieces: list[dict[str, str]], name: str, most: int = 3) -> str:
    """The id of a list of the first pieces."""
    body = {"name": name, "items": [piece["id"] for piece in pieces[:most]]}
    ident: str = httpx.post(f"{base}/v1/collections", json=body).json()["id"]
    return ident


async def fits(page: Page) -> None:
    """Nothing stands in anybody's way, nothing sticks out."""
    assert await violations(page) == []
    await nothing_sticks_out(page)


@pytest.mark.parametrize("javascript", [True, False])
async def test_a_list_is_changed_by_keyboard_and_without_a_script(
    base, open_page, pieces, javascript
):
    """From its page: another name, an entry less; what was done is said, and can be seen."""
    ident = new_list(base, pieces, "Night drive")
    page = await open_page(java_script_enabled=javascript, viewport=NARROW)
    await page.goto(f"{base}/playlists/{ident}")
    await page.get_by_role("link", name="Change this list").click()
    await page.get_by_label("Name", exact=True).fill("Morning")
    await page.get_by_label(f"Remove {pieces[1]['title']}").press("Space")
    await page.get_by_label("Name", exact=True).press("Enter")

    await expect(page.get_by_role("heading", name="Change “Morning”")).to_be_visible()
    await expect(page.get_by_role("status").first).to_contain_text("One entry is gone")
    await expect(page.get_by_label("Remove")).to_have_count(2)
    if javascript:
        await fits(page)
    await page.get_by_role("link", name="Back to the list").click()
    await expect(page.get_by_role("heading", name="Morning")).to_be_visible()
    await expect(page.get_by_text("1 to 2 of 2", exact=True)).to_be_visible()


async def test_of_two_windows_the_second_is_told(base, open_page, faults, pieces):
    """Nothing of the first is lost, and the second can go on from there."""
    faults.forgive("status of 412")
    ident = new_list(base, pieces, "Night drive")
    first, second = await open_page(), await open_page()
    for page in (first, second):
        await page.goto(f"{base}/collections/{ident}/edit")
    for page, name in ((first, "First"), (second, "Second")):
        await page.get_by_label("Name", exact=True).fill(name)
        await page.get_by_role("button", name="Save the changes").click()

    await expect(second.get_by_role("alert")).to_contain_text("changed since you last saw it")
    await expect(second.get_by_label("Name", exact=True)).to_have_value("First")
    await fits(second)
    await second.get_by_label("Name", exact=True).fill("Second")
    await second.get_by_role("button", name="Save the changes").click()
    await expect(second.get_by_role("status").first).to_contain_text("“Second”")


@pytest.mark.parametrize("javascript", [True, False])
async def test_a_track_is_added_from_its_page(base, open_page, pieces, javascript):
    """To a list that is there; then back to the track."""
    ident = new_list(base, pieces, f"Evening {javascript}")
    page = await open_page(java_script_enabled=javascript, viewport=NARROW)
    await page.goto(f"{base}/tracks/{pieces[4]['id']}")
    await page.get_by_role("link", name="Add to a list").click()
    await page.get_by_label("A list of yours").select_option(ident)
    await page.get_by_role("button", name="Add it").click()

    heading = page.get_by_role("heading", name=f"Added to “Evening {javascript}”")
    await expect(heading).to_be_visible()
    await expect(page.get_by_text("The list holds four entries now.")).to_be_visible()
    if javascript:
        await fits(page)
    await page.get_by_role("link", name="Back to the track").click()
    await expect(page).to_have_url(re.compile("/tracks/own_"))


async def test_an_artists_tracks_are_added_from_the_artists_page(base, page, faults, pieces):
    """Those that are ticked, to a new list; who ticks none is told."""
    faults.forgive("status of 422")
    await page.goto(f"{base}/artists/{pieces[0]['artist_id']}")
    await page.get_by_role("link", name="Open as a playlist").click()
    for piece in await page.get_by_role("checkbox").all():
        await piece.uncheck()
    await (
        page.get_by_label("A new list, called")
        .or_(page.get_by_label("Or a new list, called"))
        .fill("Best of")
    )
    await page.get_by_role("button", name="Make the playlist").click()
    await expect(page.get_by_role("alert")).to_contain_text("Tick the tracks")
    await fits(page)

    await page.get_by_label(pieces[0]["title"], exact=True).check()
    await page.get_by_role("button", name="Make the playlist").click()

    await expect(page.get_by_role("heading", name="Added to “Best of”")).to_be_visible()
    await page.get_by_role("link", name="Open the list").click()
    await expect(page.get_by_text("1 to 1 of 1", exact=True)).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False])
async def test_a_track_heard_at_half_tempo_is_found_by_its_range(
    base, open_page, pieces, javascript
):
    """By field and by slider; the address keeps it, and the table says what was doubled."""
    ident = new_list(base, pieces, "All of it", most=15)
    page = await open_page(java_script_enabled=javascript)
    await page.goto(f"{base}/playlists/{ident}/table")
    await page.get_by_label("BPM from").fill("120")
    await expect(page.get_by_role("slider")).to_have_count(2 if javascript else 0)
    if javascript:
        await expect(page.get_by_label("Lowest BPM", exact=True)).to_have_value("120")
        await page.get_by_label("Highest BPM", exact=True).fill("150")
    await page.locator("#f-tempo_max").fill("150")
    await page.get_by_label("Half and double tempo").select_option("tempo")
    await page.locator("#table-show").click()

    await expect(page.get_by_text("mark tempi that were halved or doubled")).to_be_visible()
    assert "tempo_min=120" in page.url
    rows = page.locator("#table tbody tr")
    await expect(rows.filter(has_text="×2").first).to_be_visible()
    assert await rows.count() < len(pieces)
    await page.reload()
    await expect(rows.filter(has_text="×2").first).to_be_visible()


async def test_a_picked_picture_is_kept_with_the_table_beside_it(base, page, pieces):
    """By reload and Back, whichever was changed first; the focus stays on the button."""
    ident = new_list(base, pieces, "Kept")
    await page.goto(f"{base}/playlists/{ident}")
    await expect(page.locator(".waiting")).to_have_count(0)
    await page.get_by_role("link", name="Energy", exact=True).click()
    await expect(page.locator("th[aria-sort=descending]")).to_have_text("Energy ▼")
    await page.get_by_label("Across").select_option("tempo")
    await page.get_by_label("Fill and shape").select_option("loudness")
    await page.locator("#scatter-show").click()
    await expect(page.get_by_role("heading", name="Tempo and valence")).to_be_visible()
    await expect(page.locator("#scatter-show")).to_be_focused()
    await page.get_by_role("link", name="Title", exact=True).click()
    await expect(page.locator("th[aria-sort=ascending]")).to_have_text("Title ▲")

    for part in ("sort=name", "x=tempo", "color=loudness"):
        assert part in page.url
    await page.reload()
    await expect(page.get_by_role("heading", name="Tempo and valence")).to_be_visible()
    await page.go_back()
    await expect(page.locator("th[aria-sort=descending]")).to_have_text("Energy ▼")
    await expect(page.get_by_role("heading", name="Tempo and valence")).to_be_visible()


async def test_each_picture_of_a_list_is_drawn_as_png(base, page, pieces):
    """In the browser, from the SVG beside it."""
    ident = new_list(base, pieces, "Pictures")
    for part, name in (
        ("scatter", "scatter"),
        ("scatter", "keys"),
        ("flow", "flow"),
        ("flow", "parallel"),
    ):
        await page.goto(f"{base}/playlists/{ident}/{part}")
        async with page.expect_download() as coming:
            await page.locator(f'a[data-png][href*="/{name}.svg"]').click()
        file = await coming.value
        assert file.suggested_filename == f"{name}.png"
        assert (await file.path()).read_bytes().startswith(b"\x89PNG")
