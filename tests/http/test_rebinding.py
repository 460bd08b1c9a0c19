"""B1, R-25: a page of another site whose name leads here reads nothing and changes nothing."""

import asyncio
import re

import pytest

from api.http.examples import of_the_label
from tests.browser.serving import served
from tests.library.own_files import TRACKS, is_problem, send, song
from tests.routes.product import opened, settings_of
from web.app import create_app

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW")
SHOWN = of_the_label()
PAGES = ("/", "/library", "/upload", "/sources", f"/tracks/{SHOWN.track_id}", "/static/app.css")
OTHERS = (
    "/healthz",
    "/readyz",
    "/docs",
    "/openapi.json",
    "/problems/wrong-host",
    "/nothing",
    "/v1",
)
REBOUND = {
    "Host": "evil.example",
    "Origin": "http://evil.example",
    "Sec-Fetch-Site": "same-origin",
    "Access-Control-Request-Method": "DELETE",
}


@pytest.fixture
async def api(tmp_path):
    """The demo label and no source."""
    async with opened(None, tmp_path, demo=True) as product:
        yield product


def paths(app, ident: str) -> list[str]:
    """Every address of the API, with an own id in place of each parameter."""
    return [re.sub(r"{\w+}", ident, path) for path in app.openapi()["paths"]]


async def test_b1_no_method_of_any_address_answers_to_another_name(api):
    """A browser would take each answer for the other site's own."""
    track = (await send(api, song())).json()
    asked = [*paths(api.app, track["id"]), *PAGES, *OTHERS]

    for path in asked:
        for method in METHODS:
            answer = await api.client.request(method, path, headers=REBOUND)
            assert answer.status_code == 421, (method, path)
            if method != "HEAD":
                assert is_problem(answer, "wrong-host")
                assert "EARPRINT_HOSTS" in answer.json()["hint"]
            assert "access-control-allow-origin" not in answer.headers
            assert answer.headers["cache-control"] == "no-store"
            assert answer.headers["x-request-id"]

    assert len(asked) > 30
    assert (await api.get(f"{TRACKS}/{track['id']}")).status_code == 200


async def test_b1_what_is_cached_is_not_served_under_another_name(api):
    """The edge looks at the name before it looks into the cache."""
    path = f"/v1/tracks/{SHOWN.track_id}/features"
    for _ in range(2):
        assert (await api.get(path)).status_code == 200

    assert is_problem(await api.get(path, headers={"Host": "evil.example"}), "wrong-host")


async def test_b1_the_real_server_over_a_socket(tmp_path):
    """Pages ask their own API without a name; whoever comes by the wrong door gets nothing."""
    app = create_app(settings_of(None, tmp_path, demo=True))
    with served(app) as address:
        port = int(address.rpartition(":")[2])
        right = await _raw(port, "/library", "localhost")
        wrong = await _raw(port, "/library", "evil.example")
        none = await _raw(port, "/library", None)

    assert (right[0], wrong[0], none[0]) == (200, 421, 421)
    assert b"Stubborn Hat" in right[1]
    assert b"Stubborn Hat" not in wrong[1] + none[1]


async def _raw(port: int, path: str, host: str | None) -> tuple[int, bytes]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    named = "" if host is None else f"Host: {host}\r\n"
    writer.write(f"GET {path} HTTP/1.0\r\n{named}\r\n".encode())
    async with asyncio.timeout(20):
        answer = await reader.read()
    writer.close()
    return int(answer.split()[1]), answer


async def test_a_name_of_the_settings_is_answered(tmp_path):
    """Once the owner has written it down."""
    async with opened(None, tmp_path, hosts=("ears.example",)) as product:
        own = {"Host": "ears.example", "Origin": "https://ears.example"}
        read = await product.get(TRACKS, headers=own)
        resolved = await product.get("/v1/resolve?q=https://ears.example/tracks/" + SHOWN.track_id)

    assert read.status_code == 200
    assert resolved.json()["id"] == SHOWN.track_id
