"""Factories for unit tests: a clock that stands still, keys, entries, stores, refusals."""

from pathlib import Path
from typing import Any

from api.cache.entry import Ages, Entry, Fetched, Key, etag_of
from api.cache.sqlite_store import SqliteStore
from api.cache.tiers import MemoryTier, Tiers
from api.schemas.provenance import SourceName

NOW = 1_800_000_000.0
SPOTIFY = SourceName.SPOTIFY
OTHER = SourceName.RECCOBEATS


class Hands:
    """A clock that moves only when it is told to."""

    def __init__(self, now: float = NOW) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def pass_s(self, seconds: float) -> None:
        """Let time go by, or back."""
        self.now += seconds


def key(ident: str = "a", **parts: Any) -> Key:
    """The key of a track."""
    return Key(parts.pop("source", SPOTIFY), parts.pop("kind", "track"), ident, **parts)


def entry(ident: str = "a", body: bytes = b"{}", **fields: Any) -> Entry:
    """A value stored NOW: fresh 10 s, served while refreshed to 20 s, stands in to 30 s."""
    ages = fields.pop("ages", Ages(NOW + 10, NOW + 20, NOW + 30, NOW + 40))
    return Entry(
        key=fields.pop("key", key(ident)),
        body=body,
        etag=etag_of(body),
        stored_at=fields.pop("stored_at", NOW),
        ages=ages,
        **fields,
    )


def store_in(folder: Path, clock: Hands, **options: Any) -> SqliteStore:
    """A store in a file of its own."""
    return SqliteStore(f"sqlite:///{folder / 'cache.db'}", clock, **options)


def tiers_in(folder: Path, clock: Hands, *, memory_bytes: int = 1 << 20) -> Tiers:
    """A whole cache whose jitter is none."""
    return Tiers(MemoryTier(memory_bytes), store_in(folder, clock), clock=clock, chance=lambda: 0.5)


class Answering:
    """A fetch that answers from a list, the last one for ever; counts how often it was asked."""

    def __init__(self, *answers: bytes | Fetched[bytes] | Exception) -> None:
        self._answers = list(answers)
        self.known: list[Entry | None] = []

    @property
    def calls(self) -> int:
        """How often it was asked."""
        return len(self.known)

    async def __call__(self, known: Entry | None) -> Fetched[bytes]:
        self.known.append(known)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        return Fetched(answer) if isinstance(answer, bytes) else answer
