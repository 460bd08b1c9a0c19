import re
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest

from api.schemas.provenance import Reason
from tests.web import lists, music, sound
from tests.web.fake import EXAMPLES, Fake, product
from web.site import Site

A, T, P = music.ARTIST, music.TRACK, music.PLAYLIST
PAGES = [
    "/",
    "/search",
    "/search?q=low",
    "/search?q=low&type=track&offset=10",
    f"/choose/{T}",
    f"/artists/{A}",
    f"/artists/{A}/related",
    f"/artists/{A}/top-tracks",
    f"/tracks/{T}",
    f"/tracks/{T}/features",
    f"/tracks/{T}/features/sources",
    f"/tracks/{T}/analysis/summary",
    f"/tracks/{T}/analysis",
    f"/playlists/{P}",
    f"/playlists/{P}?offset=50",
    f"/playlists/{P}/items?offset=25",
    f"/playlists/{P}/profile",
    "/sources",
    "/problems/bad-reference",
]


@pytest.mark.parametrize("path", PAGES)
async def test_every_page_is_whole_and_safe(site, path):
    """One h1, a title, the policy, and nothing inline."""
    answer = await site.get(path)

    assert answer.status_code == 200
    text = answer.text
    assert text.count("<h1") == 1
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "private, no-cache"
    reader = Reader()
    reader.feed(text)
    assert reader.inline == []
    assert music.HOSTILE not in text


class Reader(HTMLParser):
    """Collects what the policy would forbid."""

    inline: list[str]

    def __init__(self):
        super().__init__()
        self.inline = []

    def handle_starttag(self, tag, attrs):
        names = dict(attrs)
        if tag == "style" or (tag == "script" and "src" not in names):
            self.inline.append(tag)
        self.inline += [name for name in names if name == "style" or name.startswith("on")]


@pytest.mark.parametrize("path", PAGES)
async def test_every_link_of_a_page_leads_somewhere(site, path):
    """No dead links, no dead panels, no missing file."""
    text = (await site.get(path)).text
    found = set(re.findall(r'(?:href|hx-get|src)="(/[^"]*)"', text)) - {"/docs"}

    for address in found:
        answer = await site.get(address.replace("&amp;", "&"))
        assert answer.status_code == 200, address


async def test_a_fragment_is_its_page_s_panel(site):
    """The same block at two addresses; neither looks at a header."""
    page = await site.get(f"/tracks/{T}/features", headers={"HX-Request": "true"})
    panel = await site.get(f"/fragments/tracks/{T}/features")

    assert "<html" in page.text
    assert panel.text.strip().startswith("<section")
    assert panel.text.strip() in page.text
    assert panel.headers["x-robots-tag"] == "noindex"


async def test_a_page_is_sent_once(site, fake):
    """An unchanged page is 304, even while its countdown runs."""
    first = await site.get("/sources")
    fake.headers["Cache-Status"] = "earprint; hit; ttl=75599"
    again = await site.get("/sources", headers={"If-None-Match": first.headers["etag"]})

    assert (again.status_code, again.content) == (304, b"")


async def test_numbers_have_a_source_an_age_and_a_meaning(site):
    """What a musician needs beside every number."""
    text = (await site.get(f"/tracks/{T}/features")).text

    for part in ("ReccoBeats", "3 h old, refreshes in 21 h", "stated by the source", "0.34"):
        assert part in text
    assert "moderately intense" in text
    assert "± 0.21" in text
    assert "How intense it sounds" in text
    assert "It blends with 10A, 12A and 11B" in text
    assert f"GET /v1/tracks/{T}/features" in text
    assert "it is not LUFS" in text


async def test_an_absence_says_why_and_where_to_go(site):
    """No dash without a reason."""
    text = (await site.get(f"/tracks/{T}/features")).text
    assert "February 2026" in text
    assert "See who is asked, and in which order" in text

    artist = (await site.get(f"/artists/{A}")).text
    assert "<strong>Popularity</strong>: <span hx-ignore>Spotify stopped" in artist
    assert "February 2026" in artist


async def test_features_without_key_or_words_are_said_to_be_so(site, fake):
    """Null is a sentence, even where the API forgot to say why."""
    bare: dict[str, Any] = {
        "key": None,
        "mode": None,
        "key_name": None,
        "camelot": None,
        "time_signature": None,
    }
    fake.answers[f"/v1/tracks/{T}/features"] = sound.features(
        **bare, energy=None, tempo_candidates=(), missing=()
    )
    text = (await site.get(f"/tracks/{T}/features")).text

    assert "No key was stated" in text
    assert "No metre was stated" in text
    assert "The source did not say." in text


async def test_a_key_without_its_mode_has_no_wheel(site, fake):
    """Half a key is shown as half a key."""
    fake.answers[f"/v1/tracks/{T}/features"] = sound.features(
        mode=None, key_name="F♯", camelot=None
    )
    text = (await site.get(f"/tracks/{T}/features")).text
    assert "F♯" in text
    assert "Camelot wheel" not in text


async def test_one_source_can_be_asked_for(site, fake):
    """`?source=` goes on to the API."""
    await site.get(f"/tracks/{T}/features?source=library")
    assert f"/v1/tracks/{T}/features?source=library" in fake.asked


async def test_sources_stand_side_by_side(site):
    """Disagreement is shown, not averaged."""
    text = (await site.get(f"/tracks/{T}/features/sources")).text
    assert re.search(r"Energy</th><td[^>]*>0.34</td><td[^>]*>0.50</td><td[^>]*>0.16", text)
    assert "not said" in text


async def test_a_single_source_has_nothing_to_agree_with(site, fake):
    """One answer is no comparison."""
    one = sound.comparison().model_copy(update={"sources": sound.comparison().sources[:1]})
    fake.answers[f"/v1/tracks/{T}/features/sources"] = one.model_copy(
        update={"items": one.items[:1]}
    )
    assert "Only ReccoBeats answers" in (await site.get(f"/tracks/{T}/features/sources")).text


async def test_the_analysis_is_drawn_and_told(site):
    """Lanes, one path per level, heat maps as pictures, and the same in a table."""
    text = (await site.get(f"/tracks/{T}/analysis")).text

    assert text.count("Section ") >= 9
    assert text.count('class="pulse"') == 3
    assert "Nine sections in 3:45; 6 different keys heard." in text
    assert "Loudest at" in text
    assert "F♯ minor · 11A" in text
    assert "confidence 0.72" in text


@pytest.mark.parametrize("name", ["chroma", "timbre"])
async def test_a_heat_map_has_an_address(site, name):
    """It is fetched once, then 304."""
    address = f"/tracks/{T}/analysis/lanes/{name}.png"
    first = await site.get(address)
    again = await site.get(address, headers={"If-None-Match": first.headers["etag"]})

    assert first.headers["content-type"] == "image/png"
    assert again.status_code == 304


async def test_an_analysis_of_nothing_is_no_blank_page(site, fake):
    """Each lane that is not there says so."""
    empty: dict[str, Any] = dict.fromkeys(
        ("track", "bars", "beats", "tatums", "sections", "segments")
    )
    fake.answers[f"/v1/tracks/{T}/analysis"] = sound.analysis(**empty)
    text = (await site.get(f"/tracks/{T}/analysis")).text

    for sentence in ("no summary of the whole track", "No segments were sent", "no sections"):
        assert sentence in text
    picture = await site.get(f"/tracks/{T}/analysis/lanes/chroma.png")
    assert picture.status_code == 200


async def test_an_analysis_that_found_little_says_so(site, fake):
    """Null numbers are words; a fade-out is named."""
    track = sound.summary(
        225.4,
        tempo=None,
        key=None,
        time_signature=None,
        loudness=None,
        tempo_confidence=None,
        end_of_fade_in=3.0,
        start_of_fade_out=200.0,
    )
    silent = sound.segments()[0].model_copy(update={"pitches": (0.0,) * 12})
    section = sound.sections()[0].model_copy(update={"key": None, "tempo": None, "loudness": None})
    fake.answers[f"/v1/tracks/{T}/analysis"] = sound.analysis(
        track=track, segments=(silent,), sections=(section,)
    )
    text = (await site.get(f"/tracks/{T}/analysis")).text

    assert text.count("not found") >= 5
    assert "in until 0:03, out from 3:20" in text
    assert "No notes were heard." in text


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


async def test_a_reason_without_words_is_put_into_words(site, fake):
    """Where the API names only the reason, the page says it."""
    bare = music.gone("genres", Reason.NOT_CONFIGURED).model_copy(update={"detail": ""})
    fake.answers[f"/v1/artists/{A}"] = music.artist(genres=None, missing=(bare,))
    text = (await site.get(f"/artists/{A}")).text
    assert "This server is not set up to ask for it." in text
    assert "See how to set it up" in text


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
    assert "43 in 4/4 and 5 in 3/4" in text
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


async def test_a_track_shows_what_there_is(site, fake):
    """Every optional field has its sentence, none is needed."""
    bare: dict[str, Any] = {
        "album": None,
        "artists": (),
        "isrc": None,
        "explicit": None,
        "duration_ms": None,
    }
    fake.answers[f"/v1/tracks/{T}"] = music.track(
        **bare, popularity=29, is_playable=False, linked_from={"id": A, "uri": "spotify:track:x"}
    )
    text = (await site.get(f"/tracks/{T}")).text
    for sentence in ("nobody named", "29", "cannot be played", "in place of the one asked for"):
        assert sentence in text


async def test_a_stale_answer_is_marked(site, fake):
    """The data stays, with a word on its age."""
    fake.headers["Cache-Status"] = "earprint; fwd=stale; fwd-status=429; detail=gated"
    assert "could not be asked again" in (await site.get(f"/artists/{A}")).text
    fake.headers["Cache-Status"] = "earprint; hit; ttl=-20"
    assert "past its time" in (await site.get(f"/artists/{A}")).text


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


@pytest.mark.parametrize(("stand_in", "shown"), [(True, True), (False, False)])
async def test_an_invented_catalogue_is_called_so(stand_in, shown):
    """Nobody takes the stand-in's numbers for real ones."""
    app = product(Fake(), Site(stand_in=stand_in, examples=EXAMPLES))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as client:
        text = (await client.get("/sources")).text
    assert ("Invented music." in text) is shown


async def test_without_spotify_the_home_page_says_what_to_do(site, fake):
    """In plain words, and the sources page too."""
    fake.answers["/v1/sources"] = music.sources(spotify=False)
    home = (await site.get("/")).text
    assert "Spotify is not connected here" in home
    assert "SPOTIFY_CLIENT_ID" in home
    assert "sources that need no key still answer" in home
    assert "Connect Spotify" in (await site.get("/sources")).text


async def test_without_any_source_no_example_is_offered(site, fake):
    """A link that cannot be answered is a dead link."""
    none = music.sources(spotify=False).sources[:1]
    fake.answers["/v1/sources"] = music.sources().model_copy(update={"sources": none})
    home = (await site.get("/")).text
    assert "Try it:" not in home
    assert "make sandbox" in home


async def test_the_home_page_needs_no_answer(site, fake):
    """It stands even when the API does not, and claims nothing then."""
    fake.refuse("/v1/sources", 500, "internal")
    answer = await site.get("/")
    assert answer.status_code == 200
    assert "not connected" not in answer.text


async def test_sources_that_can_nothing_say_so(site, fake):
    """An empty list is a sentence."""
    one = music.sources().sources[0].model_copy(update={"capabilities": ()})
    fake.answers["/v1/sources"] = music.sources().model_copy(update={"sources": (one,)})
    assert "There is nothing that it could be asked." in (await site.get("/sources")).text
    fake.answers["/v1/sources"] = music.sources().model_copy(update={"sources": ()})
    assert "No source is switched on" in (await site.get("/sources")).text
