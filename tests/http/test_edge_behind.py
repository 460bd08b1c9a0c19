"""What the edge does behind an answer, and what it leaves alone."""

import asyncio

import pytest

from api.cache.entry import DAY
from tests.routes.product import opened
from tests.sandbox import Sandbox, id_of

ARTIST = f"/v1/artists/{id_of('artist', 0)}"


@pytest.fixture
async def api(tmp_path):
    """The product in front of a stand-in."""
    async with Sandbox() as sandbox, opened(sandbox, tmp_path) as product:
        yield product


async def test_what_is_no_http_is_not_the_edges_affair(api):
    """A WebSocket is refused by the router, as nothing lives there."""
    told = []

    async def receive():
        return {"type": "websocket.connect"}

    async def send(message):
        told.append(message["type"])

    await api.app({"type": "websocket", "path": ARTIST, "headers": []}, receive, send)

    assert told == ["websocket.close"]


async def test_a_refresh_that_fails_makes_no_noise(api):
    """Nobody waits for it; the inside has logged it."""

    async def broken(_scope, _receive, _send):
        raise RuntimeError

    await api.get(ARTIST)
    api.clock.advance(1.2 * DAY)
    api.app.state.edge._inner = broken

    answer = await api.get(ARTIST)
    await api.app.state.edge.close()

    assert answer.status_code == 200


async def test_a_cancelled_refresh_makes_no_noise(api):
    """At the very end the loop may cancel everything."""
    held = asyncio.Event()

    async def slow(_scope, _receive, _send):
        await held.wait()

    await api.get(ARTIST)
    api.clock.advance(1.2 * DAY)
    api.app.state.edge._inner = slow
    await api.get(ARTIST)

    for task in api.app.state.edge._refreshes:
        task.cancel()
    await api.app.state.edge.close()

    assert api.app.state.edge._refreshes == set()
