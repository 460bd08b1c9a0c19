from typing import Any

import pytest

import web.app
from api.http.examples import INVENTED
from tests.library.own_files import TRACKS, song

PATHS = [
    "/",
    f"/artists/{INVENTED.artist_id}",
    f"/artists/{INVENTED.artist_id}/related",
    f"/artists/{INVENTED.artist_id}/top-tracks",
    f"/tracks/{INVENTED.track_id}",
    f"/tracks/{INVENTED.track_id}/features",
    f"/tracks/{INVENTED.track_id}/features/sources",
    f"/tracks/{INVENTED.track_id}/analysis",
    f"/tracks/{INVENTED.track_id}/analysis/lanes/notes.png",
    f"/playlists/{INVENTED.playlist_id}",
    f"/playlists/{INVENTED.playlist_id}/table",
    f"/playlists/{INVENTED.playlist_id}/scatter",
    f"/playlists/{INVENTED.playlist_id}/flow",
    f"/playlists/{INVENTED.playlist_id}/fit?track={INVENTED.track_id}",
    "/playlists",
    f"/playlists/{INVENTED.playlist_id}/profile",
    f"/compare?a={INVENTED.track_id}&b=artist:{INVENTED.artist_id}&c=playlist:{INVENTED.playlist_id}",
    f"/search?q={INVENTED.words}",
    "/sources",
    "/problems/bad-reference",
    "/docs",
    "/openapi.json",
    "/healthz",
]


async def test_the_whole_product_answers(whole):
    """Pages, API and playground in one app, each with its examples."""
    for path in PATHS:
        answer = await whole.get(path)
        assert answer.status_code == 200, path
    assert INVENTED.track_id in (await whole.get("/")).text
    assert "Invented music." in (await whole.get("/")).text


async def test_a_slash_at_the_end_is_the_same_page(whole):
    """Pages, files and forms alike: a redirect would name the Host that the caller chose."""
    for path in PATHS:
        plain, slashed = (
            await whole.get(path),
            await whole.get(path.replace("?", "/?") + "/" * ("?" not in path)),
        )
        assert (slashed.status_code, slashed.headers.get("location")) == (200, None), path
        assert slashed.headers["content-type"] == plain.headers["content-type"], path


WAYS_ON: list[tuple[str, str, dict[str, Any]]] = [  # what leads elsewhere
    ("POST", TRACKS, {"files": {"file": ("a.wav", song())}}),
    ("POST", "/upload", {"files": {"file": ("b.wav", song(7))}}),
    ("POST", "/upload", {"files": {"file": ("b.wav", song(7))}, "headers": {"HX-Request": "true"}}),
    ("POST", "/v1/collections", {"json": {"name": "x", "items": [INVENTED.track_id]}}),
    ("GET", "/go", {"params": {"q": f"spotify:track:{INVENTED.track_id}"}}),
    ("GET", "/go", {"params": {"q": "//evil.example/x"}}),
    ("GET", "/search", {"params": {"q": f"https://open.spotify.com/artist/{INVENTED.artist_id}"}}),
    ("GET", f"/v1/playlists/{INVENTED.playlist_id}/items?limit=1", {}),
]


async def test_b12_whatever_leads_on_leads_to_the_same_host(whole):
    """It names no host: the caller chose the one that was asked, and a proxy's is another."""
    led = []
    for method, path, sent in WAYS_ON:
        headers = {"Host": "other.localhost:9"} | sent.get("headers", {})
        answer = await whole.request(method, path, **sent | {"headers": headers})
        on = [answer.headers.get(name) for name in ("location", "hx-redirect", "link")]
        led.append(next((href.removeprefix("<") for href in on if href), ""))
        assert "other.localhost" not in str(answer.headers), path
        assert answer.status_code < 500

    assert [href[:1] for href in led] == ["/"] * len(WAYS_ON)
    assert [href for href in led if href.startswith("//")] == []


@pytest.mark.parametrize("path", ["//evil.example", "//evil.example/..%2f", "/%5Cevil.example/"])
async def test_b12_what_is_no_path_here_leads_nowhere(whole, path):
    """It would be another site's address, were it sent back."""
    answer = await whole.get(f"http://localhost{path}")

    assert answer.status_code == 404
    assert not {"location", "hx-redirect", "refresh"} & answer.headers.keys()


@pytest.mark.parametrize("path", ["/", "/sources", "/docs", "/openapi.json", "/v1/sources", "/x"])
async def test_gzip_that_is_refused_is_not_sent(whole, path):
    """One negotiation for every answer; the plain bytes keep their own validator."""
    refused = await whole.get(path, headers={"Accept-Encoding": "gzip;q=0, zstd;q=0"})
    taken = await whole.get(path, headers={"Accept-Encoding": "gzip"})

    assert "content-encoding" not in refused.headers
    assert "Accept-Encoding" in refused.headers["vary"]
    if len(refused.content) > 1_000:
        assert taken.headers["content-encoding"] == "gzip"
        assert int(taken.headers["content-length"]) < len(refused.content)


async def test_pages_are_no_part_of_the_api(whole):
    """They stand in no OpenAPI document, and the API's errors stay problem+json."""
    paths = (await whole.get("/openapi.json")).json()["paths"]
    assert not [path for path in paths if path.startswith(("/tracks", "/fragments", "/go"))]
    refused = await whole.get("/v1/tracks/x")
    assert refused.headers["content-type"] == "application/problem+json"
    unknown = await whole.get("/v1/nothing")
    assert unknown.headers["content-type"] == "application/problem+json"
    page = await whole.get("/tracks/x")
    assert (page.status_code, page.headers["content-type"]) == (422, "text/html; charset=utf-8")


async def test_head_works_wherever_get_does(whole):
    """The same headers, no body."""
    answer = await whole.head("/sources")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["x-request-id"]


async def test_a_page_names_the_request(whole):
    """The id on the page is the one in the header."""
    answer = await whole.get("/nothing")
    assert answer.headers["x-request-id"] in answer.text


def test_importing_the_product_makes_nothing(monkeypatch, tmp_path):
    """`uvicorn web.app:app` makes the app when it asks for it, once."""
    monkeypatch.chdir(tmp_path)
    assert "app" not in vars(web.app)
    try:
        assert web.app.app is web.app.app
    finally:
        vars(web.app).pop("app", None)
    with pytest.raises(AttributeError):
        _ = web.app.nothing
