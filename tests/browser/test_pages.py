"""Every page in Chromium: no fault, no barrier, usable at 320 px, and without JavaScript."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.browser.accessibility import violations
from tests.sampling import sampled
from tests.web import brands, lists, music, own, sheets
from web.pages import panel

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

A, T, P = music.ARTIST, music.TRACK, music.PLAYLIST
PAGES = {
    "home": "/",
    "search": "/search?q=low",
    "choice": f"/choose/{T}",
    "artist": f"/artists/{A}",
    "way from artist to artist": f"/artists/{own.MAKER}?via={A}",
    "related artists": f"/artists/{A}/related",
    "track": f"/tracks/{T}",
    "analysis": f"/tracks/{T}/analysis",
    "playlist": f"/playlists/{P}",
    "playlist and song": f"/playlists/{P}?track={T}&sort=energy&direction=desc",
    "playlist filtered wrongly": f"/playlists/{P}?tempo_min=x",
    "picked scatter": f"/playlists/{P}/scatter?color=danceability&size=loudness&track={T}",
    "threads of a playlist": f"/playlists/{P}/flow?along=loudness",
    "choose a playlist": f"/playlists?track={T}",
    "closed playlist": f"/playlists/{lists.CLOSED}?track={T}",
    "new list": "/collections/new",
    "list made": f"/collections/{own.LIST}",
    "own track": f"/tracks/{own.OWN}",
    "demo track": f"/tracks/{own.DEMO}",
    "own analysis": f"/tracks/{own.OWN}/analysis?t=60",
    "a section closely": f"/tracks/{own.DEMO}/analysis?section=3&zoom=section",
    "sections": f"/tracks/{T}/analysis/sections?section=2",
    "what comes back": f"/tracks/{T}/analysis/repetition?alike=timbre",
    "upload": "/upload",
    "job": f"/jobs/{own.JOB}",
    "failed job": f"/jobs/{own.FAILED}",
    "library": "/library",
    "change a list": f"/collections/{own.LIST}/edit",
    "own list": f"/playlists/{own.LIST}",
    "worksheets": "/worksheets",
    "new worksheet": f"/worksheets/new?about={sheets.TRACK}",
    "worksheet": f"/worksheets/{sheets.SHEET}",
    "worksheet to print": f"/worksheets/{sheets.SHEET}/print",
    "shared worksheet": f"/shared/{sheets.SECRET}",
    "delete": f"/library/{own.OWN}/delete",
    "nothing compared": "/compare",
    "compare": f"/compare?a={T}&b={own.OWN}&c={own.DEMO}",
    "compare five": f"/compare?a={T}&b=artist:{A}&c=playlist:{P}&d={own.OWN}&e={brands.BRAND}",
    "compare with a name": f"/compare?a={T}&b=lanterns",
    "brands": "/brands",
    "brand": f"/brands/{brands.BRAND}",
    "change a brand": f"/brands/{brands.BRAND}/edit",
    "brand by hand": "/brands/new?energy=low",
    "brand match": f"/tracks/{own.OWN}/brand-match",
    "brand of songs": f"/brands/new/songs?song={T}",
    "edit": f"/library/{own.OWN}/edit",
    "versions": f"/library/{own.OWN}/versions",
    "upload-linked": f"/upload?spotify_id={music.TRACK}",
    "sources": "/sources",
    "about the data": "/about/data",
    "console": "/console",
    "answered console": f"/console?path=/v1/tracks/{T}/features",
    "developers": "/developers",
    "problem": "/problems/features-unavailable",
    "not-found": "/nothing",
    "album": f"/go?q=spotify:album:{T}",
}
REFUSED = {"not-found", "album", "playlist filtered wrongly", "closed playlist"}
LOOKS = {
    "wide": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "narrow": {"viewport": {"width": 320, "height": 700}, "color_scheme": "light"},
}
VIEWS = [  # so ordered that a part has each page once, and each look by turns
    (name, list(LOOKS)[(place + turn) % len(LOOKS)])
    for place, name in enumerate(PAGES)
    for turn in range(len(LOOKS))
]


async def visit(page: Page, address: str) -> None:
    """Open a page and wait until its panels have come."""
    await page.goto(address)
    await expect(page.locator(".waiting, .more")).to_have_count(0)


@pytest.mark.parametrize(("name", "look"), sampled(VIEWS, len(LOOKS)))
async def test_every_page_is_without_fault_or_barrier(base, open_page, faults, name, look):
    """Nothing on the console, nothing off the origin, axe finds nothing, nothing sticks out."""
    if name in REFUSED:
        faults.forgive("Failed to load resource: the server responded with a status of 4")
    page = await open_page(**LOOKS[look])
    await visit(page, base + PAGES[name])

    assert await violations(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


async def test_open_details_are_without_barrier_too(base, page):
    """What is folded away is held to the same rules."""
    await visit(page, f"{base}/playlists/{P}")
    await page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert await violations(page) == []


@pytest.mark.parametrize(("width", "button"), [(1280, False), (390, True)])
async def test_every_part_of_the_site_is_reached_at_every_width(base, open_page, width, button):
    """On a phone behind a button, which the keyboard opens too."""
    page = await open_page(viewport={"width": width, "height": 800})
    await visit(page, base)
    menu = page.get_by_role("button", name="Menu")
    await expect(menu).to_be_visible(visible=button)
    if button:
        await menu.press("Enter")
    await page.get_by_role("navigation", name="Main").get_by_role("link", name="Library").click()

    await expect(page).to_have_url(f"{base}/library")


async def test_the_keyboard_reaches_the_next_step_past_all_controls(base, page):
    """A track's wheel alone has two dozen; focus is seen, and lands at the foot."""
    await visit(page, f"{base}/tracks/{T}")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the next step")
    await expect(skip).to_be_focused()
    await expect(skip).to_be_in_viewport()
    await page.keyboard.press("Enter")
    await expect(page.locator("nav.walk")).to_be_focused()


@pytest.mark.parametrize(
    "name",
    ["home", "search", "artist", "track", "analysis", "playlist", "compare", "brand", "sources"],
)
async def test_every_page_works_without_javascript(base, open_page, name):
    """Each panel that would load is a link that leads to it."""
    page = await open_page(java_script_enabled=False)
    await page.goto(base + PAGES[name])
    waiting = [await link.get_attribute("href") for link in await page.locator(".waiting a").all()]

    for address in waiting:
        await page.goto(f"{base}{address}")
        await expect(page.locator("main section.panel")).to_be_visible()


async def test_the_form_works_without_javascript(base, open_page, faults):
    """Paste, press, arrive; a wrong link stays in the box with its hint."""
    faults.forgive("status of 422")
    page = await open_page(java_script_enabled=False)
    await page.goto(base)
    await page.get_by_label("A Spotify link").fill(f"https://open.spotify.com/track/{T}?si=1")
    await page.get_by_role("button", name="Look").click()
    await expect(page).to_have_url(f"{base}/tracks/{T}")

    await page.get_by_label("A Spotify link").fill("https://evil.example/x")
    await page.get_by_role("button", name="Look").click()
    alert = page.get_by_role("alert").filter(has_text="This is not a Spotify link.")
    await expect(alert).to_be_visible()
    await expect(page.get_by_label("A Spotify link")).to_have_value("https://evil.example/x")


async def test_the_box_recognises_what_is_typed(base, page):
    """Before anything is sent, it says what it is and where it leads."""
    await page.goto(base)
    await page.get_by_label("A Spotify link").press_sequentially(f"spotify:artist:{A}", delay=2)
    recognised = page.locator("#recognised")
    await expect(recognised).to_contain_text("Artist · 0LcJLq…")

    await recognised.get_by_role("link").click()
    await expect(page).to_have_url(f"{base}/artists/{A}")


async def test_back_and_forward_show_whole_pages(base, page):
    """Paging swaps a fragment and shows the page's address; Back restores the page before."""
    await visit(page, f"{base}/playlists/{P}")
    tracks = page.locator("#table-title")
    await expect(tracks).to_have_text("Tracks 1 to 25 of 60")
    await page.get_by_role("link", name="Later entries").click()
    await expect(page).to_have_url(f"{base}/playlists/{P}?offset=25")
    await expect(tracks).to_have_text("Tracks 26 to 50 of 60")
    await expect(tracks).to_be_focused()

    await page.go_back()
    await expect(page).to_have_url(f"{base}/playlists/{P}")
    await expect(tracks).to_have_text("Tracks 1 to 25 of 60")
    await expect(page.get_by_role("heading", name="Quiet Mornings")).to_be_visible()
    await expect(page.locator(".waiting")).to_have_count(0)

    await page.go_forward()
    await expect(tracks).to_have_text("Tracks 26 to 50 of 60")


@pytest.mark.parametrize("javascript", [True, False])
async def test_a_table_is_sorted_and_filtered(base, open_page, javascript):
    """By its headings and its form; the address says how, with a script and without."""
    page = await open_page(java_script_enabled=javascript)
    await page.goto(f"{base}/playlists/{P}?track={T}")
    await page.get_by_role("link", name="Energy", exact=True).click()
    await expect(page.locator("th[aria-sort=descending]")).to_have_text("Energy ▼")
    await page.get_by_label("BPM from").fill("90")
    await page.get_by_label("Key", exact=True).select_option("11A")
    await page.locator("#table").get_by_role("button", name="Show").click()

    await expect(page.get_by_text("60 of 60 fit.")).to_be_visible()
    for part in (f"track={T}", "sort=energy", "tempo_min=90", "key=11A"):
        assert part in page.url
    await expect(page.get_by_label("BPM from")).to_have_value("90")


async def test_a_number_that_is_none_keeps_the_address(base, page, faults):
    """The complaint stands at the form, what was typed stays, and the view goes on."""
    faults.forgive("status of 422")
    await visit(page, f"{base}/playlists/{P}")
    await page.get_by_label("BPM from").fill("fast")
    await page.locator("#table").get_by_role("button", name="Show").click()

    await expect(page.locator("#table-error")).to_contain_text("“fast” at “BPM from” is no number")
    await expect(page.get_by_label("BPM from")).to_have_value("fast")
    await expect(page).to_have_url(f"{base}/playlists/{P}")


async def test_axes_are_picked_and_a_cell_of_the_wheel_filters(base, page):
    """The picture is another one; a key leads to its tracks."""
    await visit(page, f"{base}/playlists/{P}")
    await page.get_by_label("Across").select_option("tempo")
    await page.locator("#scatter").get_by_role("button", name="Show").click()
    await expect(page.get_by_role("heading", name="Tempo and valence")).to_be_visible()
    point = await page.locator("#scatter a:has(.hit)").first.bounding_box()
    assert point
    assert min(point["width"], point["height"]) >= 24

    await page.get_by_role("link", name="11A: ").click()
    await expect(page).to_have_url(f"{base}/playlists/{P}?key=11A&x=tempo#table")
    await expect(page.get_by_label("Key", exact=True)).to_have_value("11A")


async def test_a_panel_is_read_aloud_when_it_comes(base, page, monkeypatch):
    """The line that screen readers announce says who answered, and how old it is.

    Several panels are on their way at once; the line is about the one that came last.
    """
    monkeypatch.setattr(panel, "PATIENCE_S", -1.0)  # else they stand in the page
    either = "Related artists loaded, ListenBrainz|Top tracks loaded, Spotify|.+ loaded, ReccoBeats"
    await visit(page, f"{base}/artists/{A}")
    await expect(page.locator("#announcer")).to_have_text(
        re.compile(f"^({either}), 3 h old, refreshes in 21 h$")
    )


async def test_a_job_that_is_watched_keeps_the_focus(base, page, fake):
    """Asking again once a second takes nothing out of anybody's hands, and is heard once."""
    path = f"/jobs/{own.JOB}"
    await page.goto(base + path)
    stop = page.get_by_role("button", name="Stop the analysis")
    await stop.focus()
    for _ in range(2):
        async with page.expect_response(f"**/fragments{path}"):
            pass

    await expect(stop).to_be_focused()
    await expect(page.locator("#announcer")).to_have_text("Harbour Lights: cut it into moments")


async def test_a_job_that_is_done_leads_on_by_itself(base, page, fake):
    """The page that watched is led to the track; nobody asks any more."""
    await page.goto(f"{base}/jobs/{own.JOB}")
    fake.answers[f"/v1/jobs/{own.JOB}"] = own.job(percent=100)
    try:
        await expect(page).to_have_url(f"{base}/tracks/{own.OWN}")
    finally:
        fake.answers.clear()


async def test_a_job_that_fails_is_asked_for_no_more(base, page, fake):
    """Its last answer says why, and brings no further question."""
    await page.goto(f"{base}/jobs/{own.JOB}")
    fake.answers[f"/v1/jobs/{own.JOB}"] = own.failed()
    try:
        await expect(page.get_by_role("heading", name="The analysis failed")).to_be_visible()
        asked = len(fake.asked)
        await page.wait_for_timeout(1_500)
        assert len(fake.asked) == asked
        await expect(page.get_by_role("button", name="Try again")).to_be_visible()
    finally:
        fake.answers.clear()


async def test_a_panel_that_fails_leaves_the_rest(base, page, fake, faults):
    """503: the card says why and when; the others stay."""
    faults.forgive("status of 503")
    fake.refuse(f"/v1/tracks/{T}/features", 503, "sources-unavailable")
    try:
        await visit(page, f"{base}/tracks/{T}")
        await expect(page.locator("#features")).to_contain_text(
            re.compile(r"Ask again in (1 min|\d+ s)\.")  # as it came, or counting down
        )
        await expect(page.locator("#analysis-summary svg").first).to_be_visible()
        assert await violations(page) == []
    finally:
        fake.answers.clear()


async def test_paper_has_what_is_open_and_no_controls(base, page):
    """A track is a sheet or two: who speaks, and neither navigation nor calls of the API."""
    await visit(page, f"{base}/tracks/{T}")
    await page.emulate_media(media="print")

    await expect(page.get_by_role("navigation", name="Main")).to_be_hidden()
    await expect(page.locator("details.fold").first).to_be_hidden()
    await expect(page.locator("#features .src summary")).to_be_visible()
    await expect(page.get_by_role("link", name="Add to a list")).to_be_hidden()
    await expect(page.get_by_text("In a shell").first).to_be_hidden()
    paper = await page.pdf(format="A4")
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", paper)) <= 2


async def test_whoever_changes_a_picture_goes_on_where_they_were(base, page):
    """The button that was pressed is replaced with its panel; its like has the focus then."""
    await visit(page, f"{base}/playlists/{P}")
    show = page.locator("#scatter").get_by_role("button", name="Show")
    await page.get_by_label("Across").select_option("tempo")
    await show.focus()
    await page.keyboard.press("Enter")

    await expect(page.get_by_role("heading", name="Tempo and valence")).to_be_visible()
    await expect(show).to_be_focused()


@pytest.mark.parametrize(
    ("path", "kept"), [("/library", 0), ("/collections/new", 1), (f"/tracks/{T}", 0)]
)
async def test_a_file_that_is_dropped_beside_its_box_never_leaves_the_page(base, page, path, kept):
    """The page's own box takes it, where it has one; elsewhere nothing happens."""
    await page.goto(base + path)
    dropped = """() => {
      const data = new DataTransfer();
      data.items.add(new File(["x"], "list.csv"));
      const event = new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true });
      document.querySelector("h1").dispatchEvent(event);
      const box = document.querySelector("input[type=file]");
      return [event.defaultPrevented, box?.files.length ?? 0];
    }"""
    assert await page.evaluate(dropped) == [True, kept]
