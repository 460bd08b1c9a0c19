"""Whether a source may be asked now.

It has told us what is closed to us, and until when to wait (gates); it has not been answering
(breaker); enough calls are out already (bulkhead, pace), or have been made again (retry budget).

What it has told us is held in memory, written through to a database before anybody acts on it, so
that a restart neither calls a source that asked for silence nor forgets what is closed.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple, Protocol

from api.clock import Clock, is_ahead
from api.db.models import GateRow, VerdictRow
from api.schemas.provenance import SourceName

FIRST_REFUSAL = 400  # of HTTP’s statuses
AT_ONCE = 8
MOST_WAITING = 64
WAIT_S = 2.0  # for a turn; who would wait longer is told so at once
RETRY_SHARE = 0.2
RETRIES_SAVED = 1.0  # a source that dies after a good hour is not asked twice by everybody
FAILURES_IN_A_ROW = 5
WINDOW_S = 30.0
ENOUGH_CALLS = 20
FAILING_SHARE = 0.5
PROBE_EVERY_S = 10.0


class Credential(NamedTuple):
    """Who asks: a source and a name for the credentials that does not reveal them."""

    source: SourceName
    name: str


@dataclass(frozen=True, slots=True)
class AccessVerdict:
    """A family of calls was found open or closed to a credential. Times are unix seconds."""

    credential: Credential
    family: str
    state: str
    detail: str
    decided_at: float
    until: float | None = None
    status: int | None = None


@dataclass(frozen=True, slots=True)
class Gate:
    """A bucket of calls must rest until a time; `streak` counts the unclear requests in a row.

    `status`: of the answer that asked for it, as long as this process lives.
    """

    credential: Credential
    bucket: str
    since: float
    until: float
    streak: int = 0
    status: int | None = None

    @property
    def refused_with(self) -> int | None:
        """The status of a refusal; None where the wait was asked for inside an answer."""
        return self.status if self.status is not None and self.status >= FIRST_REFUSAL else None


class Gates(Protocol):
    """What one source has told us about itself, as its client uses it."""

    def verdict(self, credential: Credential, family: str) -> AccessVerdict | None:
        """What was last found, if that still holds."""
        ...

    async def decide(self, verdict: AccessVerdict) -> None:
        """Keep a finding; one that only repeats the last open one is not written again."""
        ...

    def gate(self, credential: Credential, bucket: str) -> Gate | None:
        """The gate on this bucket if it is shut now."""
        ...

    def last_gate(self, credential: Credential, bucket: str) -> Gate | None:
        """The last gate on this bucket, shut or not; one of the future was shut in no past."""
        ...

    async def shut(self, gate: Gate) -> None:
        """Close a bucket until the gate's time."""
        ...


class GateRows(Protocol):
    """Where the rows of verdicts and gates survive a restart."""

    async def load(self) -> tuple[Iterable[VerdictRow], Iterable[GateRow]]:
        """All that is kept."""
        ...

    async def keep(self, row: VerdictRow | GateRow) -> None:
        """Insert or replace it; returns once it is on disk."""
        ...


class StoredGates:
    """The Gates of all sources in this process, which rows survive a restart."""

    def __init__(self, rows: GateRows, clock: Clock) -> None:
        self._rows = rows
        self._clock = clock
        self._verdicts: dict[tuple[Credential, str], AccessVerdict] = {}
        self._gates: dict[tuple[Credential, str], Gate] = {}

    async def load(self) -> None:
        """Read what was heard before the restart."""
        verdicts, gates = await self._rows.load()
        for verdict_row in verdicts:
            verdict = AccessVerdict(_credential(verdict_row), **_values(verdict_row))
            self._verdicts[verdict.credential, verdict.family] = verdict
        for gate_row in gates:
            gate = Gate(_credential(gate_row), **_values(gate_row))
            self._gates[gate.credential, gate.bucket] = gate

    def verdict(self, credential: Credential, family: str) -> AccessVerdict | None:
        """What was last found; nothing where that is over, or was found in the future."""
        verdict, now = self._verdicts.get((credential, family)), self._clock()
        if verdict is None or is_ahead(verdict.decided_at, now):
            return None
        return None if verdict.until is not None and verdict.until <= now else verdict

    async def decide(self, verdict: AccessVerdict) -> None:
        """Keep it in memory and as a row."""
        place = (verdict.credential, verdict.family)
        held = self.verdict(*place)
        if held is not None and held.state == verdict.state and verdict.until is None:
            return
        self._verdicts[place] = verdict
        await self._rows.keep(VerdictRow(**_columns(verdict)))

    def gate(self, credential: Credential, bucket: str) -> Gate | None:
        """The last gate, if its time has not come."""
        gate = self.last_gate(credential, bucket)
        return gate if gate is not None and gate.until > self._clock() else None

    def last_gate(self, credential: Credential, bucket: str) -> Gate | None:
        """The last gate, open or shut."""
        gate = self._gates.get((credential, bucket))
        return None if gate is None or is_ahead(gate.since, self._clock()) else gate

    async def shut(self, gate: Gate) -> None:
        """Keep it in memory and as a row."""
        self._gates[gate.credential, gate.bucket] = gate
        await self._rows.keep(GateRow(**_columns(gate)))


def _credential(row: VerdictRow | GateRow) -> Credential:
    return Credential(SourceName(row.source), row.credential)


def _values(row: VerdictRow | GateRow) -> dict[str, Any]:
    return row.model_dump(exclude={"source", "credential"})


def _columns(kept: AccessVerdict | Gate) -> dict[str, Any]:
    source, name = kept.credential
    columns = {**asdict(kept), "source": source, "credential": name}
    if isinstance(kept, Gate):
        del columns["status"]
    return columns


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
