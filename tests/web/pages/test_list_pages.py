import pytest

from api.schemas.artist import ArtistCredit
from api.schemas.playlist import Owner
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


async def test_a_playlist_of_which_little_is_told_promises_nothing(site, fake):
    """No empty “by”, and no file of entries that nobody tells."""
    untold = Owner(id="", name=None)
    fake.answers[f"/v1/playlists/{P}"] = lists.playlist().model_copy(update={"owner": untold})
    fake.refuse(f"/v1/playlists/{P}/items", 404, "playlist-unavailable")

    text = (await site.get(f"/playlists/{P}")).text

    assert 'class="by"' not in text
    assert "/export" not in text
