"""What each source has told us about itself: what is closed to us, and until when to wait.

Held in memory, written through to a database before anybody acts on it, so that a restart
neither calls a source that asked for silence nor forgets what is closed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from api.clock import Clock, is_ahead
from api.schemas.provenance import SourceName


class Credential(NamedTuple):
    """Who asks: a source and a name for the credentials that does not reveal them."""

    source: SourceName
    name: str


@dataclass(frozen=True, slots=True)
class StandingVerdict:
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
    """A bucket of calls must rest until a time; `streak` counts the unclear requests in a row."""

    credential: Credential
    bucket: str
    since: float
    until: float
    streak: int = 0


class StandingStore(Protocol):
    """Where verdicts and gates survive a restart."""

    async def load(self) -> tuple[Iterable[StandingVerdict], Iterable[Gate]]:
        """All that is kept."""
        ...

    async def save_verdict(self, verdict: StandingVerdict) -> None:
        """Keep it; returns once it is on disk."""
        ...

    async def save_gate(self, gate: Gate) -> None:
        """Keep it; returns once it is on disk."""
        ...


class Standing:
    """Verdicts and gates of all sources, as last heard."""

    def __init__(self, store: StandingStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._verdicts: dict[tuple[Credential, str], StandingVerdict] = {}
        self._gates: dict[tuple[Credential, str], Gate] = {}

    async def load(self) -> None:
        """Read what was heard before the restart."""
        verdicts, gates = await self._store.load()
        self._verdicts = {(v.credential, v.family): v for v in verdicts}
        self._gates = {(g.credential, g.bucket): g for g in gates}

    def verdict(self, credential: Credential, family: str) -> StandingVerdict | None:
        """What was last found, if that still holds."""
        verdict, now = self._verdicts.get((credential, family)), self._clock()
        if verdict is None or is_ahead(verdict.decided_at, now):
            return None
        return None if verdict.until is not None and verdict.until <= now else verdict

    async def decide(self, verdict: StandingVerdict) -> None:
        """Keep a finding; one that only repeats the last open one is not written again."""
        place = (verdict.credential, verdict.family)
        held = self.verdict(*place)
        if held is not None and held.state == verdict.state and verdict.until is None:
            return
        self._verdicts[place] = verdict
        await self._store.save_verdict(verdict)

    def gate(self, credential: Credential, bucket: str) -> Gate | None:
        """The gate on this bucket if it is shut now."""
        gate = self.last_gate(credential, bucket)
        return gate if gate is not None and gate.until > self._clock() else None

    def last_gate(self, credential: Credential, bucket: str) -> Gate | None:
        """The last gate on this bucket, shut or not; one of the future was shut in no past."""
        gate = self._gates.get((credential, bucket))
        return None if gate is None or is_ahead(gate.since, self._clock()) else gate

    def gates(self, credential: Credential) -> list[Gate]:
        """All gates that are shut now."""
        buckets = [bucket for who, bucket in self._gates if who == credential]
        shut = (self.gate(credential, bucket) for bucket in buckets)
        return [gate for gate in shut if gate is not None]

    async def shut(self, gate: Gate) -> None:
        """Close a bucket until the gate's time."""
        self._gates[gate.credential, gate.bucket] = gate
        await self._store.save_gate(gate)
