"""R-23: words of strangers stay words, on every page, in Chromium.

Each text of `hostile_texts` stands in each text of each answer behind each page: first read as
Chromium reads it, one text at a place, then live under the policy, many at a place, with what htmx
swaps in. The pages have to keep the shape that they have with harmless words.
"""

from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from urllib.parse import quote, urlsplit

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, FilePayload, Page, expect

from api.schemas.artist import Image
from api.schemas.library import JobState
from api.schemas.problem import InvalidPart
from api.schemas.track import AlbumCredit, LinkedFrom
from tests.browser import hostile_texts as hostile
from tests.browser.faults import Faults
from tests.browser.hostile_texts import TEXTS
from tests.browser.test_pages import PAGES
from tests.sampling import sampled
from tests.web import brands, lists, music, own, sheets, sound
from tests.web.fake import Fake, as_it_is, product
from tests.web.wording import Wording
from web import render
from web.pages import panel, playlists, trail

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(180),
]

SHAPE = (Path(__file__).parent / "shape.js").read_text(encoding="utf-8")
HARMLESS = tuple(f"Plain words {number}" for number in range(len(TEXTS)))
MARKUP = hostile.texts(
    hostile.SCRIPTS,
    hostile.HANDLERS,
    hostile.FOREIGN,
    hostile.HTMX,
    hostile.STYLES,
    hostile.FRAMES,
)
TOGETHER = 58  # texts in one place
CROWD = 116  # the same, where a page is opened for them
PICTURES = "off-origin request: https://i.scdn.co/"  # which the policy lets through

A, T, P = music.ARTIST, music.TRACK, music.PLAYLIST
REFUSED_ID = music.numbered(77)
WAITING_ID = own.OWN[:-2] + "77"
PANELS = [
    f"/artists/{A}/related",
    f"/artists/{A}/top-tracks",
    f"/tracks/{T}/features",
    f"/tracks/{T}/features/sources",
    f"/tracks/{T}/similar",
    f"/tracks/{T}/analysis/summary",
    f"/tracks/{own.DEMO}/composer",
    f"/tracks/{T}/lists",
    f"/playlists/{P}/table",
    f"/playlists/{P}/scatter",
    f"/playlists/{P}/flow",
    f"/playlists/{P}/profile",
    f"/playlists/{P}/fit?track={T}",
    f"/tracks/{REFUSED_ID}/features",
    f"/tracks/{WAITING_ID}/features",
    f"/brands/{brands.BRAND}/preview",
    f"/tracks/{T}/brand-match",
    f"/compare/strips?a={T}&b=artist:{A}&c=playlist:{P}",
    f"/compare/lanes?a={T}&b={own.OWN}&c={REFUSED_ID}",
]
MORE_PAGES = [
    f"/artists/{REFUSED_ID}",
    f"/playlists/{REFUSED_ID}",
    f"/tracks/{WAITING_ID}",
    f"/tracks/{T}?view=table",
    f"/collections/{own.LIST}/delete",
    f"/worksheets/{sheets.SHEET}?now=true",
    f"/worksheets/{sheets.SHEET}/delete",
    f"/brands/{brands.BRAND}/delete",
    "/search",
    "/library?offset=50",
]
FRAGMENTS = [f"/fragments{path}" for path in (*PANELS, f"/jobs/{own.JOB}", f"/jobs/{own.FAILED}")]
POSTED = ["/collections", "/upload"]
ADDRESSES = [*PAGES.values(), *MORE_PAGES, *PANELS, *FRAGMENTS]
USUAL = [
    "/console?endpoint=get_track&track_id=plain+words&send=1",
    "/search?q=plain+words",
    "/go?q=plain+words",
    "/go?q=x",
    f"/go?q=spotify:episode:{T}",
    "/fragments/resolve?q=plain+words",
    f"/fragments/resolve?q={T}",
    f"/fragments/resolve?q=spotify:show:{T}",
    "/fragments/resolve?q=https://x.example",
    "/playlists?q=plain+words",
    "/fragments/brands/new/preview?energy-min=plain+words",
    "/worksheets/new?link=plain+words",
]
REFLECTING = [
    "/search?q={}",
    "/go?q={}",
    "/go?q=https://open.spotify.com/track/{}",
    "/fragments/resolve?q={}",
    "/fragments/resolve?q=spotify:artist:{}",
    "/choose/{}",
    "/artists/{}",
    "/tracks/{}/features",
    "/tracks/{}/lists",
    "/collections/{}/edit",
    "/brands/{}/preview",
    "/brands/new/songs?song={}",
    "/brands/new?energy={}",
    "/fragments/brands/new/preview?energy-min={}",
    "/fragments/tracks/{}/features",
    "/fragments/jobs/{}",
    "/library/{}/delete",
    "/worksheets/{}",
    "/worksheets/new?about={}",
    "/worksheets/new?link={}",
    "/shared/{}",
    "/library?offset={}",
    "/console?path={}",
    "/console?endpoint=get_track&track_id={}&send=1",
    "/fragments/console/response?endpoint=get_job&job_id={}&send=1",
    "/problems/{}",
    "/nothing/{}",
    "/fragments/{}",
    f"/tracks/{T}/analysis?t={{}}",
    f"/playlists/{P}?offset={{}}",
    f"/playlists/{P}?song={{}}",
    f"/playlists/{P}?tempo_min={{}}",
    "/playlists?q={}",
    "/playlists?track={}",
    "/collections/new?track={}",
    f"/collections/{own.LIST}/added?from={{}}",
]


def full(fake: Fake) -> Fake:
    """Answers with pictures and all that pages show at times only: refusals, work, other copies."""
    cover = (music.picture(), Image(url="https://i.scdn.co/image/a", width=None, height=None))
    album = AlbumCredit(
        id="a", name="Tide", release_date="x", release_date_precision="day", images=cover
    )
    copy = LinkedFrom(id=T, uri=f"spotify:track:{T}")
    short = {"bars": sound.pulse(20, 4), "sections": sound.sections(20)[:2]}
    heard = sound.analysis(20, segments=sound.segments(20)[:9], **short)
    fake.answers |= {f"/v1/tracks/{ident}/analysis": heard for ident in (T, own.OWN, own.DEMO)}
    wrong = (InvalidPart(pointer="query/q", detail="Wrong."),)
    fake.answers |= {
        f"/v1/artists/{A}": music.artist(images=cover, genres=("a", "b", "c", "d")),
        f"/v1/tracks/{T}": music.track(album=album, linked_from=copy, is_playable=False),
        f"/v1/playlists/{P}": lists.playlist(images=cover, collaborative=True),
        f"/v1/playlists/{REFUSED_ID}": lists.playlist(id=REFUSED_ID),
        f"/v1/tracks/{WAITING_ID}/features": own.job(JobState.RUNNING, track_id=WAITING_ID),
        f"/v1/library/tracks/{WAITING_ID}": own.file(WAITING_ID, job=own.failed()),
    }
    for path in (f"artists/{REFUSED_ID}", f"tracks/{REFUSED_ID}/features"):
        fake.refuse(f"/v1/{path}", 404, "features-unavailable", errors=wrong)
    for part in ("items", "table"):
        path = f"/v1/playlists/{REFUSED_ID}/{part}"
        fake.refuse(path, 404, "playlist-unavailable", errors=wrong)
    fake.refuse("POST /v1/collections", 422, "collection-refused", errors=wrong)
    fake.answers["/v1/brands"] = brands.shelf(brands.brand(), brands.brand(brands.OTHER))
    fake.refuse("POST /v1/library/tracks", 422, "bad-audio", errors=wrong)
    return fake


def together(many: int) -> list[str]:
    """The texts, so many of them in one."""
    return [" ".join(TEXTS[first : first + many]) for first in range(0, len(TEXTS), many)]


@pytest.fixture(scope="module")
def fake() -> Fake:
    """The API behind the pages."""
    return full(Fake())


@pytest.fixture(autouse=True)
def _worded_anew(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """However busy the machine is, what a page waits for stands in it."""
    for patient in (panel, playlists, trail):
        monkeypatch.setattr(patient, "PATIENCE_S", 30.0)
    yield
    fake.worded = as_it_is


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def site(fake: Fake, base: str) -> AsyncIterator[httpx.AsyncClient]:
    """The same pages without a browser."""
    transport = httpx.ASGITransport(product(fake), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=base) as client:
        yield client


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def known(site: httpx.AsyncClient) -> list[str]:
    """Every page as it usually is."""
    return [await html(site, path) for path in (*USUAL, *PAGES.values(), *MORE_PAGES)]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def reading(base: str, chromium: Browser) -> AsyncIterator[tuple[Page, Faults]]:
    """A page in which others are read and their shapes are compared, and what it did wrong."""
    context, faults = await chromium.new_context(), Faults()
    await faults.watch(context)
    page = await context.new_page()
    await page.goto(f"{base}/search")
    await page.evaluate(SHAPE)
    yield page, faults
    await context.close()


@pytest.fixture
def reader(reading: tuple[Page, Faults]) -> Iterator[Page]:
    """The same page for every test, and of each one's faults none but those that it forgives."""
    page, faults = reading
    yield page
    unforgiven = faults.unforgiven
    faults.found.clear()
    faults.forgiven.clear()
    assert unforgiven == []


@pytest_asyncio.fixture(loop_scope="session")
async def hits(page: Page) -> list[str]:
    """What the page asks for that only a hostile text names."""
    found: list[str] = []
    page.on("request", lambda request: found.append(request.url) if is_hit(request.url) else None)
    return found


def is_hit(url: str) -> bool:
    """Whether an address is one that a hostile text wants to be asked for."""
    parts = urlsplit(url)
    return parts.path.startswith("/hit-") or (parts.hostname or "").endswith(".off.example")


async def html(site: httpx.AsyncClient, path: str) -> str:
    """The page or fragment at `path`; never a crash."""
    answer = await (site.post(path) if path in POSTED else site.get(path))
    assert answer.status_code != 500, path
    return answer.text


async def shape(page: Page, address: str) -> list[str]:
    """The shape of a page once its panels have come."""
    await page.goto(address)
    coming = page.locator(".waiting, .more, [data-lanes]:not([data-drawn])")
    await expect(coming).to_have_count(0)
    await page.evaluate(SHAPE)
    return await page.evaluate("shapes.shape()")


def differences(usual: Sequence[str], found: Sequence[str]) -> list[str]:
    """The first elements of `found` that `usual` does not have there."""
    pairs = zip(usual, found, strict=False)
    told = [f"{there} for {here}" for here, there in pairs if here != there]
    return told[:3] or ([] if len(usual) == len(found) else [f"{len(found)} of {len(usual)}"])


async def injected(reader: Page, harmless: str, found: Sequence[str]) -> list[str]:
    """What stands in hostile pages that is not in the harmless one."""
    differing = await reader.evaluate("shapes.differing", [harmless, found])
    return [line for line in differing if line is not None]


@pytest.mark.parametrize("path", sampled([*ADDRESSES, *POSTED], 11))
async def test_no_text_of_an_answer_becomes_an_element(site, reader, fake, monkeypatch, path):
    """Each text in each place of each page and fragment, as Chromium reads it; then ids, too.

    Panels stand in their page; but not where ids are words, by which they could not be asked for.
    """
    for ids in (False, True):
        if ids:
            monkeypatch.setattr(panel, "PATIENCE_S", -1.0)
        fake.worded = Wording(HARMLESS, ids=ids)
        harmless, found = await html(site, path), []
        for turn in sampled(range(0, len(TEXTS), TOGETHER), 4):
            fake.worded = Wording(TEXTS, turn=turn, at_once=TOGETHER, ids=ids)
            found.append(await html(site, path))

        assert await injected(reader, harmless, found) == []


@pytest.mark.parametrize("path", [f"/artists/{A}", f"/tracks/{T}"])
async def test_an_address_leads_out_or_nowhere(site, reader, fake, path):
    """What a source calls a link or a picture is one only where it is http, and says no more."""
    fake.worded = Wording(HARMLESS)
    harmless, found = await html(site, path), []
    for turn in sampled(range(len(TEXTS)), 40):
        fake.worded = Wording(TEXTS, turn=turn)
        found.append(await html(site, path))

    assert await injected(reader, harmless, found) == []


@pytest.mark.parametrize("path", sampled(REFLECTING, 9))
async def test_nothing_that_is_asked_for_becomes_an_element(site, reader, known, path):
    """Each text in an address, shown again on the page that answers: nothing new is in it."""
    typed = "?q=" in path  # what else is in an address is shown by few pages
    asked = sampled([*(TEXTS if typed else ()), *together(TOGETHER)], 40 if typed else 15)
    found = [await html(site, path.format(quote(text, safe=""))) for text in asked]

    foreign = await reader.evaluate("shapes.foreign", [known, found])
    assert [line for line in foreign if line is not None] == []


@pytest.mark.parametrize("path", sampled([*PAGES.values(), *MORE_PAGES], 9))
async def test_a_page_full_of_hostile_words_stays_as_it_is(base, page, faults, fake, hits, path):
    """Opened under the policy, with every panel that htmx brings: same shape, nothing happens."""
    faults.forgive("Failed to load resource")  # refusals, and the picture that is not let through
    faults.forgive(PICTURES)
    fake.worded = Wording(HARMLESS)
    usual = await shape(page, base + path)
    for turn in sampled(range(0, len(TEXTS), CROWD), 4):
        fake.worded = Wording(TEXTS, turn=turn, at_once=CROWD)
        assert differences(usual, await shape(page, base + path)) == []

    assert hits == []


async def test_what_is_typed_stays_words(base, page, hits):
    """The box recognises each text, and htmx puts in a sentence and a link of ours at most."""
    await shape(page, f"{base}/")
    seen: set[str] = set()
    for text in sampled(TEXTS, 20):
        await page.evaluate("text => shapes.typed(text)", text)
        seen |= set(await page.evaluate("shapes.shape('#recognised')"))

    assert seen <= {"p ", "span dir=auto hx-ignore=", "a href=here"}
    assert hits == []


async def test_a_refused_list_comes_back_as_words(base, page, faults, fake, hits):
    """The form that says what does not fit, sent by the form itself."""
    faults.forgive("status of 422")
    shapes = []
    for words in [Wording(HARMLESS), Wording(TEXTS, at_once=CROWD)]:
        fake.worded = words
        await page.goto(f"{base}/collections/new")
        await page.get_by_role("button", name="Describe these tracks").click()
        await expect(page.locator("#collect-error")).not_to_be_empty()
        await page.evaluate(SHAPE)
        shapes.append(await page.evaluate("shapes.shape()"))

    assert differences(*shapes) == []
    assert hits == []


async def test_names_of_files_and_refusals_are_words(base, page, faults, fake, hits):
    """A script of ours shows the name of the chosen file, and why it could not be taken."""
    faults.forgive("status of 422")
    fake.worded = Wording(HARMLESS)
    usual = await refused_upload(page, base, "plain.wav")
    for turn, name in sampled(list(enumerate(together(CROWD))), 4):
        fake.worded = Wording(TEXTS, turn=turn * CROWD, at_once=CROWD)
        assert differences(usual, await refused_upload(page, base, name)) == []

    assert hits == []


async def refused_upload(page: Page, base: str, name: str) -> list[str]:
    """The shape of the form after a file of this name was refused."""
    await page.goto(f"{base}/upload")
    file = FilePayload(name=name, mimeType="audio/wav", buffer=b"RIFF")
    await page.get_by_label("drop a song here").set_input_files([file])
    await page.get_by_role("button", name="Analyse it").click()
    await expect(page.get_by_role("link", name="What this means")).to_be_visible()
    await page.evaluate(SHAPE)
    return await page.evaluate("shapes.shape()")


@pytest.fixture
def unescaped(monkeypatch: pytest.MonkeyPatch) -> None:
    """The templates as they would be if they let words through as markup."""
    made = render.environment.__wrapped__()
    made.autoescape = False
    monkeypatch.setattr(render, "environment", lambda: made)


@pytest.mark.usefixtures("unescaped")
async def test_what_would_be_let_through_is_noticed(site, reader, reading, fake):
    """If templates did not escape, each text that is markup would be found, one by one."""
    reading[1].forgive("Content Security Policy")
    path = f"/v1/artists/{A}"
    usual = fake.answers[path]
    harmless = await html(site, f"/artists/{A}")
    tried, found = sampled(MARKUP, 10), []
    for text in tried:
        fake.answers[path] = usual.model_copy(update={"name": text})
        found.append(await html(site, f"/artists/{A}"))
    fake.answers[path] = usual
    differing = await reader.evaluate("shapes.differing", [harmless, found])

    assert len(found) == len(differing) > 0
    assert [
        text for text, line in zip(sampled(MARKUP, 10), differing, strict=True) if not line
    ] == []


@pytest.mark.usefixtures("unescaped")
async def test_what_would_be_let_through_is_noticed_live(base, chromium: Browser, fake):
    """A page that lets words through breaks its policy and has another shape."""
    context, faults = await chromium.new_context(), Faults()
    await faults.watch(context)
    page = await context.new_page()
    fake.worded = Wording(HARMLESS)
    usual = await shape(page, f"{base}/artists/{A}/related")
    fake.worded = Wording(hostile.texts(hostile.SCRIPTS))
    found = await shape(page, f"{base}/artists/{A}/related")
    await context.close()

    assert differences(usual, found) != []
    assert any("Content Security Policy" in fault for fault in faults.found)


async def test_dialogs_and_requests_are_noticed(base, chromium: Browser):
    """Where no policy stops a text, its dialog, its request off the site and its own are told."""
    context, faults, asked = await chromium.new_context(), Faults(), []
    await faults.watch(context)
    page = await context.new_page()
    page.on("request", lambda request: asked.append(request.url) if is_hit(request.url) else None)
    bare = "<!doctype html>" + TEXTS[0] + TEXTS[2] + TEXTS[3]
    await page.route(
        f"{base}/bare", lambda route: route.fulfill(body=bare, content_type="text/html")
    )
    await page.goto(f"{base}/bare")
    await context.close()

    assert any("dialog: xss000" in fault for fault in faults.found)
    assert any("off-origin request" in fault for fault in faults.found)
    assert any("/hit-" in url for url in asked)


async def test_there_are_enough_texts():
    """Two hundred at least, no two alike, each with a mark of its own."""
    assert len(set(TEXTS)) == len(TEXTS) >= 200
    assert all(f"xss{number:03}" in text for number, text in enumerate(TEXTS))
