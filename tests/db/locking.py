"""Hold the lock of a SQLite file, as a backup or a database browser would."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path


@contextmanager
def locked(path: Path, how: str = "IMMEDIATE") -> Iterator[None]:
    """Nobody else can write to this database while the block runs; who does so is waited for."""
    alone = sqlite3.connect(path, timeout=5, isolation_level=None, check_same_thread=False)
    with closing(alone) as other:
        other.execute(f"BEGIN {how}")
        try:
            yield
        finally:
            other.execute("ROLLBACK")
