"""Search in every state: the own library first, and who was asked."""

from typing import Any

from api.schemas.lists import FoundAt
from api.schemas.problem import Attempt
from api.schemas.provenance import Reason, SourceName
from tests.web import lists, music


def results(*sources: SourceName, attempts: tuple[Attempt, ...] = ()) -> Any:
    """What these have found: the same artists and tracks each."""
    found = music.found(["artist", "track"])
    both: dict[str, Any] = {"artists": found.artists, "tracks": found.tracks, "playlists": None}
    at = tuple(FoundAt(source=source, **both) for source in sources)
    return found.model_copy(update={"by_source": at, "attempts": attempts})


def attempt(source: SourceName, reason: Reason, detail: str = "So it is.") -> Attempt:
    """Somebody who gave nothing."""
    return Attempt(source=source, reason=reason, detail=detail)


async def test_the_own_library_comes_first(site, fake):
    """Whoever else has found something stands below it, each under its own name."""
    fake.answers["/v1/search"] = results(SourceName.SPOTIFY, SourceName.LIBRARY)
    text = (await site.get("/search?q=low")).text

    assert text.index("In your library</h2>") < text.index(">Spotify</h2>")
    assert 'id="found-library"' in text
    assert "Looked in your library and Spotify" in text


async def test_who_was_not_asked_is_said_in_one_line(site, fake):
    """With the reason folded behind it; who looked in vain was asked."""
    fake.answers["/v1/search"] = results(
        SourceName.LIBRARY,
        attempts=(
            attempt(SourceName.SPOTIFY, Reason.NOT_CONFIGURED, "It has no credentials here."),
            attempt(SourceName.DEEZER, Reason.UNREACHABLE, "It did not answer."),
            attempt(SourceName.EXPORTIFY, Reason.NOT_KNOWN, "It has nothing like that."),
        ),
    )
    text = (await site.get("/search?q=low")).text

    line = (
        "Looked in your library and An imported spreadsheet · not asked: Spotify · "
        "no answer from Deezer"
    )
    assert f"<summary>{line}</summary>" in text
    for why in ("It has no credentials here.", "It did not answer.", "It has nothing like that."):
        assert text.count(why) == 1


async def test_a_search_that_finds_nothing_leads_on(site, fake):
    """What to try, and one action; of one kind alone to all kinds."""
    empty = music.found([])
    fake.answers["/v1/search"] = empty
    text = (await site.get("/search?q=low")).text
    assert "Fewer words find more" in text
    assert text.count('<a class="button" href="/upload"') == 1

    text = (await site.get("/search?q=low&type=artist")).text
    assert '<a class="button" href="/search?q=low">' in text
    assert 'class="button" href="/upload"' not in text


async def test_an_empty_page_of_whoever_looked_is_no_result(site, fake):
    """Where the answer is one source's nothing."""
    nothing = {"artists": None, "tracks": None}
    fake.answers["/v1/search"] = music.found(["playlist"]).model_copy(update=nothing)
    text = (await site.get("/search?q=low")).text

    assert "Nothing with such a name" in text
    assert ">Spotify</h2>" not in text


async def test_a_search_nobody_can_answer_keeps_its_words(site, fake):
    """The status is the API's; the box keeps what was typed, and one thing helps."""
    fake.refuse("/v1/search", 503, "sources-unavailable")
    answer = await site.get("/search?q=low+tide")

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "90"
    assert 'value="low tide"' in answer.text
    assert "Ask again in 1 min." in answer.text
    assert "Have your own file of it heard here" in answer.text


async def test_a_search_without_words_is_an_invitation(site):
    """What can be typed, and one way on."""
    text = (await site.get("/search")).text

    assert "Type the name of a song" in text
    assert '<a class="button" href="/library">' in text


async def test_search_pages_by_links_and_escapes_names(site):
    """More of a kind is a link; hostile names are text."""
    text = (await site.get("/search?q=low")).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "/search?q=low&amp;type=track&amp;offset=5" in text
    assert 'aria-current="page">All</a>' in text


async def test_a_place_beyond_the_last_result_leads_back(site, fake):
    """An empty part of a list is a sentence with a link."""
    found = music.found(["track"], 10)
    assert found.tracks
    beyond = found.tracks.model_copy(update={"items": (), "next": None})
    fake.answers["/v1/search"] = found.model_copy(update={"tracks": beyond})
    text = (await site.get("/search?q=low&type=track&offset=10")).text

    assert "nothing at this place" in text
    assert "Earlier results" in text


async def test_results_that_are_left_out_are_counted(site, fake):
    """Whatever a source found and no page here knows is told with its reason."""
    found = music.found(["artist"])
    assert found.artists
    gap = music.gone("items", Reason.NOT_KNOWN).model_copy(update={"detail": "2 are left out."})
    some = found.artists.model_copy(update={"missing": (gap,)})
    fake.answers["/v1/search"] = found.model_copy(update={"artists": some})

    assert "2 are left out." in (await site.get("/search?q=low")).text


async def test_search_hits_say_what_they_are(site, fake):
    """A playlist has an owner and a number of entries."""
    found = music.found(["playlist"])
    items = (
        lists.playlist(),
        lists.playlist(items_total=1, name=""),
        lists.playlist(items_total=None),
    )
    assert found.playlists
    page = found.playlists.model_copy(update={"items": items})
    fake.answers["/v1/search"] = found.model_copy(update={"playlists": page})
    text = (await site.get("/search?q=quiet&type=playlist")).text
    for part in ("by Ada, 60 entries", "by Ada, 1 entry", "(no name)"):
        assert part in text
