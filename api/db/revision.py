"""Tell whether anything in the database has changed since it was last looked at."""

from __future__ import annotations

from sqlalchemy import Engine, PoolProxiedConnection

from api.db.session import Offload


class Revision:
    """A number that is another one once any other connection, of any process, has committed.

    SQLite keeps it (`PRAGMA data_version`), for as long as one connection looks that never writes.
    """

    def __init__(self, engine: Engine, offload: Offload) -> None:
        self._engine = engine
        self._offload = offload
        self._watching: PoolProxiedConnection | None = None

    async def now(self) -> str | None:
        """The present revision; None where the database does not tell."""
        return await self._offload(self._now)

    async def close(self) -> None:
        """Look no more."""
        await self._offload(self._close)

    def _now(self) -> str | None:
        if self._engine.dialect.name != "sqlite":
            return None
        if self._watching is None:
            self._watching = self._engine.raw_connection()
        (version,) = self._watching.cursor().execute("PRAGMA data_version").fetchone()
        return str(version)

    def _close(self) -> None:
        if self._watching is not None:
            self._watching.close()
            self._watching = None
