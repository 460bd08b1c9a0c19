"""One artist or track of several sources: each field is one source's, each gap has its reason."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import pytest

from api.cache.entry import Fetched
from api.problems.errors import NotFound
from api.problems.refusals import DoesNotExist, Unreachable
from api.schemas.artist import Artist, ArtistCredit, Image
from api.schemas.identity import IdScheme
from api.schemas.provenance import Capability, Method, Missing, Provenance, Reason, SourceName
from api.schemas.track import AlbumCredit, Track
from api.services.catalog import Catalog
from tests.services.listening import cascade_of
from tests.services.test_identity import Linking

S = SourceName
PICTURE = Image(url="https://i.scdn.co/image/x", width=640, height=640)


def said(source: SourceName, *fields: str) -> tuple[Provenance, ...]:
    """Who says so."""
    when = datetime(2026, 11, 28, tzinfo=UTC)
    return (Provenance(source=source, method=Method.REPORTED, fields=fields, retrieved_at=when),)


def artist(source: SourceName, ident: str = "a", **values: Any) -> Artist:
    """An artist of whom a source says this."""
    absent = [name for name in ("genres", "popularity", "followers") if name not in values]
    gaps = tuple(Missing(field=f, reason=Reason.NOT_KNOWN, detail=f"{source}.") for f in absent)
    known: dict[str, Any] = {"name": "Ada", "images": (), "url": None, **dict.fromkeys(absent)}
    return Artist(
        id=ident,
        uri=f"{source}:{ident}",
        provenance=said(source, *values),
        missing=gaps,
        **{**known, **values},
    )


def track(source: SourceName, ident: str = "t", **values: Any) -> Track:
    """A track of which a source says this."""
    names = set(Track.model_fields) - {"id", "uri", "name", "artists", "provenance", "missing"}
    known: dict[str, Any] = {"name": "Song", "artists": (), **dict.fromkeys(names)}
    provenance = said(source, *values)
    return Track(id=ident, uri="u", provenance=provenance, **{**known, **values})


class Telling:
    """A source that says one thing of every artist and track, or refuses."""

    version = 1
    market: str | None = None
    at_home = False

    def __init__(
        self, name: SourceName, answer: Any, asked_by: Mapping[Capability, IdScheme] | None = None
    ) -> None:
        self.name = name
        self.asked_by = asked_by or MappingProxyType({})
        self.asked: list[str] = []
        self.door: asyncio.Event | None = None
        self._answer = answer

    def report(self) -> tuple[()]:
        """Nothing of it."""
        return ()

    async def close(self) -> None:
        """Hang up."""

    async def artist(self, ident: str, *, known: str | None) -> Fetched[Artist]:  # noqa: ARG002  # of the Protocol
        """As given, once the door is open."""
        if self.door is not None:
            await self.door.wait()
        return self._told(ident)

    async def track(
        self,
        ident: str,
        *,
        market: str | None,  # noqa: ARG002  # of the Protocol
        known: str | None,  # noqa: ARG002  # of the Protocol
    ) -> Fetched[Track]:
        """As given."""
        return self._told(ident)

    def _told(self, ident: str) -> Fetched[Any]:
        self.asked.append(ident)
        if isinstance(self._answer, Exception):
            raise self._answer
        return Fetched(self._answer)


def by_mbid(name: SourceName, answer: Any) -> Telling:
    """One that is asked by MusicBrainz's ids."""
    return Telling(name, answer, {Capability.ARTIST: IdScheme.MBID})


def speakers(found: Artist | Track) -> dict[str, SourceName]:
    """Who speaks for each field."""
    return {field: one.source for one in found.provenance for field in one.fields}


async def composed_artist(folder: Any, *sources: Any) -> Artist:
    """What becomes of what these say."""
    async with cascade_of(folder, *sources) as cascade:
        served = await Catalog(cascade).artist("a")
    return Artist.model_validate_json(served.entry.body)


async def test_genres_come_from_whoever_knows_them_and_say_so(tmp_path):
    """The first is shown; what others call it stands beside it, apart."""
    link = Linking(S.WIKIDATA, {"a": ["m1"]})
    first = Telling(S.SPOTIFY, artist(S.SPOTIFY, images=(PICTURE,)))
    genres = by_mbid(S.MUSICBRAINZ, artist(S.MUSICBRAINZ, "m1", genres=("shoegaze",)))
    others = by_mbid(S.LASTFM, artist(S.LASTFM, "m1", genres=("noise", "dream pop")))

    found = await composed_artist(tmp_path, first, link, genres, others)

    assert (found.id, found.genres) == ("a", ("shoegaze",))
    assert speakers(found) == {
        "images": S.SPOTIFY,
        "genres": S.MUSICBRAINZ,
        "genres_by": S.LASTFM,
    }
    assert genres.asked == ["m1"]
    assert [(one.source, *(each.name for each in one.genres)) for one in found.genres_by] == [
        (S.MUSICBRAINZ, "shoegaze"),
        (S.LASTFM, "noise", "dream pop"),
    ]
    told = {one.source: one.detail or "" for one in found.provenance}
    assert "which Wikidata states" in told[S.MUSICBRAINZ]
    assert {gap.field for gap in found.missing} == {"popularity", "followers"}


async def test_who_repeats_another_is_asked_only_where_that_one_is_silent(tmp_path):
    """ListenBrainz has its tags from MusicBrainz."""
    link = Linking(S.WIKIDATA, {"a": ["m1"]})
    first = Telling(S.SPOTIFY, artist(S.SPOTIFY, images=(PICTURE,)))
    down = by_mbid(S.MUSICBRAINZ, Unreachable(S.MUSICBRAINZ, "It is down."))
    repeating = by_mbid(S.LISTENBRAINZ, artist(S.LISTENBRAINZ, "m1", genres=("shoegaze",)))
    full = by_mbid(S.MUSICBRAINZ, artist(S.MUSICBRAINZ, "m1", genres=("noise",)))

    with_it = await composed_artist(tmp_path / "a", first, link, down, repeating)
    without = await composed_artist(tmp_path / "b", first, link, full, repeating)

    assert with_it.genres == ("shoegaze",)
    assert without.genres == ("noise",)
    assert repeating.asked == ["m1"]


async def test_what_could_not_be_asked_is_said_and_asked_again_soon(tmp_path):
    """An answer that may be fuller in a moment is not kept for a day."""
    link = Linking(S.WIKIDATA, {"a": ["m1"]})
    first = Telling(S.SPOTIFY, artist(S.SPOTIFY, images=(PICTURE,)))
    down = by_mbid(S.MUSICBRAINZ, Unreachable(S.MUSICBRAINZ, "It is down."))
    async with cascade_of(tmp_path, first, link, down) as cascade:
        served = await Catalog(cascade).artist("a")
        now = cascade.clock()

    found = Artist.model_validate_json(served.entry.body)
    gaps = {gap.field: gap for gap in found.missing}
    assert (gaps["genres"].reason, gaps["genres"].detail) == (
        Reason.UNREACHABLE,
        "MusicBrainz: It is down.",
    )
    assert served.entry.ages.fresh_until <= now + 10


async def test_whom_nobody_names_does_not_come_to_be_by_its_genres(tmp_path):
    """Who is asked first says that there is no such artist."""
    link = Linking(S.WIKIDATA, {"a": ["m1"]})
    first = Telling(S.SPOTIFY, DoesNotExist(S.SPOTIFY, "There is none."))

    with pytest.raises(NotFound):
        await composed_artist(tmp_path, first, link)


async def test_a_track_is_filled_with_what_its_first_source_lacks(tmp_path):
    """OEmbed knows the picture, ReccoBeats who plays it; Deezer is asked by the ISRC."""
    credit = (ArtistCredit(id="a", name="Ada", uri=None),)
    cover = AlbumCredit(
        id=None, name="", release_date=None, release_date_precision=None, images=(PICTURE,)
    )
    album = cover.model_copy(update={"name": "Record", "images": ()})
    known: dict[str, Any] = {"artists": credit, "duration_ms": 200_000, "isrc": "GBAAA2400001"}
    base = Telling(S.RECCOBEATS, track(S.RECCOBEATS, **known))
    shown = Telling(S.OEMBED, track(S.OEMBED, album=cover))
    by_isrc = Telling(
        S.DEEZER,
        track(S.DEEZER, "GBAAA2400001", artists=credit, album=album, duration_ms=201_000),
        {Capability.TRACK: IdScheme.ISRC},
    )
    link = Linking(S.WIKIDATA, {"t": ["GBAAA2400001"]}, scheme=IdScheme.ISRC)
    async with cascade_of(tmp_path, base, shown, by_isrc, link) as cascade:
        served = await Catalog(cascade).track("t", None)

    found = Track.model_validate_json(served.entry.body)
    assert by_isrc.asked == ["GBAAA2400001"]
    assert found.album is not None
    assert (found.album.name, found.album.images) == ("Record", (PICTURE,))
    assert (found.id, found.duration_ms) == ("t", 200_000)
    assert "album.name" not in {gap.field for gap in found.missing}


async def test_what_of_a_filled_part_is_absent_keeps_its_reason(tmp_path):
    """A picture without a title is no release that was taken down."""
    cover = AlbumCredit(
        id=None, name="", release_date=None, release_date_precision=None, images=(PICTURE,)
    )
    untold = Missing(field="album.name", reason=Reason.NOT_KNOWN, detail="No title.")
    shown = track(S.OEMBED, album=cover).model_copy(update={"missing": (untold,)})
    base = Telling(S.RECCOBEATS, track(S.RECCOBEATS))
    async with cascade_of(tmp_path, base, Telling(S.OEMBED, shown)) as cascade:
        served = await Catalog(cascade).track("t", None)

    found = Track.model_validate_json(served.entry.body)
    assert untold in found.missing


async def test_who_is_not_needed_costs_a_share_only(tmp_path, monkeypatch):
    """The base is there; a filler that hangs is late, and what it says is kept for later."""
    monkeypatch.setattr("api.services.cascade.SHARE_S", 0.3)
    link = Linking(S.WIKIDATA, {"a": ["m1"]})
    first = Telling(S.SPOTIFY, artist(S.SPOTIFY, images=(PICTURE,)))
    hanging = by_mbid(S.MUSICBRAINZ, artist(S.MUSICBRAINZ, "m1", genres=("noise",)))
    door = asyncio.Event()
    hanging.door = door
    async with cascade_of(tmp_path, first, link, hanging) as cascade:
        async with asyncio.timeout(5):
            served = await Catalog(cascade).artist("a")
        door.set()

    found = Artist.model_validate_json(served.entry.body)
    gaps = {gap.field: gap.reason for gap in found.missing}
    assert found.genres is None
    assert gaps["genres"] is Reason.UNREACHABLE
    assert served.entry.ages.fresh_until <= served.entry.stored_at + 20


async def test_another_recording_under_the_isrc_is_named_and_not_mixed_in(tmp_path):
    """One wrong number made four providers agree on the wrong track."""
    base = Telling(S.OEMBED, track(S.OEMBED))
    album = AlbumCredit(
        id=None, name="Wrong", release_date=None, release_date_precision=None, images=(PICTURE,)
    )
    wrong = Telling(
        S.DEEZER,
        track(S.DEEZER, "GBAAA2400001", name="Else", album=album),
        {Capability.TRACK: IdScheme.ISRC},
    )
    link = Linking(S.WIKIDATA, {"t": ["GBAAA2400001"]}, scheme=IdScheme.ISRC)
    async with cascade_of(tmp_path, base, wrong, link) as cascade:
        served = await Catalog(cascade).track("t", None)

    found = Track.model_validate_json(served.entry.body)
    assert found.album is None
    assert any("Else" in gap.detail for gap in found.missing)
