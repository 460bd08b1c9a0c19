"""Many things in one request: one call where the source has a batch, a few at a time where not."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from api.cache.entry import Fetched
from api.cache.tiers import Served
from api.music.ids import OWN_PREFIX
from api.problems.errors import ApiError, TryLater
from api.problems.refusals import BadQuestion, Closed, Garbled, Unknown, again
from api.schemas.provenance import SourceName
from api.services.cascade import REQUEST_BUDGET_S, Asked, Desk

FAN_OUT = 4  # single calls at once where the batch is closed

Several = Mapping[str, Fetched[Any] | Garbled]
Batch = Callable[[Any, Sequence[str]], Awaitable[Several]]


@dataclass(frozen=True, slots=True)
class Many:
    """Several like questions, how to put them at once, and what it means if one gets no answer."""

    each: Callable[[str], Asked]
    batch: Batch
    absent: type[Unknown]
    absent_detail: str


async def ask_many(desk: Desk, many: Many, idents: Sequence[str]) -> list[Served | ApiError]:
    """An answer or a problem for each id, in the order asked, within the budget of a request."""
    loaders = await _loaders(desk, many, idents)

    async def one(ident: str) -> Served | ApiError:
        try:
            return await desk.first(_through(loaders, many.each(ident)))
        except ApiError as problem:
            return problem

    unique = list(dict.fromkeys(idents))
    tasks = {ident: asyncio.create_task(one(ident)) for ident in unique}
    _, late = await asyncio.wait(tasks.values(), timeout=REQUEST_BUDGET_S - 0.2)
    for task in late:
        task.cancel()  # the caller's wait only: the flight itself goes on
    return [TryLater(()) if tasks[i] in late else tasks[i].result() for i in idents]


async def _loaders(desk: Desk, many: Many, idents: Sequence[str]) -> dict[str, _Loader]:
    """For each source, a loader that knows what it would have to be asked for."""
    able = desk.registry.able(many.each(idents[0]).capability)
    return {
        source.name: _Loader(source, many, await _wanted(desk, source, many=many, idents=idents))
        for source in able
    }


async def _wanted(desk: Desk, source: Any, *, many: Many, idents: Sequence[str]) -> list[str]:  # noqa: ANN401
    """What a source has to be asked for: nothing that is kept, and own ids the library alone."""
    if source.name is SourceName.LIBRARY:
        return list(idents)
    keys = {i: many.each(i).key(source) for i in idents if not i.startswith(OWN_PREFIX)}
    if source.at_home:
        return list(keys)
    fresh = await asyncio.gather(*(desk.tiers.is_fresh(key) for key in keys.values()))
    return [ident for ident, is_fresh in zip(keys, fresh, strict=True) if not is_fresh]


def _through(loaders: dict[str, _Loader], asked: Asked) -> Asked:
    """The same question, put to each source through its loader."""

    async def ask(source: Any, known: str | None) -> Fetched[Any]:  # noqa: ANN401  # any Source
        return await loaders[source.name].load(asked.ident, lambda: asked.ask(source, known))

    return replace(asked, ask=ask)


class _Loader:
    """One batch call for all that a source has to be asked; single calls where it is closed."""

    def __init__(self, source: Any, many: Many, wanted: Sequence[str]) -> None:  # noqa: ANN401
        self._source = source
        self._many = many
        self._wanted = frozenset(wanted)
        self._batch: asyncio.Task[Several | None] | None = None
        self._seats = asyncio.Semaphore(FAN_OUT)

    async def load(self, ident: str, single: Callable[[], Awaitable[Fetched[Any]]]) -> Fetched[Any]:
        """This id's value, from the batch if there is one. Raises SourceError.

        Why an own file has no answer, and when it will, only the single question tells.
        """
        if len(self._wanted) > 1 and ident in self._wanted:
            if self._batch is None:
                self._batch = asyncio.create_task(self._ask())
            found = await asyncio.shield(self._batch)
            if found is not None and (ident in found or not ident.startswith(OWN_PREFIX)):
                return self._pick(found, ident)
        async with self._seats:
            return await single()

    async def _ask(self) -> Several | None:
        """What the batch gives; None where it is closed to us."""
        try:
            return await self._many.batch(self._source, sorted(self._wanted))
        except (Closed, BadQuestion):
            return None

    def _pick(self, found: Several, ident: str) -> Fetched[Any]:
        if ident not in found:
            # What lies on this machine knows nothing of a stranger's id, not even that it is none.
            kind = Unknown if self._source.at_home else self._many.absent
            raise kind(self._source.name, self._many.absent_detail)
        one = found[ident]
        if isinstance(one, Garbled):
            raise again(one)
        return one
