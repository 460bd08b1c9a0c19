"""What ListenBrainz has sent comes through whole, or is refused for a reason listed here."""

from contextlib import asynccontextmanager

import pytest

from api.problems.refusals import Closed
from api.schemas.identity import IdScheme
from api.schemas.reference import Kind
from api.sources import listenbrainz
from api.sources.base import Link
from tests.sandbox.answers import of
from tests.sandbox.open.listenbrainz import METADATA, SIMILAR
from tests.sources.opened import Sent, open_settings, open_source
from tests.sources.recorded import of_kind

pytestmark = pytest.mark.shared


@asynccontextmanager
async def replaying(similar, metadata):
    """The source before servers that answer with these."""
    async with Sent({SIMILAR: similar, METADATA: metadata}) as sent:
        urls = {"url": sent.accounts_url, "labs_url": sent.accounts_url}
        settings = open_settings("listenbrainz", urls)
        async with open_source(listenbrainz.make_source, settings) as source:
            yield source


async def test_similar_artists_come_through(shared_data):
    """All who have a name, by their numbers; of the others it is told that they are left out."""
    for one in of_kind(shared_data, "listenbrainz", "similar-artists"):
        rows = one.body
        seed = rows[0]["reference_mbid"]
        async with replaying(one.answer, of([])) as source:
            told = (await source.related(seed, known=None)).value

        named = [row for row in rows if row["name"]]
        assert [item.artist.name for item in told.items] == [row["name"] for row in named]
        assert [item.artist.ids for item in told.items] == [
            {IdScheme.MBID: row["artist_mbid"]} for row in named
        ]
        largest = max(row["score"] for row in named)
        assert [item.score for item in told.items] == [row["score"] / largest for row in named]
        left_out = [gap for gap in told.missing if gap.field == "items"]
        assert len(left_out) == (len(named) < len(rows)), one.file


async def test_artists_come_through(shared_data):
    """Name, genres by count, and the ids to which their addresses lead."""
    for one in of_kind(shared_data, "listenbrainz", "metadata-artist"):
        for sent in one.body:
            mbid = sent["artist_mbid"]
            async with replaying(of([]), one.answer) as source:
                told = (await source.artist(mbid, known=None)).value
                links = (await source.links(Kind.ARTIST, IdScheme.MBID, [mbid]))[mbid]

            genres = [tag for tag in sent["tag"]["artist"] if "genre_mbid" in tag]
            genres.sort(key=lambda tag: -tag["count"])
            assert told.name == sent["name"]
            assert list(told.genres) == [tag["tag"] for tag in genres]
            assert set(links) == {
                Link(IdScheme.DEEZER, sent["rels"]["free streaming"].rpartition("/")[2]),
                Link(IdScheme.WIKIDATA, sent["rels"]["wikidata"].rpartition("/")[2]),
            }


async def test_errors_are_closed_doors(shared_data):
    """All that were recorded ask for a token."""
    for one in of_kind(shared_data, "listenbrainz", "errors"):
        async with replaying(of([]), one.answer) as source:
            with pytest.raises(Closed) as raised:
                await source.artist("8f6bd1e4-fbe1-4f50-aa9b-94c450ec0f11", known=None)

        assert "LISTENBRAINZ_TOKEN" in raised.value.detail, one.file
