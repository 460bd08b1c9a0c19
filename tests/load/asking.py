"""Ask over a plain socket: cheap enough that hundreds at once measure the server, not the asker."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from typing import Self

HOST = "127.0.0.1"
PATIENCE_S = 20.0


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it came over the wire; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    took_s: float

    @property
    def cache_status(self) -> str:
        """How the server says it came by the answer."""
        return self.headers.get("cache-status", "")


class Line:
    """One connection, opened before the clock starts."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def __aenter__(self) -> Self:
        self._reader, self._writer = await asyncio.open_connection(HOST, self._port)
        return self

    async def __aexit__(self, *_exception: object) -> None:
        self.drop()
        with suppress(OSError):
            await self._writer.wait_closed()

    def drop(self) -> None:
        """Hang up, whatever is on its way."""
        self._writer.transport.abort()

    def send(self, path: str, headers: Mapping[str, str] | None = None) -> None:
        """Put the question on the wire without waiting for anything."""
        lines = [f"GET {path} HTTP/1.1", f"host: {HOST}"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        self._writer.write(("\r\n".join(lines) + "\r\n\r\n").encode("ascii"))

    async def ask(self, path: str, headers: Mapping[str, str] | None = None) -> Reply:
        """The answer, and how long it took from the first byte sent to the last received."""
        started = time.perf_counter()
        self.send(path, headers)
        async with asyncio.timeout(PATIENCE_S):
            return await self.receive(started)

    async def receive(self, started: float) -> Reply:
        """Read one answer. Raises ConnectionError when the server hangs up before its end."""
        try:
            head = await self._reader.readuntil(b"\r\n\r\n")
            status, *lines = head.decode("latin-1").split("\r\n")
            pairs = (line.partition(":") for line in lines if line)
            headers = {name.lower(): value.strip() for name, _, value in pairs}
            body = await self._reader.readexactly(int(headers.get("content-length", 0)))
        except asyncio.IncompleteReadError as error:
            raise ConnectionResetError("the answer was cut off") from error
        return Reply(int(status.split()[1]), headers, body, time.perf_counter() - started)


async def ask(port: int, path: str, headers: Mapping[str, str] | None = None) -> Reply:
    """One question on a connection of its own."""
    async with Line(port) as line:
        return await line.ask(path, headers)


async def ask_together(port: int, paths: Iterable[str]) -> list[Reply]:
    """All questions at the same moment, each on a connection that is open already."""
    async with AsyncExitStack() as stack:
        wanted = list(paths)
        lines = [await stack.enter_async_context(Line(port)) for _ in wanted]
        asked = zip(lines, wanted, strict=True)
        return await asyncio.gather(*(line.ask(path) for line, path in asked))


def percentile(replies: Iterable[Reply], share: float) -> float:
    """The seconds within which this share of the answers came."""
    times = sorted(reply.took_s for reply in replies)
    return times[min(int(len(times) * share), len(times) - 1)]
