"""Bound what a connection may cost before there is a request: uvicorn itself bounds none of it.

uvicorn’s own protocol, with a measure on everything that a client may owe: a head has 32 KB and ten
seconds, a body a least rate, an answer somebody who takes it. Connections have a bound too, made of
the descriptors that this process may open; whoever has owed longest goes first, and what remains
are requests at work: then a newcomer is told `busy`. `python -m web` serves with it, and so does
`uvicorn web.app:app --http api.http.protocol:BoundedHttp`.
"""

from __future__ import annotations

import asyncio
import resource
import secrets
import socket
from collections import Counter
from collections.abc import Container
from contextlib import suppress
from dataclasses import dataclass, replace
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any, ClassVar

from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.server import ServerState

from api.problems.errors import Refused

PIECE_BYTES = 4 << 10  # what the parser gets at a time: so exactly are pipelined heads counted
UNSENT_BYTES = 128 << 10
RETRY_S = 1
CONNECTIONS = "earprint.connections"


@dataclass(frozen=True, slots=True)
class ClientLimits:
    """What a client may send, and how long it may take about it."""

    head_bytes: int = 32 << 10
    fields: int = 100  # 32 KB of `a:` would be 8,000 of them, in a hundred times the memory
    head_s: float = 10.0
    body_bytes: int = 20_000  # at least, within `body_s`: 1 KB a second is a bad telephone line
    body_s: float = 20.0
    taken_s: float = 60.0  # within which something of an answer is taken; a paused player asks anew
    silent_s: float = 2.0  # where places are wanted: how long a body or an answer may rest
    linger_s: float = 2.0  # what still comes is thrown away: unread, it would cost the refusal
    tick_s: float = 1.0
    connections: int = 1_000
    share: float = 0.25  # of them, for one address

    def here(self) -> ClientLimits:
        """With half of the descriptors of this process: the rest is for files and sources."""
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        unlimited = soft == resource.RLIM_INFINITY
        most = self.connections if unlimited else min(soft // 2, self.connections)
        return replace(self, connections=max(most, 1))


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is said to a client for which there is no request yet: plain text, then the end."""

    status: int
    text: str


UNREADABLE = Refusal(400, "This is no HTTP request that can be read here.")
TOO_LARGE = Refusal(431, "This request has too much in its head: more than 32 KB, or 100 fields.")
HEAD_LATE = Refusal(408, "The head of this request did not come in time.")
BODY_SLOW = Refusal(408, "The body of this request came too slowly.")
FULL = Refusal(503, "Too many connections are open here. Try again in a few seconds.")
BUSY = Refused(
    "busy",
    "This server is answering as many requests as it can.",
    hint="Nothing was changed. Try again in a few seconds.",
    retry_after=RETRY_S,
)


class Connections:
    """All that are open at a server: who may come, and who has to go for it."""

    def __init__(self, limits: ClientLimits, loop: asyncio.AbstractEventLoop) -> None:
        self._limits = limits
        self._loop = loop
        self._open: set[BoundedHttp] = set()
        self._of: Counter[str] = Counter()
        self._ticking: asyncio.TimerHandle | None = None

    def admit(self, new: BoundedHttp) -> bool:
        """Whether there is a place, be it that another connection is closed for it."""
        address, most = new.address, self._limits.connections
        if address is not None and self._of[address] >= max(int(most * self._limits.share), 1):
            neighbours = {one for one in self._open if one.address == address}
            admitted = self._has_room_without_one(neighbours)
        else:
            admitted = len(self._open) < most or self._has_room_without_one(self._open)
        if admitted:
            self._open.add(new)
            if address is not None:
                self._of[address] += 1
            if self._ticking is None:
                self._ticking = self._loop.call_later(self._limits.tick_s, self._tick)
        return admitted

    def may_work(self, at_work: int) -> bool:
        """Whether one more request may be worked on; some places stay for who is told `busy`."""
        if at_work < max(self._limits.connections * 3 // 4, 1):
            return True
        return self._has_room_without_one({one for one in self._open if one.is_at_work})

    def leave(self, gone: BoundedHttp) -> None:
        """Its place is free."""
        if gone in self._open:
            self._open.remove(gone)
            if gone.address is not None:
                self._of[gone.address] -= 1
                if not self._of[gone.address]:
                    del self._of[gone.address]

    def _has_room_without_one(self, crowd: set[BoundedHttp]) -> bool:
        now = self._loop.time()
        owing = ((one.owing_s(now), one) for one in crowd)
        longest = max(owing, key=lambda pair: pair[0], default=None)
        if longest is None or longest[0] < 0:
            return False
        longest[1].end()
        self.leave(longest[1])
        return True

    def _tick(self) -> None:
        now = self._loop.time()
        for one in list(self._open):
            one.hold_to_time(now)
        self._ticking = (
            self._loop.call_later(self._limits.tick_s, self._tick) if self._open else None
        )


class BoundedHttp(HttpToolsProtocol):
    """One connection, and what its client owes: a head, the rest of a body, taking an answer."""

    limits: ClassVar[ClientLimits] = ClientLimits()

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        if CONNECTIONS not in app_state:  # one for all connections of a server
            app_state[CONNECTIONS] = Connections(self.limits.here(), self.loop)
        self._others: Connections = app_state[CONNECTIONS]
        self.address: str | None = None
        self._since = self.loop.time()
        self._unfinished = 0  # bytes of the head, the trailers or a chunk’s size that is being read
        self._in_head = self._in_body = False
        self._asked = 0  # requests that have no whole answer yet
        self._body_since = self._body_at = self._since  # its rate’s window, and its last byte
        self._body_bytes = 0
        self._untaken = 0
        self._taken_at = self._since
        self._held = b""  # requests sent ahead, not parsed yet
        self._deaf_since: float | None = None
        self._refusal = UNREADABLE

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Come in, if there is a place."""
        super().connection_made(transport)
        trusted = getattr(self.config.loaded_app, "trusted_hosts", ())
        self.address = _counted_as(self.client[0], trusted) if self.client else None
        _keep_little_unsent(transport)
        if not self._others.admit(self):
            self._deaf_since = self.loop.time()
            self._say(FULL)
            transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Go, and leave the place."""
        self._others.leave(self)
        self._deaf_since, self._held = 0.0, b""
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Let the parser have it in small pieces, and no further request while one waits."""
        rest = memoryview(self._held + data if self._held else data)
        while rest and self._deaf_since is None and not self.pipeline:
            piece = rest[: min(PIECE_BYTES, self.limits.head_bytes - self._unfinished)]
            if not piece:
                self._refuse(TOO_LARGE)
                return
            if not self._unfinished and not self._in_body:
                self._since = self.loop.time()
            self._unfinished += len(piece)
            rest = rest[len(piece) :]
            super().data_received(piece)  # type: ignore[arg-type]  # the parser reads any buffer
            if self.transport.is_closing():
                self._deaf_since = self.loop.time()
        self._held = b""
        if rest and self._deaf_since is None:
            self._held = bytes(rest)
            self.flow.pause_reading()

    def on_message_begin(self) -> None:
        """A head begins."""
        super().on_message_begin()
        self._in_head = True

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a field of the head; those of a trailer were never part of the question."""
        if not self._in_head:
            return
        if len(self.headers) >= self.limits.fields:
            self._refusal = TOO_LARGE
            raise ValueError(TOO_LARGE.text)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Begin to answer, or say that there is too much to answer."""
        self._unfinished, self._in_head = 0, False
        may_work = self._others.may_work(len(self.tasks))
        self.app = self.config.loaded_app if may_work else _say_busy
        super().on_headers_complete()
        self._asked, self._in_body = self._asked + 1, True
        self._body_since = self._body_at = self.loop.time()
        self._body_bytes = 0

    def on_body(self, body: bytes) -> None:
        """Count it, and hand it on."""
        self._unfinished = 0
        self._body_bytes += len(body)
        self._body_at = self.loop.time()
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is here; the next may follow."""
        self._unfinished, self._in_body = 0, False
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """The client’s turn again, unless it has sent more already."""
        self._since = self.loop.time()
        self._asked -= 1
        super().on_response_complete()
        if self.transport.is_closing():
            return
        if self._deaf_since is not None:
            self._part()
        elif self._held:
            self.data_received(b"")

    def resume_writing(self) -> None:
        """The client has taken much of an answer."""
        self._taken_at = self.loop.time()
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  # uvicorn’s words
        """What cannot be parsed is refused like everything else."""
        self._refuse(self._refusal)

    def owing_s(self, now: float) -> float:
        """For how long its client has owed something; below 0 while we owe, or nearly so."""
        if self._is_leaving:
            return now
        if self._is_taking(now):
            rests_s = now - self._taken_at
        elif self._in_body and self._is_sending:
            rests_s = now - self._body_at
        else:
            return -1 if self._asked else now - self._since
        return rests_s if rests_s > self.limits.silent_s else -1

    def hold_to_time(self, now: float) -> None:
        """Once a second: what is owed for too long ends the connection."""
        rests = self._is_taking(now) and now - self._taken_at > self.limits.taken_s
        lingers = self._is_leaving and now - (self._deaf_since or 0) > self.limits.linger_s
        if rests or lingers:
            self.transport.abort()
        elif self._untaken or self._deaf_since is not None or self.transport.is_closing():
            return
        elif self._in_body:
            self._hold_to_rate(now)
        elif not self._asked and now - self._since > self.limits.head_s:
            if self._unfinished:
                self._refuse(HEAD_LATE)
            else:
                self.end()

    def _hold_to_rate(self, now: float) -> None:
        """Of a body: what is thrown away after its answer has an end, too."""
        if not self._asked and now - self._since > self.limits.taken_s:
            self.end()
            return
        if self._is_sending and now - self._body_since <= self.limits.body_s:
            return
        slow = self._is_sending and self._body_bytes < self.limits.body_bytes
        self._body_since, self._body_bytes = now, 0
        if slow:
            self._refuse(BODY_SLOW)

    def end(self) -> None:
        """Hang up, whatever is on its way."""
        if self.transport.get_write_buffer_size():
            self.transport.abort()
        else:
            self.transport.close()

    def _is_taking(self, now: float) -> bool:
        """Whether part of an answer waits here; notes when some of it was last taken."""
        left = self.transport.get_write_buffer_size()
        if left < self._untaken or not self._untaken:
            self._taken_at = now
        self._untaken = left
        return left > 0

    @property
    def is_at_work(self) -> bool:
        """Whether a request has no whole answer yet."""
        return self._asked > 0

    @property
    def _is_sending(self) -> bool:
        """Whether more of a body is for the client to send, not for us to read or to ask for."""
        return not (self.flow.read_paused or self.cycle.waiting_for_100_continue)

    @property
    def _is_leaving(self) -> bool:
        """Whether the last word has been said."""
        return self._deaf_since is not None and not self._asked

    def _refuse(self, refusal: Refusal) -> None:
        """Read no more; what came whole is answered, then it is said why."""
        self._deaf_since, self._held = self.loop.time(), b""
        self._refusal = refusal
        self.flow.resume_reading()
        if self.pipeline:  # its last is what has not come whole
            self.pipeline.clear()
            self._asked = 1
        elif self._in_body:
            self._asked = 0
            self.cycle.disconnected = True
            self.cycle.message_event.set()
            if self.cycle.response_started:
                self.transport.close()
                return
        self._in_body = False
        if not self._asked:
            self._part()

    def _part(self) -> None:
        self._say(self._refusal)
        if self.transport.can_write_eof():
            self.transport.write_eof()
        else:
            self.transport.close()

    def _say(self, refusal: Refusal) -> None:
        text = f"{refusal.text}\n".encode()
        fields = [
            *self.server_state.default_headers,
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"content-length", b"%d" % len(text)),
            (b"x-content-type-options", b"nosniff"),
            (b"cache-control", b"no-store"),
            (b"connection", b"close"),
        ]
        if refusal is FULL:
            fields.append((b"retry-after", b"%d" % RETRY_S))
        head = b"".join(b"%s: %s\r\n" % field for field in fields)
        self.transport.write(b"%s%s\r\n%s" % (STATUS_LINE[refusal.status], head, text))


def _keep_little_unsent(transport: asyncio.Transport) -> None:
    """Else the kernel holds megabytes for who does not take them, and shows no small step."""
    held = transport.get_extra_info("socket")
    with suppress(OSError, AttributeError):  # no TCP, or a system without it
        held.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES)


def _counted_as(host: str, trusted: Container[str]) -> str | None:
    """The address whose connections are counted; None where many people may be behind it.

    Behind loopback and a trusted proxy are all callers there are. Of IPv6, a house has a /64.
    """
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        address = address.ipv4_mapped or address
    if address.is_loopback or host in trusted:
        return None
    if isinstance(address, IPv6Address):
        return str(ip_network((address, 64), strict=False))
    return str(address)


async def _say_busy(scope: Scope, receive: Receive, send: Send) -> None:
    """503 `busy`, for one who has a place but whose request has none."""
    document = BUSY.problem(instance=scope["path"], request_id=secrets.token_hex(4))
    answer = Response(
        document.model_dump_json(),
        BUSY.status,
        {
            "Retry-After": str(BUSY.retry_after),
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            "X-Request-ID": document.request_id,
            "Connection": "close",
        },
        "application/problem+json",
    )
    await answer(scope, receive, send)
