"""The in-process tier: recently used entries, bounded in bytes. Touched from the loop only."""

from __future__ import annotations

from cachetools import LRUCache

from api.cache.entry import Entry, Key


class MemoryTier:
    """Entries in memory, the least recently used leaving first."""

    def __init__(self, max_bytes: int) -> None:
        self._entries: LRUCache[Key, Entry] = LRUCache(max_bytes, getsizeof=Entry.size)

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
        if entry.size() <= self._entries.maxsize:
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
