"""Artists, tracks and albums as the contract has them."""

from typing import Any

import pytest

from api.schemas.provenance import Reason
from api.sources.spotify import normalise
from api.sources.spotify.texts import UNREADABLE
from api.sources.spotify.wire import (
    WireAlbum,
    WireArtist,
    WireRelated,
    WireTopTracks,
    WireTrack,
)
from tests.sources.spotify import sent
from tests.sources.spotify.sent import ORIGIN, A, B, C


def artist(**fields):
    """The artist that becomes of what was sent."""
    return normalise.artist(WireArtist.model_validate(sent.artist(**fields)), A, ORIGIN)


def track(ident=C, **fields):
    """The track that becomes of what was sent."""
    return normalise.track(WireTrack.model_validate(sent.track(**fields)), ident, ORIGIN)


def related(*artists):
    """The related artists that become of what was sent."""
    return normalise.related(WireRelated.model_validate({"artists": artists}), A, ORIGIN)


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


def test_an_artist_of_a_name_alone_still_reads():
    """It is known by the id that was asked for, and has no page."""
    found = normalise.artist(WireArtist(id=A, name="x"), A, ORIGIN)

    assert (found.id, found.uri, found.name, found.url) == (A, f"spotify:artist:{A}", "x", None)


def test_odd_pictures_and_genres_leave_the_others():
    """Each is named by its place, a size by its picture's place among those that are left."""
    found = artist(genres=[None, "dust"], images=[{"url": None}, {"url": "x", "width": -1}])

    assert found.genres == ("dust",)
    assert [(image.width, image.height) for image in found.images] == [(None, None)]
    assert [(gap.field, gap.detail) for gap in found.missing] == [
        (field, UNREADABLE) for field in ("genres[0]", "images[0]", "images[0].width")
    ]


@pytest.mark.parametrize(
    ("fields", "missing"),
    [
        ({"popularity": 101}, "popularity"),
        ({"popularity": True}, "popularity"),
        ({"popularity": []}, "popularity"),
        ({"followers": {"total": -4_419}}, "followers"),
        ({"followers": {"total": 2**63}}, "followers"),
        ({"followers": 7}, "followers"),
        ({"external_urls": {"spotify": 7}}, "url"),
        ({"external_urls": "https://open.spotify.com"}, "url"),
        ({"genres": "slow rain"}, "genres"),
        ({"genres": [7]}, "genres"),
        ({"images": {"url": "x"}}, "images"),
    ],
)
def test_an_odd_value_costs_its_field_alone(fields, missing):
    """It is null or empty, under its name in the contract, and the rest stands."""
    found = artist(**fields)

    assert not getattr(found, missing)
    assert [(gap.field, gap.detail) for gap in found.missing] == [(missing, UNREADABLE)]
    assert missing not in found.provenance[0].fields
    assert found.name == "The artist"


def test_a_value_that_stands_elsewhere_too_is_not_missing():
    """An odd URI is made of the id, and what the contract does not have nobody misses."""
    found = artist(uri=7, href=[], type={})

    assert (found.uri, found.missing) == (f"spotify:artist:{A}", ())


def test_related_artists_are_scored_by_rank():
    """Spotify gives an order only; it is turned into a score, and said so."""
    found = related(*(sent.artist(ident) for ident in (A, B, C, A)))

    assert [item.score for item in found.items] == [1.0, 0.75, 0.5, 0.25]
    assert [item.sources[0].rank for item in found.items] == [1, 2, 3, 4]
    assert {item.agreement for item in found.items} == {1}
    assert "order only" in (found.provenance[0].detail or "")


def test_a_related_artist_without_genres_is_named():
    """Each absence is said with its place."""
    assert why(related(sent.artist(genres=None)), "items[0].artist.genres") is Reason.NOT_KNOWN


def test_an_unreadable_related_artist_is_named_by_its_place():
    """What is odd inside another is named by that one's place in the answer."""
    nameless = sent.artist(name=7)
    found = related(None, sent.artist(images=[7]), nameless, sent.artist(genres=["x", 7]))

    assert [item.score for item in found.items] == [1.0, 0.5]
    assert {gap.field for gap in found.missing if gap.detail == UNREADABLE} == {
        *("items[0]", "items[2]", "items[0].artist.images[0]", "items[1].artist.genres[1]")
    }


def test_nobody_may_be_related():
    """An empty list is an answer."""
    assert related().items == ()


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
    found = normalise.track(WireTrack(id=C, name="x"), C, ORIGIN)

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


def test_top_tracks_skip_what_is_no_track():
    """A list of tracks holds tracks, and says which of those sent cannot be read."""
    tracks = [sent.track(B), None, sent.track(popularity=101), sent.track(id=7)]
    found = normalise.track_list(WireTopTracks.model_validate({"tracks": tracks}), A, ORIGIN)

    assert [one.id for one in found.items] == [B, C]
    assert [gap.field for gap in found.missing] == ["items[1]", "items[3]"]
    assert why(found.items[1], "popularity") is Reason.NOT_KNOWN


@pytest.mark.parametrize(
    ("fields", "missing"),
    [
        ({"duration_ms": {"totalMilliseconds": 188_000}}, "duration_ms"),
        ({"duration_ms": 1.5}, "duration_ms"),
        ({"explicit": 1}, "explicit"),
        ({"external_ids": {"isrc": 7}}, "isrc"),
        ({"external_ids": []}, "isrc"),
        ({"artists": "The Band"}, "artists"),
        ({"artists": [7, sent.named("artist", A)]}, "artists[0]"),
        ({"artists": [sent.named("artist", A, name=1999)]}, "artists[0].name"),
        ({"album": 7}, "album"),
        ({"album": sent.album(name=7)}, "album.name"),
        ({"album": sent.album(images=[{"url": "x", "height": "tall"}])}, "album.images[0].height"),
        ({"album": sent.album(release_date="2023-02-29")}, "album.release_date"),
        ({"album": sent.album(release_date=[1999])}, "album.release_date"),
        ({"linked_from": 7}, "linked_from"),
        ({"linked_from": {"id": 7}}, None),  # the answer's own id tells as much
    ],
)
def test_an_odd_value_in_a_track_is_named_where_it_stands(fields, missing):
    """By its path in the contract; all else is as it was sent."""
    found = track(**fields)

    gaps = [gap.field for gap in found.missing if gap.detail == UNREADABLE]
    assert gaps == ([missing] if missing else [])
    assert len({gap.field for gap in found.missing}) == len(found.missing)
    assert (found.name, found.track_number) == ("The track", 2)


def test_an_album_keeps_what_it_is_to_the_artist():
    """A guest's release says so; new apps are not told."""
    assert album().album_group == "appears_on"
    assert why(album(album_group=None), "album_group") is Reason.REMOVED
    assert album(uri=None).uri == f"spotify:album:{B}"
