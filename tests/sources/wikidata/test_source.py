"""Who is whom to Wikidata, its genres, and how it is asked."""

import asyncio
import itertools
import random
from contextlib import suppress
from urllib.parse import parse_qs

import pytest

from api.problems.refusals import Closed, Garbled, Limited, Unknown, Unreachable
from api.schemas.identity import IdScheme
from api.schemas.provenance import Capability
from api.schemas.reference import Kind
from api.schemas.sources import State
from api.settings import Usage
from api.sources.base import Link, LinkSource
from api.sources.registry import make_registry
from api.sources.upstream.gates import StoredGates
from api.sources.wikidata import normalise, texts
from api.sources.wikidata.wire import SparqlAnswer
from tests.sandbox.answers import Answer, of
from tests.sandbox.catalogue import catalogue
from tests.sandbox.ids import id_of
from tests.sandbox.landmarks import GENRELESS_ARTIST
from tests.sandbox.open import ids
from tests.sandbox.open import wikidata as service
from tests.sandbox.server import OnLoopback
from tests.sources.opened import open_settings
from tests.sources.product import Hands
from tests.sources.upstream.upstream import RowsInMemory
from tests.sources.wikidata.asking import CONTACT, asked, source_at

S = IdScheme
ARTISTS = [id_of("artist", n) for n in range(64)]
FIRST, SECOND = ARTISTS[:2]
ITEM = ids.qid_of(0)
MBID, OTHER = ids.mbid_of(0), ids.mbid_of(1)
ENTITY = "http://www.wikidata.org/entity/"
VARIABLES = ("sp", "item", "mbid", "deezer")


def row(**values):
    """A row of literals; an item is an address."""
    return {
        name: {"type": "uri", "value": f"{ENTITY}{value}"}
        if name == "item"
        else {"type": "literal", "value": value}
        for name, value in values.items()
    }


def named(item, *, label=None, genre=None, language="en"):
    """A row about an artist."""
    texts_there = {"label": label, "genre": genre}
    return row(item=item) | {
        name: {"type": "literal", "xml:lang": language, "value": text}
        for name, text in texts_there.items()
        if text is not None
    }


def table(*rows, variables=VARIABLES):
    """The answer with these rows."""
    return of({"head": {"vars": list(variables)}, "results": {"bindings": rows}})


async def links(source, *idents, scheme=S.SPOTIFY):
    """What it says of these."""
    return await source.links(Kind.ARTIST, scheme, idents)


async def artist(source, ident=ITEM):
    """The artist."""
    return (await source.artist(ident, known=None)).value


async def test_a_hundred_artists_are_one_query_and_each_gets_its_own():
    """Whatever order the rows have; who has no item is absent; several ids are all kept."""
    async with asked() as (source, somebody):
        found = await links(source, *ARTISTS, *(id_of("artist", n) for n in range(100, 136)))

    assert found.keys() == {ARTISTS[n] for n in range(64) if ids.is_linked(n)}
    assert set(found[FIRST]) == {
        *(Link(S.MBID, MBID), Link(S.WIKIDATA, ITEM), Link(S.DEEZER, ids.deezer_of(0)))
    }
    twice = found[ARTISTS[ids.TWO_MBIDS_ARTIST]]
    assert [link.ident for link in twice if link.scheme is S.MBID] == sorted(
        ids.mbids_of(ids.TWO_MBIDS_ARTIST)
    )
    without = found[ARTISTS[4]]
    assert {link.scheme for link in without} == {S.MBID, S.WIKIDATA}
    assert len(somebody.requests) == 1


@pytest.mark.parametrize(
    ("scheme", "ident", "several"),
    [
        (S.MBID, ids.mbid_of(ids.SHARED_MBID_ARTISTS[0]), ids.SHARED_MBID_ARTISTS),
        (S.DEEZER, ids.deezer_of(ids.SHARED_DEEZER_ARTISTS[0]), ids.SHARED_DEEZER_ARTISTS),
    ],
)
async def test_it_can_be_asked_from_the_other_side(scheme, ident, several):
    """An id that two artists share has both."""
    async with asked() as (source, _):
        found = await links(source, ident, scheme=scheme)

    for there, id_there in ((S.SPOTIFY, ARTISTS.__getitem__), (S.WIKIDATA, ids.qid_of)):
        assert {one.ident for one in found[ident] if one.scheme is there} == {
            id_there(n) for n in several
        }
    assert isinstance(source, LinkSource)
    assert source.links_from[Kind.ARTIST][scheme] == {
        S.SPOTIFY,
        S.WIKIDATA,
        S.MBID,
        S.DEEZER,
    } - {scheme}


async def test_it_is_asked_as_it_wants_to_be():
    """By POST, with the owner's contact, for its own kind of JSON, at the very address set."""
    async with asked() as (source, somebody):
        await links(source, FIRST, SECOND)

    request = somebody.requests[0]
    assert (request.method, request.path, request.query) == ("POST", "/sparql", {})
    assert request.headers["accept"] == "application/sparql-results+json"
    assert request.headers["user-agent"].endswith(f"({CONTACT})")
    query = parse_qs(request.body.decode())["query"][0]
    assert f'VALUES ?sp {{ "{FIRST}" "{SECOND}" }}' in query


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([], {}),
        ([row(sp=FIRST, item=ITEM)], {FIRST: {(S.WIKIDATA, ITEM)}}),
        (
            [row(sp=FIRST, item=ITEM, mbid=MBID), row(sp=FIRST, item="Q7", mbid=MBID)],
            {FIRST: {(S.WIKIDATA, ITEM), (S.WIKIDATA, "Q7"), (S.MBID, MBID)}},
        ),
        (
            [row(sp=ARTISTS[9], item="Q9", mbid=OTHER), row(sp=SECOND, item=ITEM)],
            {SECOND: {(S.WIKIDATA, ITEM)}},
        ),
        (
            [row(sp=FIRST, item=ITEM) | {"mbid": {"type": "bnode", "value": "t284055162"}}],
            {FIRST: {(S.WIKIDATA, ITEM)}},
        ),
        (
            [row(sp=FIRST, item=ITEM, deezer="27b", mbid="no id"), row(sp=SECOND, item=ITEM)],
            {FIRST: {(S.WIKIDATA, ITEM)}, SECOND: {(S.WIKIDATA, ITEM)}},
        ),
        (
            [row(sp=FIRST, deezer="27") | {"item": {"type": "bnode", "value": "t1"}, "mbid": None}],
            {FIRST: {(S.DEEZER, "27")}},
        ),
    ],
    ids=itertools.count(),
)
async def test_rows_are_joined_by_the_id_that_was_asked_for(rows, found):
    """Strangers are dropped; what is no id, such as “unknown value”, is no link."""
    async with asked(table(*rows)) as (source, _):
        said = await links(source, FIRST, SECOND)

    assert {
        one: {(link.scheme, link.ident) for link in them} for one, them in said.items()
    } == found


@pytest.mark.parametrize("seed", range(5))
async def test_no_artist_gets_the_ids_of_another(seed):
    """Whatever of the rows is there, in whatever order, with rows about others and twice."""
    rng = random.Random(seed)
    everybody = [one for n in range(64) for one in service._rows(n)]
    for _ in range(40):
        asked_for = rng.sample(ARTISTS, rng.randint(1, 20))
        rows = rng.choices(everybody, k=rng.randint(1, 60))
        wire = SparqlAnswer.model_validate({"results": {"bindings": rows}})
        with suppress(Garbled):  # of strangers alone
            found = normalise.links(wire, S.SPOTIFY, asked_for)
            assert found.keys() <= set(asked_for)
            for ident, said in found.items():
                n = ARTISTS.index(ident)
                own = {*ids.mbids_of(n), ids.qid_of(n), ids.deezer_of(n)}
                assert {link.ident for link in said} <= own


@pytest.mark.parametrize(
    "sent",
    [
        table(row(sp=ARTISTS[9], item="Q9")),
        table(row(item="Q9")),
        table(row(sp=FIRST), row(sp=SECOND)),
        table(None),
        table({}),
        table(row(sp=FIRST, item=ITEM), {"sp": "x"}),
        table("x"),
        table(variables=("entity", "entityLabel")),
        of({}),
        of(None),
        of([]),
        of({"head": {"vars": list(VARIABLES)}}),
        of({"results": {}}),
        of({"results": {"bindings": None}}),
        of({"head": {}, "boolean": True}),
        of({"error": "x", "results": {"bindings": []}}),
        Answer(body=b'{"results": {"bindings": [\njava.util.concurrent.TimeoutException'),
        Answer(body=b"<sparql/>"),
    ],
    ids=itertools.count(),
)
async def test_an_answer_in_which_some_may_be_lost_is_garbled(sent):
    """Else that nobody is linked would be believed for a day."""
    async with asked(sent) as (source, _):
        with pytest.raises(Garbled):
            await links(source, FIRST, SECOND)


@pytest.mark.parametrize(
    ("kind", "scheme", "ident"),
    [
        (Kind.ARTIST, S.SPOTIFY, '" } DROP ALL #'),
        (Kind.ARTIST, S.SPOTIFY, "own_" + "0" * 22),
        (Kind.ARTIST, S.MBID, MBID.upper()),
        (Kind.ARTIST, S.DEEZER, '27" "28'),
        (Kind.ARTIST, S.WIKIDATA, ITEM),
        (Kind.TRACK, S.SPOTIFY, FIRST),
    ],
)
async def test_what_is_no_id_comes_into_no_query(kind, scheme, ident):
    """Nor is it asked about anything but artists."""
    async with asked() as (source, somebody):
        assert await source.links(kind, scheme, [ident]) == {}

    assert somebody.requests == []


async def test_ids_that_are_none_are_left_out_of_the_query():
    """The others are asked about."""
    async with asked() as (source, somebody):
        found = await links(source, '"', FIRST)

    assert found.keys() == {FIRST}
    assert parse_qs(somebody.requests[0].body.decode())["query"][0].count('"') == 2


@pytest.mark.parametrize("n", [0, 8])
@pytest.mark.parametrize("usage", list(Usage))
async def test_an_artist_has_a_name_and_genres_that_anybody_may_use(n, usage):
    """With commercial use, too; the name may be one that all languages share."""
    item = ids.qid_of(n)
    async with asked(usage=usage) as (source, somebody):
        found = await artist(source, item)

    known = catalogue().artists[n]
    assert (found.id, found.name) == (item, known.name)
    assert found.genres == tuple(sorted(known.genres, key=str.casefold))
    assert found.url == f"https://www.wikidata.org/wiki/{item}"
    assert found.provenance[0].licence == texts.LICENCE
    assert {gap.field for gap in found.missing} == {"images", "popularity", "followers"}
    assert len(somebody.requests) == 1


async def test_an_artist_without_genres_says_so():
    """Which never means that it has none."""
    async with asked() as (source, _):
        found = await artist(source, ids.qid_of(GENRELESS_ARTIST))

    assert found.genres is None
    assert {gap.field for gap in found.missing} >= {"genres"}


@pytest.mark.parametrize(
    ("rows", "name", "genres"),
    [
        ([named(ITEM, label="A", genre="b"), named(ITEM, label="A", genre="a")], "A", ("a", "b")),
        ([named(ITEM, label="M", language="mul"), named(ITEM, label="E")], "E", None),
        (
            [named(ITEM, label="M", language="mul"), named(ITEM, label="D", language="de")],
            "M",
            None,
        ),
        ([named(ITEM, label="A"), named("Q7", label="B", genre="x")], "A", None),
        ([named(ITEM, label="A"), {"item": "x"}], "A", None),
        (
            [named(ITEM, label="A", genre="pop"), named(ITEM, genre="Pop!", language="mul")],
            "A",
            ("pop",),
        ),
    ],
    ids=itertools.count(),
)
async def test_names_and_genres_are_english_ones(rows, name, genres):
    """Rows about others are dropped, and each genre is told once."""
    async with asked(table(*rows, variables=service.ARTIST_VARIABLES)) as (source, _):
        found = await artist(source)

    assert (found.name, found.genres) == (name, genres)


@pytest.mark.parametrize(
    ("rows", "refused"),
    [
        ([], Unknown),
        ([named(ITEM)], Unknown),
        ([named(ITEM, label="D", language="de")], Unknown),
        ([named("Q7", label="B")], Garbled),
        ([None], Garbled),
        ([{"item": "x"}], Garbled),
        ([named(ITEM), {"item": "x"}], Garbled),
    ],
    ids=itertools.count(),
)
async def test_no_name_and_no_answer_are_two_things(rows, refused):
    """Only rows about the very artist say that Wikidata does not know it."""
    async with asked(table(*rows, variables=service.ARTIST_VARIABLES)) as (source, _):
        with pytest.raises(refused):
            await artist(source)


@pytest.mark.parametrize("ident", ["", "q1", "Q1 } #", "P434", "own_" + "0" * 22])
async def test_what_is_no_item_is_not_asked_about(ident):
    """It would stand in the query as it is."""
    async with asked() as (source, somebody):
        with pytest.raises(Unknown):
            await artist(source, ident)

    assert somebody.requests == []


async def test_a_wait_is_obeyed_by_all_queries():
    """Who goes on asking is banned for a day."""
    clock = Hands()
    async with asked(service.too_fast(60), clock=clock) as (source, somebody):
        with pytest.raises(Limited):
            await artist(source)
        with pytest.raises(Limited) as caught:
            await links(source, FIRST)
        states = [one.state for one in source.report()]
        somebody.sends = None
        clock.move(60)
        found = await links(source, FIRST)

    assert caught.value.retry_at == pytest.approx(clock())
    assert states == [State.LIMITED]
    assert FIRST in found
    assert len(somebody.requests) == 2


async def test_a_403_closes_it_for_a_day():
    """A restart forgets nothing."""
    clock, rows = Hands(), RowsInMemory()
    async with asked(Answer(403, b"Forbidden"), clock=clock, rows=rows) as (source, somebody):
        with pytest.raises(Closed):
            await artist(source)
        async with source_at(somebody, clock=clock, rows=rows) as restarted:
            with pytest.raises(Closed) as caught:
                await links(restarted, FIRST)
            states = [one.state for one in restarted.report()]

    assert caught.value.retry_at == pytest.approx(clock() + 86_400)
    assert states == [State.CLOSED]
    assert len(somebody.requests) == 1


async def test_a_query_that_fails_is_not_repeated_and_five_open_the_breaker():
    """A query may have cost the minute's share although its answer was lost."""
    async with asked(Answer(500, b"java.util.concurrent.TimeoutException")) as (source, somebody):
        refusals = []
        for _ in range(7):
            with pytest.raises(Unreachable) as caught:
                await links(source, FIRST)
            refusals.append(caught.value.status)
        report = {one.capability: one.state for one in source.report()}

    assert refusals == [500] * 5 + [None] * 2
    assert len(somebody.requests) == 5
    assert report == {Capability.ARTIST: State.UNREACHABLE}


async def test_a_query_that_it_calls_malformed_is_a_fault():
    """Never a miss."""
    async with asked(Answer(400, b"SPARQL-QUERY: MalformedQueryException")) as (source, _):
        with pytest.raises(Garbled):
            await links(source, FIRST)


async def test_one_query_is_out_at_a_time():
    """A second waits until the first has come back."""
    out, most = 0, []

    async def slow(request):
        nonlocal out
        out += 1
        most.append(out)
        await asyncio.sleep(0.02)
        out -= 1
        return service.answer(request)

    async with OnLoopback(slow) as somebody, source_at(somebody) as source:
        await asyncio.gather(*(links(source, one) for one in ARTISTS[:4]))

    assert most == [1, 1, 1, 1]


@pytest.mark.parametrize("contact", [None, CONTACT])
def test_without_a_contact_it_is_not_asked_at_all(contact):
    """It would share the little that those get who cannot be reached; the report says so."""
    settings = open_settings("wikidata", {"url": "http://127.0.0.1:9/sparql"}, contact=contact)
    clock = Hands()
    gates = StoredGates(RowsInMemory(), clock)

    registry = make_registry(settings, gates, clock=clock, chance=lambda: 0.0)

    (one,) = registry.report().sources
    assert one.configured == (contact is not None)
    assert ("EARPRINT_CONTACT" in one.capabilities[0].detail) == (contact is None)
    assert len(registry.able_to_link()) == one.configured
