import pytest

from tests.web import music

T = music.TRACK


@pytest.mark.parametrize(
    ("text", "leads_to"),
    [
        (f"spotify:track:{T}", f"/tracks/{T}"),
        (f"https://open.spotify.com/intl-de/artist/{T}?si=x", f"/artists/{T}"),
        (f"https://open.spotify.com/playlist/{T}", f"/playlists/{T}"),
        (f"own_{T}", f"/tracks/own_{T}"),
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
        (T[:-1], "This is neither a link, nor an id"),
        ("", "There is no text here."),
    ],
)
async def test_what_leads_nowhere_says_what_does(site, text, sentence):
    """422, the hint, and the text still in the box."""
    answer = await site.get("/go", params={"q": text})

    assert answer.status_code == 422
    assert sentence in answer.text
    assert "/v1/" not in answer.text
    assert f'value="{text}"' in answer.text
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
        ("GBSMU2401851", ["GBSMU2401851", "/search?q=isrc"]),
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
