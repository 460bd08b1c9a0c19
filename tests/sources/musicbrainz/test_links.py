"""Who is whom to MusicBrainz: by page, by its own id, by ISRC."""

import itertools
import random
from contextlib import suppress

import pytest

from api.problems.refusals import Garbled, Limited
from api.schemas.identity import IdScheme
from api.schemas.reference import Kind
from api.sources.base import Link, LinkSource
from tests.sandbox.answers import Answer, error, of
from tests.sandbox.catalogue import catalogue
from tests.sandbox.ids import id_of
from tests.sandbox.open import ids
from tests.sandbox.open.musicbrainz import SPOTIFY_PAGE, TWO_PIECES_TRACK
from tests.sources.musicbrainz.asking import asked

ARTISTS = [id_of("artist", n) for n in range(50)]
FIRST, SECOND = ARTISTS[:2]
PAGE, OTHER_PAGE = (SPOTIFY_PAGE.format("artist", one) for one in (FIRST, SECOND))
ONE, OTHER = ids.mbid_of(1), ids.mbid_of(2)


def mbids(*found):
    """Links to these."""
    return tuple(Link(IdScheme.MBID, one) for one in found)


def owned(page, *owners, **more):
    """A page and whose it is."""
    return {"resource": page, "relations": [{"artist": {"id": one}, **more} for one in owners]}


async def links(source, *idents, kind=Kind.ARTIST, scheme=IdScheme.SPOTIFY):
    """What it says of these."""
    return await source.links(kind, scheme, idents)


async def test_fifty_artists_are_one_call_and_each_gets_its_own():
    """Sent back in another order, without those it does not know, with both of a doubtful one."""
    async with asked() as (source, somebody):
        found = await links(source, *ARTISTS)

    assert found == {
        one: mbids(*ids.mbids_of(n)) for n, one in enumerate(ARTISTS) if ids.is_linked(n)
    }
    assert len(found[ARTISTS[ids.TWO_MBIDS_ARTIST]]) == 2
    assert [request.path for request in somebody.requests] == ["/url"]


async def test_it_is_asked_as_it_wants_to_be():
    """By plain pages, encoded, for JSON, and saying whom to write to."""
    async with asked(contact="me@here.test") as (source, somebody):
        await links(source, FIRST, SECOND)

    request = somebody.requests[0]
    assert request.pairs == (
        ("resource", PAGE),
        ("resource", OTHER_PAGE),
        ("inc", "artist-rels"),
        ("fmt", "json"),
    )
    assert request.headers["user-agent"].startswith("Earprint/")
    assert request.headers["user-agent"].endswith("(me@here.test)")


async def test_no_artist_gets_the_ids_of_another():
    """Whatever of the pages is there, in whatever order, with those of others and twice."""
    rng = random.Random(7)
    everybody = [
        owned(SPOTIFY_PAGE.format("artist", one), *ids.mbids_of(n)) for n, one in enumerate(ARTISTS)
    ]
    async with asked() as (source, somebody):
        for _ in range(40):
            asked_for = rng.sample(ARTISTS, rng.randint(2, 20))
            somebody.sends = of({"urls": rng.choices(everybody, k=rng.randint(1, 60))})
            with suppress(Garbled):  # of strangers alone
                found = await links(source, *asked_for)
                assert found.keys() <= set(asked_for)
                for ident, said in found.items():
                    assert said == mbids(*ids.mbids_of(ARTISTS.index(ident)))


async def test_one_artist_is_answered_flat_and_an_unknown_one_with_404():
    """Which is no fault: it knows none."""
    async with asked() as (source, _):
        known = await links(source, FIRST)
        unknown = await links(source, ARTISTS[5])

    assert known == {FIRST: mbids(ids.mbid_of(0))}
    assert unknown == {}


@pytest.mark.parametrize(
    "body", [b"", b"<html>404 Not Found</html>", b"{}", b"[]"], ids=["none", "page", "{}", "[]"]
)
async def test_a_404_in_other_words_says_nothing(body):
    """It comes from whoever stands before MusicBrainz: nobody was asked."""
    async with asked(Answer(404, body)) as (source, _):
        with pytest.raises(Garbled):
            await links(source, FIRST)


@pytest.mark.parametrize(
    ("sent", "found"),
    [
        ({"urls": []}, {}),
        ({"url-count": 0, "url-offset": 0, "urls": []}, {}),
        ({"urls": [{"resource": PAGE}]}, {}),
        ({"urls": [{"resource": PAGE, "relations": None}]}, {}),
        ({"urls": [owned(PAGE, ONE, OTHER)]}, {FIRST: mbids(ONE, OTHER)}),
        ({"urls": [owned(PAGE, ONE, ONE)]}, {FIRST: mbids(ONE)}),
        ({"urls": [owned(PAGE, ONE), owned(PAGE, OTHER)]}, {FIRST: mbids(ONE, OTHER)}),
        ({"urls": [owned(PAGE, ONE, ended=True), owned(OTHER_PAGE, ONE)]}, {SECOND: mbids(ONE)}),
        ({"urls": [owned(PAGE, ONE), owned("https://open.spotify.com/artist/", OTHER)]}, None),
        ({"urls": [owned(OTHER_PAGE, OTHER), owned(PAGE, ONE)]}, None),
        ({"urls": [{"resource": PAGE, "relations": [{"release": {"id": ONE}}]}]}, {}),
    ],
    ids=itertools.count(),
)
async def test_pages_are_joined_by_their_address(sent, found):
    """Never by place; all whose page it is are kept; what ended, and strangers, are not."""
    expected = {FIRST: mbids(ONE)} if found is None else found
    if sent["urls"] and sent["urls"][0]["resource"] == OTHER_PAGE:
        expected[SECOND] = mbids(OTHER)
    async with asked(of(sent)) as (source, _):
        assert await links(source, FIRST, SECOND) == expected


@pytest.mark.parametrize(
    "sent",
    [
        {},
        None,
        {"urls": None},
        {"urls": {}},
        {"urls": [None]},
        {"urls": [{}]},
        {"urls": [owned("https://open.spotify.com/artist/0000000000000000000001", ONE)]},
        {"urls": [owned(PAGE, None)]},
        {"urls": [owned(PAGE, "no id")]},
        {"urls": [owned(OTHER_PAGE, ONE), {"resource": 7}]},
        {"urls": [{"resource": PAGE, "relations": "x"}]},
        {"error": "Something went wrong"},
        {"urls": [owned(PAGE, ONE)], "error": "Something went wrong"},
        owned(PAGE, ONE),
    ],
    ids=itertools.count(),
)
async def test_an_answer_in_which_some_may_be_lost_is_garbled(sent):
    """Else that nobody is linked would be believed for a day."""
    async with asked(of(sent)) as (source, _):
        with pytest.raises(Garbled):
            await links(source, FIRST, SECOND)


@pytest.mark.parametrize(
    "sent",
    [
        *({}, None, {"id": "x"}, [], "ok"),
        owned(OTHER_PAGE, ONE),
        owned(PAGE, None),
        owned(PAGE, "no id"),
        {"resource": PAGE, "relations": "x"},
    ],
    ids=itertools.count(),
)
async def test_a_flat_answer_about_another_page_is_garbled(sent):
    """Or about none, or one in which nobody can read whose page it is."""
    async with asked(of(sent)) as (source, _):
        with pytest.raises(Garbled):
            await links(source, FIRST)


async def test_its_own_id_leads_to_wikidata_and_deezer_alone():
    """One call each, so Spotify's ids of a hundred neighbours are asked of others."""
    mbid = ids.mbid_of(1)
    async with asked() as (source, somebody):
        found = await links(source, mbid, ids.uuid_of("artist", 1_000), scheme=IdScheme.MBID)

    assert found == {
        mbid: (Link(IdScheme.WIKIDATA, ids.qid_of(1)), Link(IdScheme.DEEZER, ids.deezer_of(1)))
    }
    assert [request.query["inc"] for request in somebody.requests] == ["url-rels"] * 2
    assert isinstance(source, LinkSource)
    assert IdScheme.SPOTIFY not in source.links_from[Kind.ARTIST][IdScheme.MBID]


@pytest.mark.parametrize(
    ("relations", "is_believed"),
    [
        ([], True),
        (None, True),
        ([{"url": {"resource": "https://www.wikidata.org/wiki/Special:Random"}}], True),
        ([{"url": {"resource": "https://www.deezer.com/artist/1?utm=2"}}], True),
        ([{"url": None}], True),
        ([{"url": {"resource": None}}], False),
        ("x", False),
    ],
)
async def test_an_artist_without_links_is_believed_where_all_can_be_read(relations, is_believed):
    """Pages of other kinds are no links; what cannot be read may be one."""
    answer = of({"id": ONE, "name": "A", "relations": relations})
    async with asked(answer) as (source, _):
        if is_believed:
            assert await links(source, ONE, scheme=IdScheme.MBID) == {}
        else:
            with pytest.raises(Garbled):
                await links(source, ONE, scheme=IdScheme.MBID)


async def test_tracks_are_found_by_page_and_by_isrc():
    """All recordings that bear a number, the earliest first."""
    tracks = catalogue().tracks
    async with asked() as (source, _):
        by_page = await links(source, tracks[0].id, tracks[5].id, kind=Kind.TRACK)
        numbers = [tracks[0].isrc, tracks[TWO_PIECES_TRACK].isrc, "QZZZZ9999999"]
        by_isrc = await links(source, *numbers, kind=Kind.TRACK, scheme=IdScheme.ISRC)

    assert by_page == {tracks[0].id: mbids(ids.recording_of(0))}
    assert {isrc: len(found) for isrc, found in by_isrc.items()} == {numbers[0]: 1, numbers[1]: 2}
    assert by_isrc[numbers[0]] == mbids(ids.recording_of(0))


@pytest.mark.parametrize("sent", [{"isrc": "QZAAA0000002", "recordings": []}, {}, {"isrc": None}])
async def test_recordings_of_another_isrc_are_garbled(sent):
    """Nor are they those of none."""
    async with asked(of(sent)) as (source, _):
        with pytest.raises(Garbled):
            await links(source, "QZAAA0000001", kind=Kind.TRACK, scheme=IdScheme.ISRC)


@pytest.mark.parametrize(
    ("kind", "scheme", "ident"),
    [
        (Kind.ARTIST, IdScheme.SPOTIFY, "../../etc"),
        (Kind.ARTIST, IdScheme.SPOTIFY, "own_" + "0" * 22),
        (Kind.ARTIST, IdScheme.MBID, "?x"),
        (Kind.ARTIST, IdScheme.MBID, ONE.upper()),
        (Kind.TRACK, IdScheme.ISRC, "../artist"),
        (Kind.TRACK, IdScheme.ISRC, "qz-aaa-00-00001"),
        (Kind.TRACK, IdScheme.MBID, ONE),
        (Kind.ARTIST, IdScheme.DEEZER, "1"),
        (Kind.ALBUM, IdScheme.SPOTIFY, FIRST),
    ],
)
async def test_what_is_no_id_is_not_asked(kind, scheme, ident):
    """Nor what it cannot be asked about."""
    async with asked() as (source, somebody):
        assert await links(source, ident, kind=kind, scheme=scheme) == {}

    assert somebody.requests == []


async def test_a_fault_is_no_answer_about_anybody():
    """That it asks to wait comes out as that, not as links that are not there."""
    async with asked(error(429).but(retry_after="60")) as (source, _):
        with pytest.raises(Limited):
            await links(source, FIRST)
