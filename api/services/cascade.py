"""Ask the sources in the owner's order, through the cache; make one problem of their refusals."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from api.cache.entry import Entry, Fetched, Key
from api.cache.policy import TtlClass
from api.cache.tiers import Holds, Served, Tiers
from api.caller import caller
from api.clock import Clock
from api.music.ids import OWN_PREFIX
from api.problems.errors import (
    ApiError,
    BadUpstreamAnswer,
    NotFound,
    StillWorking,
    TryLater,
    Unavailable,
)
from api.problems.refusals import (
    DoesNotExist,
    Garbled,
    InProgress,
    Limited,
    NothingFound,
    SourceError,
    Unknown,
    Unreachable,
)
from api.schemas.analysis import AudioAnalysis
from api.schemas.base import Model
from api.schemas.provenance import Capability, SourceName
from api.sources.registry import Registry

REQUEST_BUDGET_S = 7.8
SHARE_S = 1.9  # of it, before the other sources are asked beside the one that hangs
_OWN_FILE = (
    "Bring the audio file itself (POST /v1/library/tracks) and this server will measure it, or "
    "connect Spotify credentials that may read it."
)
WAYS_ON = {
    Capability.FEATURES: _OWN_FILE,
    Capability.ANALYSIS: _OWN_FILE,
}
_NOT_TOLD = "It is not asked: what is this server’s own is not told to others."
_WAY_ON = "Connect Spotify credentials that may read it; /v1/sources shows what is open here."

Ask = Callable[[Any, str | None], Awaitable[Fetched[Any]]]


@dataclass(frozen=True, slots=True)
class Lookup:
    """One thing that can be asked of any source with the capability.

    `ask(source, known)` puts the question. Where nobody can answer, the problem says that
    `subject` is unavailable, or that the `thing` it is about does not exist.
    """

    capability: Capability
    subject: str
    thing: str
    kind: str
    ident: str
    ttl: TtlClass
    ask: Ask
    market: str | None = None
    by_market: bool = False  # whether the answer depends on one: the caller's, or the source's own
    only: SourceName | None = None
    wait: bool = False  # rather than serve a stale value while it is refreshed
    holds: Holds | None = None  # whether a kept value may be served at all

    def key(self, source: Any) -> Key:  # noqa: ANN401  # any Source
        """Where this source's answer is kept."""
        market = (self.market or source.market) if self.by_market else None
        return Key(
            source.name, self.kind, self.ident, market or "", source.version, caller().principal
        )


class Cascade:
    """The one place where a question meets sources and cache."""

    def __init__(self, registry: Registry, tiers: Tiers, clock: Clock) -> None:
        self.registry = registry
        self.tiers = tiers
        self.clock = clock

    async def first(self, lookup: Lookup) -> Served:
        """The answer of the first source that can give one. Raises ApiError."""
        lookup = self._kept_at_home(lookup)
        able = list(self.registry.able(lookup.capability, lookup.only))
        loop = asyncio.get_running_loop()
        end = loop.time() + REQUEST_BUDGET_S
        refusals: list[SourceError] = []
        for place, source in enumerate(able):
            shares = place + 1 < len(able) and not source.at_home
            until = min(loop.time() + SHARE_S, end) if shares else end
            outcome = await self._outcome(source, lookup, until)
            if isinstance(outcome, Served):
                return outcome
            if shares and loop.time() >= until:
                return await self._side_by_side(lookup, able[place:], refusals, end=end)
            refusals.append(outcome)
        return await self._nothing_or_problem(lookup, refusals)

    async def _side_by_side(
        self, lookup: Lookup, able: Sequence[Any], refusals: list[SourceError], *, end: float
    ) -> Served:
        """The first answer there is: who hangs may still be the only one that has any."""
        tasks = [asyncio.create_task(self._outcome(source, lookup, end)) for source in able]
        try:
            for outcome in asyncio.as_completed(tasks):
                if isinstance(served := await outcome, Served):
                    return served
        finally:
            for task in tasks:
                task.cancel()  # its wait only: a flight of the cache goes on, and is kept
        outcomes = (task.result() for task in tasks)
        refusals += [outcome for outcome in outcomes if isinstance(outcome, SourceError)]
        return await self._nothing_or_problem(lookup, refusals)

    async def _nothing_or_problem(self, lookup: Lookup, refusals: list[SourceError]) -> Served:
        """That nothing was found is an answer where nobody else was there to be asked."""
        match refusals:
            case [NothingFound() as nothing]:
                key = Key(nothing.source, lookup.kind, lookup.ident)
                return self.tiers.at_home(key, await to_json(nothing.value))
        raise self.problem(lookup, refusals)

    async def every(self, lookup: Lookup) -> list[Served]:
        """The answers of all sources that can give one, in order. Raises ApiError if none can."""
        lookup = self._kept_at_home(lookup)
        end = asyncio.get_running_loop().time() + REQUEST_BUDGET_S
        able = self.registry.able(lookup.capability, lookup.only)
        outcomes = await asyncio.gather(*(self._outcome(source, lookup, end) for source in able))
        parts = [outcome for outcome in outcomes if isinstance(outcome, Served)]
        if parts:
            return parts
        raise self.problem(lookup, [one for one in outcomes if isinstance(one, SourceError)])

    def _kept_at_home(self, lookup: Lookup) -> Lookup:
        """An own id never leaves this server: the library alone may be asked for it."""
        if not lookup.ident.startswith(OWN_PREFIX) or lookup.only is SourceName.LIBRARY:
            return lookup
        if lookup.only is None:
            return replace(lookup, only=SourceName.LIBRARY)
        able = self.registry.able(lookup.capability, lookup.only)
        raise self.problem(lookup, [Unknown(source.name, _NOT_TOLD) for source in able])

    async def revision(self, ident: str) -> str | None:
        """Another one whenever what may be said of an own id has changed; None for all others."""
        return await self.registry.revision() if ident.startswith(OWN_PREFIX) else None

    async def _outcome(self, source: Any, lookup: Lookup, end: float) -> Served | SourceError:  # noqa: ANN401
        try:
            async with asyncio.timeout_at(end):
                return await self.of(source, lookup)
        except SourceError as refusal:
            return refusal
        except TimeoutError:
            return Unreachable(source.name, "The time for this request is up.")

    async def of(self, source: Any, lookup: Lookup) -> Served:  # noqa: ANN401  # any Source
        """One source's answer. Raises SourceError."""
        if source.at_home:
            at_home = await lookup.ask(source, None)
            assert at_home.value is not None  # noqa: S101  # “unchanged” needs a known value
            return self.tiers.at_home(lookup.key(source), await to_json(at_home.value))

        async def fetch(entry: Entry | None) -> Fetched[bytes]:
            fetched = await lookup.ask(source, entry.validator if entry else None)
            body = None if fetched.value is None else await to_json(fetched.value)
            return Fetched(body, fetched.validator)

        return await self.tiers.get_or_fetch(
            lookup.key(source), fetch, lookup.ttl, wait=lookup.wait, holds=lookup.holds
        )

    def problem(self, lookup: Lookup, refusals: Iterable[SourceError]) -> ApiError:
        """What a caller is told when every source that could be asked refused."""
        refused = (*refusals, *self.registry.unable(lookup.capability, lookup.only))
        for refusal in refused:
            if isinstance(refusal, InProgress):
                return StillWorking(
                    refusal.job, retry_after=refusal.attempt(self.clock()).retry_after or 1
                )
        attempts = tuple(refusal.attempt(self.clock()) for refusal in refused)
        if any(isinstance(refusal, DoesNotExist) for refusal in refused):
            return NotFound(lookup.thing, attempts)
        if any(isinstance(refusal, Limited | Unreachable) for refusal in refused):
            return TryLater(attempts)
        if any(isinstance(refusal, Garbled) for refusal in refused):
            return BadUpstreamAnswer(attempts)
        hint = WAYS_ON.get(lookup.capability, _WAY_ON)
        return Unavailable(lookup.subject, attempts, hint=hint)


async def to_json(value: Model) -> bytes:
    """Canonical JSON; an analysis is a megabyte and written off the event loop."""
    if isinstance(value, AudioAnalysis):
        return await asyncio.to_thread(_dump, value)
    return _dump(value)


def _dump(value: Model) -> bytes:
    return value.__pydantic_serializer__.to_json(value)
