"""Sources: who can be asked, in each state that they can be in; and About the data."""

import html
import re

import pytest

from api.schemas.about import AboutData
from api.schemas.provenance import Reason, SourceName
from api.schemas.sources import JobFigures, SourceReport, State
from tests.web import music
from web.text.definitions import GROUPS, SOURCES
from web.text.meanings import MEANINGS


def all_as(state: State) -> SourceReport:
    """Both sources, every door of theirs in one state."""
    return every_door(state=state)


def every_door(**told: object) -> SourceReport:
    """Both sources, and the same of every door of theirs."""
    return SourceReport(
        sources=tuple(
            source.model_copy(
                update={
                    "capabilities": tuple(
                        one.model_copy(update=told) for one in source.capabilities
                    )
                }
            )
            for source in music.sources().sources
        )
    )


async def test_some_down_a_source_is_as_its_best_door(site):
    """One thing it answers makes it one that can be asked; each of the others says why not."""
    text = (await site.get("/sources")).text

    assert "One source of 2 can be asked now." in text
    assert "Open for 1 of 2 kinds of question." in text
    assert "Asked us to wait." in text
    assert "Tried again on 22 Nov 2026" in text


async def test_all_open_nothing_is_banner(site, fake):
    """The page says so in one sentence, and warns of nothing."""
    fake.answers["/v1/sources"] = all_as(State.OPEN)
    text = (await site.get("/sources")).text

    assert "Two sources can be asked here now." in text
    assert 'class="notice"' not in text


async def test_whoever_was_never_asked_is_not_called_open(site, fake):
    """The dot is hollow until the first answer."""
    fake.answers["/v1/sources"] = every_door(state=State.OPEN, since=None, until=None)
    text = (await site.get("/sources")).text

    assert text.count("Not asked yet.") == 2
    assert "health is-untried" in text
    assert "health is-open" not in text.split(">This server<")[0]


@pytest.mark.parametrize("state", [State.CLOSED, State.LIMITED, State.UNREACHABLE])
async def test_all_down_says_what_works_all_the_same(site, fake, state):
    """A banner, and the ways on that need nobody."""
    fake.answers["/v1/sources"] = all_as(state)
    text = (await site.get("/sources")).text

    assert "Nobody outside can be asked just now." in text
    assert 'href="/upload"' in text
    assert "Connect Spotify" not in text


async def test_nothing_set_up_says_so(site, fake):
    """Nobody has failed where nobody was to be asked."""
    fake.answers["/v1/sources"] = all_as(State.NOT_CONFIGURED)

    assert "Nobody outside is asked on this server." in (await site.get("/sources")).text


async def test_settings_are_spoken_of_here_and_nowhere_else(site, fake):
    """Elsewhere an absence says that this server is not set up for it, and leads here."""
    detail = "Last.fm asks for a key, which is free: set LASTFM_API_KEY."
    told = music.gone("genres", Reason.NOT_CONFIGURED).model_copy(update={"detail": detail})
    fake.answers[f"/v1/artists/{music.ARTIST}"] = music.artist(genres=None, missing=(told,))
    fake.answers["/v1/sources"] = every_door(detail=detail)
    artist = (await site.get(f"/artists/{music.ARTIST}")).text

    assert "LASTFM_API_KEY" not in artist
    assert "This server is not set up to ask for it." in artist
    assert "LASTFM_API_KEY" in (await site.get("/sources")).text


async def test_the_open_page_asks_again(site):
    """Every 30 seconds, for the same block, which says nothing aloud."""
    page = (await site.get("/sources")).text
    again = await site.get("/fragments/sources")

    assert 'hx-get="/fragments/sources" hx-trigger="every 30s"' in page
    assert again.text.strip() in page
    assert "data-announce" not in again.text


async def test_the_server_s_parts_are_in_words(site):
    """Each part with what it says of itself."""
    text = (await site.get("/sources")).text

    assert '<strong>Database</strong> <span class="soft">works</span>' in text
    assert "in a sandbox (bubblewrap)" in text


async def test_the_cache_tells_its_size_and_how_often_it_was_enough(site):
    """Beside what it says of itself."""
    text = (await site.get("/sources")).text

    assert "2.4 MB in memory, 30.5 MB on disk. It answered 94 % of 1,000 questions" in text


async def test_a_cache_that_was_asked_nothing_has_no_share(site, fake):
    """Nothing is divided by nothing; where the disk holds nothing it is not spoken of."""
    figures = music.health().cache.model_copy(update={"hits": 0, "fetches": 0, "disk_bytes": None})
    fake.answers["/readyz"] = music.health(cache=figures)
    text = (await site.get("/sources")).text

    assert "2.4 MB in memory. Nothing was asked of it since the start." in text


@pytest.mark.parametrize(
    ("jobs", "says"),
    [
        (JobFigures(waiting=3, running=1), "One job running, 3 waiting."),
        (JobFigures(waiting=0, running=0), "No job waits or runs."),
        (None, "How many jobs there are cannot be told just now."),
    ],
)
async def test_jobs_are_counted(site, fake, jobs, says):
    """How many run and wait, or that nobody can tell."""
    fake.answers["/readyz"] = music.health(jobs=jobs)

    assert says in (await site.get("/sources")).text


async def test_a_server_that_is_not_ready_leaves_its_parts_out(site, fake):
    """The sources stand all the same."""
    fake.refuse("/readyz", 503, "busy")
    text = (await site.get("/sources")).text

    assert ">This server<" not in text
    assert "Asked in this order" in text


@pytest.mark.parametrize("anchor", [each.anchor for *_, group in GROUPS for each in group])
async def test_every_number_has_an_address(site, anchor):
    """Panels can link to what a number means, and no two share a place."""
    text = (await site.get("/about/data")).text

    assert text.count(f'id="{anchor}"') == 1
    assert f'href="#{anchor}"' in text


async def test_typical_errors_are_those_that_the_api_tells(site, fake):
    """No figure is typed by hand that the analyser's files know."""
    told = (await site.get("/v1/about/data")).json()
    told["estimated"] = [
        {"field": "energy", "typical_error": 0.123, "unheard_error": 0.456, "tracks": 789}
    ]
    key = {"name": "key", "right": 0.91, "right_is": "the tonic", "answers": 1234}
    mode = key | {"name": "mode", "right_is": "major or minor", "records": None}
    told["measured"] = [key | {"records": {"right": 0.62, "answers": 39}}, mode]
    fake.answers["/v1/about/data"] = AboutData(**told)
    text = (await site.get("/about/data")).text

    assert "Typically off by 0.12 either way, as found on 789 tracks" in text
    assert "91 of 100 right on rendered pieces (the tonic; 1,234 answers), 62 of 100 on rec" in text
    assert "91 of 100 right on rendered pieces (major or minor; 1,234 answers)." in text
    assert "Records are harder" in text


async def test_each_feature_is_explained_once_with_what_little_and_much_of_it_sound_like(site):
    """Here and beside a track’s strips it is the same paragraph."""
    text = html.unescape((await site.get("/about/data")).text)
    track = html.unescape((await site.get(f"/tracks/{music.TRACK}/features")).text)

    for meaning in MEANINGS:
        for said in (meaning.asks, meaning.paragraph, meaning.sounds):
            assert text.count(said) == 1, said
            assert said in track, said


async def test_every_source_is_told_in_a_sentence_with_its_terms(site):
    """For somebody who has never heard of it."""
    text = (await site.get("/about/data")).text

    assert set(SOURCES) == set(SourceName)
    assert set(re.findall(r'id="terms-([a-z]+)"', text)) == {each.value for each in SourceName}
    assert "CC BY-NC-SA" in text
