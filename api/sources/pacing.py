"""How many calls may go out: at once, in a while, and a second time after a failure."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from api.clock import Clock

AT_ONCE = 8
WAITING_ROOM = 64
WAIT_S = 2.0
RETRY_SHARE = 0.2
RETRIES_SAVED = 10.0


class Crowded(Exception):
    """Too many calls already wait, or the wait would be too long."""


class Pace:
    """At most `calls` in any window of `window_s`: the way Spotify itself counts."""

    def __init__(self, calls: int, window_s: float, clock: Clock) -> None:
        self._calls = calls
        self._window_s = window_s
        self._clock = clock
        self._starts: deque[float] = deque()

    def wait_s(self) -> float:
        """Seconds until the next call may start; counts that call."""
        now = self._clock()
        while self._starts and self._starts[0] <= now - self._window_s:
            self._starts.popleft()
        wait = 0.0
        if len(self._starts) >= self._calls:
            wait = self._starts[-self._calls] + self._window_s - now
        if wait > WAIT_S:
            raise Crowded
        self._starts.append(now + wait)
        return wait


class Room:
    """Eight calls at once; others wait a little, and few of them."""

    def __init__(self, pace: Pace | None = None) -> None:
        self._seats = asyncio.Semaphore(AT_ONCE)
        self._pace = pace
        self._waiting = 0

    @asynccontextmanager
    async def seat(self) -> AsyncIterator[None]:
        """A place to call from. Raises Crowded rather than let a queue grow."""
        await self._take()
        try:
            if self._pace is not None:
                await asyncio.sleep(self._pace.wait_s())
            yield
        finally:
            self._seats.release()

    async def _take(self) -> None:
        if self._seats.locked() and self._waiting >= WAITING_ROOM:
            raise Crowded
        self._waiting += 1
        try:
            async with asyncio.timeout(WAIT_S):
                await self._seats.acquire()
        except TimeoutError as error:
            raise Crowded from error
        finally:
            self._waiting -= 1


class RetryBudget:
    """Retries may be a fifth of the calls, so that they never make an outage worse."""

    def __init__(self) -> None:
        self._saved = 0.0

    def earn(self) -> None:
        """A call goes out for the first time."""
        self._saved = min(self._saved + RETRY_SHARE, RETRIES_SAVED)

    def spend(self) -> bool:
        """Whether a call may be made again; if so, it is counted."""
        if self._saved < 1:
            return False
        self._saved -= 1
        return True
