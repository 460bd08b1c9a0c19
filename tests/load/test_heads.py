"""R-15, R-26, R-31: heads are bounded, and slow and idle clients cost the others nothing.

Row B2 and row B8 of what strangers tried: each is tried again here, over loopback, against the
server that `make run` starts.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from tests.load.asking import HOST, Reply, ask, percentile
from tests.load.serving import Server, served

HOME = {"EARPRINT_DEMO": "off"}
HEALTH = "/healthz"
HEALTH_MS = 50
OTHERS_MS = 200
MEGABYTE = 1_000_000
START = b"GET /v1/sources HTTP/1.1\r\nhost: 127.0.0.1\r\n"


@pytest.fixture
async def server(tmp_path):
    """The product as `make run` starts it."""
    async with served(tmp_path, HOME, app="web") as server:
        yield server


class Stranger:
    """A connection on which anything can be said."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def say(self, data: bytes) -> bool:
        """Whether it could still be sent."""
        try:
            self.writer.write(data)
            await self.writer.drain()
        except OSError:
            return False
        return not self.writer.is_closing()

    async def hear(self, within_s: float = 5) -> bytes:
        """All that comes until the server hangs up. Raises TimeoutError where it does not."""
        heard = b""
        async with asyncio.timeout(within_s):
            with contextlib.suppress(OSError):
                while part := await self.reader.read(1 << 16):
                    heard += part
        return heard


@asynccontextmanager
async def stranger(server: Server) -> AsyncIterator[Stranger]:
    """One that has come, and says nothing yet."""
    reader, writer = await asyncio.open_connection(HOST, server.port)
    try:
        yield Stranger(reader, writer)
    finally:
        writer.transport.abort()


async def strangers(server: Server, stack: AsyncExitStack, count: int) -> list[Stranger]:
    """So many of them."""
    return [await stack.enter_async_context(stranger(server)) for _ in range(count)]


async def asked_while(server: Server, attack: Awaitable[object], path: str = HEALTH) -> list[Reply]:
    """What others are answered, asked one after the other until the attack is over."""
    under_way = asyncio.ensure_future(attack)
    replies: list[Reply] = []
    while not under_way.done() or len(replies) < 20:
        replies.append(await ask(server.port, path))
        await asyncio.sleep(0.01)
    await under_way
    return replies


def said(status: int) -> bytes:
    """How an answer with this status begins."""
    return b"HTTP/1.1 %d " % status


async def endless(server: Server, start: bytes, more: bytes, *, most_s: float = 3) -> bytes:
    """Begin so and go on for ever; all that the server says before it hangs up."""
    async with stranger(server) as one:
        hearing = asyncio.ensure_future(one.hear(most_s + 1))
        await one.say(start)
        until = time.perf_counter() + most_s
        while time.perf_counter() < until and not hearing.done():
            await one.say(more)
            await asyncio.sleep(0)
        return await hearing


CHUNKED = (
    b"POST /v1/collections HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
    b"transfer-encoding: chunked\r\n\r\n"
)
ENDLESS = {
    "a header value": (START + b"x: ", b"a" * 65_536),
    "a header name": (START, b"a" * 65_536),
    "an address": (b"GET /", b"a" * 65_536),
    "fields": (START, b"a: b\r\n" * 10_000),
    "empty lines": (b"", b"\r\n" * 30_000),
    "a head sent ahead": (START + b"\r\n" + START + b"x: ", b"a" * 65_536),
    "a chunk’s extension": (CHUNKED + b"5;", b"a" * 65_536),
    "trailers": (CHUNKED + b"1\r\n{\r\n0\r\n", b"a: b\r\n" * 10_000),
    "zeros before a chunk": (CHUNKED, b"0" * 65_536),
    "one trailer": (CHUNKED + b"1\r\n{\r\n0\r\na: ", b"a" * 65_536),
}


UNREADABLE = {
    "a method": (b"", b"A" * 65_536),
    "a folded line": (START + b"x: a\r\n", b" a\r\n" * 16_000),
    "another protocol": (START + b"connection: upgrade\r\nupgrade: x\r\n\r\n", b"a" * 65_536),
    "a tunnel": (b"CONNECT 127.0.0.1:80 HTTP/1.1\r\n\r\n", b"a" * 65_536),
}


async def test_b2_what_never_ends_is_refused_and_others_notice_nothing(server, promised):
    """Row B2: 431 or 400 and the end, /healthz within 50 ms meanwhile, memory as it was before."""
    await ask(server.port, HEALTH)
    before = server.resident_bytes
    heard: dict[str, bytes] = {}

    async def attack() -> None:
        for kind, (start, more) in {**ENDLESS, **UNREADABLE}.items():
            heard[kind] = await endless(server, start, more)

    replies = await asked_while(server, attack())

    promised("median ms", round(percentile(replies, 0.5) * 1000, 1), most=HEALTH_MS)
    assert {reply.status for reply in replies} == {200}
    assert {kind for kind in ENDLESS if said(431) not in heard[kind]} == set()
    assert {kind for kind in UNREADABLE if said(400) not in heard[kind]} == set()
    assert server.resident_bytes < before * 1.1


async def test_b2_large_heads_leave_nothing_behind(server, promised):
    """Row B2: 150 MB of Accept-Encoding, 3 MB of tags, 90,000 fields: 431, and memory is back."""
    await ask(server.port, HEALTH)
    before = server.resident_bytes
    heads = {
        "accept-encoding": [
            b"accept-encoding: gzip, %d%s\r\n" % (n, b"a" * MEGABYTE) for n in range(5)
        ],
        "if-none-match": [b"if-none-match: " + b'"a",' * 750_000 + b"\r\n"] * 3,
        "a line": [b"x: " + b"a" * MEGABYTE + b"\r\n"] * 3,
        "fields": [
            b"".join(b"x%d: y\r\n" % n for n in range(count)) for count in (101, 5_000, 90_000)
        ],
        "cookies": [b"cookie: a=b\r\n" * 4_000] * 3,
    }
    answers: dict[str, set[int]] = {kind: set() for kind in heads}

    async def attack() -> None:
        for kind, sent in {**heads, "again": heads["accept-encoding"] * 30}.items():
            for head in sent:
                async with stranger(server) as one:
                    hearing = asyncio.ensure_future(one.hear())
                    await one.say(START + head + b"\r\n")
                    answers.setdefault(kind, set()).add(int((await hearing).split()[1]))

    replies = await asked_while(server, attack())

    promised("median ms", round(percentile(replies, 0.5) * 1000, 1), most=HEALTH_MS)
    promised("p99 ms", round(percentile(replies, 0.99) * 1000, 1), most=OTHERS_MS)
    assert set().union(*answers.values()) == {431}
    assert server.resident_bytes < before * 1.1


async def test_b8_slow_and_silent_clients_are_given_their_time(server, promised):
    """Row B8: 200 slow heads, and bodies: others within 200 ms; ten seconds later all are gone."""
    async with AsyncExitStack() as stack:
        slow = await strangers(server, stack, 200)
        silent = await strangers(server, stack, 50)
        started = time.perf_counter()
        for one in slow:
            await one.say(START)
        told = [asyncio.ensure_future(one.hear(20)) for one in (*slow, *silent)]

        async def drip() -> None:
            while not all(one.done() for one in told):
                for one in slow:
                    await one.say(b"a")
                await asyncio.sleep(0.5)

        replies = await asked_while(server, drip())
        heard = await asyncio.gather(*told)
        took_s = time.perf_counter() - started

    promised("p99 ms", round(percentile(replies, 0.99) * 1000, 1), most=OTHERS_MS)
    assert 9 < took_s < 16
    assert all(text.startswith(said(408)) for text in heard[:200])
    assert set(heard[200:]) == {b""}


DEMO = "/v1/tracks/own_3gEN0CyAJGNnGSqpcGFzAb/analysis"
RESTING = {  # what 200 say, and after how long nobody else notices them
    "nothing": (b"", 0),
    "a head": (START, 0),
    "a body": (CHUNKED + b"1\r\n", 3),
    "questions": (f"GET {DEMO} HTTP/1.1\r\nhost: a\r\n\r\n".encode() * 6, 4),
}


async def test_b8_200_that_rest_leave_room_at_128_descriptors(tmp_path, promised):
    """Row B8: they say nothing, half a head or body, or take no answer: newcomers are answered."""
    async with served(tmp_path, {}, app="web", descriptors=128) as server:
        for kind, (text, after_s) in RESTING.items():
            async with AsyncExitStack() as stack:
                for one in await strangers(server, stack, 200):
                    await one.say(text)
                await asyncio.sleep(after_s)
                paths = (HEALTH, "/readyz", "/", "/v1/sources", DEMO) * 4
                replies = [await ask(server.port, path) for path in paths]
                slowest = round(percentile(replies, 1) * 1000)
                promised(f"slowest ms beside 200 of {kind}", slowest, most=1_000)
                assert {reply.status for reply in replies} == {200}, kind
        assert "Too many open files" not in server.log.read_text(encoding="utf-8")
