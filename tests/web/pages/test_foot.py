"""The foot of every page: how each source is; and the band where none can be asked."""

import re

import pytest

from api.schemas.sources import State
from tests.web import music
from tests.web.pages.test_sources_page import all_as, every_door

ASKED = "/v1/sources"
BAND = re.compile(r'<aside class="stand-in".*?</aside>', re.DOTALL)


def foot(text):
    """What stands at the end of a page."""
    return re.sub(r"\s+", " ", text.split("<footer")[1].split("</footer>")[0])


@pytest.mark.parametrize("address", ["/", "/upload", f"/artists/{music.ARTIST}", "/nothing"])
async def test_some_down_each_source_has_a_dot_and_its_word(site, address):
    """A dot is never alone, and leads to what the source says of itself."""
    await site.get("/")
    text = foot((await site.get(address)).text)

    assert "One source of 2 can be asked now." in text
    assert (
        'is-open" aria-hidden="true"></span><a href="/sources#source-spotify">Spotify</a> open'
        in text
    )
    assert 'href="/sources#source-reccobeats">ReccoBeats</a> asked us to wait' in text
    assert "Earprint 0.1.0" in text


async def test_whoever_was_never_asked_is_not_called_open_at_the_foot(site, fake):
    """The word says it as well as the hollow dot."""
    fake.answers[ASKED] = every_door(state=State.OPEN, since=None, until=None)
    text = foot((await site.get("/")).text)

    assert "is-untried" in text
    assert "Spotify</a> not asked yet" in text


@pytest.mark.parametrize("state", [State.LIMITED, State.UNREACHABLE, State.CLOSED])
@pytest.mark.parametrize("address", ["/", f"/tracks/{music.TRACK}", "/nothing"])
async def test_all_down_every_page_says_so_with_one_way_on(site, fake, address, state):
    """A band above the page: what still works, and one link to it."""
    fake.answers[ASKED] = all_as(state)
    await site.get("/upload")
    [band] = BAND.findall((await site.get(address)).text)

    assert "Nobody outside can be asked just now." in band
    assert "demo" not in band  # it may have been removed, or never been here
    assert 'href="/library">Go on with it</a>' in band


async def test_nothing_set_up_the_band_blames_nobody(site, fake):
    """Nobody has failed where nobody was to be asked."""
    fake.answers[ASKED] = all_as(State.NOT_CONFIGURED)

    assert "Nobody outside is asked on this server." in (await site.get("/")).text


async def test_sources_says_it_in_its_own_words_alone(site, fake):
    """There it is not said twice."""
    fake.answers[ASKED] = all_as(State.UNREACHABLE)
    text = (await site.get("/sources")).text

    assert text.count("Nobody outside can be asked just now.") == 1


async def test_sources_that_cannot_be_told_leave_the_page_whole(site, fake):
    """The foot then goes without."""
    fake.refuse(ASKED, 503, "busy")
    answer = await site.get("/upload")

    assert answer.status_code == 200
    assert "lights" not in answer.text


async def test_the_api_is_asked_once_for_many_pages(site, fake):
    """Not once a page, and never for a fragment."""
    for address in ("/upload", "/fragments/recent", "/upload", "/compare"):
        await site.get(address)

    assert fake.asked.count(ASKED) == 1


async def test_an_unchanged_page_is_still_304(site, fake):
    """Its validator holds while the sources are as they were, and not longer."""
    first = await site.get("/upload")
    held = {"If-None-Match": first.headers["etag"]}

    assert (await site.get("/upload", headers=held)).status_code == 304
    fake.answers[ASKED] = all_as(State.OPEN)
    await site.get("/sources")
    assert (await site.get("/upload", headers=held)).status_code == 200
