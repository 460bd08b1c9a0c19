"""Worksheets in app.db. Rows in, rows out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session, col, delete, func, select

from api.db.models import WorksheetRow
from api.db.reserve import with_reserve
from api.db.session import Offload, writing

Decide = Callable[[WorksheetRow], dict[str, Any]]
"""New values of columns, given the row as it stands."""
COUNTED = select(func.count()).select_from(WorksheetRow)


class TooManyWorksheets(Exception):
    """There are as many as may be."""


class WorksheetTables:
    """The rows of worksheets; all work on the database happens off the loop."""

    def __init__(self, engine: Engine, offload: Offload) -> None:
        self._engine = engine
        self._offload = offload

    async def add(self, row: WorksheetRow, *, most: int) -> None:
        """Keep a new one. Raises TooManyWorksheets."""
        await self._offload(lambda: self._add(row, most))

    async def count(self) -> int:
        """How many there are."""
        return await self._offload(self._count)

    async def one(self, ident: str) -> WorksheetRow | None:
        """The worksheet with this own id."""
        return await self._offload(lambda: self._found(col(WorksheetRow.id) == ident))

    async def shared(self, share_hash: str) -> WorksheetRow | None:
        """The worksheet to which the link with this hash leads."""
        return await self._offload(lambda: self._found(col(WorksheetRow.share_hash) == share_hash))

    async def some(self, *, limit: int, offset: int) -> tuple[list[WorksheetRow], int]:
        """A part of them, the last changed first; and how many there are."""
        return await self._offload(lambda: self._some(limit, offset))

    async def change(self, ident: str, decide: Decide) -> WorksheetRow | None:
        """The worksheet as `decide` has changed it, None if there is none.

        Nobody else changes it in between; what `decide` raises leaves it as it was.
        """
        return await self._offload(lambda: self._change(ident, decide))

    async def delete(self, ident: str) -> bool:
        """Remove one; whether there was one."""
        return await self._offload(lambda: with_reserve(self._engine, lambda: self._delete(ident)))

    def _add(self, row: WorksheetRow, most: int) -> None:
        with writing(self._engine) as session:
            if session.exec(COUNTED).one() >= most:
                raise TooManyWorksheets
            session.add(WorksheetRow(**row.model_dump()))  # a lock may have it done again

    def _count(self) -> int:
        with Session(self._engine) as session:
            return session.exec(COUNTED).one()

    def _found(self, condition: Any) -> WorksheetRow | None:  # noqa: ANN401  # as `where` takes it
        with Session(self._engine) as session:
            return session.exec(select(WorksheetRow).where(condition)).first()

    def _some(self, limit: int, offset: int) -> tuple[list[WorksheetRow], int]:
        newest = (col(WorksheetRow.changed_at).desc(), col(WorksheetRow.id))
        chosen = select(WorksheetRow).order_by(*newest).offset(offset).limit(limit)
        with Session(self._engine) as session:
            return list(session.exec(chosen)), session.exec(COUNTED).one()

    def _change(self, ident: str, decide: Decide) -> WorksheetRow | None:
        with writing(self._engine) as session:
            chosen = select(WorksheetRow).where(WorksheetRow.id == ident).with_for_update()
            row = session.exec(chosen).first()
            if row is not None:
                for name, value in decide(row).items():
                    setattr(row, name, value)
                session.add(row)
            return row

    def _delete(self, ident: str) -> bool:
        with writing(self._engine) as session:
            gone = session.exec(delete(WorksheetRow).where(col(WorksheetRow.id) == ident))
            return gone.rowcount > 0
