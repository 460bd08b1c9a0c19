import pytest

import web.app
from api.examples import INVENTED

PATHS = [
    "/",
    f"/artists/{INVENTED.artist_id}",
    f"/artists/{INVENTED.artist_id}/related",
    f"/artists/{INVENTED.artist_id}/top-tracks",
    f"/tracks/{INVENTED.track_id}",
    f"/tracks/{INVENTED.track_id}/features",
    f"/tracks/{INVENTED.track_id}/features/sources",
    f"/tracks/{INVENTED.track_id}/analysis",
    f"/tracks/{INVENTED.track_id}/analysis/lanes/chroma.png",
    f"/playlists/{INVENTED.playlist_id}",
    f"/playlists/{INVENTED.playlist_id}/items",
    f"/playlists/{INVENTED.playlist_id}/profile",
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
