"""How many calls may go out: at once, in a while, a second time, and to a source that is down."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Protocol

from api.clock import Clock, is_ahead

AT_ONCE = 8
MOST_WAITING = 64
WAIT_S = 2.0
RETRY_SHARE = 0.2
RETRIES_SAVED = 1.0  # a source that dies after a good hour is not asked twice by everybody
FAILURES_IN_A_ROW = 5
WINDOW_S = 30.0
ENOUGH_CALLS = 20
FAILING_SHARE = 0.5
PROBE_EVERY_S = 10.0


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


class Breaker:
    """Closed while the source works; open after failures, letting one probe through per 10 s."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._calls: deque[tuple[float, bool]] = deque()
        self._in_a_row = 0
        self._next_probe: float | None = None
        self.since: float | None = None
        """When it opened, in unix seconds; None while it is closed."""

    @property
    def next_probe(self) -> float | None:
        """When the next call may go out; None while all may."""
        return self._next_probe

    @property
    def asks_again_at(self) -> float | None:
        """When somebody’s question will be put to it again: with the next one, if that is due."""
        return None if self._next_probe is None else max(self._next_probe, self._clock())

    def admits(self) -> bool:
        """Whether a call may go out now. An open breaker admits one per ten seconds."""
        if self._next_probe is None:
            return True
        now = self._clock()
        if 0 < self._next_probe - now <= PROBE_EVERY_S:  # further off: the clock was set back
            return False
        self._next_probe = now + PROBE_EVERY_S
        return True

    def succeeded(self) -> None:
        """The source answered: all calls may go out again."""
        self._count(failed=False)
        self._in_a_row = 0
        if self._next_probe is not None:
            self._calls.clear()
        self._next_probe = self.since = None

    def failed(self) -> None:
        """The source did not answer."""
        self._count(failed=True)
        self._in_a_row += 1
        if self._next_probe is None and self._should_open():
            now = self._clock()
            self._next_probe, self.since = now + PROBE_EVERY_S, now

    def _count(self, *, failed: bool) -> None:
        now = self._clock()
        if self._calls and is_ahead(self._calls[-1][0], now):
            self._calls.clear()  # the clock was set back
        self._calls.append((now, failed))
        while self._calls[0][0] <= now - WINDOW_S:
            self._calls.popleft()

    def _should_open(self) -> bool:
        failures = sum(failed for _, failed in self._calls)
        calls = len(self._calls)
        many = calls >= ENOUGH_CALLS and failures >= FAILING_SHARE * calls
        return many or self._in_a_row >= FAILURES_IN_A_ROW
