"""R-15, R-26, R-31: what one connection may cost, on a server of our protocol in this process.

Times are a hundredth of the real ones; tests/load/test_heads.py tries the real server.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import resource
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

import pytest
from uvicorn import Config, Server

from api.http import protocol
from api.http.protocol import BoundedHttp, ClientLimits

HOST = "127.0.0.1"
QUICK = ClientLimits(
    head_s=0.2, body_s=0.3, taken_s=0.5, silent_s=0.05, linger_s=0.1, tick_s=0.02, connections=8
)
GET = b"GET /%s HTTP/1.1\r\nhost: a\r\n%s\r\n"
POST = b"POST /read HTTP/1.1\r\nhost: a\r\n%s\r\n"
MUCH = 8_000_000


class App:
    """Answers with the path; at /wait when it is let, at /read what was sent, at /much a lot."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.heads: list[list[tuple[bytes, bytes]]] = []
        self.ends: list[str] = []

    async def __call__(self, scope, receive, send) -> None:
        """One request."""
        self.heads.append(scope["headers"])
        body, start = scope["path"].encode(), {"type": "http.response.start", "status": 200}
        if scope["path"] == "/wait":
            await self.go.wait()
        if scope["path"] == "/much":
            body = b"m" * MUCH
        if scope["path"] == "/read":
            body = b""
            while True:
                message = await receive()
                body += message.get("body", b"")
                if not message.get("more_body"):
                    break
            self.ends.append(message["type"])
        size = (b"content-length", b"%d" % len(body))
        await send({**start, "headers": [size]})
        await send({"type": "http.response.body", "body": body})


class Served:
    """A server of this app, and how to reach it."""

    def __init__(self, app: App, server: Server) -> None:
        self.app = app
        self._server = server

    @property
    def port(self) -> int:
        return int(self._server.servers[0].sockets[0].getsockname()[1])

    @property
    def count(self) -> int:
        return len(self._server.server_state.connections)

    @asynccontextmanager
    async def line(self, said: bytes = b"") -> AsyncIterator[Line]:
        """A connection on which this has been said."""
        reader, writer = await asyncio.open_connection(HOST, self.port)
        try:
            writer.write(said)
            yield Line(reader, writer)
        finally:
            writer.transport.abort()

    async def answer(self, said: bytes) -> bytes:
        """Everything that is said to this until the end."""
        async with self.line(said) as line:
            return await line.rest()


class Line:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def say(self, data: bytes) -> None:
        with contextlib.suppress(OSError):
            self.writer.write(data)
            await self.writer.drain()

    async def rest(self) -> bytes:
        """All until the server hangs up."""
        heard = b""
        async with asyncio.timeout(5):
            with contextlib.suppress(OSError):
                while part := await self.reader.read(1 << 16):
                    heard += part
        return heard

    async def one(self) -> bytes:
        """One whole answer with a length."""
        async with asyncio.timeout(5):
            head = await self.reader.readuntil(b"\r\n\r\n")
            size = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            return head + await self.reader.readexactly(size)


@asynccontextmanager
async def served(limits: ClientLimits = QUICK) -> AsyncIterator[Served]:
    """Our protocol with these limits, around the app above."""
    quick = type("Quick", (BoundedHttp,), {"limits": limits})
    app = App()
    config = Config(app, HOST, 0, http=quick, ws="none", lifespan="off", log_config=None)
    server = Server(config)
    running = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  # uvicorn tells in no other way
        await asyncio.sleep(0.005)
    try:
        yield Served(app, server)
    finally:
        app.go.set()
        server.should_exit = server.force_exit = True
        await running


def status(answer: bytes) -> int:
    """The status of an answer; 0 where nothing was said."""
    return int(answer.split()[1]) if answer else 0


def head_of(size: int) -> bytes:
    """A whole head of exactly so many bytes."""
    return GET % (b"x", b"x: %s\r\n" % (b"a" * (size - len(GET % (b"x", b"x: \r\n")))))


@pytest.mark.parametrize("piece", [1 << 20, 1_000, 977, 100])
@pytest.mark.parametrize(("size", "answer"), [(32_768, 200), (32_769, 431), (200_000, 431)])
async def test_a_head_has_exactly_32_kb_however_it_comes(piece, size, answer):
    """The last byte that fits is read, the next is not, whatever the packets are like."""
    async with served() as server, server.line() as line:
        hearing = asyncio.create_task(line.rest() if answer != 200 else line.one())
        head = head_of(size)
        for start in range(0, len(head), piece):
            await line.say(head[start : start + piece])
        assert status(await hearing) == answer


async def test_a_head_has_a_hundred_fields():
    """A hundred and first is refused, be they as small as can be."""
    async with served() as server:
        fields = [b"a:%d\r\n" % number for number in range(101)]
        async with server.line(GET % (b"x", b"".join(fields[:99]))) as line:
            assert status(await line.one()) == 200
        refused = await server.answer(GET % (b"x", b"".join(fields)))
    assert status(refused) == 431
    assert b"connection: close" in refused
    assert b"content-type: text/plain" in refused


async def test_a_body_behind_a_large_head_is_no_part_of_it():
    """What follows the head in the same packet counts as body, whole or in chunks."""
    body = b"b" * 100_000
    whole = POST % (b"x: %s\r\ncontent-length: 100000\r\n" % (b"a" * 32_500)) + body
    chunks = POST % b"transfer-encoding: chunked\r\n" + b"1\r\nb\r\n" * 30_000 + b"0\r\n\r\n"
    async with served() as server:
        for request, size in ((whole, 100_000), (chunks, 30_000)):
            async with server.line() as line:
                await line.say(request)
                assert len((await line.one()).split(b"\r\n\r\n", 1)[1]) == size


async def test_requests_sent_ahead_are_answered_in_their_order():
    """A thousand in one packet: each has its answer, and few wait as objects at any time."""
    async with served() as server, server.line() as line:
        await line.say(b"".join(GET % (b"%d" % number, b"") for number in range(1_000)))
        for number in range(1_000):
            assert (await line.one()).endswith(b"\r\n\r\n/%d" % number)


async def test_what_came_whole_is_answered_before_a_refusal():
    """Behind a request at work a head without end is refused once that one is answered."""
    async with served() as server, server.line(GET % (b"wait", b"")) as line:
        await line.say(GET % (b"second", b"x: " + b"a" * 40_000))
        await asyncio.sleep(0.1)
        server.app.go.set()
        heard = await line.rest()
    assert heard.count(b"HTTP/1.1 ") == 2
    assert b"/wait" in heard.split(b"HTTP/1.1 431")[0]


async def test_trailers_are_no_part_of_the_question():
    """Fields after the body are thrown away: nobody checks them as those of a head."""
    trailed = b"1\r\nb\r\n0\r\nx-forwarded-for: 1.2.3.4\r\n\r\n"
    async with served() as server:
        async with server.line(POST % b"transfer-encoding: chunked\r\n" + trailed) as line:
            assert status(await line.one()) == 200
        assert [name for name, _ in server.app.heads[0]] == [b"host", b"transfer-encoding"]


@asynccontextmanager
async def dripping(line: Line, data: bytes) -> AsyncIterator[None]:
    """Meanwhile one byte is sent after the other."""

    async def drip() -> None:
        for byte in data:
            await line.say(bytes([byte]))
            await asyncio.sleep(0.02)

    task = asyncio.create_task(drip())
    yield
    task.cancel()


async def test_b8_a_head_has_its_time():
    """Row B8: what drips is refused in words, what says nothing is hung up on."""
    async with served() as server, server.line() as slow, server.line() as silent:
        async with dripping(slow, GET[:30] * 5):
            assert status(await slow.rest()) == 408
            assert await silent.rest() == b""
        assert server.app.heads == []


async def test_b8_empty_lines_do_not_make_a_head_longer_in_coming():
    """Row B8: a line ending now and then keeps neither a new connection nor a used one."""
    async with served() as server, server.line() as new, server.line(GET % (b"x", b"")) as used:
        await used.one()
        async with dripping(new, b"\r\n" * 50), dripping(used, b"\r\n" * 50):
            assert status(await new.rest()) == 408
            assert status(await used.rest()) == 408


async def test_b8_a_body_has_a_least_rate():
    """Row B8: one that drips is refused, and whoever reads it is told that it ended."""
    async with served() as server, server.line(POST % b"content-length: 100000\r\n") as line:
        async with dripping(line, b"b" * 40):
            assert status(await line.rest()) == 408
        assert server.app.ends == ["http.disconnect"]


async def test_b8_a_body_at_that_rate_arrives():
    """Row B8: a slow line is no attack: just above the rate, for several times the window."""
    limits = replace(QUICK, body_bytes=10_000)
    async with served(limits) as server, server.line(POST % b"content-length: 60000\r\n") as line:
        for _ in range(60):
            await line.say(b"b" * 1_000)
            await asyncio.sleep(0.02)
        assert status(await line.one()) == 200


async def test_b8_nobody_waits_for_a_body_that_was_not_asked_for():
    """Row B8: `Expect: 100-continue` may wait for us as long as we are not ready to read."""
    said = b"POST /wait HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 5\r\n\r\n"
    async with served() as server, server.line(said) as line:
        await asyncio.sleep(QUICK.body_s * 2)
        server.app.go.set()
        assert status(await line.one()) == 200


async def test_b8_a_body_after_its_answer_has_an_end():
    """Row B8: what is sent on and on after the answer is thrown away for a while only."""
    said = b"POST /x HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n"
    async with served() as server, server.line(said) as line:
        assert status(await line.one()) == 200
        async with asyncio.timeout(3):
            while not line.reader.at_eof() and line.reader.exception() is None:
                await line.say(b"4000\r\n" + b"b" * 0x4000 + b"\r\n")
                await asyncio.sleep(0.01)


async def test_b8_an_answer_that_nobody_takes_is_given_up():
    """Row B8: after a time without a byte taken the connection and its memory are gone."""
    async with served() as server, server.line(GET % (b"much", b"")):
        await asyncio.sleep(0.2)
        assert server.count == 1
        await asyncio.sleep(QUICK.taken_s)
        assert server.count == 0


async def test_b8_an_answer_that_is_taken_slowly_arrives():
    """Row B8: whoever reads a little now and then gets all of it."""
    async with served() as server, server.line(GET % (b"much", b"")) as line:
        heard = 0
        for _ in range(20):
            heard += len(await line.reader.read(1 << 16))
            await asyncio.sleep(QUICK.taken_s / 10)
        assert heard + len(await line.rest()) > MUCH


async def test_b8_idle_connections_are_closed_first():
    """Row B8: of many idle ones the longest idle goes; whoever comes is answered."""
    async with served(replace(QUICK, head_s=10)) as server, AsyncExitStack() as stack:
        idle = [await stack.enter_async_context(server.line()) for _ in range(30)]
        async with server.line(GET % (b"x", b"")) as line:
            assert status(await line.one()) == 200
        await asyncio.sleep(0.05)
        assert server.count <= QUICK.connections
        assert [await line.rest() for line in idle[:22]] == [b""] * 22


async def test_b8_those_who_do_not_take_and_do_not_send_are_next():
    """Row B8: where all places are taken, resting bodies and answers make room."""
    long = replace(QUICK, head_s=10, body_s=10, taken_s=10)
    async with served(long) as server, AsyncExitStack() as stack:
        for said in (GET % (b"much", b""), POST % b"content-length: 9\r\n"):
            for _ in range(4):
                await stack.enter_async_context(server.line(said))
        await asyncio.sleep(0.3)
        for _ in range(20):
            async with server.line(GET % (b"x", b"")) as line:
                assert status(await line.one()) == 200


async def test_b8_with_everything_at_work_the_others_are_told_busy():
    """Row B8: 503 `busy` with Retry-After, and plain text where there is no place at all."""
    async with served() as server, AsyncExitStack() as stack:
        at_work = [
            await stack.enter_async_context(server.line(GET % (b"wait", b""))) for _ in range(6)
        ]
        await asyncio.sleep(0.05)
        answer = await server.answer(GET % (b"asked", b""))
        head, body = answer.split(b"\r\n\r\n", 1)
        assert status(answer) == 503
        assert b"retry-after: 1" in head
        assert b"application/problem+json" in head
        told = json.loads(body)
        assert (told["type"], told["instance"]) == ("/problems/busy", "/asked")
        server.app.go.set()
        assert [status(await line.one()) for line in at_work] == [200] * 6


async def test_b8_where_every_place_is_at_work_the_next_is_refused_at_once():
    """Row B8: in plain text, with Retry-After, and without a place being taken."""
    one = replace(QUICK, connections=1)
    async with served(one) as server, server.line(GET % (b"wait", b"")):
        await asyncio.sleep(0.05)
        refused = await server.answer(b"")
    assert status(refused) == 503
    assert b"retry-after: 1" in refused


async def test_b8_one_address_has_its_share(monkeypatch):
    """Row B8: beyond it, its own idle ones go, whatever room there is for others."""
    monkeypatch.setattr(protocol, "_counted_as", lambda host, _trusted: host)
    async with served(replace(QUICK, head_s=10)) as server, AsyncExitStack() as stack:
        for _ in range(6):
            await stack.enter_async_context(server.line())
        await asyncio.sleep(0.1)
        assert server.count == QUICK.connections * QUICK.share


@pytest.mark.parametrize(
    ("host", "counted"),
    [
        ("127.0.0.1", None),  # every caller of a proxy or a tunnel on this machine
        ("127.8.9.1", None),
        ("::1", None),
        ("::ffff:127.0.0.1", None),
        ("10.0.0.7", None),  # the proxy that FORWARDED_ALLOW_IPS names
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),  # a house may take any address of these
        ("fe80::1%eth0", "fe80::/64"),
        ("/run/earprint.sock", None),
    ],
)
def test_b8_whose_connections_are_counted_together(host, counted):
    """Row B8: an address, or the network of a house; never what stands for many people."""
    assert protocol._counted_as(host, {"10.0.0.7"}) == counted


@pytest.mark.parametrize(
    ("soft", "most"), [(128, 64), (1_024, 512), (1 << 20, 1_000), (-1, 1_000), (1, 1)]
)
def test_b8_connections_are_half_of_the_descriptors(monkeypatch, soft, most):
    """Row B8: the other half is for files, databases and sources."""
    monkeypatch.setattr(resource, "getrlimit", lambda _kind: (soft, -1))
    assert ClientLimits().here().connections == most
