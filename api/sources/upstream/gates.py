"""What each source has told us about itself: what is closed to us, and until when to wait.

Held in memory, written through to a database before anybody acts on it, so that a restart
neither calls a source that asked for silence nor forgets what is closed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple, Protocol

from api.clock import Clock, is_ahead
from api.db.models import GateRow, VerdictRow
from api.schemas.provenance import SourceName

FIRST_REFUSAL = 400  # of HTTP’s statuses


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
