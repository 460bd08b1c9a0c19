"""R-5: when the source is dead, what is cached stays, and what is not is refused at once."""

import asyncio
import time

from tests.load.ageing import expire
from tests.load.asking import ask, percentile
from tests.load.serving import served, settings_for
from tests.sampling import WHOLE
from tests.sandbox import id_of

KNOWN = [f"/v1/artists/{id_of('artist', number)}" for number in range(20)]
OLD, UNKNOWN = KNOWN[10:], [f"/v1/tracks/{id_of('track', number)}" for number in range(40)]
OUTAGE_S, RATE = 5.0 if WHOLE else 1.0, 50


async def asked_steadily(port: int, paths, seconds: float):
    """Ask 50 times a second, round and round, whatever comes back."""
    replies, until = [], time.monotonic() + seconds
    for number in range(round(seconds * RATE)):
        replies.append(asyncio.create_task(ask(port, paths[number % len(paths)])))
        await asyncio.sleep(max(0.0, until - seconds + (number + 1) / RATE - time.monotonic()))
    return await asyncio.gather(*replies)


async def test_a_dead_source_takes_no_cached_answer_away(tmp_path, sandbox, measured):
    """With the source gone every cached key answers 200, expired ones as stale stand-ins."""
    async with served(tmp_path, settings_for(sandbox)) as server:
        for path in KNOWN:
            assert (await ask(server.port, path)).status == 200
        await server.stop()
    expire(tmp_path, revalidate_s=0)
    async with served(tmp_path, settings_for(sandbox)) as server:
        for path in KNOWN[:10]:
            assert "fwd=stale; stored" in (await ask(server.port, path)).cache_status
        await sandbox.stop_listening()

        replies = await asked_steadily(server.port, KNOWN, OUTAGE_S)
        stale = [await ask(server.port, path) for path in OLD]
        fresh = [await ask(server.port, path) for path in KNOWN[:10]]

    measured(f"{len(replies)} cached answers, not 200", sum(r.status != 200 for r in replies))
    measured("their p99 ms", round(percentile(replies, 0.99) * 1000))
    assert {reply.status for reply in replies} == {200}
    assert all("earprint; fwd=stale; detail=unreachable" in reply.cache_status for reply in stale)
    assert all(reply.cache_status.startswith("earprint; hit; ttl=") for reply in fresh)


async def test_what_is_not_cached_is_refused_at_once(tmp_path, sandbox, promised):
    """Once the breaker is open, an unknown key is 503 with Retry-After within 100 ms."""
    async with served(tmp_path, settings_for(sandbox)) as server:
        await ask(server.port, KNOWN[0])
        await sandbox.stop_listening()
        for path in UNKNOWN[:8]:
            await ask(server.port, path)

        refused = [await ask(server.port, path) for path in UNKNOWN[8:]]

    assert {reply.status for reply in refused} == {503}
    assert all(1 <= int(reply.headers["retry-after"]) <= 10 for reply in refused)
    promised("slowest refusal ms", round(percentile(refused, 1) * 1000), most=100)
