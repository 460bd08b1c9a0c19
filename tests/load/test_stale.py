"""R-3: nobody waits for what is only old; it is refreshed behind, once."""

import asyncio
import time

from tests.load.ageing import expire
from tests.load.asking import ask, ask_together, percentile
from tests.load.serving import served, settings_for
from tests.sandbox import id_of

ARTIST = "/v1/artists/{id}"
WANTED = f"/v1/artists/{id_of('artist', 1)}"
FRESH_S = 4.0


async def test_two_hundred_callers_of_an_expired_key_wait_for_nobody(tmp_path, sandbox, promised):
    """At its expiry 200 are served from memory within 60 ms; one call renews it behind them."""
    async with served(tmp_path, settings_for(sandbox)) as server:
        await ask(server.port, WANTED)
        await server.stop()
    expire(tmp_path, in_s=FRESH_S)
    old_from = time.time() + FRESH_S
    async with served(tmp_path, settings_for(sandbox)) as server:
        known = await ask(server.port, WANTED)
        await asyncio.sleep(old_from - time.time())
        sandbox.latency_ms = 300
        stale = await ask_together(server.port, [WANTED] * 200)
        await asyncio.sleep(1)
        renewed = await ask(server.port, WANTED)

    assert known.cache_status.startswith("earprint; hit; ttl=")
    assert {reply.status for reply in stale} == {200}
    assert all(int(reply.cache_status.split("ttl=")[1]) <= 0 for reply in stale)
    assert sandbox.calls[ARTIST] == 2
    assert int(renewed.cache_status.split("ttl=")[1]) > 60
    promised("slowest ms", round(percentile(stale, 1) * 1000), most=60)


async def test_an_expired_key_is_served_at_once_after_a_restart(tmp_path, sandbox):
    """What expired while the server was off is served first and renewed behind, by one call."""
    async with served(tmp_path, settings_for(sandbox)) as server:
        before = await ask(server.port, WANTED)
        await server.stop()
    expire(tmp_path)
    sandbox.latency_ms = 500
    async with served(tmp_path, settings_for(sandbox)) as server:
        replies = await ask_together(server.port, [WANTED] * 50)
        await asyncio.sleep(0.8)

    assert {(reply.status, reply.headers["etag"]) for reply in replies} == {
        (200, before.headers["etag"])
    }
    assert percentile(replies, 1) < 0.5
    assert sandbox.calls[ARTIST] == 2
