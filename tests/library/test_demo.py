"""A server without any key opens on the demo label, measured and ready."""

import asyncio
import json
from functools import partial

import pytest
from sqlmodel import Session

from api.db.demo import DemoTables
from api.db.models import LibraryTrackRow, NoteRow
from api.db.session import Offload
from api.demo import catalogue
from api.http.examples import of_the_label
from api.library.demo import DemoLabel, cover_of, truth_of, version_of_label
from api.music.ids import own_artist_id
from tests.library.own_files import row_of
from tests.routes.product import opened
from tests.sandbox import Sandbox

LABEL = catalogue()
PIECE = LABEL.track("the-lantern-waltz")


@pytest.fixture
async def api(tmp_path):
    """The product as `make run` serves it to a newcomer."""
    async with opened(None, tmp_path, demo=True) as product:
        yield product


async def test_the_label_is_there(api):
    """Every piece with what its composer wrote and what was measured, and the audio to hear it."""
    listed = (await api.get("/v1/library/tracks?limit=50")).json()

    assert {one["id"] for one in listed["items"]} == {track.id for track in LABEL.tracks}
    waltz = next(one for one in listed["items"] if one["id"] == PIECE.id)
    assert waltz["demo"] is True
    assert waltz["truth"]["time_signature"] == "3/4"
    assert waltz["truth"]["sections"][0]["start"] == 0
    assert waltz["duration_ms"] == pytest.approx(PIECE.duration_s * 1000, abs=100)
    features = (await api.get(waltz["features"])).json()
    analysis = (await api.get(waltz["analysis"])).json()
    audio = await api.get(waltz["audio"])
    assert features["id"] == analysis["id"] == PIECE.id
    assert {said["licence"] for said in features["provenance"]} == {
        "Composed for Earprint and shipped with it, under the same licence"
    }
    assert len(audio.content) == PIECE.bytes


async def test_the_examples_answer(api):
    """Artist, related artists, albums, tracks, playlists, profile and search, without a key."""
    shown = of_the_label()
    for path in (
        f"/v1/artists/{shown.artist_id}",
        f"/v1/artists/{shown.artist_id}/related",
        f"/v1/artists/{shown.artist_id}/top-tracks",
        f"/v1/artists/{shown.artist_id}/albums",
        f"/v1/tracks/{shown.track_id}",
        f"/v1/tracks?ids={shown.track_id},{shown.other_track_id}",
        f"/v1/features?ids={shown.track_id},{shown.other_track_id}",
        f"/v1/tracks/{shown.track_id}/features/sources",
        f"/v1/playlists/{shown.playlist_id}",
        f"/v1/playlists/{shown.playlist_id}/items",
        f"/v1/playlists/{shown.playlist_id}/profile",
        f"/v1/collections/{shown.playlist_id}",
    ):
        assert (await api.get(path)).status_code == 200, path
    found = (await api.get(f"/v1/search?q={shown.words}")).json()
    assert found["tracks"]["items"]
    assert found["artists"]["items"]
    related = (await api.get(f"/v1/artists/{shown.artist_id}/related")).json()
    assert len(related["items"]) == len(LABEL.artists) - 1
    assert related["items"][0]["artist"]["genres"]


async def test_a_piece_has_its_release_and_its_cover(api):
    """Date, place and picture, of which nothing is said to be missing."""
    track = (await api.get(f"/v1/tracks/{PIECE.id}")).json()
    albums = (await api.get(f"/v1/artists/{track['artists'][0]['id']}/albums")).json()["items"]
    cover = {"url": f"/v1/library/tracks/{PIECE.id}/cover", "width": 320, "height": 320}

    released = LABEL.album(PIECE.album)
    assert track["album"]["images"] == [cover]
    assert (track["album"]["release_date"], track["track_number"]) == (released.released, 2)
    assert track["album"]["release_date_precision"] == "day"
    assert {"album.release_date", "track_number"}.isdisjoint(
        gap["field"] for gap in track["missing"]
    )
    assert (albums[0]["total_tracks"], albums[0]["album_type"]) == (2, released.kind)
    assert [one["images"][0]["width"] for one in albums] == [320]


async def test_artists_are_shown_with_a_cover(api):
    """On their own pages, in searches, and among those who are near."""
    ident = own_artist_id(LABEL.artist(PIECE.artist).name)
    artist = (await api.get(f"/v1/artists/{ident}")).json()
    related = (await api.get(f"/v1/artists/{ident}/related")).json()["items"]

    for images in (artist["images"], *(one["artist"]["images"] for one in related)):
        assert images[0]["url"].endswith("/cover")
        assert (await api.get(images[0]["url"])).status_code == 200


async def test_a_cover_is_a_picture_and_nothing_more(api):
    """No script could run in it, no other site may frame it, and it is sent once."""
    listed = (await api.get(f"/v1/library/tracks/{PIECE.id}")).json()
    sent = await api.get(listed["cover"])
    again = await api.get(listed["cover"], headers={"If-None-Match": sent.headers["etag"]})

    assert sent.content == LABEL.album(PIECE.album).cover_path.read_bytes()
    assert sent.headers["content-type"].startswith("image/svg+xml")
    assert sent.headers["content-security-policy"].startswith("default-src 'none'")
    assert sent.headers["content-security-policy"].endswith("sandbox")
    assert sent.headers["x-content-type-options"] == "nosniff"
    assert sent.headers["cache-control"] == "private, no-cache"
    assert (again.status_code, again.content) == (304, b"")


async def test_the_documentation_tries_the_label(api):
    """Its examples are the label's ids; own operations have them with a stand-in, too."""
    document = (await api.get("/openapi.json")).text

    assert of_the_label().track_id in document
    assert "open.spotify.com/track/own_" not in document


async def test_a_list_of_the_label_that_was_changed_is_its_owners(tmp_path):
    """No other version of the label undoes the change."""
    path = f"/v1/collections/{LABEL.collections[0].id}"
    async with opened(None, tmp_path, demo=True) as api:
        before = (await api.client.patch(path, json={})).json()
        told = (await api.client.patch(path, json={"name": "Mine", "remove": [0]})).json()
        await _pretend_old(api.app.state.parts)

    async with opened(None, tmp_path, demo=True) as api:
        after = (await api.get(path)).json()
        owner = (await api.get(after["playlist"])).json()["owner"]["name"]

    assert before["demo"]
    assert not told["demo"]
    assert after == told
    assert (after["name"], owner) == ("Mine", "This server’s owner")


async def test_what_was_deleted_stays_deleted(tmp_path):
    """Over restarts, and over another version of the label."""
    collection = LABEL.collections[0]
    async with opened(None, tmp_path, demo=True) as api:
        await api.client.delete(f"/v1/library/tracks/{PIECE.id}")
        await api.client.delete(f"/v1/collections/{collection.id}")
        parts = api.app.state.parts
    for other_version in (False, True):
        async with opened(None, tmp_path, demo=True) as api:
            parts = api.app.state.parts
            if other_version:
                await _pretend_old(parts)
                await parts.demo.put_in()
            assert (await api.get(f"/v1/tracks/{PIECE.id}")).status_code == 404
            assert (await api.get(f"/v1/collections/{collection.id}")).status_code == 404
            listed = (await api.get("/v1/library/tracks?limit=50")).json()
            kept = (await api.get("/v1/collections")).json()["items"]
            assert listed["total"] == len(LABEL.tracks) - 1
            assert len(kept) == len(LABEL.collections) - 1
    playlist = next(one for one in LABEL.collections if PIECE.slug in one.tracks)
    assert playlist is collection


async def _pretend_old(parts):
    """Let the note say that an older label was put in, one of whose pieces had other bytes."""
    with Session(parts.database.engine) as session:
        note = session.get_one(NoteRow, "demo-label")
        note.value = json.dumps({**json.loads(note.value), "version": "older"})
        row = session.get_one(LibraryTrackRow, LABEL.track("stubborn-hat").id)
        old = row.model_dump() | {"id": "own_" + "0" * 22, "sha256": "0" * 64, "file": "gone.mp3"}
        session.delete(row)
        session.flush()
        session.add(LibraryTrackRow(**old))
        session.commit()


async def _listed(api):
    tracks = (await api.get("/v1/library/tracks?limit=50")).json()["items"]
    return [(track["id"], track["title"], track["added_at"]) for track in tracks]


async def test_a_label_that_is_there_is_not_put_in_again(api):
    """The note says which version it is."""
    before = await _listed(api)

    await api.app.state.parts.demo.put_in()

    assert await _listed(api) == before
    assert len(version_of_label()) == 32


async def test_a_moved_installation_finds_its_files(api):
    """The rows name the files of the package, wherever that is now."""
    parts = api.app.state.parts
    with Session(parts.database.engine) as session:
        row = session.get_one(LibraryTrackRow, PIECE.id)
        row.file, row.spotify_id = "/elsewhere/waltz.mp3", "0" * 22
        session.commit()

    await parts.demo.put_in()

    told = (await api.get(f"/v1/library/tracks/{PIECE.id}")).json()
    assert (await api.get(told["audio"])).status_code == 200
    assert told["spotify_id"] == "0" * 22


async def test_the_same_bytes_brought_by_the_owner_are_the_owners(tmp_path):
    """Then they are no demo, and deleting the label takes nothing away."""
    async with opened(None, tmp_path, demo=False) as api:
        parts = api.app.state.parts
        mine = {"sha256": PIECE.sha256, "title": "Mine", "artist": "Me", "format": "mp3"}
        await parts.own.tables.add(row_of(PIECE.id, **mine, file="library/mine.mp3"))
    async with opened(None, tmp_path, demo=True) as api:
        told = (await api.get(f"/v1/library/tracks/{PIECE.id}")).json()
        cover = await api.get(f"/v1/library/tracks/{PIECE.id}/cover")

    assert (told["title"], told["demo"], told["cover"]) == ("Mine", False, None)
    assert (cover.status_code, cover.json()["type"]) == (404, "/problems/track-not-found")
    assert cover.json()["detail"] == "Only pieces of the demo label come with a cover."


async def test_two_processes_may_start_at_once(tmp_path):
    """The second finds that the first was there, and puts nothing in again."""
    async with opened(None, tmp_path, demo=False) as api:
        database = api.app.state.parts.database
        threads = [Offload(f"demo {n}") for n in range(2)]
        tables = [DemoTables(database.engine, offload) for offload in threads]
        label, version = DemoLabel(tables[0], api.clock), version_of_label()
        put_in = partial(label._put_in, version=version)
        put = await asyncio.gather(*(one.write(put_in) for one in tables))
        added = await api.get("/v1/library/tracks?limit=50")

    for offload in threads:
        offload.close()
    assert sorted(put, key=str) == [len(LABEL.tracks), None]
    assert added.json()["total"] == len(LABEL.tracks)
    assert truth_of("no-such-piece") is None
    assert cover_of("no-such-piece") is None


async def test_nothing_found_is_an_answer_where_nobody_else_is(tmp_path):
    """Without Spotify an empty page; with a Spotify that fails, no claim that there is nothing."""
    path = "/v1/search?q=zzz"
    async with opened(None, tmp_path / "keyless", demo=True) as api:
        alone = await api.get(path)
    async with Sandbox() as sandbox, opened(sandbox, tmp_path) as api:
        sandbox.fault("F40")
        failing = await api.get(path)

    assert (alone.status_code, alone.json()["tracks"]["total"]) == (200, 0)
    assert failing.status_code == 503
    assert failing.json()["attempts"][0]["source"] == "spotify"


async def test_the_label_can_be_left_out(tmp_path):
    """By its setting, or because the library is no source here."""
    for more in ({"demo": False}, {"demo": True, "sources": ("spotify",)}):
        async with Sandbox() as sandbox, opened(sandbox, tmp_path, **more) as api:
            assert (await api.get("/v1/library/tracks")).json()["total"] == 0
