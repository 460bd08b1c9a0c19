"""Artists, tracks, albums, playlists, pages and searches as the contract has them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from api.paging import Listing, Window
from api.problems.refusals import Garbled
from api.schemas.playlist import ItemKind
from api.schemas.provenance import Reason
from api.sources.spotify import normalise
from api.sources.spotify.list_window import ListPart, ListWindow, joined
from api.sources.spotify.normalise import GONE, plain_text
from api.sources.spotify.texts import UNREADABLE
from api.sources.spotify.wire import (
    Paging,
    WireAlbum,
    WireArtist,
    WireEntry,
    WirePlaylist,
    WireRelated,
    WireSearch,
    WireTopTracks,
    WireTrack,
)
from tests.sources.spotify import sent
from tests.sources.spotify.sent import ORIGIN, A, B, C

LISTING = Listing("/v1/playlists/x/items", Window(10, 0), {})


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


def playlist(**fields):
    """The playlist that becomes of what was sent."""
    return normalise.playlist(WirePlaylist.model_validate(sent.playlist(**fields)), A, ORIGIN)


def items(*entries: Any, offset: int = 0, **paging: Any):
    """The page that becomes of these entries."""
    wire = Paging[WireEntry].model_validate({"items": entries, "total": len(entries), **paging})
    listing = Listing("/v1/playlists/x/items", Window(10, offset), {})
    return normalise.playlist_items(came(wire, listing.window), listing, ORIGIN)


def came(wire: Paging[Any], window: Window) -> ListWindow[Any]:
    """What came for a window in one answer."""
    return joined([ListPart(window.offset, window.limit, wire)], window)


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


def test_a_playlist_keeps_what_it_says_of_itself():
    """Counts, owner and snapshot; a description becomes plain text."""
    found = playlist()

    assert (found.items_total, found.snapshot_id, found.collaborative) == (3, "one", False)
    assert (found.owner.id, found.owner.name) == ("somebody", "Somebody")
    assert (found.description, found.images, found.public) == ("Rain & dust", (), None)


@pytest.mark.parametrize(
    ("named", "total"),
    [
        ({"items": {"total": 5}, "tracks": None}, 5),  # since 2026
        ({"items": None, "tracks": {"total": 4}}, 4),  # before
        ({"items": {"total": 5}, "tracks": {"total": 5}}, 5),  # both, never joined
        ({"items": None, "tracks": None}, None),  # somebody else's
    ],
)
def test_entries_are_counted_under_either_name(named, total):
    """A playlist whose contents are hidden has no count, and says so."""
    found = playlist(**named)

    assert found.items_total == total
    assert ("items_total" in {gap.field for gap in found.missing}) is (total is None)


@pytest.mark.parametrize("owner", [None, {"id": "somebody", "display_name": None}])
def test_a_nameless_owner_is_named_as_missing(owner):
    """The gap is inside, and is named there."""
    found = playlist(owner=owner)

    assert found.owner.name is None
    assert "owner.name" in {gap.field for gap in found.missing}


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("Rain &amp; dust", "Rain & dust"),
        ("a &amp;lt; b", "a &lt; b"),  # unescaped once
        ('<a href="spotify:playlist:x">More</a> of <b>it</b>', "More of it"),
        ("<script>alert(1)</script>x", "x"),
        ("It&#x27;s all 5 &gt; 4", "It's all 5 > 4"),
        ("  ", None),
        ("", None),
        (None, None),
    ],
)
def test_descriptions_lose_their_markup(markup, text):
    """And nothing else of what they say."""
    assert plain_text(markup) == text


@pytest.mark.parametrize("twin", ["item", "track"])
@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (sent.track(), ItemKind.TRACK),
        (sent.local(), ItemKind.LOCAL),
        (sent.local(is_local=None), ItemKind.LOCAL),  # its URI tells
        ({"name": "A Song", "is_local": True}, ItemKind.LOCAL),  # the bare shape
        (sent.episode(), ItemKind.EPISODE),
        (None, ItemKind.REMOVED),
        ({"id": None, "name": "Gone", "uri": "spotify:track:null"}, ItemKind.REMOVED),
        (sent.track(type=None, uri=None), ItemKind.TRACK),
        (sent.track(type=7, uri=[]), ItemKind.TRACK),
        (sent.track(uri=f"spotify:episode:{B}"), ItemKind.EPISODE),  # whatever its type says
        (sent.named("chapter", B), ItemKind.OTHER),
        (sent.track(type="chapter", uri=None), ItemKind.OTHER),
        (sent.track(id=7), ItemKind.REMOVED),  # cannot be read
        (sent.track(id={}), ItemKind.REMOVED),
        (sent.track(name=7), ItemKind.REMOVED),
        ("a track", ItemKind.REMOVED),
        ([], ItemKind.REMOVED),
    ],
)
def test_entries_have_kinds(twin, value, kind):
    """Under either name, in every shape; only a track has a track."""
    found = items({"added_at": None, twin: value}).items[0]

    assert found.kind is kind
    assert (found.track is not None) is (kind is ItemKind.TRACK)
    assert (found.reason is None) is (kind is ItemKind.TRACK)


def test_an_entry_that_is_local_by_itself():
    """The mark may stand beside the track instead of in it."""
    item = sent.track(id=None, uri=None, is_local=None)

    assert items(sent.entry(item, is_local=True)).items[0].kind is ItemKind.LOCAL


def test_twins_are_never_joined():
    """Where an app gets both names, the newer one is read."""
    found = items(sent.entry(sent.track(B), item=sent.track(C))).items[0]

    assert found.track is not None
    assert found.track.id == C


def test_positions_stay_true():
    """Null entries, removed and local ones keep their places."""
    page = items(None, sent.entry(None), sent.entry(sent.local()), offset=100)

    assert [item.position for item in page.items] == [100, 101, 102]
    assert page.items[0].name == ""
    assert page.missing == ()


def test_names_of_local_files_and_shows_are_kept():
    """They are all that is known."""
    page = items(sent.entry(sent.local()), sent.entry(sent.episode()))

    assert [(item.name, item.artists) for item in page.items] == [
        ("A Song", ("The Band",)),
        ("The episode", ("The Show",)),
    ]
    assert page.items[1].duration_ms == 1_800_000


@pytest.mark.parametrize("show", [None, {}, {"name": None}])
def test_an_episode_without_a_show_has_no_artist(show):
    """Nothing is put in its place."""
    assert items(sent.entry(sent.episode(show=show))).items[0].artists == ()


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-05-17T10:00:00Z", datetime(2024, 5, 17, 10, tzinfo=UTC)),
        ("2024-05-17T10:00:00", datetime(2024, 5, 17, 10, tzinfo=UTC)),
        ("1970-01-01T00:00:00Z", datetime(1970, 1, 1, tzinfo=UTC)),
        ("2024-05-17T01:00:00+02:00", datetime(2024, 5, 16, 23, tzinfo=UTC)),
        ("yesterday", None),
        ("0001-01-01T00:00:00+14:00", None),  # no moment at all, in UTC
        ("9999-12-31T23:59:59-14:00", None),
        (1_715_940_000, None),
        (None, None),
    ],
)
def test_the_moment_of_adding_may_be_unknown(text, moment):
    """Old lists give none."""
    assert items(sent.entry(None, added_at=text)).items[0].added_at == moment


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({}, None),
        ({"is_playable": True}, None),
        ({"is_playable": False}, "It cannot be played in this market."),
        ({"restrictions": {"reason": "product"}}, "with this kind of subscription."),
        ({"restrictions": {"reason": "explicit"}}, "explicit content is switched off."),
        ({"restrictions": {"reason": "moonlight"}}, "It cannot be played: moonlight."),
        ({"restrictions": {}, "is_playable": True}, None),
    ],
)
def test_an_unplayable_track_says_why(fields, reason):
    """The set of reasons is open; an unknown one is passed on."""
    found = items(sent.entry(sent.track(**fields))).items[0].reason

    assert (found is None) if reason is None else (found or "").endswith(reason)


def test_a_page_says_what_it_leaves_out():
    """How many are hidden, and which cannot be read."""
    sent_ones = [None, sent.album(), {"name": "x"}, 7, None]
    wire = Paging[WireAlbum].model_validate({"items": sent_ones, "total": -1})

    page = normalise.albums(came(wire, LISTING.window), LISTING, ORIGIN)

    assert [album.id for album in page.items] == [B]
    assert ("items", Reason.CLOSED) in {(gap.field, gap.reason) for gap in page.missing}
    assert any(gap.detail.startswith("2 of this part") for gap in page.missing)
    odd = {gap.field for gap in page.missing if gap.detail == UNREADABLE}
    assert odd == {"items[2]", "items[3]", "total"}


def test_a_page_without_a_total_still_leads_on():
    """Spotify's own `next` tells that there is more, and is never followed."""
    page = items(sent.entry(None), total=None, next="http://elsewhere.example/?offset=10")

    assert page.next == "/v1/playlists/x/items?limit=10&offset=10"
    assert {gap.field for gap in page.missing} == {"total", "items"}  # nine have been left out


TYPES = ("artist", "track", "playlist")


def search(wire, types=TYPES):
    """The search in the shape of the contract."""
    return normalise.search(wire, lambda _: LISTING, ORIGIN, types=types)


@pytest.mark.parametrize("names", [{"artists"}, {"tracks", "playlists"}])
def test_a_search_has_a_page_per_type_asked_for(names):
    """The others are null; hits that are null are skipped and counted."""
    hits = {"artists": sent.artist(), "tracks": sent.track(), "playlists": sent.playlist()}
    body = {name: {"items": [hits[name], None], "total": 2} for name in names}

    found = search(WireSearch.model_validate(body))

    pages = {name: getattr(found, name) for name in hits}
    assert {name for name, page in pages.items() if page is not None} == names
    assert all(len(page.items) == 1 for page in pages.values() if page is not None)
    assert all(page.missing[-1].field == "items" for page in pages.values() if page is not None)


def test_a_search_without_any_page_is_garbled():
    """Whatever else it has: it answers another question."""
    hits = {"tracks": {"items": [sent.track()], "total": 1}}
    for wire, types in ((WireSearch(), TYPES), (WireSearch.model_validate(hits), ("artist",))):
        with pytest.raises(Garbled):
            search(wire, types)


def test_an_unreadable_page_of_hits_says_so():
    """It is empty rather than null, which would mean that nobody looked."""
    page = {"items": [sent.track()], "total": 1}
    wire = WireSearch.model_validate({"artists": {"items": 7, "total": 1}, "tracks": page})

    found = search(wire)

    assert found.artists is not None
    assert found.artists.items == ()
    assert {gap.field for gap in found.artists.missing} == {"items", "total"}
    assert found.tracks is not None
    assert len(found.tracks.items) == 1


@pytest.mark.parametrize(
    ("fields", "missing"),
    [
        ({"collaborative": "no"}, "collaborative"),
        ({"public": 1}, "public"),
        ({"tracks": {"total": -1}}, "items_total"),
        ({"tracks": 3}, "items_total"),
        ({"owner": {"id": 7, "display_name": "x"}}, "owner.id"),
        ({"owner": {"id": "x", "display_name": 7}}, "owner.name"),
        ({"images": [None]}, "images[0]"),
        ({"description": ["x"]}, "description"),
        ({"snapshot_id": 7}, "snapshot_id"),
    ],
)
def test_an_odd_value_of_a_playlist_costs_its_field_alone(fields, missing):
    """Under its name in the contract, once."""
    found = playlist(**fields)

    assert [gap.field for gap in found.missing if gap.detail == UNREADABLE] == [missing]
    assert len({gap.field for gap in found.missing}) == len(found.missing)
    assert found.name == "The playlist"


def test_an_odd_twin_is_made_up_for_by_the_other():
    """Of the count, and of what stands at a position."""
    assert playlist(items=7, tracks={"total": 4}).items_total == 4
    found = items({"item": 7, "track": sent.track()}, {"item": sent.track(), "track": 7})

    assert [item.kind for item in found.items] == [ItemKind.TRACK] * 2
    assert found.missing == ()


def test_an_unreadable_entry_keeps_its_place():
    """Its reason tells it from what was removed; all else stays where it was."""
    found = items(None, 7, {"track": 7}, sent.entry(None), sent.entry(sent.track()), offset=3)

    assert [item.position for item in found.items] == [3, 4, 5, 6, 7]
    assert [item.reason for item in found.items] == [GONE, UNREADABLE, UNREADABLE, GONE, None]


def test_an_unknown_kind_is_named():
    """In the words of the source, not without end, with what is known of it."""
    chapter = sent.named("chapter", B, duration_ms=7, artists=7)
    page = items(sent.entry(chapter), sent.entry(chapter | {"uri": None, "type": "x" * 999}))

    assert (page.items[0].name, page.items[0].duration_ms) == ("The chapter", 7)
    assert "“chapter”" in (page.items[0].reason or "")
    assert len(page.items[1].reason or "") < 200


def test_odd_values_of_entries_are_named_by_their_place():
    """An entry has no list of its own; a track inside has."""
    odd: dict[str, Any] = {"duration_ms": -1}
    found = items(
        sent.entry(sent.track(**odd)),
        None,
        sent.entry(sent.episode(show={"name": 7}, **odd)),
        sent.entry(sent.local(name=7, artists=7), added_at="yesterday"),
    )

    assert [gap.field for gap in found.missing] == [
        "items[0].duration_ms",
        *("items[2].duration_ms", "items[2].artists"),
        *("items[3].added_at", "items[3].artists", "items[3].name"),
    ]
    assert found.items[0].track is not None
    assert "duration_ms" in {gap.field for gap in found.items[0].track.missing}
