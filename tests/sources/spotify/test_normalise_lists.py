"""Playlists, pages and searches as the contract has them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from api.paging import Listing, Window
from api.problems.refusals import Garbled
from api.schemas.playlist import ItemKind
from api.schemas.provenance import Reason
from api.sources.spotify import normalise_lists
from api.sources.spotify.normalise_lists import GONE, plain_text
from api.sources.spotify.stretch import Part, Stretch, stretch
from api.sources.spotify.texts import UNREADABLE
from api.sources.spotify.wire import Paging, WireAlbum, WireEntry, WirePlaylist, WireSearch
from tests.sources.spotify import sent
from tests.sources.spotify.sent import ORIGIN, A, B, C

LISTING = Listing("/v1/playlists/x/items", Window(10, 0), {})


def playlist(**fields):
    """The playlist that becomes of what was sent."""
    return normalise_lists.playlist(WirePlaylist.model_validate(sent.playlist(**fields)), A, ORIGIN)


def items(*entries: Any, offset: int = 0, **paging: Any):
    """The page that becomes of these entries."""
    wire = Paging[WireEntry].model_validate({"items": entries, "total": len(entries), **paging})
    listing = Listing("/v1/playlists/x/items", Window(10, offset), {})
    return normalise_lists.playlist_items(came(wire, listing.window), listing, ORIGIN)


def came(wire: Paging[Any], window: Window) -> Stretch[Any]:
    """What came for a window in one answer."""
    return stretch([Part(window.offset, window.limit, wire)], window)


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

    page = normalise_lists.albums(came(wire, LISTING.window), LISTING, ORIGIN)

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
    return normalise_lists.search(wire, lambda _: LISTING, ORIGIN, types=types)


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
