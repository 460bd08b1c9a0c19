"""What is listed under other ids: carried to Spotify’s, or said not to be known there."""

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from api.cache.entry import Ages, Entry, Key
from api.cache.tiers import Served
from api.problems.errors import TryLater, Unavailable
from api.problems.refusals import Limited
from api.schemas.artist import Artist, ArtistCredit
from api.schemas.identity import IdScheme
from api.schemas.provenance import Method, Missing, Provenance, Reason, SourceName
from api.schemas.reference import Kind
from api.schemas.track import Track
from api.services.linking import Linking, told_apart
from api.sources.registry import Registry
from tests.cache.making import Hands
from tests.services.listening import identities_of
from tests.services.test_identity import Linking as LinkingSource

ISRC, OTHER = "QZABC2400001", "QZABC2400002"
DEEZER, RECCO, WIKI = SourceName.DEEZER, SourceName.RECCOBEATS, SourceName.WIKIDATA
NONE = dict.fromkeys(("album", "explicit", "popularity", "track_number", "disc_number"))


def track(ident="501", *, uri=None, name="Rain", **more):
    """A track at Deezer, unless its URI says another place."""
    values = {"isrc": None, "duration_ms": 200_000, "url": None, **NONE, **more}
    return Track(
        id=ident,
        uri=uri or f"deezer:track:{ident}",
        name=name,
        artists=(ArtistCredit(id=more.pop("by", None), name="Dust", uri=None),),
        is_playable=None,
        linked_from=None,
        provenance=(said(),),
        missing=(Missing(field="isrc", reason=Reason.NOT_KNOWN, detail="It is not told."),),
        **{name: value for name, value in values.items() if name != "by"},
    )


def said():
    """Deezer says it."""
    when = datetime(2026, 11, 28, tzinfo=UTC)
    return Provenance(source=DEEZER, method=Method.REPORTED, fields=("name",), retrieved_at=when)


def at_spotify(ident, **more):
    """The same recording as a source has it that knows Spotify’s ids."""
    return track(ident, uri=f"spotify:track:{ident}", by="dust", **more)


def artist(ident):
    """An artist at Deezer."""
    return Artist(
        id=ident,
        uri=f"deezer:artist:{ident}",
        url=None,
        name="Dust",
        images=(),
        genres=None,
        popularity=None,
        followers=None,
        provenance=(said(),),
    )


@asynccontextmanager
async def linking(folder, *sources, there=()):
    """Linking by these sources’ word; these tracks are found by their ids at Spotify."""
    by_ident = {one.id: one for one in there if isinstance(one, Track)}
    problem = next(
        (one for one in there if not isinstance(one, Track)), Unavailable("track", (), hint="None.")
    )

    async def tracks_of(idents):
        return [served(by_ident[one]) if one in by_ident else problem for one in idents]

    async with identities_of(Registry(sources), folder, Hands()) as identities:
        yield Linking(identities, tracks_of)


def served(value):
    """As the cascade serves it."""
    body = value.model_dump_json().encode()
    return Served(Entry(Key(RECCO, "track", value.id), body, "e", 0.0, Ages(1, 1, 1, 1)))


def soon():
    """In time for everything here."""
    return asyncio.get_running_loop().time() + 5


def recordings(**stated):
    """ReccoBeats, by ISRC."""
    return LinkingSource(RECCO, stated, scheme=IdScheme.SPOTIFY)


async def test_a_track_is_found_by_its_number_where_all_fits(tmp_path):
    """The nearest in length of the copies; its artist leads on, and the words say how."""
    copies = at_spotify("a", duration_ms=201_400), at_spotify("b", duration_ms=200_100)
    async with linking(tmp_path, recordings(**{ISRC: ["a", "b"]}), there=copies) as link:
        found = await link.tracks([track(isrc=ISRC)], end=soon(), ask_each=False)

    (one,) = found.known
    assert (one.id, one.uri, one.isrc) == ("b", "spotify:track:b", ISRC)
    assert (one.artists[0].id, one.artists[0].name) == ("dust", "Dust")
    assert f"by its ISRC {ISRC}, as ReccoBeats has it" in one.provenance[0].detail
    assert found.failures == ()


@pytest.mark.parametrize(
    "other", [{"name": "Snow"}, {"duration_ms": 202_000}, {"name": "Rain (live)"}]
)
async def test_a_number_alone_joins_nobody(tmp_path, other):
    """Some are wrong: title, artist and length are looked at, too."""
    copies = (at_spotify("a", **other),)
    async with linking(tmp_path, recordings(**{ISRC: ["a"]}), there=copies) as link:
        found = await link.tracks([track(isrc=ISRC)], end=soon(), ask_each=False)

    assert found.things == (None,)
    assert found.failures == ()


async def test_tracks_keep_their_places(tmp_path):
    """Known, unknown, and such as have Spotify’s id from the start."""
    listed = [track("1"), track("2", isrc=ISRC), at_spotify("z"), track("3", isrc=OTHER)]
    there = (at_spotify("a"),)
    async with linking(tmp_path, recordings(**{ISRC: ["a"]}), there=there) as link:
        found = await link.tracks(listed, end=soon(), ask_each=False)

    assert [one and one.id for one in found.things] == [None, "a", "z", None]
    assert [one.id for one in found.known] == ["a", "z"]


async def test_numbers_are_asked_for_only_where_that_may_cost_a_call_each(tmp_path):
    """A number that is told then is the track’s own."""
    numbers = LinkingSource(DEEZER, {"501": [ISRC]}, scheme=IdScheme.ISRC, at_once=1)
    numbers.links_from = {Kind.TRACK: {IdScheme.DEEZER: frozenset({IdScheme.ISRC})}}
    by_isrc = recordings(**{ISRC: ["a"]})
    by_isrc.links_from = {Kind.TRACK: {IdScheme.ISRC: frozenset({IdScheme.SPOTIFY})}}
    async with linking(tmp_path, numbers, by_isrc, there=(at_spotify("a"),)) as link:
        without = await link.tracks([track()], end=soon(), ask_each=False)
        asked = list(numbers.asked)
        found = await link.tracks([track()], end=soon(), ask_each=True)

    assert (without.things, asked) == ((None,), [])
    assert (found.known[0].id, found.known[0].isrc, found.known[0].missing) == ("a", ISRC, ())
    assert "isrc" in found.known[0].provenance[0].fields


async def test_an_outage_is_no_word_that_there_is_none(tmp_path):
    """Of who states links, of who tells tracks, and of the time."""
    down = LinkingSource(RECCO, refusal=Limited(RECCO, "Wait."))
    async with linking(tmp_path / "1", down) as link:
        unlinked = await link.tracks([track(isrc=ISRC)], end=soon(), ask_each=False)
    async with linking(tmp_path / "2", recordings(**{ISRC: ["a"]}), there=[TryLater(())]) as link:
        untold = await link.tracks([track(isrc=ISRC)], end=soon(), ask_each=False)
        late = await link.tracks([track(isrc=ISRC)], end=soon() - 9, ask_each=False)
        nobody = await link.artists([artist("27")], end=soon() - 9)

    for found, reason in ((unlinked, "limited"), (untold, "unreachable"), (late, "unreachable")):
        assert found.things == (None,)
        assert [one.reason for one in found.failures] == [reason]
    assert [one.reason for one in nobody.failures] == ["unreachable"]


async def test_an_artist_is_found_by_what_is_linked_to_its_id(tmp_path):
    """Not by the name; two that contradict one another are nobody’s."""
    stated = LinkingSource(WIKI, {"27": ["a"], "28": ["b", "c"]}, scheme=IdScheme.SPOTIFY)
    listed = [artist("27"), artist("28"), artist("29")]
    async with linking(tmp_path, stated) as link:
        found = await link.artists(listed, end=soon())

    assert [one and one.uri for one in found.things] == ["spotify:artist:a", None, None]
    assert "by its Deezer id 27" in found.known[0].provenance[0].detail
    assert told_apart([found]) != told_apart([])
