from typing import Any

import pytest

from api.schemas.artist import ArtistCredit
from api.schemas.lists import FoundAt
from api.schemas.playlist import Owner
from api.schemas.provenance import SourceName
from api.schemas.track import UnlinkedTrack
from tests.web import lists, music

A, T, P = music.ARTIST, music.TRACK, music.PLAYLIST


async def test_a_playlist_is_paged_by_links(site, fake):
    """25 at a time, positions kept; its links show the address of the page."""
    text = (await site.get(f"/playlists/{P}?offset=25")).text
    assert "Entries 26 to 50 of 60" in text
    assert f'href="/playlists/{P}?offset=50"' in text
    assert f'href="/playlists/{P}"' in text
    assert "Demo from the kitchen" in text
    assert "A local file; Spotify has not heard it." in text

    panel = await site.get(f"/fragments/playlists/{P}/items?offset=50")
    assert f'hx-push-url="/playlists/{P}?offset=25"' in panel.text
    assert "known for" in panel.text


async def test_a_playlist_is_shown_though_its_entries_are_not(site, fake):
    """Spotify may name a playlist and keep its contents to itself."""
    fake.refuse(f"/v1/playlists/{P}/items", 404, "playlist-unavailable")
    answer = await site.get(f"/playlists/{P}")
    assert answer.status_code == 200
    assert "Quiet Mornings" in answer.text
    assert "Closed to new apps." in answer.text


@pytest.mark.parametrize("offset", ["nonsense", "-3", "9" * 20])
async def test_a_senseless_offset_is_the_beginning(site, offset):
    """A page never fails for a number in its address."""
    assert "Entries 1 to 25 of 60" in (await site.get(f"/playlists/{P}?offset={offset}")).text


async def test_a_place_beyond_the_end_leads_back(site, fake):
    """An empty part of a list is a sentence with a link."""
    fake.answers[f"/v1/playlists/{P}/items"] = lists.entries(100).model_copy(update={"total": None})
    text = (await site.get(f"/playlists/{P}?offset=100")).text
    assert "nothing at this place" in text
    assert "has numbers" not in (await site.get(f"/playlists/{P}/items?offset=100")).text


async def test_lists_live_without_features(site, fake):
    """Names come even where numbers do not, with the reason."""
    fake.refuse("/v1/features", 503, "sources-unavailable")
    text = (await site.get(f"/playlists/{P}/items")).text
    assert "Song 1" in text
    assert "Tempo, key and energy are not here" in text


async def test_a_playlist_has_a_sound(site):
    """Distributions, keys, outliers, and how many tracks they stand for."""
    text = (await site.get(f"/playlists/{P}/profile")).text

    assert "48 of 60 entries are described, all by ReccoBeats." in text
    assert "8 local, 1 taken down and 3 unknown to the source" in text
    assert "Half of the tracks lie between 0.30 and 0.55" in text
    assert text.index("F♯ minor") < text.index("C major")
    assert "A bar has 4 beats in 43 tracks and 3 beats in five tracks." in text
    assert "energy is far above the rest" in text


async def test_a_playlist_of_unknown_songs_says_so(site, fake):
    """No histogram of nothing."""
    fake.answers[f"/v1/playlists/{P}/profile"] = lists.profile(
        features={}, keys=(), outliers=(), time_signatures={}, described=0
    )
    text = (await site.get(f"/playlists/{P}/profile")).text
    for sentence in ("nothing to draw", "states no keys", "No track stands apart"):
        assert sentence in text


async def test_related_artists_are_named_with_who_says_so(site, fake):
    """Ranks of each source, nearness in words; without an id there is no link."""
    text = (await site.get(f"/artists/{A}/related")).text
    assert "ListenBrainz (no. 1) and Deezer (no. 2)" in text
    for word in ("very near", "near", "somewhat near", "distant"):
        assert word in text
    assert '<span class="name" hx-ignore>Neighbour 2' in text

    fake.answers[f"/v1/artists/{A}/related"] = music.related().model_copy(update={"items": ()})
    assert "name nobody" in (await site.get(f"/artists/{A}/related")).text


async def test_an_artist_without_top_tracks_is_no_blank(site, fake):
    """Why a list may be empty."""
    fake.answers[f"/v1/artists/{A}/top-tracks"] = music.tracks(0)
    assert "lists no top tracks" in (await site.get(f"/artists/{A}/top-tracks")).text
    fake.answers[f"/v1/artists/{A}/top-tracks"] = music.tracks(1)
    assert "known for all of these tracks" in (await site.get(f"/artists/{A}/top-tracks")).text


async def test_a_track_without_a_page_here_leads_to_a_search_and_keeps_its_place(site, fake):
    """Between those that have one."""
    told = music.tracks(1)
    unlinked = UnlinkedTrack(
        position=1,
        url="https://www.deezer.com/track/1",
        name="Low & slow",
        artists=(ArtistCredit(id=None, name="Ada", uri=None),),
        album=None,
        duration_ms=61_000,
        explicit=None,
        isrc=None,
    )
    fake.answers[f"/v1/artists/{A}/top-tracks"] = told.model_copy(update={"unlinked": (unlinked,)})

    text = (await site.get(f"/artists/{A}/top-tracks")).text

    assert 'href="/search?q=Low+%26+slow+Ada&amp;type=track"' in text
    assert "https://www.deezer.com/track/1" in text
    assert "its name leads to a search" in text
    assert text.index("Low &amp; slow") < text.index(told.items[0].name)


async def test_what_several_sources_find_stands_side_by_side(site, fake):
    """Each under its name; where only one has found anything there is no need for names."""
    found = music.found(["artist", "track"])
    assert found.tracks
    both: dict[str, Any] = {"artists": found.artists, "tracks": found.tracks, "playlists": None}
    none = {"tracks": found.tracks.model_copy(update={"items": ()})}
    by_source = (
        FoundAt(source=SourceName.DEEZER, **both | none),
        FoundAt(source=SourceName.LIBRARY, **both),
    )
    fake.answers["/v1/search"] = found.model_copy(update={"by_source": by_source})

    text = (await site.get("/search?q=low")).text

    assert "Artists · Deezer" in text
    assert "Artists · Own files" in text
    assert 'id="found-artist-deezer"' in text
    assert ">Tracks</h2>" in text


async def test_search_says_when_nothing_is_found(site):
    """With what to try; hostile names are text."""
    text = (await site.get("/search?q=low")).text
    assert "Fewer words find more" in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "/search?q=low&amp;type=track&amp;offset=5" in text


async def test_search_hits_say_what_they_are(site, fake):
    """A playlist has an owner and a number of entries."""
    found = music.found(["playlist"])
    items = (
        lists.playlist(),
        lists.playlist(items_total=1, name=""),
        lists.playlist(items_total=None),
    )
    assert found.playlists
    page = found.playlists.model_copy(update={"items": items})
    fake.answers["/v1/search"] = found.model_copy(update={"playlists": page})
    text = (await site.get("/search?q=quiet&type=playlist")).text
    for part in ("by Ada, 60 entries", "by Ada, 1 entry", "(no name)"):
        assert part in text


async def test_a_playlist_of_which_little_is_told_promises_nothing(site, fake):
    """No empty “by”, and no file of entries that nobody tells."""
    untold = Owner(id="", name=None)
    fake.answers[f"/v1/playlists/{P}"] = lists.playlist().model_copy(update={"owner": untold})
    fake.refuse(f"/v1/playlists/{P}/items", 404, "playlist-unavailable")

    text = (await site.get(f"/playlists/{P}")).text

    assert 'class="by"' not in text
    assert "/export" not in text
