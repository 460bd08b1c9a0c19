"""Open a database: where it lies, how durable it is, and work on it off the event loop.

SQLite lets one write at a time. Whoever writes here takes that right before the first statement
(`writing`), so a lock is met there or not at all: nothing has been read or changed yet, what is
read afterwards stays true until the commit, and the whole unit of work can simply be done again.
"""

from __future__ import annotations

import asyncio
import errno
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from enum import StrEnum
from itertools import chain, repeat
from pathlib import Path
from typing import Protocol, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlmodel import Session

from api.system import file_descriptors

BUSY_TIMEOUT_MS = 5_000
GLANCE_MS = 20  # whoever waits for the right to write waits outside of the threads
PATIENCE_S = 5.0
PAUSES_S = (0.01, 0.02, 0.05, 0.1)
LONGEST_PAUSE_S = 0.2
STUBBORN_PAUSE_S = 1.0
THREADS = 2

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_LOCKED = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_FULL = frozenset(
    {
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR_WRITE,  # what SQLite makes of a quota
        sqlite3.SQLITE_IOERR_SHMSIZE,
    }
)
_PRIMARY = 0xFF  # of an extended result code

T = TypeVar("T")


class Durability(StrEnum):
    """SQLite's `synchronous`: FULL survives a power cut; NORMAL may lose the last commits."""

    FULL = "FULL"
    NORMAL = "NORMAL"


class Execution(Protocol):
    """How a unit of work is done: once, or again while something stands in its way."""

    def __call__(self, work: Callable[[], T], /) -> T:
        """The result of `work`."""
        ...


def make_engine(url: str | URL, durability: Durability) -> Engine:
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


def is_locked(error: BaseException) -> bool:
    """Whether another connection holds what this one needs: it will be over by itself."""
    code = _code(error)
    return code is not None and code & _PRIMARY in _LOCKED


def is_full(error: BaseException) -> bool:
    """Whether there is no room left to write, be it on the disk or of what may be used of it."""
    if isinstance(error, OSError):
        return error.errno in NO_ROOM
    return _code(error) in _FULL


def why(error: BaseException) -> str:
    """Why a database cannot be used, in a few words."""
    if file_descriptors.none_left(error):
        return file_descriptors.in_words()
    if is_locked(error):
        return "another program has locked it"
    return "the disk is full" if is_full(error) else type(error).__name__


def cause_of(error: BaseException) -> BaseException | None:
    """What the driver said, without the statement and its values."""
    return error.orig if isinstance(error, DBAPIError) else error


def _code(error: BaseException) -> int | None:
    """SQLite's result code, where the error is one of its."""
    cause = cause_of(error)
    return getattr(cause, "sqlite_errorcode", None)


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """A session that alone may write, from its first statement to the commit when the block ends.

    Raises OperationalError at once where another holds that right; see `is_locked`.
    """
    with Session(engine, expire_on_commit=False) as session:
        try:
            _take_the_right(session.connection())
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise


def _take_the_right(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    connection.exec_driver_sql(f"PRAGMA busy_timeout={GLANCE_MS}")
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")


def once(work: Callable[[], T], /) -> T:
    """Do it; whoever has called decides what a lock means."""
    return work()


def stubbornly(work: Callable[[], T], /) -> T:
    """Do it, and again for as long as a lock or a full disk stands in its way. Blocks."""
    for pause_s in _pauses(STUBBORN_PAUSE_S):
        try:
            return work()
        except OperationalError as error:
            if not (is_locked(error) or is_full(error)):
                raise
        time.sleep(pause_s)
    raise AssertionError  # the pauses never end


def _pauses(longest_s: float) -> Iterator[float]:
    return chain(PAUSES_S, repeat(longest_s))


class Offload:
    """Runs blocking database work in its own few threads, so that the loop never waits.

    What meets a lock is done again until the lock is gone, or patience is at its end.
    """

    def __init__(self, name: str, threads: int = THREADS) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)

    async def __call__(self, work: Callable[[], T]) -> T:
        """The result of `work`, run in one of the threads. Raises what it raises."""
        loop = asyncio.get_running_loop()
        end = loop.time() + PATIENCE_S
        for pause_s in _pauses(LONGEST_PAUSE_S):
            try:
                return await loop.run_in_executor(self._pool, work)
            except OperationalError as error:
                if not is_locked(error) or loop.time() >= end:
                    raise
            await asyncio.sleep(pause_s)
        raise AssertionError  # the pauses never end

    def close(self) -> None:
        """Let what runs finish."""
        self._pool.shutdown(wait=True)
