"""What MusicBrainz has really sent comes through whole, or is refused for a reason listed here.

Not gone through are kinds that are never asked for: searches, browsed lists, the list of genres.
"""

import re
from dataclasses import replace

import pytest

from api.problems.refusals import BadQuestion, Garbled, Limited, Unknown
from api.schemas.identity import IdScheme
from api.schemas.reference import Kind
from api.sources.musicbrainz import texts
from tests.sandbox.answers import dump, of
from tests.sandbox.ids import id_of
from tests.sandbox.open.musicbrainz import SPOTIFY_PAGE
from tests.sources.musicbrainz.asking import asked
from tests.sources.recorded import of_kind, recorded

pytestmark = pytest.mark.shared
NEVER_ASKED = {"artist-browse", "artist-search", "genre-list", "recording-browse"} | {
    "recording-search"
}
ERRORS = {"foobar": BadQuestion, "404-url": Unknown, "503-rate": Limited}
ANY = {"mbid": "20ff3303-4fe2-4a47-a1b6-291e26aa3438", "isrc": "QZAAA0000001"}
REFUSED = {"recording_null.json": "It has neither id nor title."}
NO_RECORDING = {"recordings.json": "It is a release, under the name of another kind."}
FIRST, SECOND = id_of("artist", 0), id_of("artist", 1)


def test_every_kind_is_gone_through_or_listed(shared_data):
    """Nothing is left out by oversight."""
    kinds = {one.kind for one in recorded(shared_data, "musicbrainz")}

    assert kinds - NEVER_ASKED == {
        *("artist", "artist-rels", "artist-tags", "errors", "isrc", "recording", "url")
    }


async def test_artists_come_through(shared_data):
    """Names, genres by their votes, and the ids that their pages at others tell."""
    for one in of_kind(shared_data, "musicbrainz", "artist", "artist-rels", "artist-tags"):
        ident = one.body["id"]
        async with asked(one.answer) as (source, _):
            made = (await source.artist(ident, known=None)).value
            links = await source.links(Kind.ARTIST, IdScheme.MBID, [ident])

        genres = one.body.get("genres") or []
        pages = [
            relation["url"]["resource"]
            for relation in one.body.get("relations") or []
            if relation["target-type"] == "url" and not relation["ended"]
        ]
        ids = [
            found[1]
            for page in pages
            if (found := re.match(r"https://www\.(?:wikidata|deezer)\S+/(Q?\d+)$", page))
        ]
        assert (made.id, made.name) == (ident, one.body["name"]), one.file
        assert set(made.genres or ()) == {genre["name"] for genre in genres}
        for said in (each for by in made.genres_by for each in by.genres):
            assert {"name": said.name, "count": said.votes}.items() <= next(
                genre for genre in genres if genre["name"] == said.name
            ).items()
        votes = {genre["name"]: genre["count"] for genre in genres}
        counts = [votes[name] for name in made.genres or ()]
        assert counts == sorted(counts, reverse=True)
        assert {link.ident for link in links.get(ident, ())} == set(ids), one.file
        assert {gap.detail for gap in made.missing}.isdisjoint({texts.ABSENCES.unreadable})


async def test_recordings_come_through(shared_data):
    """As the one with an ISRC, in whose answer they have this very form."""
    refused = set()
    for one in of_kind(shared_data, "musicbrainz", "recording"):
        sent, name = one.body, one.file.rpartition("__")[2]
        if name in NO_RECORDING:
            assert "media" in sent
            continue
        async with asked(of({"isrc": ANY["isrc"], "recordings": [sent]})) as (source, _):
            try:
                made = (await source.track(ANY["isrc"], market=None, known=None)).value
            except Garbled:
                refused.add(name)
                continue

        credits_sent = [part["name"] for part in sent.get("artist-credit") or []]
        releases = [release["title"] for release in sent.get("releases") or []]
        assert made.name == sent["title"], one.file
        assert made.duration_ms == sent["length"]
        assert [artist.name for artist in made.artists] == credits_sent
        assert (made.album.name in releases) if releases else made.album is None
    assert refused == REFUSED.keys()


async def test_recordings_of_one_isrc_come_through_as_links_and_are_no_track(shared_data):
    """Two pieces have one number: both are told, and neither is taken."""
    for one in of_kind(shared_data, "musicbrainz", "isrc"):
        isrc = one.body["isrc"]
        sent = {recording["id"] for recording in one.body["recordings"]}
        async with asked(one.answer) as (source, _):
            links = await source.links(Kind.TRACK, IdScheme.ISRC, [isrc])
            with pytest.raises(Unknown, match="several recordings"):
                await source.track(isrc, market=None, known=None)

        assert {link.ident for link in links[isrc]} == sent


async def test_pages_come_through(shared_data):
    """Whose they are, where they are Spotify's; as they are, they are strangers."""
    pages = {
        FIRST: SPOTIFY_PAGE.format("artist", FIRST),
        SECOND: SPOTIFY_PAGE.format("artist", SECOND),
    }
    for one in of_kind(shared_data, "musicbrainz", "url"):
        rows = one.body.get("urls", [one.body])
        names = [row["resource"] for row in rows]
        ours = dict(zip(names, pages.values(), strict=False))
        body = dump(one.body).decode()
        for theirs, page in ours.items():
            body = body.replace(f'"{theirs}"', f'"{page}"')
        asked_for = [FIRST, SECOND] if "urls" in one.body else [FIRST]
        async with asked(replace(one.answer, body=body.encode())) as (source, somebody):
            found = await source.links(Kind.ARTIST, IdScheme.SPOTIFY, asked_for)
            somebody.sends = one.answer
            if rows:
                with pytest.raises(Garbled):
                    await source.links(Kind.ARTIST, IdScheme.SPOTIFY, asked_for)

        owners = [
            [part["artist"]["id"] for part in row.get("relations", []) if "artist" in part]
            for row in rows
        ]
        told = {ident: ids for ident, ids in zip(pages, owners, strict=False) if ids}
        assert {i: [link.ident for link in links] for i, links in found.items()} == told, one.file


async def test_errors_come_through_as_what_they_are(shared_data):
    """A bad question, an unknown thing and a request to wait are three things."""
    for one in of_kind(shared_data, "musicbrainz", "errors"):
        (meant,) = [kind for part, kind in ERRORS.items() if part in one.file]
        async with asked(one.answer) as (source, _):
            with pytest.raises(meant) as caught:
                await source.artist(ANY["mbid"], known=None)

        assert type(caught.value) is meant, one.file
