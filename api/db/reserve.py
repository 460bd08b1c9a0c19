"""A little room kept on the disk: a deletion, too, is written down before it frees any.

The reserve is a file beside app.db with nothing in it. Where the disk is full, whatever makes room
is given the reserve's, and as much as there is then is put by again.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from api.db.session import is_full
from api.system.data_folder import not_following

BYTES = 1 << 20
LEAST_BYTES = 64 << 10
NAME = "reserve"
T = TypeVar("T")


def put_by(engine: Engine) -> None:
    """Put as much by as there is room for, up to a bound. Blocks."""
    path = _path(engine)
    size = BYTES
    while path is not None and size >= LEAST_BYTES:
        try:
            _allocate(path, size)
        except OSError:
            path.unlink(missing_ok=True)
            size = size * 3 // 4
        else:
            return


def with_reserve(engine: Engine, work: Callable[[], T]) -> T:
    """The result of `work`, which makes room; on a full disk it has the reserve. Blocks."""
    try:
        return work()
    except OperationalError as error:
        path = _path(engine)
        if path is None or not is_full(error):
            raise
    path.unlink(missing_ok=True)
    try:
        return work()
    finally:
        with suppress(OperationalError):  # in use by others: then the journal keeps its size
            _shorten_journal(engine)
        put_by(engine)


def _path(engine: Engine) -> Path | None:
    """Where the reserve lies; None where the database is no file of this machine."""
    database = engine.url.database
    if engine.dialect.name != "sqlite" or not database or database == ":memory:":
        return None
    return Path(database).with_name(NAME)


def _allocate(path: Path, size: int) -> None:
    with open(path, "wb", opener=not_following) as file:
        os.posix_fallocate(file.fileno(), 0, size)


def _shorten_journal(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
