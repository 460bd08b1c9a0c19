"""Deezer's oddities, in hand-written answers."""

from contextlib import asynccontextmanager
from typing import Any

import pytest

from api.paging import Window
from api.problems.refusals import BadQuestion, Garbled, Limited, Unknown
from api.schemas.identity import IdScheme
from api.schemas.provenance import Reason
from api.schemas.reference import Kind
from api.sources import deezer
from api.sources.base import Link, Query
from api.sources.deezer.texts import (
    NO_HIT,
    NO_ID,
    NO_ISRC,
    NO_PLAYLISTS,
    NO_TOP_TRACKS,
    NOBODY,
    NOTHING_HERE,
)
from api.sources.relations import scores_from_ranks
from tests.sandbox.answers import Answer, of
from tests.sources.opened import Sent, open_settings, open_source

ISRC = "QZABC2400001"
TRACK, RELATED = f"/track/isrc:{ISRC}", "/artist/27/related"


def artist(ident=28, **fields):
    """An artist in a list."""
    sizes = {"small": 56, "medium": 250, "big": 500, "xl": 1000}
    pictures = {f"picture_{name}": f"https://cdn.test/artist/x/{n}" for name, n in sizes.items()}
    link = f"https://www.deezer.com/artist/{ident}"
    return {"id": ident, "name": "Dust", "link": link, "type": "artist", **pictures, **fields}


def track(**fields):
    """A track, whole."""
    return {
        "id": 501,
        "title": "The rain",
        "isrc": ISRC,
        "link": "https://www.deezer.com/track/501",
        "duration": 201,
        "explicit_lyrics": False,
        "track_position": 2,
        "disk_number": 1,
        "rank": 989040,
        "bpm": 172.3,
        "gain": -7.8,
        "artist": {"id": 28, "name": "Dust", "type": "artist"},
        "album": {"id": 7, "title": "Slow", "cover_xl": "https://cdn.test/cover/x/1000"},
        "preview": "https://cdn-preview.invalid/x.mp3",
        "type": "track",
        **fields,
    }


@asynccontextmanager
async def sending(answers):
    """The source, and what answers in Deezer's place."""
    async with Sent({path: of(body) for path, body in answers.items()}) as sent:
        settings = open_settings("deezer", {"url": sent.accounts_url})
        async with open_source(deezer.make_source, settings) as source:
            yield source, sent


async def found(ask, answers):
    """The value that comes of it."""
    async with sending(answers) as (source, _sent):
        return (await ask(source)).value


async def related(body, ident="27"):
    """Who is related to artist 27, by this body."""
    return await found(
        lambda source: source.related(ident, known=None), {f"/artist/{ident}/related": body}
    )


async def recording(body):
    """The recording ISRC, by this body."""
    return await found(lambda source: source.track(ISRC, market=None, known=None), {TRACK: body})


async def test_an_order_becomes_scores():
    """The first is the nearest; the words say where the numbers come from."""
    told = await related({"data": [artist(28), artist(29, name="Rain"), artist(30)], "total": 3})

    assert [item.score for item in told.items] == pytest.approx([1, 2 / 3, 1 / 3])
    assert [item.artist.ids for item in told.items] == [
        {IdScheme.DEEZER: ident} for ident in ("28", "29", "30")
    ]
    assert all(item.artist.id is None and item.artist.genres is None for item in told.items)
    assert [image.width for image in told.items[0].artist.images] == [1000, 500, 250, 56]
    assert told.provenance[0].detail == scores_from_ranks("Deezer")
    assert told.provenance[0].url == "https://www.deezer.com/artist/27"
    assert {gap.field for gap in told.missing} == {f"items[{n}].artist.genres" for n in range(3)}


@pytest.mark.parametrize(
    ("fields", "ids", "url"),
    [
        ({"id": "31"}, {IdScheme.DEEZER: "31"}, "https://www.deezer.com/artist/31"),
        ({"id": None, "link": None}, {}, None),
        ({"id": 0, "link": None}, {}, None),
        ({"link": "javascript:alert(1)"}, {IdScheme.DEEZER: "28"}, None),
    ],
)
async def test_ids_and_pages_are_taken_as_far_as_they_can_be(fields, ids, url):
    """A number may be a text; what is no number costs the id, and a foreign page is not linked."""
    sent = artist(fields.get("id") or 28) | fields
    one = (await related({"data": [sent]})).items[0].artist

    assert one.ids == ids
    assert one.url == (url or ("https://www.deezer.com/artist/28" if ids else None))


async def test_an_address_without_a_number_is_no_picture():
    """Deezer gives such to artists of whom it has none."""
    bare = {
        f"picture_{size}": "https://cdn.test/artist//56x56.jpg"
        for size in ("small", "medium", "big", "xl")
    }
    told = await related({"data": [artist(**bare)]})

    assert told.items[0].artist.images == ()


async def test_an_unreadable_entry_costs_itself():
    """The others are there, and the gap is told."""
    told = await related({"data": [artist(28), {"id": 29, "name": None}, "x", artist(30)]})

    assert [item.sources[0].rank for item in told.items] == [1, 2]
    assert {"items[1]", "items[2]"} <= {gap.field for gap in told.missing}


async def test_nobody_is_no_proof():
    """An empty list is an answer, of which the words say what it is worth."""
    with pytest.raises(Unknown) as raised:
        await related({"data": [], "total": 0})

    assert raised.value.detail == NOBODY
    assert "differs from country to country" in NOBODY


@pytest.mark.parametrize(
    "body", [{}, {"data": None}, {"data": [{}]}, {"data": "x"}, [artist()], {"total": 0}]
)
async def test_what_is_no_list_is_garbled(body):
    """And never taken for “nobody”."""
    with pytest.raises(Garbled):
        await related(body)


def listed(ident=501, **fields):
    """A track as lists have it, by artist 27."""
    whole = track(id=ident, artist={"id": 27, "name": "Dust", "type": "artist"}, **fields)
    unlisted = {"isrc", "bpm", "gain", "track_position", "disk_number"} - fields.keys()
    return {name: value for name, value in whole.items() if name not in unlisted}


async def top(body):
    """The top tracks of artist 27, by this body."""
    return await found(
        lambda source: source.top_tracks("27", market=None, known=None), {"/artist/27/top": body}
    )


async def test_top_tracks_come_in_deezers_order_under_its_ids():
    """With what lists tell, and a reason for the rest; whose number is told has it."""
    told = await top({"data": [listed(501), listed(502, isrc="qz-abc-24-00001")], "total": 2})

    assert [(one.id, one.uri) for one in told.items] == [
        ("501", "deezer:track:501"),
        ("502", "deezer:track:502"),
    ]
    assert [one.isrc for one in told.items] == [None, ISRC]
    assert "lists do not tell" in {gap.field: gap.detail for gap in told.items[0].missing}["isrc"]
    assert "rank of its own" in told.provenance[0].detail
    assert told.provenance[0].url == "https://www.deezer.com/artist/27"
    assert told.unlinked == ()


@pytest.mark.parametrize(
    "guest", [{"artist": {"id": 99, "name": "Rain"}}, {"artist": None}, {"artist": {"name": "x"}}]
)
async def test_tracks_of_somebody_else_are_not_listed(guest):
    """Unless the artist plays on them, too; a list of such alone is no answer."""
    others = listed(503) | guest
    beside = others | {"contributors": [{"id": 99, "name": "Rain"}, {"id": 27, "name": "Dust"}]}
    told = await top({"data": [others, listed(501), beside | {"id": 504}]})

    assert [one.id for one in told.items] == ["501", "504"]
    with pytest.raises(Garbled):
        await top({"data": [others]})


async def test_an_unreadable_track_costs_itself():
    """Its place is told."""
    told = await top({"data": [listed(501), {"id": 502, "title": None}, "x", listed(503)]})

    assert [one.id for one in told.items] == ["501", "503"]
    assert {"items[1]", "items[2]"} <= {gap.field for gap in told.missing}


@pytest.mark.parametrize("body", [{}, {"data": None}, {"data": {}}, {"data": ["x"]}, [listed()]])
async def test_what_is_no_list_of_tracks_is_garbled(body):
    """And an empty one is no proof."""
    with pytest.raises(Garbled):
        await top(body)
    with pytest.raises(Unknown) as raised:
        await top({"data": []})
    assert raised.value.detail == NO_TOP_TRACKS


QUERY = Query("Dust", ("artist", "track"), Window(2, 2))


async def searched(artists, tracks, query=QUERY) -> Any:
    """What is found by these bodies."""
    bodies = {"/search/artist": artists, "/search/track": tracks}
    return await found(lambda source: source.search(query, known=None), bodies)


async def test_who_has_just_the_name_is_found_first_then_who_has_most_fans():
    """The order that Deezer sends says little."""
    artists = [
        artist(1, name="Dusty", nb_fan=5_000),
        artist(2, name="Dust", nb_fan=7),
        artist(3, name="Stardust", nb_fan=90_000),
        artist(4, name="DUST", nb_fan=800),
        artist(5, name="Dust bin", nb_fan=None),
    ]
    told = await searched({"data": artists, "total": 9}, {"data": [], "total": 0})

    page = told.artists
    assert [one.id for one in page.items] == ["4", "2", "3", "1", "5"]
    assert (page.total, page.next) == (9, "/v1/search?q=Dust&type=artist&limit=2&offset=4")
    assert page.items[0].uri == "deezer:artist:4"
    assert page.items[0].followers is None
    assert page.items[0].provenance[0].detail == "Deezer counts 800 fans of its own."
    assert (told.tracks.items, told.tracks.total, told.playlists) == ((), 0, None)


async def test_only_what_is_looked_for_is_asked():
    """A part of it, by the words as they are."""
    for types, path in ((("artist",), "/search/artist"), (("track", "playlist"), "/search/track")):
        body = {"data": [artist() if path.endswith("artist") else listed()], "total": 3}
        async with sending({path: body}) as (source, sent):
            told = (await source.search(Query("a & b", types, Window(2, 2)), known=None)).value

        assert [(one.path, one.query) for one in sent.requests] == [
            (path, {"q": "a & b", "limit": "2", "index": "2"})
        ]
        assert (told.artists is None) == ("artist" not in types)
        assert (told.tracks is None) == ("track" not in types)


async def test_nothing_found_is_said_and_playlists_are_not_looked_for():
    """Both are no outage."""
    told = await searched({"data": [], "total": 0}, {"data": [], "total": 0})
    assert told.artists.items == told.tracks.items == ()
    assert told.artists.provenance[0].detail == told.tracks.provenance[0].detail == NO_HIT
    async with sending({}) as (source, sent):
        with pytest.raises(Unknown) as refused:
            await source.search(Query("x", ("playlist",), Window(2, 0)), known=None)
    assert refused.value.detail == NO_PLAYLISTS
    assert sent.requests == []


@pytest.mark.parametrize(
    "body", [{}, {"data": None}, {"data": {}}, {"data": [{}]}, {"data": "x"}, [artist()]]
)
async def test_hits_that_are_no_list_are_garbled(body):
    """Of either kind, and never taken for “nothing found”."""
    good = {"data": [], "total": 0}
    for artists, tracks in ((body, good), (good, body)):
        with pytest.raises(Garbled):
            await searched(artists, tracks)


async def linked(body, ident="501"):
    """Which recording Deezer’s track has, by this body."""
    async with sending({f"/track/{ident}": body}) as (source, _):
        return await source.links(Kind.TRACK, IdScheme.DEEZER, [ident])


async def test_the_number_of_a_listed_track_is_told_by_the_track_itself():
    """Where it has one; of another track it is no answer."""
    assert await linked(track()) == {"501": (Link(IdScheme.ISRC, ISRC),)}
    assert await linked(track(isrc=None)) == await linked(track(isrc="x")) == {"501": ()}
    with pytest.raises(Garbled):
        await linked(track(id=502))
    async with sending({}) as (source, sent):
        assert await source.links(Kind.ARTIST, IdScheme.DEEZER, ["27"]) == {}
        assert await source.links(Kind.TRACK, IdScheme.DEEZER, ["x"]) == {}
    assert sent.requests == []


async def test_a_track_has_its_lengths_in_milliseconds_and_its_measures_in_words():
    """Another's bpm stands in no field of ours; what is not said is explained."""
    told = await recording(track())

    assert (told.id, told.isrc, told.name, told.duration_ms) == (ISRC, ISRC, "The rain", 201_000)
    assert [(one.id, one.name) for one in told.artists] == [(None, "Dust")]
    assert (told.album.name, told.album.id) == ("Slow", None)
    assert told.provenance[0].detail.startswith(
        "Deezer also gives 172.3 bpm, a gain of −7.8 dB and a rank of 989,040, by measures of its"
    )
    gaps = {gap.field: gap for gap in told.missing}
    assert set(gaps) == {"popularity", "is_playable", "linked_from"}
    assert gaps["popularity"].reason is Reason.NOT_KNOWN
    assert "cdn-preview" not in told.model_dump_json()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"bpm": 0}, "Deezer also gives a gain of −7.8 dB and a rank of 989,040,"),
        ({"bpm": None, "gain": None}, "Deezer also gives a rank of 989,040,"),
        ({"bpm": "123.4", "gain": None, "rank": None}, "Deezer also gives 123.4 bpm,"),
        ({"bpm": 123, "gain": 2}, "Deezer also gives 123 bpm, a gain of 2 dB"),
        ({"bpm": 0, "gain": None, "rank": None}, "Deezer gives lengths in whole seconds."),
    ],
)
async def test_a_tempo_of_nothing_is_not_told(fields, words):
    """0 and nothing at all both mean that Deezer does not know."""
    told = await recording(track(**fields))

    assert told.provenance[0].detail.startswith(words)


async def test_all_who_play_are_named():
    """Where Deezer lists them."""
    guests = [{"id": 28, "name": "Dust"}, {"id": 29, "name": "Rain"}]
    told = await recording(track(contributors=guests))

    assert [one.name for one in told.artists] == ["Dust", "Rain"]


async def test_fields_that_do_not_fit_cost_themselves():
    """With the reason that they cannot be read."""
    told = await recording(track(duration="long", explicit_lyrics=7, album=None, link=None))

    gaps = {gap.field: gap.detail for gap in told.missing}
    assert "cannot be read" in gaps["duration_ms"]
    assert "cannot be read" in gaps["explicit"]
    assert gaps["album"] == "Deezer did not say."
    assert told.url == "https://www.deezer.com/track/501"


@pytest.mark.parametrize(
    "fields", [{"isrc": "QZABC2400002"}, {"isrc": None}, {"title": None}, {"id": None}]
)
async def test_another_recording_is_garbled(fields):
    """Its number must be the one that was asked for, in whatever spelling."""
    with pytest.raises(Garbled):
        await recording(track(**fields))

    assert (await recording(track(isrc="qz-abc-24-00001"))).isrc == ISRC


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"type": "Exception", "message": "Quota limit exceeded", "code": 4}, Limited),
        ({"type": "Exception", "message": "Quota limit exceeded", "code": "4"}, Limited),
        ({"type": "DataException", "message": "no data", "code": 800}, Unknown),
        ({"type": "ParameterException", "message": "Wrong parameter", "code": 500}, BadQuestion),
        ({"type": "MissingParameterException", "message": "x", "code": 501}, BadQuestion),
        ({"type": "Exception", "message": "An error has occured"}, Garbled),
        ({"type": "Exception", "code": None}, Garbled),
        ({"type": "Exception", "code": True}, Garbled),
    ],
)
async def test_errors_come_with_a_status_of_200(error, kind):
    """Their numbers tell what they are; without one it is no answer."""
    async with sending({RELATED: {"error": error}, TRACK: {"error": error}}) as (source, _sent):
        for ask in (source.related("27", known=None), source.track(ISRC, market=None, known=None)):
            with pytest.raises(kind) as raised:
                await ask
            assert type(raised.value) is kind
        open_now = {one.state for one in source.report()}

    if kind is Unknown:
        assert raised.value.detail == NOTHING_HERE
    assert open_now == ({"limited"} if kind is Limited else {"open"})


@pytest.mark.parametrize(
    "body", [b'{"error": ', b'["error"]', b'{"error": {"code": 4}, "x": "%s"}']
)
async def test_an_error_that_is_none_of_deezers_is_garbled(body):
    """Broken, in another form, or larger than any."""
    async with sending({}) as (source, sent):
        sent.answers[RELATED] = Answer(body=body.replace(b"%s", b"x" * 2_048))
        with pytest.raises(Garbled):
            await source.related("27", known=None)


async def test_a_quota_is_kept_to():
    """Nothing more is asked until the wait is over."""
    quota = {"error": {"type": "Exception", "message": "Quota limit exceeded", "code": 4}}
    async with sending({RELATED: quota, TRACK: quota}) as (source, sent):
        for _ in range(3):
            with pytest.raises(Limited):
                await source.related("27", known=None)
            with pytest.raises(Limited):
                await source.track(ISRC, market=None, known=None)

    assert len(sent.requests) == 1


@pytest.mark.parametrize(
    "ident", ["", "0", "27/../28", "27?x=1", "own_27", "9" * 19, "\uff12\uff17"]
)
async def test_what_is_no_id_is_asked_of_nobody(ident):
    """It never enters an address."""
    async with sending({}) as (source, sent):
        with pytest.raises(Unknown) as raised:
            await source.related(ident, known=None)
        assert raised.value.detail == NO_ID
        with pytest.raises(Unknown) as raised:
            await source.track(ident, market=None, known=None)
        assert raised.value.detail == NO_ISRC

    assert sent.requests == []


async def test_it_is_asked_by_its_own_name():
    """A User-Agent of ours, as many as Deezer gives, and the ISRC in its plain spelling."""
    async with sending({RELATED: {"data": [artist()]}, TRACK: track()}) as (source, sent):
        await source.related("27", known=None)
        await source.track("qz-abc-24-00001", market=None, known=None)

    assert [request.path for request in sent.requests] == [RELATED, TRACK]
    assert sent.requests[0].query == {"limit": "20"}
    assert sent.requests[0].headers["user-agent"].startswith("Earprint/")
