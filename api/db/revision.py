"""Tell whether anything in the database has changed since it was last looked at."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from itertools import count

from sqlalchemy import Engine, PoolProxiedConnection
from sqlalchemy.exc import SQLAlchemyError

from api.db.session import Offload


class Revision:
    """Another text once any other connection, of any process, has committed to the database.

    SQLite counts that (`PRAGMA data_version`) for each connection anew, and one that never writes
    looks on behalf of all.
    """

    def __init__(self, engine: Engine, offload: Offload) -> None:
        self._engine = engine
        self._offload = offload
        self._watching: PoolProxiedConnection | None = None
        self._watches = count(1)
        self._watch = 0

    async def now(self) -> str | None:
        """The present revision; None where the database does not tell."""
        return await self._offload(self._now)

    async def close(self) -> None:
        """Look no more."""
        await self._offload(self._close)

    def _now(self) -> str | None:
        if self._engine.dialect.name != "sqlite":
            return None
        try:
            if self._watching is None:
                self._watching, self._watch = self._engine.raw_connection(), next(self._watches)
            found = self._watching.cursor().execute("PRAGMA data_version").fetchone()
        except (sqlite3.Error, SQLAlchemyError):
            self._close()
            return None
        return f"{self._watch}.{found[0]}"

    def _close(self) -> None:
        watching, self._watching = self._watching, None
        if watching is not None:
            with suppress(sqlite3.Error, SQLAlchemyError):
                watching.close()
