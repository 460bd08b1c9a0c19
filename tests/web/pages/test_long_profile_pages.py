"""A playlist too long for one request: its panel waits, its job is followed, its tempi fold."""

from typing import Any

import pytest

from api.schemas.library import Job, JobKind, JobState, Stage
from api.schemas.provenance import Method, Provenance, SourceName
from tests.web import lists, music, own

P = music.PLAYLIST
PROFILE = f"/v1/playlists/{P}/profile"
JOB = f"/v1/jobs/{own.JOB}"


def job(state: JobState = JobState.RUNNING, **more: Any) -> Job:
    """A long list that is being read."""
    running = state is JobState.RUNNING
    given: dict[str, Any] = {
        "kind": JobKind.PROFILE,
        "stage": Stage.TRACKS if running else None,
        "seconds_left": 125.0 if running else None,
        "track_id": None,
        "playlist_id": P,
        "queue_place": None,
    }
    return own.job(state, **given | more)


async def test_a_panel_waits_for_its_job(site, fake):
    """It asks for itself, in the form that was asked for, says how far it is, and how to look."""
    fake.answers[PROFILE] = job()
    page = await site.get(f"/playlists/{P}/profile?fold=tempo&x=1")
    panel = await site.get(f"/fragments/playlists/{P}/profile")

    assert (page.status_code, panel.status_code) == (202, 200)
    assert (
        f'hx-get="/fragments/playlists/{P}/profile?fold=tempo" hx-trigger="every 2s"' in page.text
    )
    assert f'hx-get="/fragments/playlists/{P}/profile" hx-trigger="every 2s"' in panel.text
    for sentence in (
        "This list is long, and a source is being asked about every track of it",
        '<span class="num">43 %</span>',
        "Now: ask about each track, about 2 min left.",
        f'<a href="/jobs/{own.JOB}">Watch it being read</a>',
        "<noscript>Scripts are off here: refresh the page now and then.</noscript>",
    ):
        assert sentence in panel.text


async def test_a_list_that_is_read_can_be_watched_and_stopped(site, fake):
    """Its steps, its name, the way back; nothing of files."""
    fake.answers[JOB] = job()
    text = (await site.get(f"/jobs/{own.JOB}")).text

    assert 'Reading “<span hx-ignore dir="auto">Quiet Mornings</span>”' in text
    assert f'<a href="/playlists/{P}">Back to the playlist</a>' in text
    assert '<li class="is-done"><strong>Read the list</strong>' in text
    assert '<li class="is-now" aria-current="step"><strong>Ask about each track</strong>' in text
    assert "Stop reading" in text
    assert "the reading goes on" in text
    for strange in ("Delete the file", "Library</a></p>", "Find the beat", "analysis"):
        assert strange not in text.split("<main")[1].split("API call")[0]


@pytest.mark.parametrize("query", ["", "?fold=tempo"])
async def test_a_list_that_was_read_leads_to_its_profile(site, fake, query):
    """As it was asked for; the page that watched goes there by itself."""
    fake.answers[JOB] = job(JobState.DONE, result=f"{PROFILE}{query}")
    page = await site.get(f"/jobs/{own.JOB}")
    watching = await site.get(f"/fragments/jobs/{own.JOB}")

    assert f'href="/playlists/{P}/profile{query}">See how the playlist sounds</a>' in page.text
    assert watching.headers["hx-redirect"] == f"/playlists/{P}/profile{query}"


async def test_a_list_that_could_not_be_read_says_why(site, fake):
    """With the way to try again, also where the list has no name any more."""
    fake.refuse(f"/v1/playlists/{P}", 404, "playlist-not-found")
    fake.answers[JOB] = job(JobState.FAILED, problem=own.silence())
    text = (await site.get(f"/jobs/{own.JOB}")).text

    assert "It could not be read to the end" in text
    assert 'Reading “<span hx-ignore dir="auto">A playlist</span>”' in text
    assert "Try again" in text
    assert "Delete the file" not in text


async def test_half_and_double_tempo_can_be_counted_as_one(site, fake):
    """A plain link there and back; what was done stands beside."""
    told = Provenance(
        source=SourceName.RECCOBEATS,
        method=Method.REPORTED,
        fields=("features.tempo",),
        retrieved_at=music.THEN,
        detail="Half and double tempo are counted as one: 3 tracks at half.",
    )
    plain = (await site.get(f"/playlists/{P}/profile")).text
    fake.answers[PROFILE] = lists.profile(provenance=(*music.said(SourceName.RECCOBEATS), told))
    folded = (await site.get(f"/playlists/{P}/profile?fold=tempo")).text

    assert f'<a href="/playlists/{P}/profile?fold=tempo" hx-get=' in plain
    assert "Count half and double tempo as one</a>" in plain
    assert "3 tracks at half." not in plain
    assert "Half and double tempo are counted as one: 3 tracks at half." in folded
    assert f'<a href="/playlists/{P}/profile" hx-get=' in folded
    assert "as the source states it</a>" in folded
    assert [asked for asked in fake.asked if "fold" in asked] == [f"{PROFILE}?fold=tempo"]
