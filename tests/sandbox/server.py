"""A small HTTP/1.1 server: h11 reads, plain sockets write, so that faults can break the wire."""

import asyncio
import gzip
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from typing import Self
from urllib.parse import parse_qsl, unquote, urlsplit

import h11

from tests.sandbox.answers import JSON_TYPE, Answer, Request

HOST = "127.0.0.1"  # never anything else
READ_BYTES = 65_536
SMALLEST_GZIP = 256


@dataclass(frozen=True, slots=True)
class Channel:
    """Both ends of one connection, for answers that write themselves."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, data: bytes) -> None:
        """Write and wait until the socket has taken it."""
        self.writer.write(data)
        await self.writer.drain()

    def reset(self) -> None:
        """End the connection with RST instead of FIN."""
        raw: socket.socket = self.writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


class Server:
    """Listens on loopback and gives every request to one function."""

    def __init__(self, handle: Callable[[Request], Awaitable[Answer]], *, port: int = 0):
        self.port = port
        self._handle = handle
        self._listening: socket.socket | None = None
        self._accepting: set[asyncio.Task[None]] = set()
        self._connections: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._stopped = True

    async def start(self) -> None:
        """Bind (the first time to a free port if asked for 0) and accept."""
        self._stopped = False
        self.reopen()
        await asyncio.sleep(0)

    def reopen(self) -> None:
        """Listen at once, accept from the loop's next steps on; nothing once stopped."""
        if self._listening is None and not self._stopped:
            self._listening = _bound(self.port)
            self.port = self._listening.getsockname()[1]
            accepting = asyncio.get_running_loop().create_task(self._accept(self._listening))
            self._accepting.add(accepting)
            accepting.add_done_callback(self._accepting.discard)

    def shut(self) -> None:
        """Stop listening and cut every connection: callers are refused from now on."""
        if self._listening is not None:
            asyncio.get_running_loop().remove_reader(self._listening)
            self._listening.close()
            self._listening = None
        for accepting in self._accepting:
            accepting.cancel()
        for connection, writer in self._connections.items():
            connection.cancel()
            with suppress(OSError):  # the other side may have left already
                writer.get_extra_info("socket").shutdown(socket.SHUT_RDWR)

    async def stop(self) -> None:
        """Shut for good, and wait until nothing of ours is left on the loop."""
        self._stopped = True
        self.shut()
        await asyncio.gather(*self._accepting, *self._connections, return_exceptions=True)

    async def _accept(self, listening: socket.socket) -> None:
        """Take connections until we are told to shut."""
        while True:
            accepted, _address = await asyncio.get_running_loop().sock_accept(listening)
            reader, writer = await asyncio.open_connection(sock=accepted, limit=READ_BYTES)
            connected = asyncio.create_task(self._connected(Channel(reader, writer)))
            self._connections[connected] = writer
            connected.add_done_callback(self._connections.pop)

    async def _connected(self, channel: Channel) -> None:
        try:
            await self._converse(channel)
        except (ConnectionError, h11.ProtocolError):
            pass  # the other side left, or spoke no HTTP
        finally:
            channel.writer.transport.abort()

    async def _converse(self, channel: Channel) -> None:
        """Answer one request after the other while the connection lives."""
        connection = h11.Connection(h11.SERVER)
        async for request in _requests(connection, channel):
            answer = ready(request, await self._handle(request))
            if answer.wire is not None:
                await answer.wire(channel, answer)
                return
            await channel.send(_written(connection, request, answer))
            if connection.our_state is h11.MUST_CLOSE:
                return
            connection.start_next_cycle()


class OnLoopback:
    """Somebody who answers in a service's place for as long as the context lasts."""

    def __init__(self, handle: Callable[[Request], Awaitable[Answer]], *, port: int = 0):
        self._server = Server(handle, port=port)

    async def __aenter__(self) -> Self:
        await self._server.start()
        return self

    async def __aexit__(self, *_exception: object) -> None:
        await self._server.stop()

    @property
    def port(self) -> int:
        """The loopback port; the same for the whole life of it."""
        return self._server.port

    @property
    def accounts_url(self) -> str:
        """Base of the sign-in, and of everything else."""
        return f"http://{HOST}:{self.port}"

    @property
    def api_url(self) -> str:
        """Base of the Web API, with /v1."""
        return f"{self.accounts_url}/v1"


def _bound(port: int) -> socket.socket:
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.settimeout(0)
    bound.bind((HOST, port))
    bound.listen(1024)
    return bound


def ready(request: Request, answer: Answer) -> Answer:
    """Finish an answer for sending: gzip when asked for, length, date."""
    if answer.status == HTTPStatus.NOT_MODIFIED:
        return answer.but(date=answer.headers.get("date", formatdate(usegmt=True)))
    if _wants_gzip(request, answer):
        packed = _gzipped(answer.body)
        answer = replace(answer.but(content_encoding="gzip", vary="Accept-Encoding"), body=packed)
    return replace(
        answer,
        headers={"date": formatdate(usegmt=True), "content-length": str(len(answer.body))}
        | answer.headers,
    )


def _wants_gzip(request: Request, answer: Answer) -> bool:
    return (
        "gzip" in request.headers.get("accept-encoding", "")
        and len(answer.body) >= SMALLEST_GZIP
        and answer.headers.get("content-type") == JSON_TYPE
    )


@lru_cache(maxsize=128)
def _gzipped(body: bytes) -> bytes:
    return gzip.compress(body, compresslevel=1, mtime=0)


def _written(connection: h11.Connection, request: Request, answer: Answer) -> bytes:
    head = h11.Response(status_code=answer.status, headers=list(answer.headers.items()))
    parts = [connection.send(head)]
    if answer.body and request.method != "HEAD":
        parts.append(connection.send(h11.Data(data=answer.body)))
    parts.append(connection.send(h11.EndOfMessage()))
    return b"".join(part for part in parts if part)


async def _requests(connection: h11.Connection, channel: Channel) -> AsyncIterator[Request]:
    """Read requests until the other side closes."""
    head: h11.Request | None = None
    body = b""
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            connection.receive_data(await channel.reader.read(READ_BYTES))
        elif isinstance(event, h11.Request):
            head, body = event, b""
        elif isinstance(event, h11.Data):
            body += bytes(event.data)
        elif isinstance(event, h11.EndOfMessage) and head is not None:
            yield _request(head, body)
        else:
            return


def _request(head: h11.Request, body: bytes) -> Request:
    target = urlsplit(head.target.decode("ascii"))
    pairs = tuple(parse_qsl(target.query, keep_blank_values=True))
    return Request(
        method=head.method.decode("ascii"),
        path=unquote(target.path),
        query=dict(pairs),
        headers={name.decode("ascii"): value.decode("latin-1") for name, value in head.headers},
        body=body,
        pairs=pairs,
    )
