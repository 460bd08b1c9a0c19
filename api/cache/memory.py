"""The in-process tier: recently used entries, bounded in bytes. Touched from the loop only."""

from __future__ import annotations

from cachetools import LRUCache

from api.cache.entry import Entry, Key
from api.caller import PUBLIC


class MemoryTier:
    """Entries in memory, the least recently used leaving first."""

    def __init__(self, max_bytes: int) -> None:
        self._entries: LRUCache[Key, Entry] = LRUCache(max_bytes, getsizeof=Entry.size)
        self._departed: set[str] = set()

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def size(self) -> int:
        """Bytes in use."""
        return int(self._entries.currsize)

    def get(self, key: Key) -> Entry | None:
        """The entry, now the most recently used."""
        return self._entries.get(key)

    def put(self, entry: Entry) -> None:
        """Keep the entry. One larger than the tier is not kept."""
        self._entries.pop(entry.key, None)
        if entry.size() <= self._entries.maxsize and not self._is_departed(entry.key):
            self._entries[entry.key] = entry

    def weigh(self, entry: Entry) -> None:
        """Count what an entry has grown by, if it is still kept."""
        if self._entries.get(entry.key) is entry:
            self.put(entry)

    def drop_source(self, source: str) -> None:
        """Forget all that may hold anything of a source, or everything with `all`."""
        for key in list(self._entries):
            if source in {"all", key.source} or key.is_derived:
                self._entries.pop(key, None)

    def drop_principal(self, principal: str) -> None:
        """Forget all that was fetched in somebody's name, and keep nothing more of it."""
        self._departed.add(principal)
        for key in [key for key in self._entries if self._is_departed(key)]:
            del self._entries[key]

    def _is_departed(self, key: Key) -> bool:
        return key.principal != PUBLIC and not self._departed.isdisjoint(key.principal.split("+"))
