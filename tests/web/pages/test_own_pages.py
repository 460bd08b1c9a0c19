import pytest

from api.schemas.library import JobState
from tests.web import own

T, F = own.OWN, f"/v1/tracks/{own.OWN}/features"


async def test_the_home_page_opens_on_the_demo_label(site):
    """Its artists, their pieces, and what was measured in them."""
    text = (await site.get("/")).text

    assert "measured from audio you can play" in text
    assert f'<a href="/artists/{own.MAKER}" hx-ignore dir="auto">The Invented</a>' in text
    assert "Slow Tide" in text
    assert "Harbour Lights" not in text.partition("Listen first: the demo label")[2]


@pytest.mark.parametrize("path", ["/", "/library"])
async def test_a_cover_says_what_it_is_of(site, fake, path):
    """Pieces of the demo have one; files of one's own do not."""
    cover = f"/v1/library/tracks/{own.DEMO}/cover"
    fake.answers["/v1/library/tracks"] = own.files(
        own.file(), own.demo(cover=cover, album="Low Water")
    )
    text = (await site.get(path)).text
    assert text.count(f'src="{cover}" alt="Cover of Low Water"') == text.count("/cover") == 1


async def test_the_home_page_has_no_label_without_a_demo(site, fake):
    """And none where there is no library."""
    fake.answers["/v1/library/tracks"] = own.files(own.file())
    assert "demo label" not in (await site.get("/")).text
    fake.refuse("/v1/library/tracks", 404, "not-found")
    assert "demo label" not in (await site.get("/")).text


async def test_a_track_of_ones_own_can_be_played(site):
    """The file, what it is, and the way to get rid of it."""
    text = (await site.get(f"/tracks/{T}")).text

    assert f'<audio controls preload="none" src="/v1/library/tracks/{T}/audio"' in text
    assert f'Your own file: <a href="/v1/library/tracks/{T}/audio">FLAC, 5.0 MB</a>' in text
    assert f'href="/library/{T}/delete"' in text
    assert "What the composer wrote" not in text


@pytest.mark.parametrize(
    ("job", "sentence"),
    [
        (own.job(JobState.RUNNING), "Its analysis: being analysed, 43 %."),
        (own.job(JobState.QUEUED), "Its analysis: waiting."),
        (own.failed(), "Its analysis failed: Its loudness is −74.2 LUFS"),
    ],
)
async def test_a_track_says_how_far_its_analysis_is(site, fake, job, sentence):
    """With the way to the job."""
    fake.answers[f"/v1/library/tracks/{T}"] = own.file(job=job)
    text = (await site.get(f"/tracks/{T}")).text
    assert sentence in text
    assert f'href="/jobs/{own.JOB}"' in text


async def test_a_track_stands_without_its_file(site, fake):
    """A list may still name what was deleted."""
    fake.refuse(f"/v1/library/tracks/{T}", 404, "track-not-found")
    for path in (f"/tracks/{T}", f"/tracks/{T}/analysis"):
        answer = await site.get(path)
        assert answer.status_code == 200
        assert f"/v1/library/tracks/{T}/audio" not in answer.text


async def test_b6_an_entry_whose_file_is_gone_says_so(site, fake):
    """On its page and in the library, with the two ways out; nothing offers to play it."""
    gone = own.file(audio=None)
    fake.answers[f"/v1/library/tracks/{T}"] = gone
    fake.answers["/v1/library/tracks"] = own.files(gone)
    track, library = [(await site.get(path)).text for path in (f"/tracks/{T}", "/library")]

    assert "is not on this server’s disk any more; what was heard in it still is." in track
    assert f'href="/library/{T}/delete">delete this entry' in track
    assert "<audio" not in track
    assert '<span class="tag">file missing</span>' in library
    assert "Send the same file again to put it back, or delete the entry." in library
    assert "file missing" not in (await site.get("/")).text


async def test_what_is_still_heard_says_how_far_it_is(site, fake):
    """The panel asks again by itself; the page leads to the job."""
    fake.answers[F] = own.job(JobState.RUNNING)
    panel = await site.get(f"/fragments/tracks/{T}/features")
    page = await site.get(f"/tracks/{T}/features")
    fake.answers[f"/v1/tracks/{T}/analysis"] = own.job(JobState.QUEUED)
    whole = await site.get(f"/tracks/{T}/analysis")

    assert (panel.status_code, page.status_code) == (200, 202)
    assert f'hx-get="/fragments/tracks/{T}/features" hx-trigger="every 2s"' in panel.text
    assert "Now: cut it into moments" in panel.text
    assert (whole.status_code, whole.headers["location"]) == (303, f"/jobs/{own.JOB}")


async def test_what_the_composer_wrote_stands_beside_what_was_heard(site):
    """A demo piece has the right answers."""
    assert "What the composer wrote" in (await site.get(f"/tracks/{own.DEMO}")).text
    text = (await site.get(f"/tracks/{own.DEMO}/composer")).text

    assert "agrees with the composer on 1 of 4 points" in text
    assert "half as fast" in text
    assert "Another metre" in text
    assert (await site.get(f"/tracks/{T}/composer")).status_code == 404
