"""Open a database: where it lies, how durable it is, and work on it off the event loop."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Engine, create_engine, event, make_url

BUSY_TIMEOUT_MS = 5_000
THREADS = 2

T = TypeVar("T")


class Durability(StrEnum):
    """SQLite's `synchronous`: FULL survives a power cut; NORMAL may lose the last commits."""

    FULL = "FULL"
    NORMAL = "NORMAL"


def make_engine(url: str, durability: Durability) -> Engine:
    """An engine for this URL; a SQLite file gets its folder, WAL and a busy timeout."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed, pool_pre_ping=True)
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(parsed)

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: object) -> None:
        for pragma in (
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            "journal_mode=WAL",
            f"synchronous={durability}",
            "foreign_keys=on",
        ):
            connection.execute(f"PRAGMA {pragma}")

    return engine


class Offload:
    """Runs blocking database work in its own few threads, so that the loop never waits."""

    def __init__(self, name: str, threads: int = THREADS) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)

    async def __call__(self, work: Callable[[], T]) -> T:
        """The result of `work`, run in one of the threads."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    def close(self) -> None:
        """Let what runs finish."""
        self._pool.shutdown(wait=True)
