"""ListenBrainz' oddities, in hand-written answers. A labs 400 has nobody recorded."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from api.problems.refusals import BadQuestion, Closed, Garbled, Limited, Unknown
from api.schemas.identity import IdScheme
from api.schemas.provenance import Reason
from api.schemas.reference import Kind
from api.sources import listenbrainz
from api.sources.base import Link
from api.sources.listenbrainz.client import ALGORITHMS, largest
from api.sources.listenbrainz.texts import NO_MBID, NO_SUCH_ARTIST, NOBODY
from tests.sandbox.answers import Answer, of
from tests.sandbox.open.listenbrainz import METADATA, SIMILAR, token_needed, wrong_algorithm
from tests.sources.opened import Sent, open_settings, open_source
from tests.sources.product import Hands

A, B, C, D = (f"{n:08x}-0000-4000-8000-000000000000" for n in range(1, 5))
GENRE = "00000000-0000-4000-8000-00000000feed"
TOKEN = "s3cret-token"  # invented


def near(mbid, score, name="Rain", **fields):
    """A neighbour of A."""
    return {
        "artist_mbid": mbid,
        "name": name,
        "comment": "",
        "type": "Group",
        "gender": None,
        "score": score,
        "reference_mbid": A,
        **fields,
    }


def described(mbid, name="Dust", **fields):
    """An artist, with two genres among three tags, one address at Deezer and one at Wikidata."""
    return {
        "artist_mbid": mbid,
        "mbid": mbid,
        "name": name,
        "type": "Group",
        "rels": {
            "free streaming": "https://www.deezer.com/artist/28",
            "wikidata": "https://www.wikidata.org/wiki/Q28",
        },
        "tag": {
            "artist": [
                {"tag": "downtempo", "count": 6, "genre_mbid": GENRE},
                {"tag": "trip-hop", "count": 70},
                {"tag": "trip hop", "count": 13, "genre_mbid": GENRE},
            ]
        },
        **fields,
    }


@asynccontextmanager
async def sending(similar=None, metadata=None, *, clock=None, token=None, **settings):
    """The source, and what answers at both hosts."""
    answers = {SIMILAR: similar, METADATA: metadata}
    sent = {
        path: one if isinstance(one, Answer | list) and _are_answers(one) else of(one)
        for path, one in answers.items()
    }
    async with Sent(sent) as stand_in:
        urls = {"url": stand_in.accounts_url, "labs_url": stand_in.accounts_url, "token": token}
        chosen = open_settings("listenbrainz", urls, **settings)
        async with open_source(listenbrainz.make_source, chosen, clock=clock) as source:
            yield source, stand_in


def _are_answers(one):
    return isinstance(one, Answer) or (bool(one) and isinstance(one[0], Answer))


async def related(similar, metadata=(), **settings):
    """Who is listened to with A."""
    async with sending(similar, list(metadata), **settings) as (source, _sent):
        return (await source.related(A, known=None)).value


def gaps_of(value):
    """The reasons of what is absent, by field."""
    return {gap.field: gap for gap in value.missing}


async def test_numbers_become_scores_and_neighbours_get_genres_and_ids():
    """Each number is divided by the largest; all else comes in one call."""
    async with sending([near(C, 400), near(B, 8000)], [described(B)]) as (source, sent):
        told = (await source.related(A, known=None)).value

    first, second = told.items
    assert [(one.score, one.sources[0].rank) for one in told.items] == [(1.0, 1), (0.05, 2)]
    assert first.artist.ids == {IdScheme.MBID: B, IdScheme.DEEZER: "28", IdScheme.WIKIDATA: "Q28"}
    assert first.artist.genres == ("trip hop", "downtempo")
    assert (first.artist.id, first.artist.url) == (None, f"https://listenbrainz.org/artist/{B}/")
    assert (second.artist.ids, second.artist.genres) == ({IdScheme.MBID: C}, None)
    assert set(gaps_of(told)) == {"items[1].artist.genres"}
    assert "8,000, the largest" in told.provenance[0].detail
    assert told.provenance[0].fields == ("items",)
    asked = [(request.path, request.query) for request in sent.requests]
    assert asked == [
        (SIMILAR, {"artist_mbids": A, "algorithm": ALGORITHMS[0]}),
        (METADATA, {"artist_mbids": f"{C},{B}", "inc": "artist tag"}),
    ]


async def test_the_former_form_is_read_too():
    """A page of four tables, of which the last is the list."""
    page = [{"type": "markup", "data": "x"}, {"data": []}, {"type": "markup"}]
    told = await related([*page, {"type": "dataset", "data": [near(B, 2), near(C, 1)]}])

    assert [item.artist.ids[IdScheme.MBID] for item in told.items] == [B, C]


async def test_four_neighbours_are_no_page():
    """Four rows are what they are."""
    told = await related([near(one, 2) for one in (B, C, D, GENRE)])

    assert len(told.items) == 4


async def test_one_without_name_or_number_is_left_out_and_told():
    """Unless ListenBrainz names it elsewhere; the others speak for the list."""
    rows = [near(B, 9), near(C, 8, None), near(D, 7, None), near(GENRE, None), near(A, "x")]
    told = await related(rows, [described(D, "Mist")])

    assert [item.artist.name for item in told.items] == ["Rain", "Mist"]
    (gap,) = (gap for gap in told.missing if gap.field == "items")
    assert gap.detail == (
        "ListenBrainz gives one more artist without a name and 2 more artists without a number "
        "for how near it is, not shown here."
    )
    assert told.provenance[0].fields == ("items",)


@pytest.mark.parametrize("fields", [{"artist_mbid": None}, {"artist_mbid": "x"}])
async def test_a_neighbour_without_a_usable_id_has_none(fields):
    """It is known by its name alone, and asked about nowhere."""
    async with sending([near(B, 2) | fields, near(C, "1")], []) as (source, sent):
        told = (await source.related(A, known=None)).value

    assert (told.items[0].artist.ids, told.items[0].artist.url) == ({}, None)
    assert told.items[1].score == 0.5
    assert sent.requests[1].query["artist_mbids"] == C


async def test_of_two_ids_of_one_kind_none_is_taken():
    """One of them may be somebody else's."""
    rels = {
        "free streaming": "https://www.deezer.com/artist/28",
        "streaming": "https://www.deezer.com/artist/29",
        "wikidata": "https://www.wikidata.org/wiki/Q28",
    }
    told = await related([near(B, 2)], [described(B, rels=rels)])

    assert told.items[0].artist.ids == {IdScheme.MBID: B, IdScheme.WIKIDATA: "Q28"}


async def test_nulls_anywhere_cost_no_more_than_themselves():
    """The row, its metadata, its tags and addresses."""
    nulls = dict.fromkeys(described(B)) | {"artist_mbid": B}
    odd = described(C, rels=["x"], tag={"artist": [None, "x", {"tag": None}, {"tag": "x"}]})
    told = await related([None, near(B, 2), near(C, 0, reference_mbid=None)], [None, nulls, odd])

    assert [item.artist.ids for item in told.items] == [{IdScheme.MBID: B}, {IdScheme.MBID: C}]
    assert [item.score for item in told.items] == [1, 0]
    assert {"items[0].artist.genres", "items[1].artist.genres"} <= set(gaps_of(told))


async def test_all_scores_of_nothing_are_nothing():
    """Nothing is divided by 0."""
    told = await related([near(B, 0), near(C, 0)])

    assert [item.score for item in told.items] == [0, 0]


async def test_an_empty_list_knows_none():
    """That is an answer; so is an empty page of the former form."""
    for body in (b"[]", b'[{}, {}, {}, {"data": []}]'):
        with pytest.raises(Unknown) as raised:
            await related(Answer(body=body))
        assert raised.value.detail == NOBODY


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"artists": None},
        [{}],
        [near(B, 2) | {"error": "x"}],
        [near(B, 2, None)],
        [near(B, None)],
        [near(B, 2), near(C, 1, reference_mbid=D)],
        [[near(B, 2)]],
        "ok",
        {"error": "no"},
    ],
)
async def test_what_is_no_list_of_its_neighbours_is_garbled(body):
    """Also one about somebody else, or in which nothing can be used."""
    with pytest.raises(Garbled):
        await related(body)


@pytest.mark.parametrize(
    ("metadata", "reason"),
    [
        (of({"code": 500, "error": "x"}, status=500), Reason.UNREACHABLE),
        (of({"code": 429, "error": "x"}, status=429), Reason.LIMITED),
        (token_needed(), Reason.CLOSED),
        (of({}), Reason.UNREACHABLE),
        (of([described(D)]), Reason.UNREACHABLE),
    ],
)
async def test_neighbours_come_where_their_metadata_fails(metadata, reason):
    """Without genres, and with the reason why."""
    async with sending([near(B, 2)], metadata) as (source, _sent):
        told = (await source.related(A, known=None)).value

    gap = gaps_of(told)["items[0].artist.genres"]
    assert gap.reason is reason
    assert gap.detail.startswith("ListenBrainz could not be asked for genres: ")
    assert told.items[0].artist.ids == {IdScheme.MBID: B}


async def test_metadata_is_not_waited_for_long():
    """A host that hangs costs a while, not the list."""

    async def hang(_channel, _answer):
        await asyncio.sleep(5)

    hanging = replace(of([]), wire=hang)
    async with sending([near(B, 2)], hanging, upstream_timeout_s=0.4) as (source, _sent):
        told = (await source.related(A, known=None)).value

    gap = gaps_of(told)["items[0].artist.genres"]
    assert gap.detail.endswith("It did not answer in time.")


async def test_commercial_use_takes_no_genres():
    """The tags are not even asked for; ids elsewhere are."""
    settings = {"usage": "commercial"}
    async with sending([near(B, 2)], [described(B)], **settings) as (source, sent):
        told = (await source.related(A, known=None)).value
    async with sending([], [described(A)], **settings) as (source, _sent):
        artist = (await source.artist(A, known=None)).value

    assert told.items[0].artist.ids[IdScheme.DEEZER] == "28"
    assert sent.requests[1].query["inc"] == "artist"
    for gaps, field in ((gaps_of(told), "items[0].artist.genres"), (gaps_of(artist), "genres")):
        assert gaps[field].reason is Reason.NOT_CONFIGURED
        assert "EARPRINT_USAGE" in gaps[field].detail
    assert (artist.genres, told.items[0].artist.genres) == (None, None)


async def test_the_labs_say_which_data_they_have_and_that_is_remembered():
    """One of those is taken, and from then on asked for at once."""
    answers = [wrong_algorithm(ALGORITHMS[1:]), of([near(B, 2)])]
    async with sending(answers, []) as (source, sent):
        for _ in range(2):
            assert (await source.related(A, known=None)).value.items

    asked = [one.query["algorithm"] for one in sent.requests if one.path == SIMILAR]
    assert asked == [ALGORITHMS[0], ALGORITHMS[1], ALGORITHMS[1]]


@pytest.mark.parametrize("body", [wrong_algorithm(), of({"error": "artist_mbids"}, status=400)])
async def test_labs_that_take_nothing_are_given_up(body):
    """After one more try at most."""
    async with sending(body, []) as (source, sent):
        with pytest.raises(BadQuestion) as raised:
            await source.related(A, known=None)

    assert type(raised.value) is BadQuestion
    assert len(sent.requests) <= 2


def test_of_unknown_data_the_longest_lists_of_most_days_are_taken():
    """Whatever the order they are named in; what is known here goes first."""
    names = [
        "session_based_days_90_session_300_limit_50_skip_30",
        "session_based_days_75_session_300_limit_100_skip_30",
        "session_based_days_365_session_300_limit_100_skip_30",
        "session_based_days_9",
    ]

    assert largest(names) == largest(names[::-1]) == names[2]
    assert largest([*names, ALGORITHMS[1]]) == ALGORITHMS[1]


async def test_a_401_is_closed_with_a_way_on():
    """The API's token would help; the labs are told none, so nothing is promised there."""
    async with sending(token_needed(), token_needed()) as (source, sent):
        with pytest.raises(Closed) as at_site:
            await source.artist(A, known=None)
        with pytest.raises(Closed) as at_labs:
            await source.related(A, known=None)
        with pytest.raises(Closed):
            await source.artist(B, known=None)
        states = [one.state for one in source.report()]
    async with sending(token_needed(), token_needed(), token=TOKEN) as (source, _sent):
        with pytest.raises(Closed) as refused:
            await source.artist(A, known=None)

    assert "set LISTENBRAINZ_TOKEN" in at_site.value.detail
    assert "LISTENBRAINZ_TOKEN" in at_labs.value.detail
    assert "does not take the token" in refused.value.detail
    assert states == ["closed", "closed"]
    assert len(sent.requests) == 2


async def test_the_token_goes_to_the_api_alone_and_is_told_to_nobody(caplog):
    """Neither the labs nor a log hears of it."""
    caplog.set_level("DEBUG")
    async with sending([near(B, 2)], [described(B)], token=TOKEN) as (source, sent):
        told = (await source.related(A, known=None)).value
        report = source.report()

    tokens = {one.path: one.headers.get("authorization") for one in sent.requests}
    assert tokens == {SIMILAR: None, METADATA: f"Token {TOKEN}"}
    shown = [record.getMessage() for record in caplog.records]
    assert TOKEN not in " ".join([*shown, told.model_dump_json(), str(report)])


async def test_another_token_is_tried_anew():
    """What was closed to one may be open to another."""
    clock = Hands()
    async with sending([], [token_needed(), of([described(A)])], clock=clock) as (source, sent):
        with pytest.raises(Closed):
            await source.artist(A, known=None)
        gates = source._client._site._gates
        urls = {"url": sent.accounts_url, "labs_url": sent.accounts_url, "token": TOKEN}
        settings = open_settings("listenbrainz", urls)
        other = listenbrainz.make_source(settings, gates, clock=clock, chance=lambda: 0.0)
        assert (await other.artist(A, known=None)).value is not None
        await other.close()


async def test_when_nothing_more_may_be_asked_nothing_is():
    """An answer that says it was the last for a while is obeyed; the other host is not meant."""
    clock = Hands()
    last = of([described(A)]).but(x_ratelimit_remaining="0", x_ratelimit_reset_in="9")
    async with sending([near(B, 2)], last, clock=clock) as (source, sent):
        await source.artist(A, known=None)
        with pytest.raises(Limited) as raised:
            await source.artist(A, known=None)
        states = [one.state for one in source.report()]
        await source.related(A, known=None)
        clock.move(9)
        await source.artist(A, known=None)

    assert raised.value.retry_at == pytest.approx(clock.now)
    assert states == ["limited", "open"]
    assert [one.path for one in sent.requests] == [METADATA, SIMILAR, METADATA]


@pytest.mark.parametrize(
    "headers",
    [
        {"x-ratelimit-remaining": "5", "x-ratelimit-reset-in": "9"},
        {},
        {"x-ratelimit-remaining": "0", "x-ratelimit-reset-in": "soon"},
    ],
)
async def test_other_answers_ask_for_no_rest(headers):
    """There is more to be had, or nothing can be understood."""
    answer = of([described(A)])
    async with sending([], replace(answer, headers=answer.headers | headers)) as (source, sent):
        for _ in range(2):
            await source.artist(A, known=None)

    assert len(sent.requests) == 2


async def test_an_artist_has_its_name_and_genres():
    """All else is explained."""
    async with sending([], [described(A)]) as (source, _sent):
        told = (await source.artist(A, known=None)).value

    assert (told.id, told.name, told.genres) == (A, "Dust", ("trip hop", "downtempo"))
    assert set(gaps_of(told)) == {"popularity", "followers"}
    assert told.provenance[0].fields == ("name", "images", "genres")
    assert "CC BY-NC-SA" in told.provenance[0].licence or "Invented" in told.provenance[0].licence


async def test_an_artist_without_genres_says_so():
    """Words that are no genres count for nothing."""
    bare = described(A, tag={"artist": [{"tag": "seen live", "count": 9}]})
    async with sending([], [bare]) as (source, _sent):
        told = (await source.artist(A, known=None)).value

    assert told.genres is None
    assert gaps_of(told)["genres"].reason is Reason.NOT_KNOWN


async def test_an_artist_that_is_not_known_is_unknown():
    """The list is empty."""
    async with sending([], []) as (source, _sent):
        with pytest.raises(Unknown) as raised:
            await source.artist(A, known=None)

    assert raised.value.detail == NO_SUCH_ARTIST


@pytest.mark.parametrize(
    "body",
    [
        {},
        [described(B)],
        [dict.fromkeys(described(A))],
        [{"artist_mbid": A}],
        [described(A, None)],
        [{}],
        {"artists": [described(B)]},
    ],
)
async def test_somebody_else_and_nothing_are_garbled(body):
    """Also an artist who is named by the id alone."""
    async with sending([], of(body)) as (source, _sent):
        with pytest.raises(Garbled):
            await source.artist(A, known=None)


async def test_links_are_read_from_addresses():
    """Of each artist asked for that is known, by its id, in whatever order they come."""
    deezers = {
        "free streaming": "http://deezer.com/fr/artist/31?x=1",
        "streaming": "https://www.deezer.com/artist/32",
        "other": "https://www.deezer.com/artist/32",
        "wikidata": "https://www.wikidata.org/entity/Q31",
        "fake": "https://evil.test/?https://www.deezer.com/artist/33",
        "album": "https://www.deezer.com/album/34",
        "user": "https://www.wikidata.org/wiki/User",
        "nought": "https://www.deezer.com/artist/0",
        "null": None,
    }
    body = [described(C, rels=None), described(D), described(B, rels=deezers)]
    async with sending([], body) as (source, sent):
        found = await source.links(Kind.ARTIST, IdScheme.MBID, [B, C, "x", GENRE, B])
        nothing = await source.links(Kind.TRACK, IdScheme.MBID, [B])
        nor_here = await source.links(Kind.ARTIST, IdScheme.DEEZER, ["28"])
        nor_there = await source.links(Kind.ARTIST, IdScheme.MBID, ["own_x"])

    assert found == {
        B: (
            Link(IdScheme.DEEZER, "31"),
            Link(IdScheme.DEEZER, "32"),
            Link(IdScheme.WIKIDATA, "Q31"),
        ),
        C: (),
    }
    assert nothing == nor_here == nor_there == {}
    assert [one.query for one in sent.requests] == [
        {"artist_mbids": f"{B},{C},{GENRE}", "inc": "artist"}
    ]


async def test_links_of_strangers_are_garbled():
    """Nobody was asked about them; nothing at all is an answer."""
    async with sending([], [of([described(D)]), of([])]) as (source, _sent):
        with pytest.raises(Garbled):
            await source.links(Kind.ARTIST, IdScheme.MBID, [B])
        assert await source.links(Kind.ARTIST, IdScheme.MBID, [B]) == {}


@pytest.mark.parametrize("ident", ["", "x", A.upper().replace("0", "A"), f"{A},{B}", f"{A}&inc=x"])
async def test_what_is_no_mbid_is_asked_of_nobody(ident):
    """It never enters an address."""
    async with sending([], []) as (source, sent):
        for ask in (source.artist, source.related):
            with pytest.raises(Unknown) as raised:
                await ask(ident, known=None)
            assert raised.value.detail == NO_MBID

    assert sent.requests == []
