"""Ask the sources in the owner's order, through the cache; make one problem of their refusals."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
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
class Asked:
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


class Desk:
    """The one place where a question meets sources and cache."""

    def __init__(self, registry: Registry, tiers: Tiers, clock: Clock) -> None:
        self.registry = registry
        self.tiers = tiers
        self.clock = clock

    async def first(self, asked: Asked) -> Served:
        """The answer of the first source that can give one. Raises ApiError."""
        asked = self._kept_at_home(asked)
        refusals: list[SourceError] = []
        end = asyncio.get_running_loop().time() + REQUEST_BUDGET_S
        for source in self.registry.able(asked.capability, asked.only):
            outcome = await self._outcome(source, asked, end)
            if isinstance(outcome, Served):
                return outcome
            refusals.append(outcome)
        return await self._nothing_or_problem(asked, refusals)

    async def _nothing_or_problem(self, asked: Asked, refusals: list[SourceError]) -> Served:
        """That nothing was found is an answer where nobody else was there to be asked."""
        match refusals:
            case [NothingFound() as nothing]:
                key = Key(nothing.source, asked.kind, asked.ident)
                return self.tiers.at_home(key, await to_json(nothing.value))
        raise self.problem(asked, refusals)

    async def every(self, asked: Asked) -> list[Served]:
        """The answers of all sources that can give one, in order. Raises ApiError if none can."""
        asked = self._kept_at_home(asked)
        end = asyncio.get_running_loop().time() + REQUEST_BUDGET_S
        able = self.registry.able(asked.capability, asked.only)
        outcomes = await asyncio.gather(*(self._outcome(source, asked, end) for source in able))
        parts = [outcome for outcome in outcomes if isinstance(outcome, Served)]
        if parts:
            return parts
        raise self.problem(asked, [one for one in outcomes if isinstance(one, SourceError)])

    def _kept_at_home(self, asked: Asked) -> Asked:
        """An own id never leaves this server: the library alone may be asked for it."""
        if not asked.ident.startswith(OWN_PREFIX) or asked.only is SourceName.LIBRARY:
            return asked
        if asked.only is None:
            return replace(asked, only=SourceName.LIBRARY)
        able = self.registry.able(asked.capability, asked.only)
        raise self.problem(asked, [Unknown(source.name, _NOT_TOLD) for source in able])

    async def revision(self, ident: str) -> str | None:
        """Another one whenever what may be said of an own id has changed; None for all others."""
        return await self.registry.revision() if ident.startswith(OWN_PREFIX) else None

    async def _outcome(self, source: Any, asked: Asked, end: float) -> Served | SourceError:  # noqa: ANN401
        try:
            async with asyncio.timeout_at(end):
                return await self.of(source, asked)
        except SourceError as refusal:
            return refusal
        except TimeoutError:
            return Unreachable(source.name, "The time for this request is up.")

    async def of(self, source: Any, asked: Asked) -> Served:  # noqa: ANN401  # any Source
        """One source's answer. Raises SourceError."""
        if source.at_home:
            at_home = await asked.ask(source, None)
            assert at_home.value is not None  # noqa: S101  # “unchanged” needs a known value
            return self.tiers.at_home(asked.key(source), await to_json(at_home.value))

        async def fetch(entry: Entry | None) -> Fetched[bytes]:
            fetched = await asked.ask(source, entry.validator if entry else None)
            body = None if fetched.value is None else await to_json(fetched.value)
            return Fetched(body, fetched.validator)

        return await self.tiers.get_or_fetch(
            asked.key(source), fetch, asked.ttl, wait=asked.wait, holds=asked.holds
        )

    def problem(self, asked: Asked, refusals: Iterable[SourceError]) -> ApiError:
        """What a caller is told when every source that could be asked refused."""
        refused = (*refusals, *self.registry.unable(asked.capability, asked.only))
        for refusal in refused:
            if isinstance(refusal, InProgress):
                return StillWorking(
                    refusal.job, retry_after=refusal.attempt(self.clock()).retry_after or 1
                )
        attempts = tuple(refusal.attempt(self.clock()) for refusal in refused)
        if any(isinstance(refusal, DoesNotExist) for refusal in refused):
            return NotFound(asked.thing, attempts)
        if any(isinstance(refusal, Limited | Unreachable) for refusal in refused):
            return TryLater(attempts)
        if any(isinstance(refusal, Garbled) for refusal in refused):
            return BadUpstreamAnswer(attempts)
        hint = WAYS_ON.get(asked.capability, _WAY_ON)
        return Unavailable(asked.subject, attempts, hint=hint)


async def to_json(value: Model) -> bytes:
    """Canonical JSON; an analysis is a megabyte and written off the event loop."""
    if isinstance(value, AudioAnalysis):
        return await asyncio.to_thread(_dump, value)
    return _dump(value)


def _dump(value: Model) -> bytes:
    return value.__pydantic_serializer__.to_json(value)
