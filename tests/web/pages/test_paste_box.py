import pytest

from tests.web import music

T = music.TRACK


@pytest.mark.parametrize(
    ("text", "leads_to"),
    [
        (f"spotify:track:{T}", f"/tracks/{T}"),
        (f"https://open.spotify.com/intl-de/artist/{T}?si=x", f"/artists/{T}"),
        (f"https://open.spotify.com/playlist/{T}", f"/playlists/{T}"),
        (f"{T}?si=DwGEkVwsSZOgv8QKkNUJ9Q", f"/choose/{T}"),
        (f"Listen to Low Tide! https://open.spotify.com/track/{T}?si=x", f"/tracks/{T}"),
        (f"earprint:artist:own_{T}", f"/artists/own_{T}"),
        (f"earprint:album:own_{T}", "/library"),
        (f"own_{T}", f"/choose/own_{T}"),
        (f"http://localhost/tracks/{T}/analysis?t=3", f"/tracks/{T}"),
        (f"http://127.0.0.1:8000/v1/playlists/own_{T}/items", f"/playlists/own_{T}"),
        (
            "http://localhost/search?q=isrc%3AGBSMU2401851",
            "/search?q=isrc%3AGBSMU2401851&type=track",
        ),
        ("AC/DC", "/search?q=AC%2FDC"),
        (T, f"/choose/{T}"),
        ("GB-SMU-24-01851", "/search?q=isrc%3AGBSMU2401851&type=track"),
        ("low tide & co", "/search?q=low+tide+%26+co"),
    ],
)
async def test_what_is_pasted_leads_to_its_page(site, text, leads_to):
    """A plain form, a plain redirect, always within this site."""
    answer = await site.get("/go", params={"q": text})
    assert (answer.status_code, answer.headers["location"]) == (303, leads_to)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (f"https://open.spotify.com/album/{T}", "That is an album. An album has no audio features"),
        (f"spotify:episode:{T}", "That is a podcast episode."),
        ("spotify:user:ada", "Open one of its playlists"),
        ("spotify:local:Ada::Demo:60", "Spotify knows only its name"),
        ("https://evil.example/track", "This is not a Spotify link."),
        (T[:-1], "An id has 22 letters and digits; this has 21."),
        (f"spotify:track:{T} spotify:album:{T}", "It names 1 track, 1 album."),
        ("https://spoti.fi/AbC", "Open the short link in a browser"),
        ("low tide " * 300, "The text is far too long"),
        ("", "There is no text here."),
    ],
)
async def test_what_leads_nowhere_says_what_does(site, text, sentence):
    """422, the hint, and the text still in the box."""
    answer = await site.get("/go", params={"q": text})

    assert answer.status_code == 422
    assert sentence in answer.text
    assert "/v1/" not in answer.text
    assert f'value="{text[:2001].strip()}"' in answer.text
    assert 'aria-invalid="true"' in answer.text


async def test_an_api_that_cannot_resolve_is_no_bad_link(site, fake):
    """A failing server is not the visitor's mistake."""
    fake.refuse("/v1/resolve", 500, "internal")
    answer = await site.get("/go?q=x")
    assert answer.status_code == 500


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        (f"spotify:artist:{T}", ["Artist · 11dFgh…", f'href="/artists/{T}"']),
        (T, ["Id without a kind", f"/choose/{T}"]),
        ("GBSMU2401851", ["Recording number (ISRC) · GBSMU2401851", "/search?q=isrc"]),
        ("low tide", ["Words, not a link.", "Search for “low tide”"]),
        ("https://evil.example/", ["This is not a Spotify link."]),
        (f"spotify:album:{T}", ["Album · 11dFgh…", "pick one of its"]),
    ],
)
async def test_the_box_says_what_is_in_it(site, text, parts):
    """While typing nothing is an error, so this is always 200."""
    answer = await site.get("/fragments/resolve", params={"q": text})

    assert answer.status_code == 200
    for part in parts:
        assert part in answer.text
    assert bool(answer.text.strip()) is bool(parts)


async def test_a_mangled_id_is_not_offered_as_three_links(site):
    """The choice page refuses what the API refuses."""
    assert (await site.get("/choose/xyz")).status_code == 422


@pytest.mark.parametrize("section", ["tracks", "artists", "playlists"])
async def test_a_bare_own_id_leads_to_what_it_is_of(site, fake, section):
    """Nobody has to know: the library knows whether it is a file, an artist or a collection."""
    for other in {"tracks", "artists", "playlists"} - {section}:
        fake.refuse(f"/v1/{other}/own_{T}", 404, f"{other[:-1]}-not-found")

    answer = await site.get(f"/choose/own_{T}")

    assert (answer.status_code, answer.headers["location"]) == (303, f"/{section}/own_{T}")


async def test_an_own_id_of_nothing_is_left_to_the_visitor(site, fake):
    """Three links, as for any other id; a library that fails is not the visitor's mistake."""
    for section in ("tracks", "artists", "playlists"):
        fake.refuse(f"/v1/{section}/own_{T}", 404, f"{section[:-1]}-not-found")
    assert "What is this id of?" in (await site.get(f"/choose/own_{T}")).text

    fake.refuse(f"/v1/artists/own_{T}", 503, "sources-unavailable")
    assert (await site.get(f"/choose/own_{T}")).status_code == 503


@pytest.mark.parametrize(
    ("text", "leads_to"),
    [
        (f"{T}?si=x", f"/choose/{T}"),
        (f"https://open.spotify.com/artist/{T}", f"/artists/{T}"),
        ("gb smu 24 01851", "/search?q=isrc%3AGBSMU2401851&type=track"),
    ],
)
async def test_a_search_for_a_link_is_no_search(site, text, leads_to):
    """It goes where the box would have gone, not to no hits."""
    answer = await site.get("/search", params={"q": text})
    assert (answer.status_code, answer.headers["location"]) == (303, leads_to)
