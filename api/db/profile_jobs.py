"""Profiles of long playlists in app.db: which is being made, and how those ended that are over."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial

from sqlalchemy import Engine
from sqlmodel import Session, col, delete, func, select, update

from api.db.jobs import ACTIVE, QueueFull, changed
from api.db.models import ProfileJobRow
from api.db.reserve import with_reserve
from api.db.session import Execution, Offload, once, writing
from api.schemas.library import JobState

KEPT_S = 7 * 86_400.0  # after its end; what it made is in the cache


class ProfileJobTables:
    """The rows; all work on the database happens off the loop."""

    def __init__(self, engine: Engine, offload: Offload) -> None:
        self._engine = engine
        self._offload = offload

    async def get(self, ident: str) -> ProfileJobRow | None:
        """The job with this id."""
        return await self._offload(lambda: self._get(ident))

    async def unfinished(self) -> list[ProfileJobRow]:
        """Those that are not over, the oldest first."""
        return await self._offload(self._unfinished)

    async def open(self, row: ProfileJobRow, *, most_active: int) -> None:
        """Add a job, and drop those that ended long ago. Raises QueueFull."""
        await self._offload(lambda: self._open(row, most_active))

    async def begin(self, ident: str, now: float) -> bool:
        """Count one more try of a job that is not over; False if it is."""
        begun = {"state": JobState.RUNNING, "started_at": now, "tries": ProfileJobRow.tries + 1}
        return await self._offload(lambda: self._change(ident, begun))

    async def end(self, ident: str, state: JobState, *, percent: float, now: float) -> bool:
        """End a job; False if it was over already."""
        ended = {"state": state, "percent": percent, "finished_at": now}
        # On a full disk, too: what ends makes room.
        execution = partial(with_reserve, self._engine)
        return await self._offload(lambda: self._change(ident, ended, execution))

    async def fail(
        self, ident: str, problem: Mapping[str, str], *, percent: float, now: float
    ) -> bool:
        """End a job with `{"code", "title", "detail"}`; False if it was over already."""
        failed = {
            "state": JobState.FAILED,
            "percent": percent,
            "finished_at": now,
            "problem": json.dumps(problem),
        }
        return await self._offload(lambda: self._change(ident, failed))

    def _get(self, ident: str) -> ProfileJobRow | None:
        with Session(self._engine) as session:
            return session.get(ProfileJobRow, ident)

    def _unfinished(self) -> list[ProfileJobRow]:
        order = (col(ProfileJobRow.created_at), col(ProfileJobRow.id))
        chosen = select(ProfileJobRow).where(col(ProfileJobRow.state).in_(ACTIVE)).order_by(*order)
        with Session(self._engine) as session:
            return list(session.exec(chosen))

    def _open(self, row: ProfileJobRow, most_active: int) -> None:
        active = select(func.count()).where(col(ProfileJobRow.state).in_(ACTIVE))
        old = col(ProfileJobRow.finished_at) < row.created_at - KEPT_S
        with writing(self._engine) as session:
            session.exec(delete(ProfileJobRow).where(old))
            if session.exec(active).one() >= most_active:
                raise QueueFull
            session.add(row)

    def _change(
        self, ident: str, values: Mapping[str, object], execution: Execution = once
    ) -> bool:
        statement = (
            update(ProfileJobRow)
            .where(col(ProfileJobRow.id) == ident, col(ProfileJobRow.state).in_(ACTIVE))
            .values(**values)
        )

        def work() -> bool:
            with writing(self._engine) as session:
                return changed(session, statement)

        return execution(work)
