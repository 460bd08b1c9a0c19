"""What Deezer has really sent comes through whole, or is refused for a reason listed here."""

from contextlib import asynccontextmanager

import pytest

from api.problems.refusals import BadQuestion, Garbled, Limited
from api.schemas.identity import IdScheme
from api.sources import deezer
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


async def test_errors_are_told_apart(shared_data):
    """By the number in them, whatever was asked."""
    for one in of_kind(shared_data, "deezer", "errors"):
        kind = next(kind for name, kind in REFUSED.items() if one.file.endswith(name))
        async with replaying("/artist/27/related", one) as source:
            with pytest.raises(kind) as raised:
                await source.related("27", known=None)

        assert type(raised.value) is kind, one.file
