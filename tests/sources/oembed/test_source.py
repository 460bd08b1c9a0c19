"""What a link preview becomes: a title and a picture, with a reason for all else."""

from typing import Any

import pytest

from api.paging import Window
from api.problems.refusals import Closed, DoesNotExist, Garbled, Unknown
from api.schemas.sources import State
from api.sources import oembed
from api.sources.oembed.texts import ELSEWHERE
from api.sources.open_access import divided
from tests.sandbox import Sandbox, id_of
from tests.sandbox.answers import Answer, of
from tests.sources.contract import StandIn
from tests.sources.opened import assembled

IDENT, OTHER = "0000000000000000000001", "0000000000000000000002"
PICTURE = "https://i.scdn.co/image/ab67616d00001e02"
KINDS = ("artist", "track", "playlist")


def preview(kind: str, **changes: Any) -> dict[str, Any]:
    """A preview, written by hand."""
    frame = f"https://open.spotify.com/embed/{kind}/{IDENT}?utm_source=oembed"
    told = {
        "html": f'<iframe src="{frame}"></iframe>',
        "iframe_url": frame,
        "width": 456,
        "height": 152,
        "version": "1.0",
        "provider_name": "Spotify",
        "provider_url": "https://spotify.com",
        "type": "rich",
        "title": "Slow Water",
        "thumbnail_url": PICTURE,
        "thumbnail_width": 300,
        "thumbnail_height": 300,
    }
    return told | changes


async def asked_about(kind: str, answer: Answer, ident: str = IDENT) -> Any:
    """The value made of this answer, and what was asked for it."""
    asked = []

    async def respond(request: Any) -> Answer:
        asked.append(request)
        return answer

    async with (
        StandIn(respond) as stand_in,
        assembled(oembed.make_source, oembed={"url": f"{stand_in.accounts_url}/o"}) as source,
    ):
        ask = getattr(source, kind)
        more = {"market": None} if kind == "track" else {}
        return (await ask(ident, known=None, **more)).value, asked


@pytest.mark.parametrize("kind", KINDS)
async def test_a_preview_is_a_name_and_a_picture(kind):
    """Of the page that was asked for; nothing of the frame is kept."""
    found, (asked,) = await asked_about(kind, of(preview(kind)))

    images = found.album.images if kind == "track" else found.images
    page = f"https://open.spotify.com/{kind}/{IDENT}"
    assert (asked.path, asked.query) == ("/o", {"url": page})
    assert (found.id, found.uri, found.url, found.name) == (
        IDENT,
        f"spotify:{kind}:{IDENT}",
        page,
        "Slow Water",
    )
    assert [(one.url, one.width, one.height) for one in images] == [(PICTURE, 300, 300)]
    assert "iframe" not in found.model_dump_json()


async def test_a_track_says_that_its_artists_and_album_are_not_told():
    """The picture is the album's, whose name is empty for a reason that is given."""
    found, _ = await asked_about("track", of(preview("track")))

    gaps = {gap.field: gap.detail for gap in found.missing}
    assert found.artists == ()
    assert found.album.name == ""
    assert {"artists", "album.name", "duration_ms", "isrc", "popularity"} <= gaps.keys()
    assert "whose track" in gaps["artists"]
    assert "does not tell its name" in gaps["album.name"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "url",
    [
        "http://i.scdn.co/image/x",
        "https://i.scdn.co.elsewhere.test/x",
        "https://i.scdn.co@elsewhere.test/x",
        "https://elsewhere.test/i.scdn.co",
        "https://[elsewhere",
        "javascript:alert(1)",
        "//i.scdn.co/x",
    ],
)
async def test_pictures_from_elsewhere_are_left_out(kind, url):
    """And that one was left out is said."""
    found, _ = await asked_about(kind, of(preview(kind, thumbnail_url=url)))

    field = "album" if kind == "track" else "images"
    assert not getattr(found, field)
    assert {gap.field: gap.detail for gap in found.missing}[field] == ELSEWHERE


@pytest.mark.parametrize(
    "url",
    [
        "https://image-cdn-ak.spotifycdn.com/image/x",
        "https://image-cdn-fa.spotifycdn.com/image/x",
    ],
)
async def test_all_of_spotifys_picture_hosts_are_shown(url):
    """It has three."""
    found, _ = await asked_about("artist", of(preview("artist", thumbnail_url=url)))

    assert [one.url for one in found.images] == [url]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("sent", [None, 7, ["x"], ""])
async def test_a_preview_without_a_picture_says_so(kind, sent):
    """Whatever stands in its place."""
    found, _ = await asked_about(kind, of(preview(kind, thumbnail_url=sent)))

    field = "album" if kind == "track" else "images"
    assert not getattr(found, field)
    assert field in {gap.field for gap in found.missing}


async def test_sizes_may_be_text_or_nothing():
    """Old previews and the documentation have them so."""
    sent = preview("artist", thumbnail_width="300", thumbnail_height=None)
    del sent["iframe_url"]

    found, _ = await asked_about("artist", of(sent))

    assert [(one.width, one.height) for one in found.images] == [(300, None)]


NO_ANSWERS = {
    "nothing": {},
    "an error": {"error": {"status": 500}},
    "an error beside": preview("artist", error="x"),
    "no title": preview("artist", title=None),
    "an empty title": preview("artist", title=""),
    "another artist": preview("artist", iframe_url=f"https://x/embed/artist/{OTHER}"),
    "another kind of page": preview("track"),
    "a picture": preview("artist", type="photo"),
    "a list": [preview("artist")],
}


@pytest.mark.parametrize("name", NO_ANSWERS)
async def test_what_is_no_answer_is_garbled(name):
    """It is kept nowhere."""
    with pytest.raises(Garbled):
        await asked_about("artist", of(NO_ANSWERS[name]))


async def test_a_silent_404_says_that_there_is_no_such_page():
    """One with a page of its own says less."""
    with pytest.raises(DoesNotExist):
        await asked_about("artist", Answer(404))
    with pytest.raises(Unknown) as raised:
        await asked_about("artist", Answer(404, b"<html>"))

    assert not isinstance(raised.value, DoesNotExist)


@pytest.mark.parametrize("kind", KINDS)
async def test_what_is_no_id_is_never_sent(kind):
    """Nor what could be more than an id."""
    with pytest.raises(Unknown) as raised:
        await asked_about(kind, of(preview(kind)), f"{IDENT}?x")

    assert raised.value.status is None


async def test_what_is_in_a_playlist_is_closed():
    """Nobody is asked; the playlist itself stays open."""
    async with (
        Sandbox() as sandbox,
        assembled(oembed.make_source, oembed={"url": sandbox.urls()["OEMBED_URL"]}) as source,
    ):
        with pytest.raises(Closed, match="what is in it"):
            await source.playlist_items(id_of("playlist", 1), Window(10, 0))

        assert sandbox.calls["/oembed"] == 0
        assert {one.state for one in source.report()} == {State.OPEN}


async def test_a_lie_is_noticed():
    """The sandbox's, as everybody's."""
    async with (
        Sandbox() as sandbox,
        assembled(oembed.make_source, oembed={"url": sandbox.urls()["OEMBED_URL"]}) as source,
    ):
        sandbox.trouble("oembed", "lying")
        with pytest.raises(Garbled):
            await source.artist(id_of("artist", 1), known=None)


async def test_pictures_of_a_stand_in_are_shown():
    """They lie where it does."""
    async with (
        Sandbox() as sandbox,
        assembled(oembed.make_source, oembed={"url": sandbox.urls()["OEMBED_URL"]}) as source,
    ):
        found = (await source.artist(id_of("artist", 1), known=None)).value

        assert [one.url for one in found.images] == [f"{sandbox.accounts_url}/image/artist-1-300"]
        assert found.provenance[0].licence.startswith("Invented")


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("https://open.spotify.com/oembed", ("https://open.spotify.com", "/oembed")),
        ("http://127.0.0.1:8790/a/b", ("http://127.0.0.1:8790/a", "/b")),
        ("https://query.test", ("https://query.test", "/")),
    ],
)
def test_an_address_is_asked_as_it_is(url, parts):
    """Whatever stands in its path."""
    assert divided(url) == parts
