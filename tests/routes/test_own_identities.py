"""Own files among the ids of a track: linked by their owner, by the number, or by hand."""

import hashlib
from contextlib import asynccontextmanager
from typing import Any

import pytest

from api.caller import ANOTHER_SITE, asked_by
from api.db.models import LibraryTrackRow
from api.music.ids import own_artist_id, own_id
from api.schemas.reference import Kind
from tests.library.own_files import row_of
from tests.routes.product import open_blocks, opened
from tests.sandbox import Sandbox, id_of
from tests.sandbox.catalogue import catalogue

SONG = catalogue().tracks[0]
SINGER = catalogue().artists[0]
OTHER = id_of("track", 3)
OF_SONG = f"/v1/identities/spotify:track:{SONG.id}"


def file(title: str = SONG.name, **more: Any) -> LibraryTrackRow:
    """A file of the owner’s own."""
    digest = hashlib.sha256(repr((title, sorted(more.items()))).encode()).digest()
    artist = more.pop("artist", SINGER.name)
    return row_of(
        own_id(digest),
        sha256=digest.hex(),
        title=title,
        artist=artist,
        artist_id=own_artist_id(artist),
        **more,
    )


@asynccontextmanager
async def keeping(folder, *rows):
    """The product with these files, and the stand-ins it asks."""
    async with Sandbox() as sandbox, opened(None, folder, **open_blocks(sandbox)) as product:
        for row in rows:
            await product.app.state.parts.own.tables.add(row)
        yield product, sandbox


async def links(product, path, to):
    """Those to ids of one kind: id, who says so, how, and whether it is ambiguous."""
    told = (await product.get(path)).json()
    return [
        (link["id"], link["source"], link["how"], link["ambiguous"])
        for link in told["links"]
        if link["to"] == to
    ]


async def test_a_file_that_its_owner_has_linked_is_linked_both_ways(tmp_path):
    """By the word of the library; a file of another track is none of it."""
    own, other = file("Any title", spotify_id=SONG.id), file("Else", spotify_id=OTHER)
    async with keeping(tmp_path, own, other) as (product, _):
        there = await links(product, OF_SONG, "own")
        back = await links(product, f"/v1/identities/{own.id}", "spotify")

    assert there == [(own.id, "library", "stated", False)]
    assert back == [(SONG.id, "library", "stated", False)]


async def test_two_files_with_the_number_of_a_track_are_both_told_as_ambiguous(tmp_path):
    """Neither is chosen; one whose title does not fit is not told, one that is another is not."""
    fits = [file(album=name, isrc=SONG.isrc) for name in ("One", "Two")]
    wrong = file("Something else", isrc=SONG.isrc)
    another = file(isrc=SONG.isrc, spotify_id=OTHER)
    async with keeping(tmp_path, *fits, wrong, another) as (product, _):
        there = await links(product, OF_SONG, "own")
        number = await links(product, f"/v1/identities/{fits[0].id}", "isrc")

    assert there == [(ident, "library", "by-isrc", True) for ident in sorted(f.id for f in fits)]
    assert number == [(SONG.isrc, "library", "stated", False)]


async def test_nobody_outside_hears_of_an_own_id(tmp_path):
    """Nor of the number of the file: the library alone is asked."""
    own = file("Nobody’s business", isrc=SONG.isrc, spotify_id=SONG.id)
    async with keeping(tmp_path, own) as (product, sandbox):
        told = (await product.get(f"/v1/identities/{own.id}")).json()
        artist = (await product.get(f"/v1/identities/{own.artist_id}")).json()
        calls = sum(sandbox.calls.values())

    assert (told["kind"], artist["kind"]) == ("track", "artist")
    assert {link["to"] for link in told["links"]} == {"spotify", "isrc"}
    assert artist["links"] == []
    assert calls == 0


async def test_another_site_learns_nothing_of_own_files(tmp_path):
    """Neither of the link nor of the file."""
    own = file(spotify_id=SONG.id)
    async with keeping(tmp_path, own) as (product, _):
        await product.client.put(OF_SONG, json={"links": {"own": own.id}})
        identities = product.app.state.parts.identities
        with asked_by(ANOTHER_SITE):
            there = await identities.of(Kind.TRACK, SONG.id)
            back = await identities.of(Kind.TRACK, own.id)

    assert not any(link.to == "own" for link in there.links)
    assert back.links == ()


async def test_a_file_set_by_hand_wins_and_answers_for_the_track(tmp_path):
    """Over the one that is linked; none at all is an answer, too, until all is forgotten."""
    linked, right = file("Linked", spotify_id=SONG.id), file("Right")
    track = f"/v1/tracks/{SONG.id}"
    async with keeping(tmp_path, linked, right) as (product, sandbox):
        sandbox.trouble("oembed", "down")
        sandbox.trouble("reccobeats", "down")
        sandbox.trouble("deezer", "down")
        sandbox.trouble("musicbrainz", "down")
        names = [(await product.get(track)).json().get("name")]
        for links_set in ({"own": right.id}, {"own": None}, {}):
            answer = await product.client.put(OF_SONG, json={"links": links_set})
            assert answer.status_code == 200
            told = [one for one in answer.json()["links"] if one["to"] == "own"]
            back = await links(product, f"/v1/identities/{linked.id}", "spotify")
            names.append((await product.get(track)).json().get("name"))
            if links_set.get("own"):
                assert [(one["id"], one["source"]) for one in told] == [(right.id, "user")]
                assert await links(product, f"/v1/identities/{right.id}", "spotify") == [
                    (SONG.id, "user", "stated", False)
                ]
            assert bool(back) == (not links_set)

    assert names == ["Linked", "Right", None, "Linked"]
    assert [one["id"] for one in told] == [linked.id]


@pytest.mark.parametrize("own", ["own_x", SONG.id, f"own_{'z' * 22}", 7])
async def test_what_is_no_own_id_cannot_be_set(tmp_path, own):
    """It has the form of one."""
    async with keeping(tmp_path) as (product, _):
        answer = await product.client.put(OF_SONG, json={"links": {"own": own}})

    assert answer.status_code == 422
    assert "own" in answer.text


async def test_an_artist_here_is_linked_by_hand_alone(tmp_path):
    """A name is no proof."""
    own = file()
    path = f"/v1/identities/spotify:artist:{SINGER.id}"
    async with keeping(tmp_path, own) as (product, _):
        before = await links(product, path, "own")
        await product.client.put(path, json={"links": {"own": own.artist_id}})
        after = await links(product, path, "own")
        back = await links(product, f"/v1/identities/{own.artist_id}", "spotify")

    assert before == []
    assert after == [(own.artist_id, "user", "stated", False)]
    assert back == [(SINGER.id, "user", "stated", False)]
