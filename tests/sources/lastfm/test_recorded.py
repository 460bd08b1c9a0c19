"""What Last.fm has really sent comes through whole, or is refused for a reason listed here."""

from contextlib import asynccontextmanager

import pytest

from api.problems.refusals import Closed, Garbled, Unknown
from api.schemas.identity import IdScheme
from api.sources import lastfm
from api.sources.lastfm.normalise import FEWEST
from tests.sources.opened import Sent, open_settings, open_source
from tests.sources.recorded import recorded

pytestmark = pytest.mark.shared
MBID = "9282c8b4-ca0b-4c6b-b7e3-4f7762dfc4d6"
REFUSED = {  # by what their file’s name ends with
    "getsimilar.unknown.json": Unknown,  # an empty list about “[unknown]”
    "ArtistGetTagsSingle.json": Garbled,  # artist.getTags: one person’s own words, never asked for
    "26-suspended.json": Closed,
    "Error.json": Unknown,  # all of them have the number 6
}


@asynccontextmanager
async def replaying(one):
    """The source before a server that answers with this recording."""
    async with Sent({"/2.0/": one.answer}) as sent:
        settings = open_settings("lastfm", {"url": f"{sent.accounts_url}/2.0", "api_key": "x"})
        async with open_source(lastfm.make_source, settings) as source:
            yield source


def of_kind(data, kind):
    """The recordings of one kind that are no refusals, and those that are, with their reason."""
    found = [one for one in recorded(data, "lastfm") if one.kind == kind]
    reasons = {
        one.file: reason
        for one in found
        for name, reason in REFUSED.items()
        if one.file.endswith(name)
    }
    assert found
    return (
        [one for one in found if one.file not in reasons],
        [(one, reasons[one.file]) for one in found if one.file in reasons],
    )


async def test_similar_artists_come_through(shared_data):
    """All of them, in order, with their matches and such ids as there are."""
    answers, refusals = of_kind(shared_data, "artist-similar")
    for one in answers:
        async with replaying(one) as source:
            told = (await source.related(MBID, known=None)).value

        rows = one.body["similarartists"]["artist"]
        assert [(item.artist.name, item.score) for item in told.items] == [
            (row["name"], float(row["match"])) for row in rows
        ]
        assert [item.artist.ids.get(IdScheme.MBID, "") for item in told.items] == [
            row.get("mbid") or "" for row in rows
        ]
        assert all(item.artist.url for item in told.items), one.file
    for one, reason in refusals:
        async with replaying(one) as source:
            with pytest.raises(reason):
                await source.related(MBID, known=None)


async def test_top_tracks_come_through(shared_data):
    """All of them, in order, with who listens and where."""
    answers, refusals = of_kind(shared_data, "artist-top")
    for one in answers:
        async with replaying(one) as source:
            told = (await source.top_tracks(MBID, market=None, known=None)).value

        rows = one.body["toptracks"]["track"]
        assert [(item.name, item.artists[0].name) for item in told.items] == [
            (row["name"], row["artist"]["name"]) for row in rows
        ]
        assert all(
            f"{int(row['listeners']):,} listeners" in item.provenance[0].detail
            for item, row in zip(told.items, rows, strict=True)
        )
        assert all(item.url for item in told.items), one.file
    assert refusals == []


async def test_words_come_through(shared_data):
    """Those that are given often enough, most often first."""
    answers, refusals = of_kind(shared_data, "artist-tags")
    for one in answers:
        async with replaying(one) as source:
            told = (await source.artist(MBID, known=None)).value

        said = one.body["toptags"]
        rows = said.get("tag", [])
        rows = rows if isinstance(rows, list) else [rows]
        often = [row["name"] for row in rows if int(row["count"]) >= FEWEST]
        assert told.name == said.get("@attr", said)["artist"]
        assert list(told.genres or ()) == often, one.file
    for one, reason in refusals:
        async with replaying(one) as source:
            with pytest.raises(reason):
                await source.artist(MBID, known=None)


async def test_errors_are_told_apart(shared_data):
    """By the number in them."""
    answers, refusals = of_kind(shared_data, "errors")
    for one, reason in refusals:
        async with replaying(one) as source:
            with pytest.raises(reason) as raised:
                await source.artist(MBID, known=None)

        assert type(raised.value) is reason, one.file
    assert answers == []
