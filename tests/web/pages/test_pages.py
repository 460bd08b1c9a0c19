import re
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest

from api.schemas.provenance import Reason
from api.schemas.sources import State
from tests.web import brands, music, own, sheets
from tests.web.fake import EXAMPLES, Fake, product
from web.site import Site

A, T, P = music.ARTIST, music.TRACK, music.PLAYLIST
PAGES = [
    "/",
    "/search",
    "/search?q=low",
    "/search?q=low&type=track&offset=10",
    f"/choose/{T}",
    f"/artists/{A}",
    f"/artists/{A}/related",
    f"/artists/{A}/top-tracks",
    f"/artists/{A}/fingerprint",
    f"/artists/{A}?via={own.MAKER}",
    f"/tracks/{T}",
    f"/tracks/{T}/features",
    f"/tracks/{T}/features/sources",
    f"/tracks/{T}?view=radar&felt=double",
    f"/tracks/{T}?view=table",
    f"/tracks/{T}/similar",
    f"/tracks/{T}/similar?camelot=11A",
    f"/tracks/{T}/analysis/summary",
    f"/tracks/{T}/analysis",
    f"/tracks/{T}/analysis/sections?section=2",
    f"/tracks/{T}/analysis/repetition?alike=timbre",
    f"/tracks/{own.DEMO}/analysis?section=3&zoom=section",
    f"/playlists/{P}",
    f"/playlists/{P}?offset=50",
    f"/playlists/{P}?track={T}",
    f"/playlists/{P}?sort=energy&direction=desc&tempo_min=70&key=8B&blend=1&fold=tempo&metre=4",
    f"/playlists/{P}/table?offset=25&track={T}",
    f"/playlists/{P}/fit",
    f"/playlists/{P}/fit?track={T}",
    f"/playlists/{P}/profile",
    f"/playlists/{P}/profile?track={T}&fold=tempo",
    f"/playlists/{P}/scatter?x=tempo&y=loudness&color=energy&size=danceability&track={T}",
    f"/playlists/{P}/flow?along=tempo&track={T}",
    "/playlists",
    f"/playlists?track={T}",
    "/collections/new",
    f"/collections/{own.LIST}",
    f"/collections/{own.LIST}/added?tracks=2&from=/tracks/{T}",
    f"/tracks/{own.OWN}",
    f"/tracks/{own.OWN}/features",
    f"/tracks/{own.OWN}/analysis?t=60",
    f"/tracks/{own.DEMO}",
    f"/tracks/{own.DEMO}/composer",
    f"/tracks/{own.DEMO}/analysis",
    f"/artists/{own.MAKER}/related",
    f"/artists/{own.MAKER}/top-tracks",
    "/upload",
    f"/jobs/{own.JOB}",
    "/library",
    "/library?offset=50",
    f"/library/{own.OWN}/delete",
    f"/library/{own.OWN}/edit",
    f"/library/{own.OWN}/versions",
    "/library/demo/delete",
    f"/collections/{own.LIST}/delete",
    f"/collections/{own.LIST}/edit",
    f"/collections/{own.LIST}/edit?offset=50",
    f"/playlists/{own.LIST}",
    f"/tracks/{T}/lists",
    "/worksheets",
    "/worksheets?offset=20",
    f"/worksheets/new?about={sheets.TRACK}&about={sheets.ARTIST}",
    "/worksheets/new",
    f"/worksheets/{sheets.SHEET}",
    f"/worksheets/{sheets.SHEET}?now=true",
    f"/worksheets/{sheets.SHEET}/print",
    f"/worksheets/{sheets.SHEET}/delete",
    "/compare",
    f"/compare?a={T}",
    f"/compare?a={T}&b=artist:{A}&c=playlist:{P}&d={own.OWN}&e={own.DEMO}",
    f"/compare/strips?a=artist:{A}&b=playlist:{P}",
    f"/compare/lanes?a={T}&b={own.OWN}",
    "/brands",
    "/brands/new?energy=low",
    f"/brands/new/songs?song={T}",
    f"/brands/{brands.BRAND}",
    f"/brands/{brands.BRAND}/edit",
    f"/brands/{brands.BRAND}/delete",
    f"/brands/{brands.BRAND}/preview",
    f"/tracks/{T}/brand-match",
    "/brands/new/preview?energy-min=0.2",
    "/sources",
    "/about/data",
    "/console",
    f"/console?path=/v1/tracks/{T}/features",
    "/developers",
    "/problems/bad-reference",
]


@pytest.mark.parametrize("path", PAGES)
async def test_every_page_is_whole_and_safe(site, path):
    """One h1, a title, the policy, and nothing inline."""
    answer = await site.get(path)

    assert answer.status_code == 200
    text = answer.text
    assert text.count("<h1") == 1
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "private, no-cache"
    reader = Reader()
    reader.feed(text)
    assert reader.inline == []
    assert music.HOSTILE not in text


class Reader(HTMLParser):
    """Collects what the policy would forbid."""

    inline: list[str]

    def __init__(self):
        super().__init__()
        self.inline = []

    def handle_starttag(self, tag, attrs):
        names = dict(attrs)
        if tag == "style" or (tag == "script" and "src" not in names):
            self.inline.append(tag)
        self.inline += [name for name in names if name == "style" or name.startswith("on")]


@pytest.fixture(scope="module")
def followed():
    """The addresses that were found to lead somewhere, whichever page they stood on."""
    return {"/docs"}


@pytest.mark.parametrize("path", PAGES)
async def test_every_link_of_a_page_leads_somewhere(site, path, followed):
    """No dead links, no dead panels, no missing file."""
    text = (await site.get(path)).text
    found = set(re.findall(r'(?:href|hx-get|src)="(/[^"]*)"', text)) - followed

    for address in found:
        answer = await site.get(address.replace("&amp;", "&"), follow_redirects=True)
        assert answer.status_code == 200, address
        followed.add(address)


async def test_a_fragment_is_its_page_s_panel(site):
    """The same block at two addresses; neither looks at a header."""
    page = await site.get(f"/artists/{A}/related", headers={"HX-Request": "true"})
    panel = await site.get(f"/fragments/artists/{A}/related")

    assert "<html" in page.text
    assert panel.text.strip().startswith("<section")
    assert panel.text.strip() in page.text
    assert panel.headers["x-robots-tag"] == "noindex"


async def test_a_page_is_sent_once(site, fake):
    """An unchanged page is 304, even while its countdown runs."""
    first = await site.get("/sources")
    fake.headers["Cache-Status"] = "earprint; hit; ttl=75599"
    again = await site.get("/sources", headers={"If-None-Match": first.headers["etag"]})

    assert (again.status_code, again.content) == (304, b"")


async def test_an_absence_says_why_and_where_to_go(site):
    """No dash without a reason."""
    text = (await site.get(f"/tracks/{T}/features")).text
    assert "February 2026" in text
    assert "See who is asked, and in which order" in text

    artist = (await site.get(f"/artists/{A}")).text
    assert '<strong>Popularity</strong> <span><span hx-ignore dir="auto">Spotify stopped' in artist
    assert "February 2026" in artist


async def test_a_reason_without_words_is_put_into_words(site, fake):
    """Where the API names only the reason, the page says it."""
    bare = music.gone("genres", Reason.NOT_CONFIGURED).model_copy(update={"detail": ""})
    fake.answers[f"/v1/artists/{A}"] = music.artist(genres=None, missing=(bare,))
    text = (await site.get(f"/artists/{A}")).text
    assert "This server is not set up to ask for it." in text
    assert "How to switch it on" in text


async def test_a_track_shows_what_there_is(site, fake):
    """Every optional field has its sentence, none is needed."""
    bare: dict[str, Any] = {
        "album": None,
        "artists": (),
        "isrc": None,
        "explicit": None,
        "duration_ms": None,
    }
    fake.answers[f"/v1/tracks/{T}"] = music.track(
        **bare, popularity=29, is_playable=False, linked_from={"id": A, "uri": "spotify:track:x"}
    )
    text = (await site.get(f"/tracks/{T}")).text
    for sentence in ("nobody named", "29", "cannot be played", "in place of the one asked for"):
        assert sentence in text


async def test_a_stale_answer_is_marked(site, fake):
    """The data stays, with a word on its age."""
    fake.headers["Cache-Status"] = "earprint; fwd=stale; fwd-status=429; detail=gated"
    assert "could not be asked again" in (await site.get(f"/artists/{A}")).text
    fake.headers["Cache-Status"] = "earprint; hit; ttl=-20"
    assert "past its time" in (await site.get(f"/artists/{A}")).text


@pytest.mark.parametrize(("stand_in", "shown"), [(True, True), (False, False)])
async def test_an_invented_catalogue_is_called_so(stand_in, shown):
    """Nobody takes the stand-in's numbers for real ones."""
    app = product(Fake(), Site(stand_in=stand_in, examples=EXAMPLES))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://localhost"
    ) as client:
        text = (await client.get("/sources")).text
    assert ("Invented music." in text) is shown


async def test_without_spotify_the_home_page_says_what_to_do(site, fake):
    """In plain words, and the sources page too."""
    fake.answers["/v1/sources"] = music.sources(spotify=False)
    home = (await site.get("/")).text
    assert "Spotify is not connected here" in home
    assert "other sources are asked, and your own files are heard" in home
    assert "SPOTIFY_CLIENT_ID" not in home
    sources = (await site.get("/sources")).text
    assert "Connect Spotify" in sources
    assert "SPOTIFY_CLIENT_ID" in sources


async def test_without_any_source_no_example_is_offered(site, fake):
    """A link that cannot be answered is a dead link."""
    none = music.sources(spotify=False).sources[:1]
    fake.answers["/v1/sources"] = music.sources().model_copy(update={"sources": none})
    home = (await site.get("/")).text
    assert "Try it:" not in home
    assert "own files can be heard" in home


async def test_the_home_page_needs_no_answer(site, fake):
    """It stands even when the API does not, and claims nothing then."""
    fake.refuse("/v1/sources", 500, "internal")
    answer = await site.get("/")
    assert answer.status_code == 200
    assert "not connected" not in answer.text


async def test_sources_that_can_nothing_say_so(site, fake):
    """An empty list is a sentence."""
    one = music.sources().sources[0].model_copy(update={"capabilities": ()})
    fake.answers["/v1/sources"] = music.sources().model_copy(update={"sources": (one,)})
    assert "There is nothing that it could be asked." in (await site.get("/sources")).text
    fake.answers["/v1/sources"] = music.sources().model_copy(update={"sources": ()})
    assert "No source is switched on" in (await site.get("/sources")).text


async def test_credentials_that_are_refused_are_told(site, fake):
    """As what they are: this server is not set up to ask, and what to look at."""
    said = music.sources()
    detail = "This server cannot sign in at Spotify. It does not accept the client id and secret."
    refused = tuple(
        one.model_copy(update={"state": State.NOT_CONFIGURED, "detail": detail})
        for one in said.sources[0].capabilities
    )
    one = said.sources[0].model_copy(update={"capabilities": refused})
    fake.answers["/v1/sources"] = said.model_copy(update={"sources": (one,)})

    text = (await site.get("/sources")).text

    assert "Not set up on this server." in text
    assert "Connect Spotify" in text
    assert detail in text


@pytest.mark.parametrize(
    ("address", "asked"),
    [
        (f"/artists/{A}", f"/v1/artists/{A}"),
        ("/search?q=low&type=track", "/v1/search"),
        ("/worksheets/wsh_unknown?x=1", "/v1/worksheets/wsh_unknown"),
    ],
)
async def test_what_may_work_in_a_moment_counts_down_and_can_be_asked_again(
    site, fake, address, asked
):
    """The wait in words, and a link to the very same page."""
    fake.refuse(asked, 503, "sources-unavailable")
    text = (await site.get(address)).text

    assert 'data-retry-after="90"' in text
    assert f'href="{address.replace("&", "&amp;")}">Try again</a>' in text


async def test_what_was_sent_is_not_sent_again_by_a_link(site, fake):
    """There is no page at the address of a form."""
    fake.refuse("POST /v1/jobs/job_1/retry", 503, "queue-full")
    text = (await site.post("/jobs/job_1/retry")).text

    assert 'data-retry-after="90"' in text
    assert "Try again</a>" not in text


@pytest.mark.parametrize("address", ["/", "/search?q=low", f"/tracks/{T}", "/sources", "/nothing"])
async def test_going_back_gets_the_whole_page_whatever_htmx_says_of_itself(site, address):
    """An address of a page answers a page: no header makes a part of it."""
    restored = {"HX-History-Restore-Request": "true", "HX-Request-Type": "full"}
    await site.get(address)
    plain = await site.get(address)

    assert (await site.get(address, headers=restored)).text == plain.text
    assert (await site.get(address, headers={"HX-Request": "true"})).text == plain.text
