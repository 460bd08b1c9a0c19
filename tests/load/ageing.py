"""Make kept answers older than they are, in the database of a server that does not run."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path


def expire(folder: Path, *, in_s: float = -1.0, revalidate_s: float = 300.0) -> int:
    """Let every entry be fresh for `in_s` seconds more; how many there are."""
    fresh_until = time.time() + in_s
    with closing(sqlite3.connect(folder / "data" / "cache.db")) as database, database:
        changed = database.execute(
            "UPDATE cache_entry SET fresh_until = ?, revalidate_until = ?",
            (fresh_until, fresh_until + revalidate_s),
        )
        return changed.rowcount


def is_sound(folder: Path, name: str = "cache.db") -> bool:
    """Whether SQLite finds nothing wrong with the file."""
    with closing(sqlite3.connect(folder / "data" / name)) as database:
        return database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
