"""Versions of the analyser on pages: an older one says so, and one button has songs heard again."""

import pytest

from api.schemas.library import JobState
from api.schemas.provenance import SourceName
from tests.web import lists, music, own, sound
from web.text import versions

P = music.PLAYLIST
FILE = f"/v1/library/tracks/{own.OWN}"
OLDER = "Measured by version 2 of the analyser. Version 3 gets"
MIXED = "Measured by different versions of the analyser (2 and 3)"


@pytest.mark.parametrize("page", ["", "/analysis"])
async def test_an_older_analysis_has_one_button(fake, site, page):
    """On the track's page and on its analysis: what the newer version does, and a form for it."""
    fake.answers[FILE] = own.outdated()
    text = (await site.get(f"/tracks/{own.OWN}{page}")).text

    assert OLDER in text
    assert f'action="/library/{own.OWN}/analyse" method="post"' in text
    assert "Analyse again" in text


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"audio": None}, "it cannot be heard again: send the same file to put it back"),
        ({"job": own.job(JobState.RUNNING)}, "It is at it."),
    ],
)
async def test_an_older_analysis_that_cannot_be_renewed_says_why(fake, site, more, says):
    """Where the file is gone, or is being heard already."""
    fake.answers[FILE] = own.outdated(**more)
    text = (await site.get(f"/tracks/{own.OWN}")).text

    assert OLDER in text
    assert says in text
    assert "Analyse again" not in text


async def test_a_present_analysis_says_nothing_of_versions(site):
    """Nor does a file that was never analysed."""
    assert "of the analyser" not in (await site.get(f"/tracks/{own.OWN}")).text


async def test_the_button_leads_to_the_job(fake, site):
    """And to the track itself where there is nothing to do."""
    begun = await site.post(f"/library/{own.OWN}/analyse")
    fake.answers[f"POST {FILE}/analyses"] = own.file()
    done = await site.post(f"/library/{own.OWN}/analyse")

    assert f"POST {FILE}/analyses" in fake.asked
    assert (begun.status_code, begun.headers["location"]) == (303, f"/jobs/{own.JOB}")
    assert (done.status_code, done.headers["location"]) == (303, f"/tracks/{own.OWN}")


async def test_the_library_offers_to_hear_all_again(fake, site):
    """How many songs, what the newer version does, and which cannot be."""
    fake.answers["/v1/library/analyses"] = own.renewal(12, 2)
    text = (await site.get("/library")).text

    assert "12 songs were measured by an older version of the analyser. Version 3 gets" in text
    assert "Two more cannot be heard again" in text
    assert 'action="/library/analyse" method="post"' in text


async def test_a_library_that_is_heard_again_says_how_many_are_left(fake, site):
    """And can be told to stop."""
    fake.answers["/v1/library/analyses"] = own.renewal(1, asked_at=music.THEN)
    text = (await site.get("/library")).text
    begun = await site.post("/library/analyse")
    stopped = await site.post("/library/analyse/stop")

    assert "hears your songs again: one song to go" in text
    assert 'action="/library/analyse/stop"' in text
    assert [one.headers["location"] for one in (begun, stopped)] == ["/library", "/library"]
    assert fake.asked.count("DELETE /v1/library/analyses") == 1


async def test_the_library_stands_where_versions_cannot_be_told(fake, site):
    """The files are there all the same."""
    fake.refuse("/v1/library/analyses", 503, "busy")
    answer = await site.get("/library")
    assert answer.status_code == 200
    assert "Harbour Lights" in answer.text


async def test_versions_stand_side_by_side(fake, site):
    """Each number as each version heard it, with which differ; and all of each as JSON."""
    kept = (own.kept(own.OWN, 3), own.kept(own.OWN, 2))
    fake.answers[FILE] = own.file(analyses=kept)
    track = (await site.get(f"/tracks/{own.OWN}")).text
    text = (await site.get(f"/library/{own.OWN}/versions")).text

    assert f'href="/library/{own.OWN}/versions"' in track
    assert '103 BPM</td><td class="num r">102 BPM</td><td><strong>differ<' in text
    assert "F♯ minor</td><td>are the same" in text
    assert f'href="{kept[1].analysis}"' in text


async def test_a_single_version_is_not_compared(fake, site):
    """One has nothing beside it, none at all says so."""
    one = (await site.get(f"/library/{own.OWN}/versions")).text
    fake.answers[FILE] = own.file(analyses=(), analyser=None)
    none = (await site.get(f"/library/{own.OWN}/versions")).text

    assert "One version of the analyser has heard it so far." in one
    assert ">They<" not in one
    assert "It has not been analysed yet." in none


async def test_a_version_that_is_gone_is_a_page_that_says_so(fake, site):
    """Deleted by somebody meanwhile."""
    fake.refuse(f"{FILE}/analyses/3/features", 404, "track-not-found")
    answer = await site.get(f"/library/{own.OWN}/versions")
    assert (answer.status_code, answer.text.count("<h1")) == (404, 1)


def by(version: int, **more):
    """What this version says."""
    said = tuple(one.model_copy(update={"analyser": version}) for one in own.features().provenance)
    return own.features(provenance=said, **more)


async def test_songs_of_two_versions_side_by_side_are_said_to_be(fake, site):
    """What sets them apart may be the versions' own."""
    fake.answers[f"/v1/tracks/{own.OWN}/features"] = by(2)
    fake.answers[f"/v1/tracks/{own.DEMO}/features"] = by(3, id=own.DEMO)
    both = zip((2, 3), sound.batch([own.OWN, own.DEMO]).items, strict=True)
    items = tuple(one.model_copy(update={"value": by(v, id=one.id)}) for v, one in both)
    fake.answers["/v1/features"] = sound.batch([]).model_copy(update={"items": items})
    text = (await site.get(f"/compare?a={own.OWN}&b={own.DEMO}")).text
    assert MIXED in text


@pytest.mark.parametrize("panel", ["fit", "profile", "table"])
async def test_a_list_of_two_versions_says_so(fake, site, panel):
    """Wherever its numbers are put together."""
    usual = {"fit": lists.fit, "profile": lists.profile}.get(panel, lists.table)()
    said = (*by(2).provenance, *by(3).provenance)
    fake.answers[f"/v1/playlists/{P}/{panel}"] = usual.model_copy(update={"provenance": said})
    query = "?track=" + music.TRACK if panel == "fit" else ""

    assert MIXED in (await site.get(f"/playlists/{P}/{panel}{query}")).text


def test_what_a_version_brought_is_said_of_every_one_that_was_left_out():
    """Of one that nothing is written about, that it hears otherwise."""
    assert versions.hears(2, 3) == f"Version 3 {versions.HEARS[3]}."
    assert versions.hears(98, 99) == "Version 99 hears some things otherwise."


def test_one_version_is_not_mixed_with_what_others_say():
    """Spotify's numbers have no version of ours."""
    said = (*by(3).provenance, *music.said(SourceName.SPOTIFY))
    assert versions.mixed(said) is None
