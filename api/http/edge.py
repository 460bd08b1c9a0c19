"""Answer a cached public GET from stored bytes before any routing. Knows HTTP, not music.

A route that answers from the cache names its entry's key in its answer, and the edge learns that
this is what lies behind a path and query; from then on it answers alone, as long as the entry is in
memory and may be served. What it cannot answer goes on inside, with a request id, and comes out
with the headers that every answer has.
"""

from __future__ import annotations

import asyncio
import itertools
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.cache.entry import Entry, Key, Verdict, judge
from api.cache.tiers import Tiers
from api.caller import ANYBODY, Caller, asked_by, caller
from api.clock import Clock
from api.http.scope import ASKED_METHOD, CACHE_KEY, REQUEST_ID
from api.http.stored_answer import (
    COMMON,
    Asker,
    Headers,
    body_in,
    headers_for,
    is_private,
    not_modified,
)
from api.system.hosts import IN_PROCESS, OwnHosts

Admit = Callable[[Scope], Caller | ASGIApp]
"""Who a request comes from, or the answer that it gets instead: it is too many, or no key fits."""

API = "/v1/"
ALLOWED_ORIGIN = b"access-control-allow-origin"
FEWEST_ALIASES = 1_000  # however few entries there are
LONGEST_ADDRESS = 400  # one that is learned is kept; one of 60,000 zeros is not worth it
REFRESH_EVERY_S = 1.0
_KEPT_ID = re.compile(rb"[A-Za-z0-9._:-]{1,64}\Z")
_PREFLIGHT: Headers = [
    (b"access-control-allow-methods", b"GET, HEAD"),
    (b"access-control-allow-headers", b"If-None-Match, X-Request-ID"),
    (b"access-control-max-age", b"86400"),
    *COMMON,
]
_PLAIN: Headers = [(b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"same-origin")]


Address = tuple[str, bytes]
"""A path and its query: what is learned of it is the same for whoever asks."""


@dataclass(slots=True)
class _Alias:
    """The entry behind an address, and the headers of its answers within one second."""

    key: Key
    stored_at: float = 0.0
    second: int = 0
    heads: dict[str, Headers] = field(default_factory=dict)
    refreshed: float = 0.0


def anybody(_scope: Scope) -> Caller:
    """Everybody is let in, and all are alike."""
    return ANYBODY


class Edge:
    """The outermost layer of the product; `admit` is asked before anything is looked up."""

    _inner: ASGIApp
    _lifespan: ASGIApp

    def __init__(
        self, tiers: Tiers, clock: Clock, *, hosts: OwnHosts, admit: Admit = anybody
    ) -> None:
        self._hosts = hosts
        self._admit = admit
        self._tiers = tiers
        self._memory = tiers.memory
        self._clock = clock
        self._aliases: dict[Address, _Alias] = {}
        self._refreshes: set[asyncio.Task[None]] = set()
        self._run = secrets.token_hex(4)
        self._count = itertools.count(1)

    def around(self, inner: ASGIApp, *, lifespan: ASGIApp | None = None) -> Edge:
        """This edge, with what answers where it cannot, and what starts and stops the product."""
        self._inner = inner
        self._lifespan = lifespan or inner
        return self

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from memory where that may be; else hand the request on."""
        if scope["type"] != "http":
            await self._lifespan(scope, receive, send)
            return
        if scope["path"].endswith("/") and scope["path"] != "/":
            scope = _without_slash(scope)
        who = caller() if IN_PROCESS in scope else self._admit(scope)
        if callable(who):
            await self._inside(scope, receive, send, answer=who)
            return
        if not await self._answered_at_once(scope, send, who):
            with asked_by(who):
                await self._inside(scope, receive, send)

    async def close(self) -> None:
        """Let refreshes in the background end."""
        await asyncio.gather(*self._refreshes, return_exceptions=True)

    async def _answered_at_once(self, scope: Scope, send: Send, who: Caller) -> bool:
        """Whether it could be answered without any routing."""
        if not self._hosts.are_asked(scope):
            return False
        if scope["method"] in {"GET", "HEAD"}:
            alias = self._aliases.get(_address(scope))
            return alias is not None and await self._answered(alias, scope, send, who=who)
        if scope["path"].startswith(API) and _is_preflight(scope):
            headers = [*_PREFLIGHT, (b"x-request-id", self._request_id(scope))]
            await _send(send, 204, _readable_by(headers, private=is_private(scope)))
            return True
        return False

    async def _answered(self, alias: _Alias, scope: Scope, send: Send, *, who: Caller) -> bool:
        """Whether the entry could be served; a stale one is refreshed behind."""
        started = perf_counter()
        entry = self._memory.get(alias.key)
        if entry is None or entry.refusal is not None:
            return False
        now = self._clock()
        verdict = judge(entry, now=now)
        if verdict is not Verdict.FRESH:
            if verdict is not Verdict.REVALIDATE or self._tiers.is_failing(alias.key):
                return False
            with asked_by(who):
                self._refresh_behind(alias, scope, now)
        asker = Asker.of(scope["headers"])
        body, encoding = body_in(entry, asker.encoding)
        if body is None:
            return False
        self._tiers.tally.hits += 1
        head = self._head(alias, entry, encoding, now=now)
        own = self._own_headers(scope, started)
        if asker.if_none_match is not None and not_modified(entry, asker.if_none_match):
            await _send(send, 304, [*head, *own])
            return True
        own.append((b"content-length", b"%d" % len(body)))
        await _send(send, 200, [*head, *own], body=b"" if scope["method"] == "HEAD" else body)
        return True

    def _head(self, alias: _Alias, entry: Entry, encoding: str, *, now: float) -> Headers:
        second = int(now)
        if alias.second != second or alias.stored_at != entry.stored_at:
            alias.second, alias.stored_at = second, entry.stored_at
            alias.heads.clear()
        head = alias.heads.get(encoding)
        if head is None:
            status = f"earprint; hit; ttl={int(entry.ages.fresh_until - now)}"
            head = [
                *headers_for(entry, encoding, now=now),
                (b"cache-status", status.encode()),
            ]
            alias.heads[encoding] = head
        return head

    def _own_headers(self, scope: Scope, started: float) -> Headers:
        spent_ms = (perf_counter() - started) * 1000
        timing = b"cache;dur=%.2f, upstream;dur=0, encode;dur=0" % spent_ms
        return [(b"server-timing", timing), (b"x-request-id", self._request_id(scope))]

    def _request_id(self, scope: Scope) -> bytes:
        """The client's own id if it is fit for a log line, else a new one."""
        for name, value in scope["headers"]:
            if name == b"x-request-id" and _KEPT_ID.match(value):
                return bytes(value)
        return b"%s-%x" % (self._run.encode(), next(self._count))

    async def _inside(
        self, scope: Scope, receive: Receive, send: Send, *, answer: ASGIApp | None = None
    ) -> None:
        """Route the request; learn from its answer and give it the headers every answer has."""
        request_id = self._request_id(scope)
        method = scope["method"]
        address = _address(scope)
        added = [
            *(COMMON if scope["path"].startswith(API) else _PLAIN),
            (b"x-request-id", request_id),
        ]
        private = is_private(scope)
        inner = {
            **scope,
            "method": "GET" if method == "HEAD" else method,
            REQUEST_ID: request_id.decode(),
            ASKED_METHOD: method,
        }

        async def finish(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = dict(message)
                if (key := message.pop(CACHE_KEY, None)) is not None and method in {"GET", "HEAD"}:
                    self._learn(address, key)
                headers = _completed(message["headers"], added)
                for_nobody = message["status"] == HTTPStatus.MISDIRECTED_REQUEST
                message["headers"] = _readable_by(headers, private=private or for_nobody)
            elif method == "HEAD":
                message = {**message, "body": b""}
            await send(message)

        await (answer or self._inner)(inner, receive, finish)

    def _learn(self, address: Address, key: Key) -> None:
        known = self._aliases.get(address)
        if sum(map(len, address)) > LONGEST_ADDRESS or (known is not None and known.key == key):
            return
        most = max(len(self._memory), FEWEST_ALIASES)  # more addresses than entries lead nowhere
        while len(self._aliases) >= most:
            del self._aliases[next(iter(self._aliases))]
        self._aliases[address] = _Alias(key)

    def _refresh_behind(self, alias: _Alias, scope: Scope, now: float) -> None:
        """Ask the inside the same question, for its effect on the cache; once a second at most."""
        if 0 <= now - alias.refreshed < REFRESH_EVERY_S:  # below 0: the clock was set back
            return
        alias.refreshed = now
        quiet = {**scope, "method": "GET", "headers": [], IN_PROCESS: True}
        task = asyncio.create_task(self._inside(quiet, _no_body, _to_nobody), name="refresh behind")
        self._refreshes.add(task)
        task.add_done_callback(self._refreshed)

    def _refreshed(self, done: asyncio.Task[None]) -> None:
        self._refreshes.discard(done)
        if not done.cancelled():
            done.exception()  # the inside has logged it; nobody waits for this


async def _send(send: Send, status: int, headers: Headers, *, body: bytes = b"") -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _no_body() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


async def _to_nobody(_message: Message) -> None:
    return None


def _address(scope: Scope) -> Address:
    return scope["path"], scope["query_string"]


def _is_preflight(scope: Scope) -> bool:
    return scope["method"] == "OPTIONS" and any(
        name == b"access-control-request-method" for name, _ in scope["headers"]
    )


def _without_slash(scope: Scope) -> Scope:
    """The same resource: a redirect would have to name a host, and the caller chose that."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    return {**scope, "path": scope["path"].rstrip("/") or "/", "raw_path": raw.rstrip(b"/") or b"/"}


def _completed(headers: Headers, added: Headers) -> Headers:
    """The headers of an answer from inside, with those added that it does not have itself."""
    own = {bytes(name).lower() for name, _ in headers}
    return [*headers, *((name, value) for name, value in added if name not in own)]


def _readable_by(headers: Headers, *, private: bool) -> Headers:
    """What is private is for no other site's scripts to read, so it does not say that they may."""
    private = private or any(
        name == b"cache-control" and value.startswith(b"private") for name, value in headers
    )
    return [header for header in headers if not (private and header[0] == ALLOWED_ORIGIN)]
