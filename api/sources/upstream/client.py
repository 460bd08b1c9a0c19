"""The one maker of outside calls: each goes through gate, breaker, bulkhead and budget.

Every exchange runs in a task of its own behind a shield. httpx 0.28 loses pool slots when a call is
cancelled, so nobody who goes away may cancel one; what has to end ends by its own time limit.
"""

from __future__ import annotations

import asyncio
import logging
import re
import ssl
import zlib
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from functools import cache, partial
from typing import Any

import httpcore
import httpx

from api import __version__
from api.clock import Chance, Clock
from api.problems.refusals import Garbled, Limited, Unreachable
from api.sources.upstream import retry_after
from api.sources.upstream.body import Aside, read_answer
from api.sources.upstream.gates import (
    AT_ONCE,
    Breaker,
    Bulkhead,
    Credential,
    Gate,
    Gates,
    Pace,
    RetryBudget,
    TooManyWaiting,
)
from api.system import file_descriptors

CONNECT_S = 2.0
POOL_S = 1.0
CALL_BUDGET_S = 7.0  # of one exchange, whatever drips
MOST_HEAD_BYTES = 160 << 10  # h11 takes 100 KB for one head; hints may stand before it
HEAD_PIECE_BYTES = 4 << 10
MAX_BODY_BYTES = 8 << 20
MAX_RETRIES = 2
JITTER_S = (0.1, 0.8)
CONNECTIONS = 20
KEPT_ALIVE = 10
EVERYTHING = "*"  # the bucket that means the whole credential
RESET_IN = "x-ratelimit-reset-in"  # seconds, where somebody sends it in place of Retry-After
_GZIP_OR_ZLIB = 47
_ETAG = re.compile(r"[\x21-\x7e]{1,512}")
_log = logging.getLogger(__name__)
_head_left: ContextVar[int | None] = ContextVar("bytes left for a head", default=None)


@dataclass(frozen=True, slots=True)
class UpstreamRequest:
    """One thing to ask. Quotas are counted by `template`, the path before `values` go in.

    `family`: the calls that a source opens and closes together. `etag`: of what we hold.
    """

    template: str
    values: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, str | Sequence[str] | None] = field(default_factory=dict)
    etag: str | None = None
    family: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)  # may hold a token
    form: Mapping[str, str] | None = field(default=None, repr=False)  # a POST: never repeated


@dataclass(frozen=True, slots=True)
class UpstreamReply:
    """A reply below 500 that is no 429 and no redirect; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    data: Any = None
    """The parsed JSON, where a client has read it."""

    @property
    def is_unchanged(self) -> bool:
        """Whether it says that what we hold still holds."""
        return self.status == httpx.codes.NOT_MODIFIED

    @property
    def etag(self) -> str | None:
        """What the source will recognise it by; None where that could not be sent back."""
        etag = self.headers.get("etag", "")
        return etag if _ETAG.fullmatch(etag) else None


def is_too_many(reply: UpstreamReply) -> bool:
    """Whether a reply asks us to wait, as HTTP says it."""
    return reply.status == httpx.codes.TOO_MANY_REQUESTS


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a source lives, who asks, and how it says that it was asked too often.

    `secret_params`: what is added to every query where nothing logs or shows it.
    `at_once`: how many calls may be out together. `waits_whole`: whether any request to wait is
    meant for all calls, however short or long it is; else a short one is waited out by the call
    that met it, and a long one rests its bucket alone.
    """

    credential: Credential
    base_url: str
    timeout_s: float
    contact: str | None = None
    pace: Pace | None = None
    asks_to_wait: Callable[[UpstreamReply], bool] = is_too_many
    secret_params: Mapping[str, str] = field(default_factory=dict, repr=False)
    at_once: int = AT_ONCE
    waits_whole: bool = False


class Upstream:
    """The way to one source. Raises Limited, Unreachable and Garbled."""

    def __init__(
        self,
        endpoint: Endpoint,
        gates: Gates,
        *,
        clock: Clock,
        chance: Chance,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._endpoint = endpoint
        self._source = endpoint.credential.source
        self._gates = gates
        self._clock = clock
        self._chance = chance
        self._sleep = sleep
        self._bulkhead = Bulkhead(endpoint.pace, at_once=endpoint.at_once)
        self._retries = RetryBudget()
        self._exchanges: set[asyncio.Task[UpstreamReply]] = set()
        self._client = _make_client(endpoint)
        self._retired: list[httpx.AsyncClient] = []
        self._aside = Aside()
        self.breaker = Breaker(clock)

    async def send(self, request: UpstreamRequest) -> UpstreamReply:
        """The answer. Waits for nobody longer than the budgets above."""
        self._retries.earn()
        retried, waited = 0, False
        while True:
            self._check_gates(request)
            self._check_breaker()
            try:
                reply = await self._detached(request)
            except Unreachable as failure:
                if not self._may_retry(request, retried):
                    self.breaker.failed()
                    failure.retry_at = self.breaker.next_probe
                    raise
                retried += 1
                low, high = JITTER_S
                await self._sleep(low + self._chance() * (high - low))
                continue
            if not self._endpoint.asks_to_wait(reply):
                return reply
            await self._obey(request, reply, waited=waited)
            waited = True

    async def parsed(self, reply: UpstreamReply) -> UpstreamReply:
        """The reply with its JSON. Raises Garbled where it is none, or an error."""
        read = partial(read_answer, self._source, reply.body)
        return replace(reply, data=await self._aside(len(reply.body), read))

    async def close(self) -> None:
        """Let exchanges end, then hang up."""
        if self._exchanges:
            await asyncio.wait(self._exchanges, timeout=CALL_BUDGET_S)
        for client in (*self._retired, self._client):
            await client.aclose()

    def _check_gates(self, request: UpstreamRequest) -> None:
        for bucket in (request.template, EVERYTHING):
            gate = self._gates.gate(self._endpoint.credential, bucket)
            if gate is not None:
                raise self._limited(gate)

    def _limited(self, gate: Gate) -> Limited:
        detail = "It asked us to wait before calling again."
        status = gate.refused_with or httpx.codes.TOO_MANY_REQUESTS
        return Limited(self._source, detail, status=status, retry_at=gate.until)

    def _check_breaker(self) -> None:
        if not self.breaker.admits():
            detail = "It has not been answering; it is tried again every ten seconds."
            raise Unreachable(self._source, detail, retry_at=self.breaker.next_probe)

    def _may_retry(self, request: UpstreamRequest, retried: int) -> bool:
        return (
            request.form is None
            and retried < MAX_RETRIES
            and self.breaker.next_probe is None
            and self._retries.spend()
        )

    async def _obey(self, request: UpstreamRequest, reply: UpstreamReply, *, waited: bool) -> None:
        """Wait out a short 429, once; shut the gate on any other. Raises Limited."""
        now = self._clock()
        header = reply.headers.get("retry-after") or reply.headers.get(RESET_IN)
        clear = retry_after.is_clear(header, now=now)
        wait_s = retry_after.seconds_to_wait(header, now=now, streak=0)
        quota = b"QUOTA_EXCEEDED" in reply.body
        whole = self._endpoint.waits_whole
        short = clear and wait_s <= retry_after.SHORT_WAIT_S and not (waited or quota)
        if short and not whole:
            await self._sleep(wait_s)
            return
        of_bucket = not whole and (quota or wait_s > retry_after.BUCKET_WAIT_S)
        bucket = request.template if of_bucket else EVERYTHING
        gate = Gate(self._endpoint.credential, bucket, since=now, until=now + wait_s)
        if not clear:
            gate = self._guessed(bucket, header, now=now)
        gate = replace(gate, status=reply.status)
        await self._gates.shut(gate)
        raise self._limited(gate)

    def _guessed(self, bucket: str, header: str | None, *, now: float) -> Gate:
        """A gate for as long as it usually takes; one that other calls have just shut is kept."""
        who = self._endpoint.credential
        if shut := self._gates.gate(who, bucket):
            return shut
        last = self._gates.last_gate(who, bucket)
        in_a_row = last is not None and now - last.until < retry_after.FORGOTTEN_AFTER_S
        streak = last.streak if last is not None and in_a_row else 0
        wait_s = retry_after.seconds_to_wait(header, now=now, streak=streak)
        return Gate(who, bucket, since=now, until=now + wait_s, streak=streak + 1)

    async def _detached(self, request: UpstreamRequest) -> UpstreamReply:
        task = asyncio.create_task(
            self._exchange(request), name=f"{self._source} {request.template}"
        )
        self._exchanges.add(task)
        task.add_done_callback(self._let_go)
        return await asyncio.shield(task)

    def _let_go(self, task: asyncio.Task[UpstreamReply]) -> None:
        self._exchanges.discard(task)
        if not task.cancelled():
            task.exception()  # whoever waited may have left

    async def _exchange(self, request: UpstreamRequest) -> UpstreamReply:
        client = self._client
        try:
            async with self._bulkhead.slot(), asyncio.timeout(CALL_BUDGET_S):
                self._check_gates(request)  # one may have shut while this call had to queue
                client = self._client
                with _bounded_head():
                    reply = await self._converse(client, request)
        except TooManyWaiting as error:
            raise self._not_asked("Too many questions wait for it here already.") from error
        except _HeadTooLarge as error:
            raise Garbled(self._source, "It says far too much before its answer.") from error
        except httpx.PoolTimeout as error:
            self._renew(client)
            raise self._failure("No connection to it was free.") from error
        except (httpx.TimeoutException, TimeoutError) as error:
            raise self._failure("It did not answer in time.") from error
        except (httpx.HTTPError, OSError) as error:
            if file_descriptors.none_left(error):
                why = file_descriptors.in_words()
                raise self._not_asked(f"It cannot be asked: {why}.") from error
            raise self._failure("The connection to it failed.") from error
        is_broken = reply.status >= httpx.codes.INTERNAL_SERVER_ERROR
        if is_broken and not self._endpoint.asks_to_wait(reply):
            raise self._failure("It says that it has a fault of its own.", reply.status)
        self.breaker.succeeded()
        return reply

    def _not_asked(self, detail: str) -> Limited:
        """It is not to blame: it could not be asked."""
        return Limited(self._source, detail, retry_at=self._clock() + retry_after.SHORT_WAIT_S)

    def _failure(self, detail: str, status: int | None = None) -> Unreachable:
        return Unreachable(self._source, detail, status=status)

    def _renew(self, client: httpx.AsyncClient) -> None:
        """Fewer calls are out than the pool has slots, so slots were lost: take a new pool."""
        if client is not self._client:
            return  # another call has done it
        self._retired.append(client)
        _log.warning("%s: connection pool exhausted, renewed", self._source)
        self._client = _make_client(self._endpoint)

    async def _converse(self, client: httpx.AsyncClient, request: UpstreamRequest) -> UpstreamReply:
        headers = {**request.headers}
        if request.etag is not None:
            headers["If-None-Match"] = request.etag
        async with client.stream(
            "GET" if request.form is None else "POST",
            request.template.format(**request.values),
            params={name: value for name, value in request.params.items() if value is not None},
            headers=headers,
            data=request.form,
        ) as response:
            _head_is_over()
            status = response.status_code
            if response.has_redirect_location:
                raise Garbled(self._source, "It redirects elsewhere, which is never followed.")
            told = {name.lower(): value for name, value in response.headers.items()}
            if status == httpx.codes.NOT_MODIFIED:
                told["etag"] = request.etag or ""  # which a 304 need not repeat
            return UpstreamReply(status, told, await self._read(response))

    async def _read(self, response: httpx.Response) -> bytes:
        """The decoded body, cut off at 8 MiB: a small answer can unpack into gigabytes."""
        unpack = _unpacker(response.headers.get("content-encoding", "identity").lower())
        body = bytearray()
        try:
            async for chunk in response.aiter_raw():
                body += unpack(chunk, MAX_BODY_BYTES + 1 - len(body))
                if len(body) > MAX_BODY_BYTES:
                    raise Garbled(self._source, "Its answer is far too large.")
        except zlib.error as error:
            raise Garbled(self._source, "Its answer cannot be unpacked.") from error
        return bytes(body)


def _unpacker(encoding: str) -> Callable[[bytes, int], bytes]:
    if encoding in {"gzip", "x-gzip", "deflate"}:
        return zlib.decompressobj(_GZIP_OR_ZLIB).decompress
    return lambda chunk, _limit: chunk


class _HeadTooLarge(Exception):
    """More came than any head has."""


@contextmanager
def _bounded_head() -> Iterator[None]:
    """What this task reads within belongs to a head, until `_head_is_over`."""
    token = _head_left.set(MOST_HEAD_BYTES)
    try:
        yield
    finally:
        _head_left.reset(token)


def _head_is_over() -> None:
    """The head is here; what follows is counted elsewhere."""
    _head_left.set(None)


class _BoundedBackend(httpcore.AsyncNetworkBackend):
    """The usual network, of whose heads so much is read.

    httpx waits for the head of an answer as long as `103 Early Hints` and their like come,
    thousands in a packet, and each is parsed on the loop: so heads are read in small pieces.
    """

    def __init__(self, usual: httpcore.AsyncNetworkBackend) -> None:
        self._usual = usual

    async def connect_tcp(self, *where: Any, **options: Any) -> httpcore.AsyncNetworkStream:  # noqa: ANN401  # httpcore's
        """A connection to a host."""
        return _BoundedStream(await self._usual.connect_tcp(*where, **options))

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await self._usual.sleep(seconds)


class _BoundedStream(httpcore.AsyncNetworkStream):
    def __init__(self, usual: httpcore.AsyncNetworkStream) -> None:
        self._usual = usual

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109  # httpcore's
        left = _head_left.get()
        if left is None:
            return await self._usual.read(max_bytes, timeout)
        if left <= 0:
            raise _HeadTooLarge
        data = await self._usual.read(min(max_bytes, HEAD_PIECE_BYTES), timeout)
        _head_left.set(left - len(data))
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109  # httpcore's
        await self._usual.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._usual.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109  # httpcore's
    ) -> httpcore.AsyncNetworkStream:
        return _BoundedStream(await self._usual.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401  # httpcore's
        return self._usual.get_extra_info(info)


@cache
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)  # reading the roots takes 35 ms a time


class _WithSecrets(httpx.AsyncBaseTransport):
    """Adds secret parameters below httpx, whose log and errors tell whole addresses."""

    def __init__(self, usual: httpx.AsyncBaseTransport, secrets: Mapping[str, str]) -> None:
        self._usual = usual
        self._secrets = dict(secrets)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The answer to the request with the parameters in its query."""
        return await self._usual.handle_async_request(
            httpx.Request(
                request.method,
                request.url.copy_merge_params(self._secrets),
                headers=request.headers,
                stream=request.stream,
                extensions=request.extensions,
            )
        )

    async def aclose(self) -> None:
        """Hang up."""
        await self._usual.aclose()


def _make_client(endpoint: Endpoint) -> httpx.AsyncClient:
    logging.getLogger("httpcore").setLevel(logging.INFO)  # below, it tells what a redirect repeats
    limits = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=KEPT_ALIVE)
    transport = httpx.AsyncHTTPTransport(_tls(), limits=limits, trust_env=False)
    pool = transport._pool  # noqa: SLF001  # httpx hands no backend on
    pool._network_backend = _BoundedBackend(pool._network_backend)  # noqa: SLF001  # likewise
    contact = f" ({endpoint.contact})" if endpoint.contact else ""
    return httpx.AsyncClient(
        base_url=endpoint.base_url,
        headers={
            "User-Agent": f"Earprint/{__version__}{contact}",
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
        },
        timeout=httpx.Timeout(endpoint.timeout_s, connect=CONNECT_S, pool=POOL_S),
        transport=_WithSecrets(transport, endpoint.secret_params),
        follow_redirects=False,
        trust_env=False,
    )
