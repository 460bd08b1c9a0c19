"""R-17: asked to end, the server first gives every answer that it owes."""

import asyncio
from contextlib import AsyncExitStack

from tests.load.asking import Line, ask
from tests.load.serving import served, settings_for
from tests.sandbox import id_of

PATHS = [f"/v1/artists/{id_of('artist', number)}" for number in range(40)]
EXIT_S = 10.0


async def test_a_stop_under_load_drops_nothing(tmp_path, sandbox, measured):
    """SIGTERM while 40 answers are owed: all of them come, and the process ends within 10 s."""
    async with served(tmp_path, settings_for(sandbox)) as server, AsyncExitStack() as stack:
        await ask(server.port, PATHS[0])
        sandbox.latency_ms = 400
        lines = [await stack.enter_async_context(Line(server.port)) for _ in PATHS]
        owed = [
            asyncio.create_task(line.ask(path)) for line, path in zip(lines, PATHS, strict=True)
        ]
        await asyncio.sleep(0.1)

        exit_s = await server.stop()
        replies = await asyncio.gather(*owed, return_exceptions=True)

    statuses = [getattr(reply, "status", reply) for reply in replies]
    measured("exit s", round(exit_s, 2))
    measured("of 40 owed answers, dropped", sum(status != 200 for status in statuses))
    assert statuses == [200] * len(PATHS)
    assert exit_s <= EXIT_S


async def test_what_was_fetched_for_a_caller_who_left_is_kept_over_a_stop(tmp_path, sandbox):
    """A flight in the air at the stop lands first: after the restart its answer is a hit."""
    async with served(tmp_path, settings_for(sandbox)) as server:
        await ask(server.port, PATHS[0])
        sandbox.latency_ms = 600
        async with Line(server.port) as line:
            line.send(PATHS[1])
            await asyncio.sleep(0.1)
        await server.stop()
    calls = sandbox.calls["/v1/artists/{id}"]
    async with served(tmp_path, settings_for(sandbox)) as server:
        reply = await ask(server.port, PATHS[1])

    assert reply.cache_status.startswith("earprint; hit; ttl=")
    assert sandbox.calls["/v1/artists/{id}"] == calls == 2


async def test_a_silent_source_does_not_keep_the_server_up(tmp_path, sandbox, measured):
    """A call that will never be answered costs the stop its time limit, not more."""
    async with served(tmp_path, settings_for(sandbox)) as server:
        await ask(server.port, PATHS[0])
        sandbox.fault("F04")
        asked = asyncio.create_task(ask(server.port, PATHS[1]))
        await asyncio.sleep(0.2)

        exit_s = await server.stop()
        reply = await asked

    measured("exit with a silent source s", round(exit_s, 2))
    assert (reply.status, exit_s <= EXIT_S) == (503, True)
