"""The four steps on the start page, and their small pictures."""

import httpx
import pytest

from tests.web import music, own, sheets, sound
from tests.web.fake import product
from web.pages import exercise
from web.site import ExampleIds, Site


def test_a_number_that_nobody_states_has_no_dot():
    """The others stay where they are."""
    features = sound.features()
    stated = exercise.values(features)
    gone = exercise.values(features.model_copy(update={"energy": None}))

    assert gone.dots == stated.dots[1:]
    assert gone.lines == stated.lines


def test_nothing_is_drawn_of_an_analysis_without_sections():
    """An empty picture is no error."""
    bare = sound.analysis().model_copy(update={"sections": ()})

    assert exercise.parts(bare).bars == ()


async def test_without_examples_the_start_says_how_the_pages_lead_on(site, fake):
    """There is nothing to walk with, and no link that leads nowhere."""
    fake.answers["/v1/library/tracks"] = own.files(own.demo())
    none = music.sources(spotify=False).sources[:1]
    fake.answers["/v1/sources"] = music.sources().model_copy(update={"sources": none})
    text = (await site.get("/")).text

    assert "each of its pages leads to the next" in text
    assert '<ol class="steps">' not in text


async def test_the_start_walks_with_an_own_song_where_there_is_no_demo(site, fake):
    """It is more to somebody than a stranger's; which list it is held against is chosen there."""
    text = (await site.get("/")).text

    assert f'your “<bdi hx-ignore dir="auto">{own.file().title}</bdi>”' in text
    for path in ("", "/analysis"):
        assert f'<li><a href="/tracks/{own.OWN}{path}">' in text
    assert f'<li><a href="/artists/{own.MAKER}">' in text
    assert f'<li><a href="/playlists?track={own.OWN}">' in text


async def test_the_start_knows_what_was_left_here(site, fake):
    """The newest songs and the worksheet that was changed last; nothing where there is nothing."""
    text = (await site.get("/")).text
    assert "Yours so far:" in text
    assert f'<a href="/tracks/{own.OWN}"' in text
    assert f'<a href="/worksheets/{sheets.SHEET}"' in text

    fake.refuse("/v1/worksheets", 503, "busy")
    fake.refuse("/v1/library/tracks", 503, "busy")
    assert "Yours so far" not in (await site.get("/")).text


@pytest.mark.parametrize("removed", [True, False])
async def test_a_demo_that_was_removed_is_walked_no_more(fake, removed):
    """Its pages are not there."""
    if removed:
        fake.refuse("/v1/library/tracks", 503, "busy")
    here = Site(examples=ExampleIds(own.MAKER, own.DEMO, own.LIST))
    transport = httpx.ASGITransport(product(fake, here))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        text = (await client.get("/")).text
    assert (f'href="/tracks/{own.DEMO}"' in text) is not removed
    assert ("walk it with music made for Earprint" in text) is not removed
