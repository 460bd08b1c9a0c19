"""Memory, then store, then one flight to the source; and what is served while it is in the air."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from cachetools import LRUCache, TLRUCache

from api.cache.entry import (
    OWNER,
    PERSISTENT_NEGATIVES,
    Ages,
    Entry,
    Fetched,
    Key,
    TtlClass,
    Verdict,
    ages_of,
    etag_of,
    judge,
    may_stand_in,
    negative_ages,
    shortest,
)
from api.cache.singleflight import SingleFlight
from api.cache.store import Store
from api.caller import PUBLIC
from api.clock import Chance, Clock, is_ahead
from api.problems.refusals import DoesNotExist, Garbled, SourceError, Unreachable, again

FETCH_BUDGET_S = 7.5  # a whole request has 8 s; the rest is ours
LONGEST_VALIDATOR = 512
REFUSALS_KEPT = 5_000  # a KB each; one that is forgotten meets the same gate or breaker


Fetch = Callable[[Entry | None], Awaitable[Fetched[bytes]]]
Pack = Callable[[bytes], Awaitable[bytes]]
Holds = Callable[[Entry], bool]


@dataclass(frozen=True, slots=True)
class Served:
    """An entry and how it came: from the cache, by a fetch, or in place of a failing source."""

    entry: Entry
    hit: bool = True
    collapsed: bool = False
    replaced: bool = False  # a kept value was too old to be served
    failure: SourceError | None = None
    upstream_ms: float = 0.0

    def without_body(self) -> Served:
        """All of it but the bytes, for something that is made of thousands."""
        of = self.entry
        entry = Entry(of.key, b"", of.etag, of.stored_at, of.ages, validator=of.validator)
        return replace(self, entry=entry)


class MemoryTier:
    """Entries in memory, bounded in bytes: the least recently used leave. On the loop only."""

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


@dataclass(slots=True)
class Tally:
    """How many questions since the start were answered by what is kept, and how many were not."""

    hits: int = 0
    fetches: int = 0


class Tiers:
    """The cache as services see it."""

    def __init__(self, memory: MemoryTier, store: Store, *, clock: Clock, chance: Chance) -> None:
        self.memory = memory
        self.store = store
        self.tally = Tally()
        self._clock = clock
        self._chance = chance
        self._loads: SingleFlight[Entry | None] = SingleFlight()
        self._fetches: SingleFlight[Entry] = SingleFlight()
        self._encodings: SingleFlight[bytes] = SingleFlight()
        self._refusals: TLRUCache[Key, _Refused] = TLRUCache(
            REFUSALS_KEPT, ttu=lambda _key, refused, _now: refused.until, timer=clock
        )

    async def get_or_fetch(
        self,
        key: Key,
        fetch: Fetch,
        ttl_class: TtlClass,
        *,
        wait: bool = False,
        holds: Holds | None = None,
        goes_beyond: type[SourceError] | None = None,
    ) -> Served:
        """The value under `key`, by at most one fetch however many ask. Raises SourceError.

        With `wait` a value past its freshness is refreshed first, rather than behind; so is one
        that no longer `holds`, however fresh. A kept refusal that the question `goes_beyond` is
        none.
        """
        entry = await self.peek(key)
        if entry is not None and _is_beyond(entry, goes_beyond):
            entry = None
        verdict = judge(entry, now=self._clock())
        if entry is not None and entry.refusal is None and holds is not None and not holds(entry):
            verdict = Verdict.EXPIRED
        if entry is not None and verdict is Verdict.FRESH:
            self.tally.hits += 1
            return _unless_refused(entry)
        if refused := self._refused(key):
            return self._instead(entry, again(refused))
        fetched = partial(self._fetched, key, entry, fetch, ttl_class=ttl_class)
        if entry is not None and verdict is Verdict.REVALIDATE and not wait:
            self._fetches.start(key, fetched)
            self.tally.hits += 1
            return Served(entry)
        self.tally.fetches += 1
        return await self._wait_for(key, entry, fetched)

    def at_home(self, key: Key, body: bytes) -> Served:
        """An answer that lies on this machine: not kept, since it may be changed any moment."""
        now = self._clock()
        entry = Entry(key._replace(principal=OWNER), body, etag_of(body), now, Ages(*[now] * 4))
        return Served(entry, hit=False)

    def kept_at_home(self, key: Key, revision: str | None) -> Served | None:
        """What was made of things on this machine, if none of them has changed since."""
        kept = self.memory.get(key._replace(principal=OWNER))
        now = self._clock()
        if kept is None or revision is None or kept.validator != revision:
            return None
        if now >= kept.ages.fresh_until or is_ahead(kept.stored_at, now):
            return None
        return Served(replace(kept, stored_at=now, ages=Ages(*[now] * 4)), hit=False)

    def keep_at_home(
        self, key: Key, revision: str | None, served: Served, *, parts: Iterable[Served] = ()
    ) -> None:
        """Keep what was made of things on this machine until one of them changes.

        And until one of those parts is not fresh any more that are from elsewhere.
        """
        if revision is not None:
            key = key._replace(principal=OWNER)
            others = (one.entry.ages for one in parts if one.entry.key.principal != OWNER)
            ages = shortest((Ages(*[math.inf] * 4), *others))
            now = self._clock()
            kept = replace(served.entry, key=key, validator=revision, stored_at=now, ages=ages)
            self.memory.put(kept)

    async def peek(self, key: Key) -> Entry | None:
        """What is kept under `key`, however old; the store is read once however many ask."""
        entry = self.memory.get(key)
        if entry is None and key not in self._fetches:
            entry = await self._loads.join(key, lambda: self._load(key))
        return entry

    async def peek_at(self, keys: Sequence[Key]) -> list[Entry | None]:
        """What is kept under each, however old; the store is looked into once."""
        entries = [self.memory.get(key) for key in keys]
        absent = [place for place, entry in enumerate(entries) if entry is None]
        found = await asyncio.gather(*(self.peek(keys[place]) for place in absent))
        for place, entry in zip(absent, found, strict=True):
            entries[place] = entry
        return entries

    async def derive(
        self, parts: Sequence[Served], variant: str, build: Callable[[], Awaitable[bytes]]
    ) -> Served:
        """Something computed from served parts; as fresh as the oldest, kept in memory only."""
        key = joint_key(parts, variant)
        origin = etag_of(" ".join(_origin(part.entry) for part in parts).encode())
        kept = self.memory.get(key)
        if kept is None or kept.validator != origin:
            work = _Derivation(key, origin, parts, build)
            kept = await self._fetches.join((key, origin), lambda: self._build(work))
        return as_served(kept, parts)

    async def encoded(self, entry: Entry, encoding: str, pack: Pack) -> bytes:
        """The body in an encoding, made once however many ask, kept with the entry and weighed."""
        flight = (entry.key, entry.etag, encoding)
        body = await self._encodings.join(flight, lambda: pack(entry.body))
        entry.encodings[encoding] = body
        self.memory.weigh(entry)
        return body

    def is_failing(self, key: Key) -> bool:
        """Whether the last attempt to refresh this key failed a moment ago."""
        return self._refused(key) is not None

    def _refused(self, key: Key) -> SourceError | None:
        """The refusal of a moment ago, unless that moment has yet to come."""
        kept = self._refusals.get(key)
        return None if kept is None or is_ahead(kept.since, self._clock()) else kept.error

    def answer(
        self, entry: Entry | None, *, goes_beyond: type[SourceError] | None = None
    ) -> Served | SourceError | None:
        """What a kept entry answers without anybody being asked: a value, a refusal or nothing."""
        if entry is None or judge(entry, now=self._clock()) is not Verdict.FRESH:
            return None
        if entry.refusal is None:
            return Served(entry)
        return None if _is_beyond(entry, goes_beyond) else entry.refusal

    def forget_in_memory(self, source: str) -> None:
        """Drop what is held of a source, or everything with `all`; the store was purged."""
        self.memory.drop_source(source)
        self._refusals.clear()

    def forget_person(self, principal: str) -> None:
        """Drop what was fetched in somebody's name, and take nothing more in it."""
        self.memory.drop_principal(principal)
        for key in [key for key in self._refusals if key.principal == principal]:
            self._refusals.pop(key, None)

    async def close(self) -> None:
        """Let flights land, then close the store."""
        await self._fetches.close()
        await self._loads.close()
        await self._encodings.close()
        await self.store.close()

    async def _wait_for(
        self, key: Key, known: Entry | None, fetched: Callable[[], Awaitable[Entry]]
    ) -> Served:
        started = self._clock()
        collapsed = key in self._fetches
        try:
            entry = await self._fetches.join(key, fetched)
        except SourceError as error:
            return self._instead(known or await self.peek(key), error)
        waited_ms = (self._clock() - started) * 1000
        return Served(
            entry,
            hit=False,
            collapsed=collapsed,
            replaced=known is not None and known.refusal is None,
            upstream_ms=waited_ms,
        )

    def _instead(self, entry: Entry | None, error: SourceError) -> Served:
        gone = isinstance(error, DoesNotExist)
        if entry is None or gone or not may_stand_in(entry, now=self._clock()):
            raise error
        return Served(entry, failure=error)

    async def _load(self, key: Key) -> Entry | None:
        entry = await self.store.get(key) if key.principal == PUBLIC else None
        if newer := self.memory.get(key):  # fetched while the store was read
            return newer
        if entry is not None:
            self.memory.put(entry)
        return entry

    async def _fetched(
        self, key: Key, known: Entry | None, fetch: Fetch, *, ttl_class: TtlClass
    ) -> Entry:
        """What the source says now, kept; a refusal is remembered and raised."""
        try:
            async with asyncio.timeout(FETCH_BUDGET_S):
                fetched = await fetch(known)
            entry = self._entry(key, known, fetched, ttl_class=ttl_class)
        except TimeoutError as error:
            late = Unreachable(key.source, "It took too long to answer.")
            await self._remember(key, known, late)
            raise late from error
        except SourceError as refusal:
            await self._remember(key, known, refusal)
            raise
        await self._keep(entry)
        return entry

    def _entry(
        self, key: Key, known: Entry | None, fetched: Fetched[bytes], *, ttl_class: TtlClass
    ) -> Entry:
        now = self._clock()
        ages = ages_of(ttl_class, now=now, chance=self._chance())
        if fetched.value is None:
            if known is None or known.refusal is not None:
                raise Garbled(key.source, "It says “unchanged” of something never asked for.")
            return replace(known, stored_at=now, ages=ages)
        return Entry(
            key=key,
            body=fetched.value,
            etag=etag_of(fetched.value),
            stored_at=now,
            validator=_kept_validator(fetched),
            ages=ages,
        )

    async def _remember(self, key: Key, known: Entry | None, refusal: SourceError) -> None:
        now = self._clock()
        ages = negative_ages(refusal, now=now)
        gone = isinstance(refusal, DoesNotExist)
        stands_in = may_stand_in(known, now=now) and not gone
        if isinstance(refusal, PERSISTENT_NEGATIVES) and not stands_in:
            await self._keep(Entry(key, b"", "", now, refusal=again(refusal), ages=ages))
        elif ages.fresh_until > now:
            self._refusals[key] = _Refused(again(refusal), now, ages.fresh_until)

    async def _keep(self, entry: Entry) -> None:
        """What is somebody's own stays in memory: nothing of it is left when they sign out."""
        if entry.key.principal == PUBLIC:
            await self.store.put(entry)
        self.memory.put(entry)

    async def _build(self, work: _Derivation) -> Entry:
        body = await work.build()
        entry = composed(work.key, work.parts, body)
        entry.validator = work.origin
        self.memory.put(entry)
        return entry


def _is_beyond(entry: Entry, kind: type[SourceError] | None) -> bool:
    """Whether it is a refusal of a kind that the question goes beyond."""
    return kind is not None and isinstance(entry.refusal, kind)


def composed(key: Key, parts: Sequence[Served], body: bytes) -> Entry:
    """An entry made of several parts: as old as the oldest, and fresh no longer than any."""
    return Entry(
        key=key,
        body=body,
        etag=etag_of(body),
        stored_at=min(part.entry.stored_at for part in parts),
        ages=shortest(part.entry.ages for part in parts),
    )


def joint_key(parts: Sequence[Served], variant: str) -> Key:
    """The key of something made of these parts; it is nobody else's if one of them is not."""
    key = parts[0].entry.key.variant(variant)
    return key._replace(principal=_widest(part.entry.key.principal for part in parts))


def _widest(principals: Iterable[str]) -> str:
    own = sorted(set(principals) - {PUBLIC})
    return "+".join(own) or PUBLIC


def _kept_validator(fetched: Fetched[bytes]) -> str | None:
    """What the source will recognise; one of kilobytes is not worth what it costs to keep."""
    validator = fetched.validator
    return validator if validator and len(validator) <= LONGEST_VALIDATOR else None


def _origin(entry: Entry) -> str:
    """What a derived entry is recognised by; an answer from home is read anew each time."""
    at = "" if entry.key.principal == OWNER else f"@{entry.stored_at}"
    return f"{entry.etag}{at}"


@dataclass(frozen=True, slots=True)
class _Refused:
    error: SourceError
    since: float
    until: float


@dataclass(frozen=True, slots=True)
class _Derivation:
    key: Key
    origin: str
    parts: Sequence[Served]
    build: Callable[[], Awaitable[bytes]]


def _unless_refused(entry: Entry) -> Served:
    if entry.refusal is not None:
        raise again(entry.refusal)
    return Served(entry)


def as_served(entry: Entry, parts: Sequence[Served]) -> Served:
    """How the whole came, given how its parts came."""
    return Served(
        entry,
        hit=all(part.hit for part in parts),
        collapsed=any(part.collapsed for part in parts),
        replaced=any(part.replaced for part in parts),
        failure=next((part.failure for part in parts if part.failure), None),
        upstream_ms=max(part.upstream_ms for part in parts),
    )
