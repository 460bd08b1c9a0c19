from api.schemas.artist import ArtistCredit
from api.schemas.track import UnlinkedTrack
from tests.web import music

A = music.ARTIST


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
