"""What the cache needs of a tier that survives restarts; today's is sqlite_store."""

from __future__ import annotations

from typing import Protocol

from api.cache.entry import Entry, Key


class Store(Protocol):
    """A tier below memory. It never raises: what it cannot keep or find is fetched again."""

    @property
    def state(self) -> str:
        """`ok`, or what is wrong with it."""
        ...

    async def open(self) -> None:
        """Make it ready."""
        ...

    async def get(self, key: Key) -> Entry | None:
        """What is kept under a key, however old."""
        ...

    async def put(self, entry: Entry) -> None:
        """Keep an entry, in place of what was kept under its key."""
        ...

    async def purge(self, source: str) -> int:
        """Forget what came from one source, or everything with `all`; how many entries."""
        ...

    async def epochs(self) -> dict[str, int]:
        """For each source that was ever purged a number that grows with every purge."""
        ...

    async def sweep(self) -> None:
        """Drop what is too old to be served, and then the oldest beyond the bound."""
        ...

    async def size(self) -> int | None:
        """Bytes of all entries; None where it cannot be used."""
        ...

    async def close(self) -> None:
        """Let waiting work end."""
        ...
