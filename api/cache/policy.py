"""Decide whether a cached value may be served. No I/O: time is an argument, in unix seconds.

An entry lives through four ages:

    stored ──fresh──► fresh_until ──serve at once, refresh behind──► revalidate_until
           ──serve only if no source answers──► error_until ──keep no more──► delete_at
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, StrEnum

from api.cache.entry import Ages, Entry
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

MINUTE = 60.0
HOUR = 60 * MINUTE
DAY = 24 * HOUR
JITTER = 0.1  # keys that were fetched together must not expire together


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


def ages(ttl_class: TtlClass, *, now: float, chance: float) -> Ages:
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
