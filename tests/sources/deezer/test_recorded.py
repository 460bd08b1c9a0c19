"""What Deezer has really sent comes through whole, or is refused for a reason listed here."""

from contextlib import asynccontextmanager

import pytest

from api.paging import Window
from api.problems.refusals import BadQuestion, Garbled, Limited
from api.schemas.identity import IdScheme
from api.sources import deezer
from api.sources.base import Query
from tests.sources.opened import Sent, open_settings, open_source
from tests.sources.recorded import of_kind

pytestmark = pytest.mark.shared
REFUSED = {  # errors, by what their file’s name ends with
    "quota.json": Limited,
    "genre--1.json": BadQuestion,
    "empty-parameter.json": BadQuestion,
    "no-code.json": Garbled,
}


@asynccontextmanager
async def replaying(path, one):
    """The source before a server that answers with this recording."""
    async with Sent({path: one.answer}) as sent:
        settings = open_settings("deezer", {"url": sent.accounts_url})
        async with open_source(deezer.make_source, settings) as source:
            yield source


async def test_related_artists_come_through(shared_data):
    """All of them, in order, with their numbers and pictures."""
    for one in of_kind(shared_data, "deezer", "artist-related"):
        async with replaying("/artist/27/related", one) as source:
            told = (await source.related("27", known=None)).value

        sent = one.body["data"]
        assert [item.artist.name for item in told.items] == [row["name"] for row in sent]
        assert [item.artist.ids[IdScheme.DEEZER] for item in told.items] == [
            str(row["id"]) for row in sent
        ]
        assert [item.artist.images[0].url for item in told.items] == [
            row["picture_xl"] for row in sent
        ]
        assert all("[" in gap.field for gap in told.missing), one.file


async def test_tracks_come_through(shared_data):
    """Each as the recording whose number it names, its own measures in words."""
    for one in of_kind(shared_data, "deezer", "track"):
        isrc = one.body["isrc"]
        async with replaying(f"/track/isrc:{isrc}", one) as source:
            told = (await source.track(isrc, market=None, known=None)).value

        sent = one.body
        assert (told.name, told.duration_ms) == (sent["title"], sent["duration"] * 1000)
        assert sent["artist"]["name"] in [artist.name for artist in told.artists]
        assert told.album.name == sent["album"]["title"]
        assert told.explicit == sent["explicit_lyrics"]
        assert (told.track_number, told.disc_number) == (
            sent["track_position"],
            sent["disk_number"],
        )
        said = told.provenance[0].detail
        assert (" bpm" in said) == bool(sent.get("bpm")), one.file
        assert f"{sent['rank']:,}" in said


async def test_top_tracks_come_through(shared_data):
    """All of them, in order, with their album, length and rank."""
    for one in of_kind(shared_data, "deezer", "artist-top"):
        async with replaying("/artist/27/top", one) as source:
            told = (await source.top_tracks("27", market=None, known=None)).value

        sent = one.body["data"]
        assert [item.name for item in told.items] == [row["title"] for row in sent]
        assert [item.duration_ms for item in told.items] == [row["duration"] * 1000 for row in sent]
        assert [item.album.name for item in told.items] == [row["album"]["title"] for row in sent]
        assert all(
            f"{row['rank']:,}" in item.provenance[0].detail
            for item, row in zip(told.items, sent, strict=True)
        )
        assert told.missing == (), one.file


async def test_what_was_found_comes_through(shared_data):
    """Everybody and everything, the total too."""
    for kind in ("artist", "track"):
        query = Query("Lou Doillon", (kind,), Window(25, 0))
        for one in of_kind(shared_data, "deezer", f"search-{kind}"):
            async with replaying(f"/search/{kind}", one) as source:
                told = (await source.search(query, known=None)).value

            page, sent = getattr(told, f"{kind}s"), one.body["data"]
            name = "name" if kind == "artist" else "title"
            assert sorted(item.name for item in page.items) == sorted(row[name] for row in sent)
            assert {item.id for item in page.items} == {str(row["id"]) for row in sent}
            assert page.total == one.body["total"]


async def test_errors_are_told_apart(shared_data):
    """By the number in them, whatever was asked."""
    for one in of_kind(shared_data, "deezer", "errors"):
        kind = next(kind for name, kind in REFUSED.items() if one.file.endswith(name))
        async with replaying("/artist/27/related", one) as source:
            with pytest.raises(kind) as raised:
                await source.related("27", known=None)

        assert type(raised.value) is kind, one.file
