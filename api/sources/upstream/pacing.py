"""How many calls may go out: at once, in a while, and a second time after a failure."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Protocol

from api.clock import Clock

AT_ONCE = 8
MOST_WAITING = 64
WAIT_S = 2.0
RETRY_SHARE = 0.2
RETRIES_SAVED = 1.0  # a source that dies after a good hour is not asked twice by everybody


class TooManyWaiting(Exception):
    """Too many calls already wait, or the wait would be too long."""


class Pace(Protocol):
    """How many calls may start in a while."""

    async def wait_s(self) -> float:
        """Seconds until the next call may start; counts that call. Raises TooManyWaiting."""
        ...


class SlidingWindow:
    """The Pace of this process: at most `calls` in any `window_s`, as Spotify itself counts."""

    def __init__(self, calls: int, window_s: float, clock: Clock) -> None:
        self._calls = calls
        self._window_s = window_s
        self._clock = clock
        self._starts: deque[float] = deque()

    async def wait_s(self) -> float:
        """Seconds until the oldest call of a full window leaves it."""
        now = self._clock()
        if self._starts and self._starts[-1] > now + WAIT_S:
            self._starts.clear()  # the clock was set back
        while self._starts and self._starts[0] <= now - self._window_s:
            self._starts.popleft()
        wait = 0.0
        if len(self._starts) >= self._calls:
            wait = self._starts[-self._calls] + self._window_s - now
        if wait > WAIT_S:
            raise TooManyWaiting
        self._starts.append(now + wait)
        return wait


class Bulkhead:
    """So many calls at once; others wait a little, and few of them.

    The last to come is called first, and the first to come has to go when too many wait: those
    who have waited longest are those whose callers may have left.
    """

    def __init__(
        self,
        pace: Pace | None = None,
        *,
        at_once: int = AT_ONCE,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._free = at_once
        self._pace = pace
        self._sleep = sleep
        self._waiting: list[asyncio.Future[None]] = []

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """One of the calls at once. Raises TooManyWaiting rather than let a queue grow."""
        await self._acquire()
        try:
            if self._pace is not None:
                await self._sleep(await self._pace.wait_s())
            yield
        finally:
            self._release()

    async def _acquire(self) -> None:
        if self._free:
            self._free -= 1
            return
        if len(self._waiting) >= MOST_WAITING:
            self._waiting.pop(0).set_exception(TooManyWaiting())
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await asyncio.wait([turn], timeout=WAIT_S)
        except asyncio.CancelledError:
            if turn.done() and turn.exception() is None:
                self._release()  # it was called, and is not there to take its place
            raise
        finally:
            if not turn.done():
                self._waiting.remove(turn)
        if not turn.done():
            raise TooManyWaiting
        turn.result()

    def _release(self) -> None:
        if self._waiting:
            self._waiting.pop().set_result(None)
        else:
            self._free += 1


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
