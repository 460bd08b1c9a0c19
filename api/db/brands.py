"""Brands in app.db. Rows in, rows out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session, col, delete, func, select

from api.db.models import BrandRow
from api.db.reserve import with_reserve
from api.db.session import Offload, writing

Decide = Callable[[BrandRow], dict[str, Any]]
"""Given the row that stands now, its new columns."""


class TooManyBrands(Exception):
    """There are as many as may be."""


class BrandTables:
    """The rows; all work on the database happens off the loop."""

    def __init__(self, engine: Engine, offload: Offload) -> None:
        self._engine = engine
        self._offload = offload

    async def add(self, row: BrandRow, *, most: int) -> None:
        """A new brand. Raises TooManyBrands."""
        await self._offload(lambda: self._add(row, most))

    async def one(self, ident: str) -> BrandRow | None:
        """The brand with this id."""
        return await self._offload(lambda: self._one(ident))

    async def every(self) -> list[BrandRow]:
        """All brands, newest first."""
        return await self._offload(self._every)

    async def change(self, ident: str, decide: Decide) -> BrandRow | None:
        """The brand as `decide` has changed it, None if there is none.

        Nobody else changes it in between; what `decide` raises leaves it as it was.
        """
        return await self._offload(lambda: self._change(ident, decide))

    async def delete(self, ident: str) -> bool:
        """Remove a brand; whether there was one."""
        return await self._offload(lambda: with_reserve(self._engine, lambda: self._delete(ident)))

    def _add(self, row: BrandRow, most: int) -> None:
        with writing(self._engine) as session:
            if session.exec(select(func.count()).select_from(BrandRow)).one() >= most:
                raise TooManyBrands
            session.add(row)

    def _one(self, ident: str) -> BrandRow | None:
        with Session(self._engine) as session:
            return session.get(BrandRow, ident)

    def _every(self) -> list[BrandRow]:
        newest = (col(BrandRow.made_at).desc(), col(BrandRow.id))
        with Session(self._engine) as session:
            return list(session.exec(select(BrandRow).order_by(*newest)))

    def _change(self, ident: str, decide: Decide) -> BrandRow | None:
        with writing(self._engine) as session:
            # SQLite has the right to write already; others lock the row
            chosen = select(BrandRow).where(BrandRow.id == ident).with_for_update()
            row = session.exec(chosen).first()
            if row is not None:
                for name, value in decide(row).items():
                    setattr(row, name, value)
            return row

    def _delete(self, ident: str) -> bool:
        with writing(self._engine) as session:
            gone = session.exec(delete(BrandRow).where(col(BrandRow.id) == ident))
            return gone.rowcount > 0
