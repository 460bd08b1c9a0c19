"""Rows of what sources told us about themselves: which calls are closed, and until when to wait."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, select

from api.db.models import GateRow, VerdictRow
from api.db.session import Offload, writing

_log = logging.getLogger(__name__)


class StandingTables:
    """The verdicts and gates in app.db."""

    def __init__(self, engine: Engine, offload: Offload) -> None:
        self._engine = engine
        self._offload = offload

    async def load(self) -> tuple[Sequence[VerdictRow], Sequence[GateRow]]:
        """All rows, whatever their age."""
        return await self._offload(self._load)

    async def keep(self, row: VerdictRow | GateRow) -> None:
        """Insert or replace it, committed on return."""
        try:
            await self._offload(lambda: self._merge(row))
        except SQLAlchemyError:  # it still holds in memory, so answers go on
            _log.exception("what %s said is not kept over a restart", row.source)

    def _load(self) -> tuple[Sequence[VerdictRow], Sequence[GateRow]]:
        with Session(self._engine) as session:
            return session.exec(select(VerdictRow)).all(), session.exec(select(GateRow)).all()

    def _merge(self, row: VerdictRow | GateRow) -> None:
        with writing(self._engine) as session:
            session.merge(row)
