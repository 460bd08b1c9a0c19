"""Stop calling a source that is down, and look again now and then. No I/O: time is injected."""

from __future__ import annotations

from collections import deque

from api.clock import Clock, is_ahead

FAILURES_IN_A_ROW = 5
WINDOW_S = 30.0
ENOUGH_CALLS = 20
FAILING_SHARE = 0.5
PROBE_EVERY_S = 10.0


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
