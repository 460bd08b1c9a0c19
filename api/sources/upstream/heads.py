"""Bound what a stranger may say before its answer begins: nobody else counts it.

httpx waits for the head of an answer as long as `103 Early Hints` and their like come, thousands in
a packet, and each is parsed on the loop. So heads are read in small pieces, and only so many.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import httpcore

MOST_BYTES = 160 << 10  # h11 takes 100 KB for one head; hints may stand before it
PIECE_BYTES = 4 << 10
_left: ContextVar[int | None] = ContextVar("bytes left for a head", default=None)


class HeadTooLarge(Exception):
    """More came than any head has."""


@contextmanager
def bounded() -> Iterator[None]:
    """What this task reads within belongs to a head, until `over`. Raises HeadTooLarge."""
    token = _left.set(MOST_BYTES)
    try:
        yield
    finally:
        _left.reset(token)


def over() -> None:
    """The head is here; what follows is counted elsewhere."""
    _left.set(None)


class Backend(httpcore.AsyncNetworkBackend):
    """The usual one, its streams bounded."""

    def __init__(self, usual: httpcore.AsyncNetworkBackend) -> None:
        self._usual = usual

    async def connect_tcp(self, *where: Any, **options: Any) -> httpcore.AsyncNetworkStream:  # noqa: ANN401  # httpcore's
        """A connection to a host."""
        return _Stream(await self._usual.connect_tcp(*where, **options))

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await self._usual.sleep(seconds)


class _Stream(httpcore.AsyncNetworkStream):
    def __init__(self, usual: httpcore.AsyncNetworkStream) -> None:
        self._usual = usual

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109  # httpcore's
        left = _left.get()
        if left is None:
            return await self._usual.read(max_bytes, timeout)
        if left <= 0:
            raise HeadTooLarge
        data = await self._usual.read(min(max_bytes, PIECE_BYTES), timeout)
        _left.set(left - len(data))
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
        return _Stream(await self._usual.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401  # httpcore's
        return self._usual.get_extra_info(info)
