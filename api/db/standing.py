"""Keep what sources told us about themselves in app.db; see sources/standing.py."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, select

from api.db.models import GateRow, VerdictRow
from api.db.session import Offload, writing
from api.schemas.provenance import SourceName
from api.sources.upstream.gates import Credential, Gate, StandingVerdict

_log = logging.getLogger(__name__)


class StandingTables:
    """The StandingStore of the product."""

    def __init__(self, engine: Engine, offload: Offload) -> None:
        self._engine = engine
        self._offload = offload

    async def load(self) -> tuple[Iterable[StandingVerdict], Iterable[Gate]]:
        """All rows, whatever their age."""
        return await self._offload(self._load)

    async def save_verdict(self, verdict: StandingVerdict) -> None:
        """Insert or replace it, committed on return."""
        await self._keep(_verdict_row(verdict))

    async def save_gate(self, gate: Gate) -> None:
        """Insert or replace it, committed on return."""
        await self._keep(_gate_row(gate))

    def _load(self) -> tuple[list[StandingVerdict], list[Gate]]:
        with Session(self._engine) as session:
            verdicts = [_verdict(row) for row in session.exec(select(VerdictRow))]
            gates = [_gate(row) for row in session.exec(select(GateRow))]
        return verdicts, gates

    async def _keep(self, row: VerdictRow | GateRow) -> None:
        try:
            await self._offload(lambda: self._merge(row))
        except SQLAlchemyError:  # it still holds in memory, so answers go on
            _log.exception("what %s said is not kept over a restart", row.source)

    def _merge(self, row: VerdictRow | GateRow) -> None:
        with writing(self._engine) as session:
            session.merge(row)


def _verdict_row(verdict: StandingVerdict) -> VerdictRow:
    return VerdictRow(
        source=verdict.credential.source,
        credential=verdict.credential.name,
        family=verdict.family,
        state=verdict.state,
        status=verdict.status,
        detail=verdict.detail,
        decided_at=verdict.decided_at,
        until=verdict.until,
    )


def _verdict(row: VerdictRow) -> StandingVerdict:
    return StandingVerdict(
        credential=Credential(SourceName(row.source), row.credential),
        family=row.family,
        state=row.state,
        status=row.status,
        detail=row.detail,
        decided_at=row.decided_at,
        until=row.until,
    )


def _gate_row(gate: Gate) -> GateRow:
    return GateRow(
        source=gate.credential.source,
        credential=gate.credential.name,
        bucket=gate.bucket,
        since=gate.since,
        until=gate.until,
        streak=gate.streak,
    )


def _gate(row: GateRow) -> Gate:
    return Gate(
        credential=Credential(SourceName(row.source), row.credential),
        bucket=row.bucket,
        since=row.since,
        until=row.until,
        streak=row.streak,
    )
