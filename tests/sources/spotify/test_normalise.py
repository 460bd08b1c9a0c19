"""Artists, tracks and albums as the contract has them."""

from typing import Any

import pytest

from api.schemas.provenance import Reason
from api.sources.spotify import normalise
from api.sources.spotify.wire import WireAlbum, WireArtist, WireTrack
from tests.sources.spotify import sent
from tests.sources.spotify.sent import ORIGIN, A, B, C


def artist(**fields):
    """The artist that becomes of what was sent."""
    return normalise.artist(WireArtist.model_validate(sent.artist(**fields)), A, ORIGIN)


def track(ident=C, **fields):
    """The track that becomes of what was sent."""
    return normalise.track(WireTrack.model_validate(sent.track(**fields)), ident, ORIGIN)


def album(**fields):
    """The album that becomes of what was sent."""
    return normalise.album(WireAlbum.model_validate(sent.album(**fields)), ORIGIN)


def why(resource: Any, field: str) -> Reason | None:
    """The reason given for an absent field."""
    return next((gap.reason for gap in resource.missing if gap.field == field), None)


def test_an_artist_keeps_everything_that_was_sent():
    """A popularity of 0 is a value, and pictures keep their order and sizes."""
    found = artist()

    assert (found.name, found.popularity, found.followers) == ("The artist", 0, 1_234)
    assert found.genres == ("slow rain", "dust")
    assert (found.images[0].width, found.images[0].height) == (640, 480)
    assert found.missing == ()
    assert set(found.provenance[0].fields) == {
        *("name", "images", "genres", "popularity", "followers")
    }


@pytest.mark.parametrize("genres", [None, []])
def test_no_genres_are_unknown_genres(genres):
    """Absent, null and [] all mean that Spotify does not say."""
    found = artist(genres=genres)

    assert found.genres is None
    assert why(found, "genres") is Reason.NOT_KNOWN


def test_what_new_apps_are_not_told_is_removed():
    """Popularity and followers are absent with that reason."""
    bare = WireArtist.model_validate(sent.named("artist", A))

    found = normalise.artist(bare, A, ORIGIN)

    assert why(found, "popularity") is why(found, "followers") is Reason.REMOVED


@pytest.mark.parametrize(
    ("page", "url"),
    [
        ("https://open.spotify.com/artist/x", "https://open.spotify.com/artist/x"),
        ("http://open.spotify.com/user/x", "https://open.spotify.com/user/x"),
        ("http://elsewhere.example/x", None),
        ("javascript:alert(1)", None),
        (None, None),
    ],
)
def test_only_a_safe_page_is_linked(page, url):
    """Old pages are shown as https; an absent page is said to be absent."""
    found = artist(external_urls={"spotify": page})

    assert found.url == url
    assert (why(found, "url") is None) is (url is not None)


def test_an_artist_without_any_page_or_id_still_reads():
    """Then it is known by what it was asked for."""
    found = normalise.artist(WireArtist(), A, ORIGIN)

    assert (found.id, found.uri, found.name, found.url) == (A, f"spotify:artist:{A}", "", None)


def test_nulls_among_pictures_and_genres_are_skipped():
    """Lists of Spotify's may hold nulls; sizes may be missing or wrong."""
    found = artist(genres=[None, "dust"], images=[None, {"url": "x", "width": -1}])

    assert found.genres == ("dust",)
    assert [(image.width, image.height) for image in found.images] == [(None, None)]


def test_related_artists_are_scored_by_rank():
    """Spotify gives an order only; it is turned into a score, and said so."""
    wires = [WireArtist.model_validate(sent.artist(ident)) for ident in (A, B, C, A)]

    found = normalise.related([*wires, None], A, ORIGIN)

    assert [item.score for item in found.items] == [1.0, 0.75, 0.5, 0.25]
    assert [item.sources[0].rank for item in found.items] == [1, 2, 3, 4]
    assert {item.agreement for item in found.items} == {1}
    assert "order only" in (found.provenance[0].detail or "")


def test_a_related_artist_without_genres_is_named():
    """Each absence is said with its place."""
    wire = WireArtist.model_validate(sent.artist(genres=None))

    assert why(normalise.related([wire], B, ORIGIN), "items[0].artist.genres") is Reason.NOT_KNOWN


def test_nobody_may_be_related():
    """An empty list is an answer."""
    assert normalise.related([], A, ORIGIN).items == ()


def test_a_track_keeps_everything_that_was_sent():
    """Names, numbers, the album's date as exact as it is, and the recording's own number."""
    found = track(is_playable=True)

    assert (found.duration_ms, found.track_number, found.disc_number) == (200_001, 2, 1)
    assert (found.isrc, found.explicit, found.is_playable) == ("XXABC2400001", False, True)
    assert found.album is not None
    assert (found.album.release_date, found.album.release_date_precision) == ("1999-03", "month")
    assert "preview" not in found.model_dump_json()


@pytest.mark.parametrize(
    ("date", "precision", "expected"),
    [
        ("1987", "year", ("1987", "year")),
        ("1987-11-12", None, ("1987-11-12", "day")),
        ({"year": 1983, "month": 11, "day": 11}, "day", ("1983-11-11", "day")),
        ({"year": 1983, "month": 11}, None, ("1983-11", "month")),
        ({"year": 1983}, "year", ("1983", "year")),
        ("", None, (None, None)),
        (None, None, (None, None)),
    ],
)
def test_a_date_is_as_exact_as_it_was_sent(date, precision, expected):
    """Pieces are put together, and nothing is made up."""
    found = album(release_date=date, release_date_precision=precision)

    assert (found.release_date, found.release_date_precision) == expected
    assert (why(found, "release_date") is None) is (expected[0] is not None)


def test_a_track_of_an_undated_album_says_so():
    """The absence is inside the album, and is named there."""
    found = track(album=sent.album(release_date=None))

    assert why(found, "album.release_date") is Reason.NOT_KNOWN


def test_a_track_without_album_or_numbers_still_reads():
    """What is not there is null with a reason, never 0."""
    found = normalise.track(WireTrack(id=C), C, ORIGIN)

    assert (found.album, found.duration_ms, found.isrc, found.artists) == (None, None, None, ())
    nulls = {name for name, value in found.model_dump().items() if value is None}
    assert nulls == {gap.field for gap in found.missing}


def test_an_album_taken_down_has_an_empty_name():
    """Its credit says as much, and invents nothing."""
    found = track(album=sent.album(name=""))

    assert found.album is not None
    assert found.album.name == ""


@pytest.mark.parametrize(
    ("answered", "link", "linked_from"),
    [
        (C, None, None),
        (B, {"id": C, "uri": f"spotify:track:{C}"}, C),  # told to older apps
        (B, None, C),  # newer apps see it in the answer's own id
        (B, {"id": C}, C),
        (C, {}, None),
    ],
)
def test_a_relinked_track_names_the_one_asked_for(answered, link, linked_from):
    """The answer keeps its own id; `linked_from` is what was asked for."""
    found = normalise.track(
        WireTrack.model_validate(sent.track(answered, linked_from=link)), C, ORIGIN
    )

    assert found.id == answered
    assert (found.linked_from.id if found.linked_from else None) == linked_from
    assert found.linked_from is None or found.linked_from.uri == f"spotify:track:{linked_from}"


def test_top_tracks_skip_nulls():
    """A list of tracks holds tracks."""
    wires = [WireTrack.model_validate(sent.track(B)), None, WireTrack.model_validate(sent.track())]

    assert [one.id for one in normalise.track_list(wires, A, ORIGIN).items] == [B, C]


def test_an_album_keeps_what_it_is_to_the_artist():
    """A guest's release says so; new apps are not told."""
    assert album().album_group == "appears_on"
    assert why(album(album_group=None), "album_group") is Reason.REMOVED
    assert album(uri=None).uri == f"spotify:album:{B}"
