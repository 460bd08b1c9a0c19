from typing import Any

from api.schemas.artist import ArtistCredit
from api.schemas.lists import FoundAt
from api.schemas.provenance import SourceName
from api.schemas.track import UnlinkedTrack
from tests.web import lists, music

A = music.ARTIST


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
