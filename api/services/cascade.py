"""Ask the sources in the owner's order, through the cache; make one problem of their refusals."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Any

from api.cache.entry import Ages, Entry, Fetched, Key, TtlClass
from api.cache.tiers import Holds, Served, Tiers, as_served, composed, joint_key
from api.caller import Person, asked_by, caller, in_nobodys_name
from api.clock import Clock
from api.music.ids import OWN_PREFIX
from api.problems.errors import (
    ApiError,
    BadUpstreamAnswer,
    NotFound,
    NotSignedIn,
    StillWorking,
    TryLater,
    Unavailable,
)
from api.problems.refusals import (
    Closed,
    DoesNotExist,
    Garbled,
    InProgress,
    Limited,
    NotConfigured,
    NothingFound,
    SignInEnded,
    SourceError,
    Unknown,
    Unreachable,
)
from api.schemas.analysis import AudioAnalysis
from api.schemas.base import Model
from api.schemas.identity import IdScheme
from api.schemas.problem import Attempt
from api.schemas.provenance import Capability, SourceName
from api.schemas.reference import Kind
from api.services.identity import Identities, NativeId
from api.sources.registry import Registry

REQUEST_BUDGET_S = 7.8
SHARE_S = 1.9  # of it, before the other sources are asked beside the one that hangs
PARTIAL_S = 10.0  # an answer to which more may come is fresh for so long
_OWN_FILE = (
    "Bring the audio file itself (POST /v1/library/tracks) and this server will measure it, or "
    "connect Spotify credentials that may read it."
)
_OWN_PLAYLIST = (
    "If it is a playlist of your own, sign in with Spotify at /sign-in; /v1/sources shows what is "
    "open here without that."
)
WAYS_ON = {
    Capability.FEATURES: _OWN_FILE,
    Capability.ANALYSIS: _OWN_FILE,
    Capability.PLAYLIST: _OWN_PLAYLIST,
}
_LATE = "It has not answered in time; what it says is kept for the next time you ask."
_NOT_TOLD = "It is not asked: what is this server’s own is not told to others."
_WAY_ON = "Connect Spotify credentials that may read it; /v1/sources shows what is open here."


class InWhoseName(Enum):
    """Who puts a question to a source that somebody can sign in with."""

    NOBODY = auto()
    PERSON_IF_REFUSED = auto()  # what everybody may know is theirs, too, and shared by all
    PERSON = auto()


Ask = Callable[[Any, str, str | None], Awaitable[Fetched[Any]]]


@dataclass(frozen=True, slots=True)
class Lookup:
    """One thing that can be asked of any source with the capability.

    `ask(source, ident, known)` puts the question, `ident` being the source’s own id for what is
    asked for. Where nobody can answer, the problem says that `subject` is unavailable, or that the
    `thing` it is about does not exist.
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
    among: frozenset[SourceName] | None = None
    in_name: InWhoseName = InWhoseName.NOBODY
    in_batches: bool = False  # of those sources alone that can be asked about many at once
    wait: bool = False  # rather than serve a stale value while it is refreshed
    holds: Holds | None = None  # whether a kept value may be served at all
    goes_beyond: type[SourceError] | None = None  # a kept refusal of this kind is no answer to it

    def key(self, source: Any, native: str | None = None) -> Key:  # noqa: ANN401  # any Source
        """Where this source's answer is kept: another one where its own id is another."""
        market = (self.market or source.market) if self.by_market else None
        ident = self.ident if native in {None, self.ident} else f"{self.ident}={native}"
        return Key(source.name, self.kind, ident, market or "", source.version, caller().principal)


@dataclass(frozen=True, slots=True)
class Answers:
    """What all sources said that could be asked: the answers in their order, and the refusals."""

    parts: tuple[Served, ...]
    refusals: tuple[SourceError, ...]

    @property
    def is_partial(self) -> bool:
        """Whether asking again soon may bring more."""
        return any(
            isinstance(refusal, Limited | Unreachable | Garbled) for refusal in self.refusals
        )

    def with_more(self, more: Answers) -> Answers:
        """These and those."""
        return Answers(self.parts + more.parts, self.refusals + more.refusals)


class Cascade:
    """The one place where a question meets sources and cache."""

    def __init__(
        self, registry: Registry, tiers: Tiers, identities: Identities, *, clock: Clock
    ) -> None:
        self.registry = registry
        self.tiers = tiers
        self.clock = clock
        self.identities = identities

    def end_of_request(self) -> float:
        """When the budget of a request that begins now is spent, by the loop's clock."""
        return asyncio.get_running_loop().time() + REQUEST_BUDGET_S

    async def first(self, lookup: Lookup, *, end: float | None = None) -> Served:
        """The answer of the first source that can give one. Raises ApiError."""
        lookup = self._kept_at_home(lookup)
        able = self._able(lookup)
        loop = asyncio.get_running_loop()
        end = end or self.end_of_request()
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
        return await self.nothing_or_problem(lookup, refusals)

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
        return await self.nothing_or_problem(lookup, refusals)

    async def derive(
        self, answers: Answers, variant: str, build: Callable[[], Awaitable[bytes]]
    ) -> Served:
        """Something made of all answers; where more may come soon, it is soon made anew."""
        who = "+".join(part.entry.key.source for part in answers.parts)
        without = "".join(f"-{refusal.source}" for refusal in answers.refusals)
        named = f"{variant}:{who}{without}"
        if not answers.is_partial:
            return await self.tiers.derive(answers.parts, named, build)
        entry = composed(joint_key(answers.parts, named), answers.parts, await build())
        soon = self.clock() + PARTIAL_S
        ages = Ages(*(min(age, soon) for age in entry.ages))
        return as_served(replace(entry, ages=ages), answers.parts)

    async def nothing_or_problem(self, lookup: Lookup, refusals: Sequence[SourceError]) -> Served:
        """That nothing was found is an answer where nobody else was there to be asked."""
        match refusals:
            case [NothingFound() as nothing]:
                key = Key(nothing.source, lookup.kind, lookup.ident)
                return self.tiers.at_home(key, await to_json(nothing.value))
        raise self.problem(lookup, refusals)

    async def every(self, lookup: Lookup) -> Answers:
        """All that can answer, asked side by side. Raises ApiError if none can."""
        lookup = self._kept_at_home(lookup)
        answers = await self.all_of(lookup, end=self.end_of_request())
        if not answers.parts:
            raise self.problem(lookup, answers.refusals)
        return answers

    async def all_of(self, lookup: Lookup, *, end: float, needed: bool = True) -> Answers:
        """What all say that can be asked, side by side, be it nothing.

        Once one has answered, or where no answer is needed, they have their share of the budget
        and no more.
        """
        start = asyncio.get_running_loop().time()
        tasks = {
            source.name: asyncio.create_task(self._outcome(source, lookup, end))
            for source in self._able(lookup)
        }
        try:
            await _settled(tasks.values(), share_end=min(start + SHARE_S, end), needed=needed)
            outcomes = [
                task.result() if task.done() else Unreachable(name, _LATE)
                for name, task in tasks.items()
            ]
        finally:
            for task in tasks.values():
                task.cancel()  # its wait only: what it says is kept for the next reader
        return Answers(
            tuple(outcome for outcome in outcomes if isinstance(outcome, Served)),
            tuple(outcome for outcome in outcomes if isinstance(outcome, SourceError)),
        )

    def _able(self, lookup: Lookup) -> list[Any]:
        able = self.registry.able(lookup.capability, lookup.only, in_batches=lookup.in_batches)
        asked = (one for one in able if lookup.among is None or one.name in lookup.among)
        # Who knows the id itself comes before those whose own ids have to be found out first.
        return sorted(asked, key=lambda one: lookup.capability in one.asked_by)

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
        """One source's answer, in whose name the lookup says. Raises SourceError."""
        who = caller()
        asks = isinstance(who, Person) and source.name is SourceName.SPOTIFY
        if asks and lookup.in_name is InWhoseName.PERSON:
            return await self._of(source, lookup)
        try:
            with asked_by(in_nobodys_name(who)):
                return await self._of(source, lookup)
        except (Closed, Unknown, NotConfigured):
            if not asks or lookup.in_name is InWhoseName.NOBODY:
                raise
        return await self._of(source, lookup)

    async def _of(self, source: Any, lookup: Lookup) -> Served:  # noqa: ANN401  # any Source
        if source.at_home:
            at_home = await lookup.ask(source, lookup.ident, None)
            assert at_home.value is not None  # noqa: S101  # “unchanged” needs a known value
            return self.tiers.at_home(lookup.key(source), await to_json(at_home.value))

        native = await self._native(source, lookup)

        async def fetch(entry: Entry | None) -> Fetched[bytes]:
            validator = entry.validator if entry else None
            fetched = await lookup.ask(source, native.ident, validator)
            if fetched.value is None:
                return Fetched(None, fetched.validator)
            value = known_as(fetched.value, lookup, native)
            return Fetched(await to_json(value), fetched.validator)

        key = lookup.key(source, native.ident)
        return await self.tiers.get_or_fetch(
            key,
            fetch,
            lookup.ttl,
            wait=lookup.wait,
            holds=lookup.holds,
            goes_beyond=lookup.goes_beyond,
        )

    async def _native(self, source: Any, lookup: Lookup) -> NativeId:  # noqa: ANN401  # any Source
        """The id by which the source knows what is asked for. Raises SourceError."""
        scheme = source.asked_by.get(lookup.capability, IdScheme.SPOTIFY)
        if scheme is IdScheme.SPOTIFY:
            return NativeId(lookup.ident)
        return await self.identities.native(
            lookup.ident, Kind(lookup.thing), scheme, asker=source.name
        )

    def attempts(self, lookup: Lookup, refusals: Iterable[SourceError]) -> tuple[Attempt, ...]:
        """Who gave nothing, and why; also who could not even be asked."""
        refused = (*refusals, *self.registry.unable(lookup.capability, lookup.only))
        return tuple(refusal.attempt(self.clock()) for refusal in refused)

    def problem(self, lookup: Lookup, refusals: Iterable[SourceError]) -> ApiError:
        """What a caller is told when every source that could be asked refused."""
        refused = tuple(refusals)
        for refusal in refused:
            if isinstance(refusal, InProgress):
                return StillWorking(
                    refusal.job, retry_after=refusal.attempt(self.clock()).retry_after or 1
                )
        for refusal in refused:
            if isinstance(refusal, SignInEnded) and lookup.in_name is InWhoseName.PERSON:
                return NotSignedIn(refusal.detail)
        attempts = self.attempts(lookup, refusals)
        if any(isinstance(refusal, DoesNotExist) for refusal in refused):
            return NotFound(lookup.thing, attempts)
        if any(isinstance(refusal, Limited | Unreachable) for refusal in refused):
            return TryLater(attempts)
        if any(isinstance(refusal, Garbled) for refusal in refused):
            return BadUpstreamAnswer(attempts)
        hint = WAYS_ON.get(lookup.capability, _WAY_ON)
        return Unavailable(lookup.subject, attempts, hint=hint)


async def _settled(tasks: Iterable[asyncio.Task[Any]], *, share_end: float, needed: bool) -> None:
    """Wait for all, but past the end of the share only for a first answer, if one is needed."""
    loop = asyncio.get_running_loop()
    waiting = set(tasks)
    while waiting:
        answered = any(isinstance(task.result(), Served) for task in set(tasks) - waiting)
        left = max(share_end - loop.time(), 0) if answered or not needed else None
        done, waiting = await asyncio.wait(
            waiting, timeout=left, return_when=asyncio.FIRST_COMPLETED
        )
        if not done:
            return


def known_as(value: Any, lookup: Lookup, native: NativeId) -> Any:  # noqa: ANN401  # any Resource
    """A source's value under the id that was asked for, with how the source's own was found."""
    if native.ident == lookup.ident:
        return value
    changes: dict[str, Any] = {"id": lookup.ident}
    if "uri" in type(value).model_fields:
        changes["uri"] = f"spotify:{lookup.thing}:{lookup.ident}"
    if native.says is not None:
        changes["provenance"] = tuple(
            said.model_copy(update={"detail": " ".join(filter(None, (said.detail, native.says)))})
            for said in value.provenance
        )
    return value.model_copy(update=changes)


async def to_json(value: Model) -> bytes:
    """Canonical JSON; an analysis is a megabyte and written off the event loop."""
    if isinstance(value, AudioAnalysis):
        return await asyncio.to_thread(_dump, value)
    return _dump(value)


def _dump(value: Model) -> bytes:
    return value.__pydantic_serializer__.to_json(value)
