"""One kept answer, and whether it may be served. No I/O: time is an argument, in unix seconds.

An entry lives through four ages:

    stored ──fresh──► fresh_until ──serve at once, refresh behind──► revalidate_until
           ──serve only if no source answers──► error_until ──keep no more──► delete_at
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from sys import getsizeof
from typing import Generic, NamedTuple, TypeVar

from api.caller import PUBLIC
from api.clock import is_ahead
from api.problems.refusals import (
    BadQuestion,
    Closed,
    DoesNotExist,
    Garbled,
    NotConfigured,
    SignInEnded,
    SourceError,
    Unknown,
    UnknownId,
    Unreachable,
)
from api.schemas.provenance import SourceName

MINUTE = 60.0
HOUR = 60 * MINUTE
DAY = 24 * HOUR
JITTER = 0.1  # keys that were fetched together must not expire together
OVERHEAD_BYTES = 3_072  # what an entry and its address cost beside bodies: tests/load/memory.py
ORDINARY_TEXTS_BYTES = 640  # of them: key, validators and a refusal’s words, as they usually are
OWNER = "owner"  # what lies on this machine: asked for anew each time, kept by nobody else
T_co = TypeVar("T_co", covariant=True)


class Key(NamedTuple):
    """What an entry is about. `principal` is the caller’s in whose name it was fetched."""

    source: SourceName
    kind: str
    ident: str
    market: str = ""
    version: int = 1
    principal: str = PUBLIC

    def text(self) -> str:
        """The key as one string, for the store."""
        return "|".join(map(str, self))

    def variant(self, name: str) -> Key:
        """The key of something computed from this entry, and perhaps from those of others."""
        return self._replace(kind=f"{self.kind}+{name}")

    @property
    def is_derived(self) -> bool:
        """Whether it is the key of something computed."""
        return "+" in self.kind


class Ages(NamedTuple):
    """The moments at which an entry gets older, in unix seconds."""

    fresh_until: float
    revalidate_until: float
    error_until: float
    delete_at: float


@dataclass(frozen=True, slots=True)
class Fetched(Generic[T_co]):
    """A value and what its source will recognise it by; no value: the known one still holds."""

    value: T_co | None
    validator: str | None = None
    calls: int = 1
    """How many calls it was put together from: what it is about may have changed in between."""


@dataclass(slots=True)
class Entry:
    """A value as canonical JSON bytes, or a source's refusal; times are unix seconds.

    Only `encodings` grows after the fact: a compressed form is made once, when first asked for.
    """

    key: Key
    body: bytes
    etag: str
    stored_at: float
    ages: Ages
    validator: str | None = None
    refusal: SourceError | None = None
    encodings: dict[str, bytes] = field(default_factory=dict)

    def size(self) -> int:
        """Bytes that this entry takes in memory, all that it keeps included."""
        bodies = len(self.body) + sum(map(len, self.encodings.values()))
        said = self.refusal.detail if self.refusal else ""
        texts = (self.key.kind, self.key.ident, self.key.principal, self.etag, said, self.validator)
        words = sum(map(getsizeof, texts))
        return OVERHEAD_BYTES + bodies + (words if words > ORDINARY_TEXTS_BYTES else 0)


def etag_of(body: bytes) -> str:
    """A strong validator of these bytes, without its quotes."""
    return hashlib.blake2b(body, digest_size=12).hexdigest()


class TtlClass(StrEnum):
    """What kind of thing is kept; each kind ages at its own speed."""

    CATALOGUE = "catalogue"  # artist, track, album, related, top tracks
    SOUND = "sound"  # features, analysis: a recording does not change
    PLAYLIST = "playlist"  # changes any minute, and says so by its snapshot
    SEARCH = "search"


@dataclass(frozen=True, slots=True)
class Ttl:
    """How long a value is fresh, may be served while refreshed, and may stand in for an error."""

    fresh: float
    while_revalidate: float
    if_error: float


TTLS = {
    TtlClass.CATALOGUE: Ttl(DAY, DAY, 7 * DAY),
    TtlClass.SOUND: Ttl(30 * DAY, 7 * DAY, 30 * DAY),
    TtlClass.PLAYLIST: Ttl(MINUTE, 5 * MINUTE, DAY),
    TtlClass.SEARCH: Ttl(10 * MINUTE, 10 * MINUTE, HOUR),
}

NEGATIVE_TTL: dict[type[SourceError], float] = {
    DoesNotExist: 10 * MINUTE,  # "not found" is an answer too, but music does get released tomorrow
    Unknown: DAY,  # it answers, and knows nothing of this
    UnknownId: DAY,
    Closed: DAY,
    NotConfigured: MINUTE,
    SignInEnded: 5.0,  # it ends with the next sign-in
    Unreachable: 5.0,
    Garbled: 5.0,
    BadQuestion: 5.0,
}
LONGEST_LIFE = max(ttl.fresh * (1 + JITTER) + ttl.if_error for ttl in TTLS.values())
"""No value is kept for longer, whatever moment stands on it."""
PERSISTENT_NEGATIVES = (Unknown, Closed)


class Verdict(Enum):
    """What may be done with what is kept."""

    MISS = "miss"
    FRESH = "fresh"
    REVALIDATE = "revalidate"  # serve at once, refresh behind
    EXPIRED = "expired"  # fetch first; serve it only if nobody answers


def judge(entry: Entry | None, *, now: float) -> Verdict:
    """Whether the entry may be served at `now`, and how."""
    if entry is None or now >= entry.ages.delete_at:
        return Verdict.MISS
    of_the_future = is_ahead(entry.stored_at, now)
    if now < entry.ages.fresh_until and not of_the_future:
        return Verdict.FRESH
    if entry.refusal is not None:
        return Verdict.MISS
    if of_the_future:
        return Verdict.EXPIRED
    return Verdict.REVALIDATE if now < entry.ages.revalidate_until else Verdict.EXPIRED


def may_stand_in(entry: Entry | None, *, now: float) -> bool:
    """Whether the entry may be served because no source answers."""
    return entry is not None and entry.refusal is None and now < entry.ages.error_until


def ages_of(ttl_class: TtlClass, *, now: float, chance: float) -> Ages:
    """The ages of a value stored at `now`; `chance` in [0, 1) spreads the first by ±10 %."""
    ttl = TTLS[ttl_class]
    fresh_until = now + ttl.fresh * (1 + JITTER * (2 * chance - 1))
    error_until = fresh_until + max(ttl.if_error, ttl.while_revalidate)
    return Ages(
        fresh_until=fresh_until,
        revalidate_until=fresh_until + ttl.while_revalidate,
        error_until=error_until,
        delete_at=error_until,
    )


def negative_ages(refusal: SourceError, *, now: float) -> Ages:
    """How long a refusal is remembered; never past the moment the source itself named."""
    until = now + NEGATIVE_TTL.get(type(refusal), 0.0)
    if refusal.retry_at is not None:
        until = min(until, refusal.retry_at) if until > now else refusal.retry_at
    return Ages(until, until, until, until)


def shortest(parts: Iterable[Ages]) -> Ages:
    """The ages of something made of several parts: it gets old with the first of them."""
    return Ages(*map(min, zip(*parts, strict=True)))
