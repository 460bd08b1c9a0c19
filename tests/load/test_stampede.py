"""R-1, R-2: however many ask for one thing, its source is asked once, and a leaver hurts nobody."""

import asyncio
from contextlib import AsyncExitStack

from tests.load.asking import Line, ask, ask_together, percentile
from tests.load.serving import served, settings_for
from tests.sandbox import id_of

ARTIST = "/v1/artists/{id}"
WARM, WANTED = (f"/v1/artists/{id_of('artist', number)}" for number in (1, 2))


async def test_five_hundred_cold_callers_cause_one_call(tmp_path, sandbox, promised):
    """500 ask at once for what nobody holds: one call of 300 ms, all answered within 800 ms."""
    async with served(tmp_path, settings_for(sandbox)) as server:
        await ask(server.port, WARM)
        sandbox.latency_ms = 300

        replies = await ask_together(server.port, [WANTED] * 500)

    assert sandbox.calls[ARTIST] == 2
    assert {reply.status for reply in replies} == {200}
    assert len({reply.headers["etag"] for reply in replies}) == 1
    promised("p99 ms", round(percentile(replies, 0.99) * 1000), most=800)


async def test_a_leader_that_leaves_takes_nobody_along(tmp_path, sandbox):
    """The first of 100 hangs up: one call all the same, and 99 answers."""
    sandbox.latency_ms = 300
    async with served(tmp_path, settings_for(sandbox)) as server, AsyncExitStack() as stack:
        lines = [await stack.enter_async_context(Line(server.port)) for _ in range(100)]
        lines[0].send(WANTED)
        await asyncio.sleep(0.1)
        followers = [asyncio.create_task(line.ask(WANTED)) for line in lines[1:]]
        await asyncio.sleep(0.05)
        lines[0].drop()

        replies = await asyncio.gather(*followers)

    assert sandbox.calls[ARTIST] == 1
    assert [reply.status for reply in replies] == [200] * 99


async def test_all_hear_why_the_leader_failed_and_the_next_tries_again(tmp_path, sandbox):
    """100 share one failed call and its reason; once the failure is forgotten, one more is made."""
    async with served(tmp_path, settings_for(sandbox)) as server:
        await ask(server.port, WARM)
        sandbox.latency_ms = 300
        sandbox.fault("F41", path="/v1/artists/*", times=1)

        failed = await ask_together(server.port, [WANTED] * 100)
        calls_when_failed = sandbox.calls[ARTIST]
        await asyncio.sleep(5.1)
        mended = await ask(server.port, WANTED)

    assert {reply.status for reply in failed} == {503}
    assert all(int(reply.headers["retry-after"]) >= 1 for reply in failed)
    assert calls_when_failed == 2
    assert (mended.status, sandbox.calls[ARTIST]) == (200, 3)
