"""Last.fm's oddities, in hand-written answers. Codes 8, 10, 11, 16 and 29 has nobody recorded."""

import logging
from contextlib import asynccontextmanager

import pytest

from api.problems.refusals import Closed, Garbled, Limited, Unknown, Unreachable
from api.schemas.identity import IdScheme
from api.sources import lastfm
from api.sources.lastfm.texts import KEY_REFUSED, KEY_SUSPENDED, NO_MBID, NO_SUCH_ARTIST, NOBODY
from tests.sandbox.answers import Answer, of
from tests.sandbox.open.lastfm import BAD_KEY, SUSPENDED, refusal
from tests.sources.opened import Sent, open_settings, open_source

A, B = (f"{n:08x}-0000-4000-8000-000000000000" for n in (1, 2))
PATH = "/2.0/"
KEY = "s3cret-key"
UNKNOWN_MBID = refusal((6, "The artist you supplied could not be found"))


def near(name="Rain", match="1", mbid=B, **fields):
    """A neighbour."""
    return {"name": name, "mbid": mbid, "match": match, "url": _page(name), **fields}


def _page(name):
    return f"https://www.last.fm/music/{name}"


def similar(rows, name="Dust"):
    """The neighbours of Dust."""
    return {"similarartists": {"artist": rows, "@attr": {"artist": name}}}


def tags(rows, name="Dust"):
    """The words given to Dust."""
    return {"toptags": {"tag": rows, "@attr": {"artist": name}}}


@asynccontextmanager
async def sending(*answers, **more):
    """The source, and what answers in Last.fm's place, one after the other."""
    sent = [one if isinstance(one, Answer) else of(one) for one in answers]
    async with Sent({PATH: sent}) as stand_in:
        settings = open_settings("lastfm", {"url": f"{stand_in.accounts_url}/2.0", "api_key": KEY})
        async with open_source(lastfm.make_source, settings, **more) as source:
            yield source, stand_in


async def related(*answers, **more):
    """Who is similar to A."""
    async with sending(*answers, **more) as (source, _sent):
        return (await source.related(A, known=None)).value


async def artist(*answers, **more):
    """Who A is."""
    async with sending(*answers, **more) as (source, _sent):
        return (await source.artist(A, known=None)).value


async def dust(_mbid):
    """The name that we have for everybody."""
    return "dust"


def gaps_of(value):
    """The reasons of what is absent, by field."""
    return {gap.field: gap.detail for gap in value.missing}


def played(name="Slow", **fields):
    """A track of Dust’s."""
    return {"name": name, "url": f"{_page('Dust')}/_/{name}", "listeners": "1200", **fields}


def top(rows, name="Dust"):
    """The tracks of Dust."""
    return {"toptracks": {"track": rows, "@attr": {"artist": name}}}


async def top_tracks(*answers, **more):
    """What of A is played most."""
    async with sending(*answers, **more) as (source, _sent):
        return (await source.top_tracks(A, market=None, known=None)).value


async def test_top_tracks_come_in_its_order():
    """With an id or without; by whom each is named to be, or else by whom was asked for."""
    rows = [played(artist={"name": "Dust & Rain"}), played("Fast", mbid=B, listeners=None)]
    told = await top_tracks(top(rows))

    assert [(one.name, one.uri) for one in told.items] == [
        ("Slow", "lastfm:track:Slow"),
        ("Fast", f"lastfm:track:{B}"),
    ]
    assert [one.artists[0].name for one in told.items] == ["Dust & Rain", "Dust"]
    assert told.items[0].provenance[0].detail == "Last.fm counts 1,200 listeners of its own."
    assert gaps_of(told.items[0])["duration_ms"] == "Last.fm did not say."
    assert told.provenance[0].url == f"{_page('Dust')}/+tracks"


async def test_one_track_alone_comes_as_itself_and_an_odd_one_costs_itself():
    """A list of one is its entry."""
    assert [one.name for one in (await top_tracks(top(played()))).items] == ["Slow"]
    told = await top_tracks(top([played(name=None), "x", played(), played(url="javascript:x")]))
    assert [one.name for one in told.items] == ["Slow", "Slow"]
    assert {"items[0]", "items[1]"} <= set(gaps_of(told))
    assert told.items[1].url is None


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (top([]), Unknown),
        (top("\n"), Unknown),
        (top([], "[unknown]"), Unknown),
        ({"toptracks": {"track": []}}, Garbled),
        ({"toptracks": {}}, Garbled),
        (tags([]), Garbled),
        (top([{}]), Garbled),
    ],
)
async def test_no_tracks_are_none_and_no_answer_is_garbled(answer, kind):
    """Told apart by whether it says about whom it answers."""
    with pytest.raises(kind) as raised:
        await top_tracks(answer)

    assert type(raised.value) is kind


async def test_matches_are_scores_and_half_of_the_ids_are_missing():
    """A match may be a text or a number; an id is there or not."""
    rows = [near(), near("Mist", 0.25, ""), near("Fog", "0.5", "x"), near("Ice", "0.75", None)]
    told = await related(similar(rows))

    assert [(one.artist.name, one.score, one.sources[0].rank) for one in told.items] == [
        ("Rain", 1.0, 1),
        ("Ice", 0.75, 2),
        ("Fog", 0.5, 3),
        ("Mist", 0.25, 4),
    ]
    assert [one.artist.ids for one in told.items] == [{IdScheme.MBID: B}, {}, {}, {}]
    assert told.items[0].artist.url == _page("Rain")
    assert set(gaps_of(told)) == {f"items[{place}].artist.genres" for place in range(4)}
    assert told.provenance[0].url == "https://www.last.fm/music/Dust/+similar"


async def test_one_neighbour_is_a_list_of_one():
    """Although it comes as an object."""
    told = await related(similar(near()))

    assert [one.artist.name for one in told.items] == ["Rain"]


async def test_what_cannot_be_read_costs_itself():
    """An entry without a match is left out and told, a strange page is not linked."""
    rows = [near(match="much"), near(match=None), near("Mist", "0.5", url="javascript:x"), None]
    told = await related(similar([*rows, near("Fog", "0.25", url="http://www.last.fm/music/Fog")]))

    assert [one.artist.name for one in told.items] == ["Mist", "Fog"]
    assert [one.artist.url for one in told.items] == [None, _page("Fog")]
    assert gaps_of(told)["items"].startswith("Last.fm names 2 more artists and does not say how")
    assert told.provenance[0].fields == ("items",)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (similar([]), NOBODY),
        ({"similarartists": {"#text": "\n", "artist": "Dust"}}, NOBODY),
        (similar([], "[unknown]"), NO_SUCH_ARTIST),
        (similar([near()], "[unknown]"), NO_SUCH_ARTIST),
        ({"error": 6, "message": "x", "links": []}, NO_SUCH_ARTIST),
        ({"error": "6", "message": "x"}, NO_SUCH_ARTIST),
        (of({"error": 6, "message": "x"}, status=404), NO_SUCH_ARTIST),
    ],
)
async def test_nobody_and_nothing_are_told_apart(body, words):
    """Both are answers: of nobody it knows, and of no such artist."""
    with pytest.raises(Unknown) as raised:
        await related(body)

    assert raised.value.detail == words


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"similarartists": {}},
        {"similarartists": None},
        {"similarartists": {"artist": []}},
        {"similarartists": {"artist": "ok"}},
        {"similarartists": []},
        similar(None),
        similar([{}]),
        similar([near(match=None)]),
        similar([near() | {"error": 1}]),
        similar([near()]) | {"error": "x"},
        tags([]),
        [similar([near()])],
    ],
)
async def test_what_is_no_answer_is_garbled(body):
    """Also where nothing in it can be used."""
    with pytest.raises(Garbled):
        await related(body)


async def test_words_are_genres_if_given_often_enough():
    """Counts are numbers or texts, of 100; one without is believed."""
    rows = [
        {"name": "pop", "count": "14"},
        {"name": "electronic", "count": 100, "url": "https://www.last.fm/tag/electronic"},
        {"name": "saw them once", "count": 1},
        {"name": None, "count": 50},
        {"name": "pop", "count": 12},
        None,
        {"name": "odd", "count": "many"},
    ]
    told = await artist(tags(rows))

    assert (told.id, told.name, told.genres) == (A, "Dust", ("electronic", "pop", "odd"))
    assert set(gaps_of(told)) == {"popularity", "followers"}
    assert told.url == "https://www.last.fm/music/Dust"


@pytest.mark.parametrize(
    "body",
    [
        tags([]),
        tags([{"name": "x", "count": 0}]),
        {"toptags": {"#text": "\n", "artist": "Dust"}},
        {"toptags": {"@attr": {"artist": "Dust"}}},
    ],
)
async def test_an_artist_without_words_has_a_name(body):
    """The absence is explained."""
    told = await artist(body)

    assert (told.name, told.genres) == ("Dust", None)
    assert "no words" in gaps_of(told)["genres"]


async def test_one_word_is_a_list_of_one():
    """Although it comes as an object."""
    told = await artist(tags({"name": "electronic", "count": "100"}))

    assert told.genres == ("electronic",)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"toptags": {}},
        {"toptags": {"tag": [{"name": "pop", "count": 9}]}},
        {"toptags": {"tag": [], "@attr": {"artist": ""}}},
        {"toptags": {"tag": [], "@attr": None}},
        similar([near()]),
    ],
)
async def test_an_artist_without_a_name_is_garbled(body):
    """Nobody can tell about whom it is."""
    with pytest.raises(Garbled):
        await artist(body)


async def test_an_unknown_id_is_asked_for_by_name():
    """Where somebody gives one; Last.fm may put right how that is written."""
    async with sending(UNKNOWN_MBID, similar([near()]), name_of=dust) as (source, sent):
        told = (await source.related(A, known=None)).value
    genres = await artist(UNKNOWN_MBID, tags([{"name": "pop", "count": 100}]), name_of=dust)

    assert (told.id, genres.id, genres.genres) == (A, A, ("pop",))
    by_mbid, by_name = (request.query for request in sent.requests)
    assert (by_mbid["mbid"], "artist" in by_mbid) == (A, False)
    assert (by_name["artist"], by_name["autocorrect"], "mbid" in by_name) == ("dust", "1", False)


@pytest.mark.parametrize("name", ["Dust Bowl", "[unknown]"])
async def test_another_name_is_somebody_else(name):
    """Its neighbours are nobody's whom we asked for."""
    with pytest.raises(Unknown):
        await related(UNKNOWN_MBID, similar([near()], name), name_of=dust)


async def test_by_name_it_has_to_say_about_whom_it_answers():
    """Or it is no answer."""
    with pytest.raises(Garbled):
        await related(UNKNOWN_MBID, {"similarartists": {"artist": [near()]}}, name_of=dust)


async def test_without_a_name_it_stays_unknown():
    """And is asked once."""

    async def nameless(_mbid):
        return None

    async with sending(UNKNOWN_MBID, name_of=nameless) as (source, sent):
        with pytest.raises(Unknown):
            await source.related(A, known=None)

    assert len(sent.requests) == 1


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (refusal(BAD_KEY), Closed, KEY_REFUSED),
        (refusal(BAD_KEY, status=403), Closed, KEY_REFUSED),
        (refusal(SUSPENDED, status=403), Closed, KEY_SUSPENDED),
        (refusal((8, "x")), Unreachable, None),
        (refusal((11, "x")), Unreachable, None),
        (refusal((16, "x")), Unreachable, None),
        (refusal((16, "x"), status=503), Unreachable, None),
        (refusal((29, "x")), Limited, None),
        (refusal((29, "x"), status=429), Limited, None),
        (refusal((2, "x")), Garbled, None),
        (of({"error": True}), Garbled, None),
    ],
)
async def test_errors_are_told_by_their_numbers(answer, kind, words):
    """Whatever the status; the key is at fault in two of them."""
    async with sending(answer) as (source, _sent):
        with pytest.raises(kind) as raised:
            await source.related(A, known=None)

    assert type(raised.value) is kind
    assert words in {None, raised.value.detail}


async def test_another_key_is_tried_anew():
    """What one was refused may be open to another."""
    async with sending(refusal(SUSPENDED, status=403), similar([near()])) as (source, sent):
        with pytest.raises(Closed):
            await source.related(A, known=None)
        states = {one.capability: one.state for one in source.report()}
        gates, clock = source._client._gates, source._client._clock
        settings = open_settings("lastfm", {"url": f"{sent.accounts_url}/2.0", "api_key": "other"})
        other = lastfm.make_source(settings, gates, clock=clock, chance=lambda: 0.0)
        assert (await other.related(A, known=None)).value is not None
        await other.close()

    assert states == {"artist": "open", "related": "closed", "top-tracks": "open"}


async def test_the_key_is_sent_and_told_to_nobody(caplog):
    """No log, error, value or report has it, whatever goes wrong, and httpx logs addresses."""
    caplog.set_level(logging.DEBUG)
    odd = similar([near(surprise=1)])
    echo = of({"error": 10, "message": f"Invalid API key {KEY}"})
    broken = Answer(500, b"<html>")
    redirect = Answer(301, headers={"location": f"https://www.last.fm/?api_key={KEY}"})
    async with sending(odd, echo, broken, redirect) as (source, sent):
        told = [(await source.related(A, known=None)).value.model_dump_json()]
        for ask in (source.related, source.artist, source.artist):
            with pytest.raises((Closed, Unreachable, Garbled)) as raised:
                await ask(A, known=None)
            told += [str(raised.value), repr(raised.value), str(raised.value.__cause__)]
        told.append(str(source.report()))

    assert [request.query["api_key"] for request in sent.requests] == [KEY] * 4
    logged = [record.getMessage() for record in caplog.records]
    assert sum(line.startswith("HTTP Request: GET ") for line in logged) == len(sent.requests)
    assert [line for line in [*logged, *told] if KEY in line] == []


async def test_the_terms_are_named_with_a_link():
    """As they ask for."""
    said = lastfm.texts.LICENCE

    assert "powered by AudioScrobbler" in said
    assert "https://www.last.fm" in said


@pytest.mark.parametrize("ident", ["", "x", f"{A}&artist=x", "own_1"])
async def test_what_is_no_mbid_is_asked_of_nobody(ident):
    """Nor is its name."""
    async with sending({}, name_of=dust) as (source, sent):
        for ask in (source.artist, source.related):
            with pytest.raises(Unknown) as raised:
                await ask(ident, known=None)
            assert raised.value.detail == NO_MBID

    assert sent.requests == []
