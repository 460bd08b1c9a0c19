"""What MusicBrainz says of artists and recordings, and in which terms."""

import itertools

import pytest

from api.problems.refusals import Closed, Garbled, Limited, Unknown, Unreachable
from api.schemas.provenance import Capability, Reason
from api.schemas.sources import State
from api.settings import Usage
from api.sources import musicbrainz
from api.sources.musicbrainz import texts
from api.sources.upstream.gates import SlidingWindow, TooManyWaiting
from tests.sandbox.answers import Answer, of
from tests.sandbox.catalogue import catalogue
from tests.sandbox.landmarks import TWIN_TRACKS
from tests.sandbox.open import ids
from tests.sandbox.open.musicbrainz import TWO_PIECES_TRACK, refusal, too_fast
from tests.sources.musicbrainz.asking import asked
from tests.sources.product import Hands
from tests.sources.upstream.upstream import RowsInMemory

MBID, OTHER = ids.mbid_of(1), ids.mbid_of(2)
ISRC = "QZAAA0000001"
RECORDING = {"id": MBID, "title": "The rain", "length": 200_000}


async def artist(source, ident=MBID):
    """The artist."""
    return (await source.artist(ident, known=None)).value


async def track(source, ident=ISRC):
    """The track."""
    return (await source.track(ident, market=None, known=None)).value


def gaps(resource):
    """What is absent, and why."""
    return {gap.field: gap.detail for gap in resource.missing}


def bearing(*recordings):
    """The recordings of ISRC."""
    return of({"isrc": ISRC, "recordings": recordings})


async def test_an_artist_has_its_genres_and_says_under_which_terms():
    """Most votes first, those without any last; tags that are no genre are left alone."""
    async with asked() as (source, somebody):
        found = await artist(source)

    known = catalogue().artists[1]
    assert (found.id, found.name, found.images) == (MBID, known.name, ())
    assert found.genres == known.genres
    assert found.url == f"https://musicbrainz.org/artist/{MBID}"
    said = found.provenance[0]
    assert (said.url, said.licence, said.detail) == (found.url, texts.LICENCE, None)
    assert said.fields == ("name", "genres")
    assert gaps(found).keys() == {"images", "popularity", "followers"}
    assert somebody.requests[0].query == {"inc": "genres", "fmt": "json"}


async def test_commercial_use_leaves_the_genres_out():
    """They are not even asked for, and it is said why."""
    async with asked(usage=Usage.COMMERCIAL) as (source, somebody):
        found = await artist(source)

    assert found.genres is None
    gap = next(gap for gap in found.missing if gap.field == "genres")
    assert (gap.reason, gap.detail) == (Reason.NOT_CONFIGURED, texts.NO_GENRES)
    assert found.provenance[0].licence == texts.FREE_LICENCE
    assert somebody.requests[0].query == {"fmt": "json"}


async def test_genres_that_were_not_asked_for_are_left_out_too():
    """A mirror may send more than it was asked for."""
    answer = of({"id": MBID, "name": "A", "genres": [{"name": "rock", "count": 3}]})
    async with asked(answer, usage=Usage.COMMERCIAL) as (source, _):
        assert (await artist(source)).genres is None


async def test_a_merged_artist_answers_under_its_new_id():
    """Under the id that was asked for, with the other one in words."""
    async with asked() as (source, _):
        found = await artist(source, ids.MERGED_MBID)

    assert found.id == ids.MERGED_MBID
    assert found.name == catalogue().artists[0].name
    assert found.provenance[0].detail == texts.MERGED.format(ids.mbid_of(0))
    assert found.url.endswith(ids.mbid_of(0))


@pytest.mark.parametrize(
    ("genres", "found", "why"),
    [
        ([{"name": "b", "count": 1}, {"name": "a", "count": 1}], ("a", "b"), None),
        ([{"name": "a", "count": 0}, {"name": "b", "count": "2"}], ("b", "a"), None),
        ([{"name": "a", "count": None}, {"name": "a"}], ("a",), None),
        ([{"name": "a", "count": -1}], None, texts.WHY_NOT["genres"][1]),
        ([], None, texts.WHY_NOT["genres"][1]),
        (None, None, texts.WHY_NOT["genres"][1]),
        ([None, {"name": None}, {"name": "a"}], ("a",), None),
        ([None], None, texts.ABSENCES.unreadable),
        ({"name": "a"}, None, texts.ABSENCES.unreadable),
    ],
    ids=itertools.count(),
)
async def test_genres_are_read_as_far_as_they_can_be(genres, found, why):
    """Votes may be texts, none, or against; an entry that is none costs itself alone."""
    answer = of({"id": MBID, "name": "A", "genres": genres, "tags": [{"name": "seen live"}]})
    async with asked(answer) as (source, _):
        made = await artist(source)

    assert made.genres == found
    assert gaps(made).get("genres") == why


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"id": MBID},
        {"id": MBID, "name": None},
        {"id": "no id", "name": "A"},
        {"id": None, "name": "A"},
        {"id": MBID, "name": "A", "error": "x"},
        [{"id": MBID, "name": "A"}],
    ],
    ids=itertools.count(),
)
async def test_what_is_no_artist_is_garbled(sent):
    """Even with a status of 200."""
    async with asked(of(sent)) as (source, _):
        with pytest.raises(Garbled):
            await artist(source)


async def test_what_is_held_may_still_hold():
    """It has validators."""
    async with asked(Answer(304, headers={"etag": '"1"'})) as (source, somebody):
        fetched = await source.artist(MBID, known='"1"')

    assert (fetched.value, fetched.validator) == (None, '"1"')
    assert somebody.requests[0].headers["if-none-match"] == '"1"'


async def test_a_track_is_the_recording_with_its_isrc():
    """On the release that came out first, by artists who have names only."""
    known = catalogue().tracks[1]
    async with asked() as (source, somebody):
        found = await track(source, known.isrc)

    album = catalogue().albums[known.album]
    assert (found.id, found.isrc) == (known.isrc, known.isrc)
    assert (found.name, found.duration_ms) == (known.name, known.duration_ms)
    assert [one.name for one in found.artists] == [
        catalogue().artists[n].name for n in known.artists
    ]
    assert {one.id for one in found.artists} == {None}
    assert (found.album.name, found.album.release_date) == (album.name, album.released)
    assert found.url == f"https://musicbrainz.org/recording/{ids.recording_of(1)}"
    assert gaps(found).keys() == {
        *("explicit", "popularity", "track_number", "disc_number", "is_playable", "linked_from")
    }
    assert somebody.requests[0].query == {"inc": "artists releases", "fmt": "json"}


async def test_recordings_that_are_alike_are_one_and_the_earliest_is_taken():
    """Whatever order they are sent in."""
    twin = catalogue().tracks[TWIN_TRACKS[0]]
    released = {n: catalogue().albums[catalogue().tracks[n].album].released for n in TWIN_TRACKS}
    async with asked() as (source, _):
        found = await track(source, twin.isrc)

    earliest = min(TWIN_TRACKS, key=lambda n: released[n])
    assert found.url.endswith(ids.recording_of(earliest))
    assert found.provenance[0].detail == texts.ONE_OF.format(2)


async def test_recordings_that_differ_are_nobody_can_tell_which():
    """One number was given to two pieces: neither is taken."""
    isrc = catalogue().tracks[TWO_PIECES_TRACK].isrc
    async with asked() as (source, _):
        with pytest.raises(Unknown, match=r"several recordings.*“Adagio”"):
            await track(source, isrc)


@pytest.mark.parametrize(
    ("changes", "are_alike"),
    [
        ({"title": "THE RAIN "}, True),
        ({"length": 201_500}, True),
        ({"length": 198_500}, True),
        ({"length": None}, True),
        ({"length": "200000"}, True),
        ({"length": 201_501}, False),
        ({"title": "The rain (live)"}, False),
    ],
)
async def test_a_second_and_a_half_apart_is_another_recording(changes, are_alike):
    """And so is another title; letters' case is none."""
    async with asked(bearing(RECORDING, RECORDING | {"id": OTHER} | changes)) as (source, _):
        if are_alike:
            assert (await track(source)).url.endswith(min(MBID, OTHER))
        else:
            with pytest.raises(Unknown):
                await track(source)


@pytest.mark.parametrize(
    ("releases", "album", "date", "missing"),
    [
        ([], None, None, {"album"}),
        (None, None, None, {"album"}),
        ([None], None, None, {"album"}),
        ([{"id": MBID, "title": "A", "date": ""}], "A", None, {"album.release_date"}),
        ([{"id": MBID, "title": "A", "date": "2001-02-30"}], "A", None, {"album.release_date"}),
        (
            [
                {"id": MBID, "title": "A", "date": None},
                {"id": OTHER, "title": "B", "date": "2002"},
                {"id": MBID, "title": "C", "date": "2001-05"},
            ],
            "C",
            "2001-05",
            set(),
        ),
    ],
    ids=itertools.count(),
)
async def test_the_album_is_the_first_release(releases, album, date, missing):
    """Undated ones come last; a day that there is not is no date."""
    async with asked(bearing(RECORDING | {"releases": releases})) as (source, _):
        found = await track(source)

    assert (found.album.name if found.album else None) == album
    assert (found.album.release_date if found.album else None) == date
    assert {gap for gap in gaps(found) if gap.startswith("album")} == missing


async def test_nulls_anywhere_cost_their_field_alone():
    """A recording of which nothing is known but its title."""
    nothing = dict.fromkeys(("length", "first-release-date", "artist-credit", "video", "isrcs"))
    credit = [None, {"name": None, "artist": None}, {"name": None, "artist": {"id": MBID}}]
    async with asked(bearing(RECORDING | nothing | {"artist-credit": credit})) as (source, _):
        found = await track(source)

    assert found.duration_ms is None
    assert "duration_ms" in gaps(found)
    assert [one.name for one in found.artists] == ["", ""]


@pytest.mark.parametrize(
    ("sent", "refused"),
    [
        ({"isrc": ISRC, "recordings": []}, Unknown),
        ({"isrc": ISRC, "recordings": [None]}, Garbled),
        ({"isrc": ISRC, "recordings": [{"id": MBID, "title": None}]}, Garbled),
        ({"isrc": ISRC, "recordings": None}, Garbled),
        ({"isrc": "QZAAA0000002", "recordings": [RECORDING]}, Garbled),
        ({"recordings": [RECORDING]}, Garbled),
        ({}, Garbled),
    ],
    ids=itertools.count(),
)
async def test_no_recording_and_no_answer_are_two_things(sent, refused):
    """Only an empty list says that it knows none."""
    async with asked(of(sent)) as (source, _):
        with pytest.raises(Unknown if refused is Unknown else Garbled) as caught:
            await track(source)

    assert type(caught.value) is refused


@pytest.mark.parametrize("ident", ["", "../url", "own_" + "0" * 22, MBID.upper()])
async def test_what_is_no_id_of_its_own_is_not_asked(ident):
    """Nothing of it may come into an address."""
    async with asked() as (source, somebody):
        for ask in (artist, track):
            with pytest.raises(Unknown):
                await ask(source, ident)

    assert somebody.requests == []


@pytest.mark.parametrize("wait_s", [1, 5, 3_600])
async def test_its_503_pauses_the_whole_queue(wait_s):
    """However long the wait: nothing else is asked until it is over, then all is."""
    clock = Hands()
    async with asked(too_fast(wait_s), clock=clock) as (source, somebody):
        for ask in (artist, track):
            with pytest.raises(Limited) as caught:
                await ask(source)
        states = {one.state for one in source.report()}
        somebody.sends = None
        clock.move(wait_s)
        found = await artist(source)

    assert caught.value.retry_at == pytest.approx(clock())
    assert states == {State.LIMITED}
    assert len(somebody.requests) == 2
    assert found is not None


@pytest.mark.parametrize(
    ("answer", "refused"),
    [
        (too_fast().without("retry-after"), Limited),
        (refusal(503, "The MusicBrainz web server is currently busy."), Limited),
        (Answer(503, b"<html>", {"retry-after": "7"}), Limited),
        (Answer(503, b"<html>Service unavailable</html>"), Unreachable),
        (refusal(500, "Internal server error"), Unreachable),
        (refusal(400, "Invalid mbid."), Garbled),
        (Answer(403, b"<html>Forbidden</html>"), Closed),
    ],
)
async def test_a_fault_is_not_a_request_to_wait(answer, refused):
    """A 503 is one only where it says so."""
    async with asked(answer) as (source, _):
        with pytest.raises(refused):
            await artist(source)


async def test_what_is_closed_is_not_asked_again_for_a_day():
    """And the report says so, of that family of calls alone, after a restart too."""
    clock, rows = Hands(), RowsInMemory()
    async with asked(Answer(403, b"<html>"), clock=clock, rows=rows) as (source, somebody):
        for _ in range(2):
            with pytest.raises(Closed):
                await artist(source)
        report = {one.capability: one.state for one in source.report()}

    assert len(somebody.requests) == 1
    assert report == {Capability.ARTIST: State.CLOSED, Capability.TRACK: State.OPEN}


async def test_it_is_asked_once_a_second():
    """One to two more calls may wait for their turn; who comes later is told when to come again."""
    pace = SlidingWindow(*musicbrainz.SERVICE.pace, Hands())

    assert [await pace.wait_s() for _ in range(3)] == [0, 1, 2]
    with pytest.raises(TooManyWaiting):
        await pace.wait_s()
