"""Does a track match the brand: every state of the panel, and where a brand is chosen."""

import html

import pytest

from api.schemas.library import JobState
from tests.web import brands, music, own

T = own.OWN
PANEL = f"/tracks/{T}/brand-match"
SHELF = "/v1/brands"
NONE = {"Cookie": "brand=none"}
NAME = "שלום " + "x" * 120 + " 🎷 <b>"


@pytest.fixture
def two(fake):
    """Two brands, of which the newest is the one."""
    fake.answers[SHELF] = brands.shelf(brands.brand(name=NAME), brands.brand(brands.OTHER))


async def test_the_reasons_stand_feature_by_feature(site, two):
    """The brand, a sentence, each range with what it matters, the call, and what comes next."""
    text = html.unescape((await site.get(PANEL)).text)

    assert NAME in text
    assert "features in your range" in text
    assert "<dt>Energy, matters somewhat</dt>" in text
    assert f"GET /v1/brands/{brands.BRAND}/distance?track={T}" in text
    assert f'href="/compare?a={T}&b={brands.BRAND}"' in text


async def test_folded_in_the_page_of_the_track(site, two):
    """Its first line is the sentence; the page has a place for it that leads to its own."""
    part = (await site.get(f"/fragments{PANEL}")).text
    page = (await site.get(f"/tracks/{T}")).text

    assert part.strip().startswith('<details id="brand-match" class="fold">')
    assert "features in your range" in part.partition("</summary>")[0]
    assert f'hx-get="/fragments{PANEL}"' in page
    assert f'href="{PANEL}"' in page


async def test_empty_no_brand_leads_to_the_questions(site):
    """Or to one that is made from this song."""
    text = (await site.get(PANEL)).text

    assert "Nothing says yet what you want to sound like." in text
    assert f'href="/brands/new/songs?song={T}"' in text
    assert "Draw this one" not in text


async def test_none_chosen_says_so_and_can_be_undone_here(site, two):
    """Every brand is there to choose."""
    text = (await site.get(PANEL, headers=NONE)).text

    assert "You have chosen that no brand stands beside tracks." in text
    assert f'<option value="{brands.OTHER}">' in text
    assert '<option value="none" selected>' in text


async def test_a_brand_that_aims_at_nothing_says_so(site, fake):
    """Nothing is near or far from it."""
    fake.answers[SHELF] = brands.shelf(brands.brand())
    told = brands.distance().model_copy(update={"says": "It aims at nothing.", "fields": {}})
    fake.answers[f"{SHELF}/{brands.BRAND}/distance"] = told

    text = (await site.get(PANEL)).text
    assert "It aims at nothing." in text
    assert f'href="/brands/{brands.BRAND}/edit"' in text


async def test_loading_a_track_that_is_being_heard_asks_again(site, fake, two):
    """With how far it is."""
    fake.answers[f"{SHELF}/{brands.BRAND}/distance"] = own.job(JobState.RUNNING)
    answer = await site.get(PANEL)

    assert answer.status_code == 202
    assert "43 %" in answer.text
    assert 'hx-trigger="every 2s"' in answer.text


async def test_error_says_why_and_when_to_ask_again(site, fake, two):
    """503 with the seconds to wait, alone and in the page."""
    fake.refuse(f"{SHELF}/{brands.BRAND}/distance", 503, "sources-unavailable")

    for path in (PANEL, f"/fragments{PANEL}"):
        answer = await site.get(path)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "90")


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (f"/tracks/{T}/features", "features"),
        (PANEL, "brand-match"),
        (f"/artists/{music.ARTIST}/fingerprint", "fingerprint"),
        (f"/playlists/{music.PLAYLIST}/profile", "profile"),
        (f"/compare/strips?a={T}&b={music.TRACK}", "strips"),
    ],
)
async def test_a_brand_is_chosen_wherever_its_range_is_drawn(site, two, path, place):
    """The one that is drawn is selected; one brand alone leaves nothing to choose."""
    text = (await site.get(path)).text

    assert f'<input type="hidden" name="at" value="{place}">' in text
    assert f'<option value="{brands.BRAND}" selected>' in text
    assert f'<option value="{brands.OTHER}">' in text
    assert '<option value="none">no brand</option>' in text


async def test_one_brand_alone_leaves_nothing_to_choose(site, fake):
    """But where it is not wanted it can be had again."""
    fake.answers[SHELF] = brands.shelf(brands.brand())

    assert "Draw this one" not in (await site.get(PANEL)).text
    assert "Draw this one" in (await site.get(PANEL, headers=NONE)).text
