"""R-8: a source that says and says, and never answers, costs its callers their time at most.

Row “small”: floods of `103 Early Hints`.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.load.asking import Reply, ask, ask_together, percentile
from tests.load.serving import served
from tests.sandbox import CLIENT_ID, CLIENT_SECRET, id_of

LIMIT_S = 8
FLOOD = """
import itertools, socket, sys, threading
said = itertools.cycle(eval(sys.argv[1]))
def serve(line):
    flood = next(said)
    try:
        line.recv(65536)
        while True:
            line.sendall(flood)
    except OSError:
        pass
listening = socket.create_server(("127.0.0.1", 0), backlog=100)
print(listening.getsockname()[1], flush=True)
while True:
    threading.Thread(target=serve, args=(listening.accept()[0],), daemon=True).start()
"""
FLOODS = r"""(
    b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n" * 2_000,
    b"HTTP/1.1 100 \r\n\r\n" * 4_000,
    b"HTTP/1.1 103 \r\nlink: " + b"a" * 60_000 + b"\r\n\r\n",
    b"HTTP/1.1 200 OK\r\n" + b"x-more: and more\r\n" * 4_000,
)"""


@asynccontextmanager
async def flooding() -> AsyncIterator[int]:
    """A server, in a process of its own, that says one of these for ever to who comes; its port."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", FLOOD, FLOODS), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        yield int(await process.stdout.readline())
    finally:
        process.kill()
        await process.wait()


async def test_a_flood_of_hints_ends_in_time(tmp_path, promised, measured):
    """Twelve questions at once are refused within 8 s, and /healthz answers within 50 ms."""
    async with flooding() as port:
        address = f"http://127.0.0.1:{port}"
        settings = {
            "SPOTIFY_CLIENT_ID": CLIENT_ID,
            "SPOTIFY_CLIENT_SECRET": CLIENT_SECRET,
            "SPOTIFY_API_URL": f"{address}/v1",
            "SPOTIFY_ACCOUNTS_URL": address,
        }
        async with served(tmp_path, settings) as server:
            paths = [f"/v1/artists/{id_of('artist', number)}" for number in range(12)]
            asking = asyncio.ensure_future(ask_together(server.port, paths))
            others: list[Reply] = []
            while not asking.done() or len(others) < 20:
                others.append(await ask(server.port, "/healthz"))
                await asyncio.sleep(0.01)
            refused = await asking

    promised("median ms of others", round(percentile(others, 0.5) * 1000, 1), most=50)
    measured("slowest refusal s", round(percentile(refused, 1), 2))
    assert percentile(refused, 1) < LIMIT_S
    assert {reply.status for reply in refused} <= {502, 503}
