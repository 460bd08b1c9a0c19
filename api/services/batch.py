"""Many things in one request: one call where the source has a batch, a few at a time where not."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from api.cache.entry import Fetched
from api.cache.tiers import Served
from api.music import references
from api.music.ids import OWN_PREFIX
from api.problems.errors import ApiError, BadReference, TryLater
from api.problems.refusals import BadQuestion, Closed, SourceError, Unknown, again
from api.schemas.provenance import SourceName
from api.schemas.reference import Kind
from api.services.cascade import REQUEST_BUDGET_S, Cascade, Lookup

FAN_OUT = 4  # single calls at once where the batch is closed

BatchAnswer = Mapping[str, Fetched[Any] | SourceError]
AskBatch = Callable[[Any, Sequence[str]], Awaitable[BatchAnswer]]
Outcome = Served | ApiError


@dataclass(frozen=True, slots=True)
class BatchLookup:
    """Several like questions, how to put them at once, and what it means if one gets no answer."""

    each: Callable[[str], Lookup]
    batch: AskBatch
    absent: type[Unknown]
    absent_detail: str


async def by_text(
    texts: Sequence[str], ask: Callable[[Sequence[str]], Awaitable[list[Outcome]]]
) -> list[tuple[str, Outcome]]:
    """An answer or a problem for each text, in the order asked: some may be no ids of tracks."""
    read = [_read(text) for text in texts]
    idents = [one for one in read if isinstance(one, str)]
    answers = iter(await ask(idents) if idents else [])
    return [
        (text, next(answers) if isinstance(one, str) else one)
        for text, one in zip(texts, read, strict=True)
    ]


def _read(text: str) -> str | BadReference:
    try:
        return references.path_id(text, Kind.TRACK)
    except BadReference as problem:
        return problem


async def ask_many(cascade: Cascade, many: BatchLookup, idents: Sequence[str]) -> list[Outcome]:
    """An answer or a problem for each id, in the order asked, within the budget of a request."""
    loaders = await _loaders(cascade, many, idents)

    async def one(ident: str) -> Outcome:
        try:
            return await cascade.first(_through(loaders, many.each(ident)))
        except ApiError as problem:
            return problem

    unique = list(dict.fromkeys(idents))
    tasks = {ident: asyncio.create_task(one(ident)) for ident in unique}
    _, late = await asyncio.wait(tasks.values(), timeout=REQUEST_BUDGET_S - 0.2)
    for task in late:
        task.cancel()  # the caller's wait only: the flight itself goes on
    return [TryLater(()) if tasks[i] in late else tasks[i].result() for i in idents]


async def _loaders(
    cascade: Cascade, many: BatchLookup, idents: Sequence[str]
) -> dict[str, _Loader]:
    """For each source, a loader that knows what it would have to be asked for."""
    able = cascade.registry.able(many.each(idents[0]).capability, in_batches=True)
    return {
        source.name: _Loader(source, many, await _wanted(cascade, source, many=many, idents=idents))
        for source in able
    }


async def _wanted(
    cascade: Cascade,
    source: Any,  # noqa: ANN401  # any Source
    *,
    many: BatchLookup,
    idents: Sequence[str],
) -> list[str]:
    """What a source has to be asked for: nothing that is kept, and own ids the library alone."""
    if source.name is SourceName.LIBRARY:
        return list(idents)
    others = [ident for ident in idents if not ident.startswith(OWN_PREFIX)]
    if source.at_home:
        return others
    answers = await kept(cascade, source, [many.each(ident) for ident in others])
    return [ident for ident, answer in zip(others, answers, strict=True) if answer is None]


async def kept(
    cascade: Cascade,
    source: Any,  # noqa: ANN401  # any Source
    lookups: Sequence[Lookup],
) -> list[Served | SourceError | None]:
    """What answers each question at this source without it being asked; None where nothing does."""
    tiers = cascade.tiers
    entries = await tiers.peek_at([lookup.key(source) for lookup in lookups])
    return [
        tiers.answer(entry, goes_beyond=lookup.goes_beyond)
        for lookup, entry in zip(lookups, entries, strict=True)
    ]


def _through(loaders: dict[str, _Loader], lookup: Lookup) -> Lookup:
    """The same question, put to each source through its loader."""

    async def ask(source: Any, native: str, known: str | None) -> Fetched[Any]:  # noqa: ANN401
        loader = loaders[source.name]
        return await loader.load(lookup.ident, lambda: lookup.ask(source, native, known))

    return replace(lookup, ask=ask, in_batches=True)


class _Loader:
    """One batch call for all that a source has to be asked; single calls where it is closed."""

    def __init__(self, source: Any, many: BatchLookup, wanted: Sequence[str]) -> None:  # noqa: ANN401
        self._source = source
        self._many = many
        self._wanted = frozenset(wanted)
        self._batch: asyncio.Task[BatchAnswer | None] | None = None
        self._slots = asyncio.Semaphore(FAN_OUT)

    async def load(self, ident: str, single: Callable[[], Awaitable[Fetched[Any]]]) -> Fetched[Any]:
        """This id's value, from the batch if there is one. Raises SourceError.

        Why an own file has no answer, and when it will, only the single question tells.
        """
        if len(self._wanted) > 1 and ident in self._wanted:
            if self._batch is None:
                self._batch = asyncio.create_task(self._ask())
            answer = await asyncio.shield(self._batch)
            if answer is not None and (ident in answer or not ident.startswith(OWN_PREFIX)):
                return self._pick(answer, ident)
        async with self._slots:
            return await single()

    async def _ask(self) -> BatchAnswer | None:
        """What the batch gives; None where it is closed to us."""
        try:
            return await self._many.batch(self._source, sorted(self._wanted))
        except (Closed, BadQuestion):
            return None

    def _pick(self, answer: BatchAnswer, ident: str) -> Fetched[Any]:
        if ident not in answer:
            # What lies on this machine knows nothing of a stranger's id, not even that it is none.
            kind = Unknown if self._source.at_home else self._many.absent
            raise kind(self._source.name, self._many.absent_detail)
        one = answer[ident]
        if isinstance(one, SourceError):
            raise again(one)
        return one
