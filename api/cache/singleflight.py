"""One task per key does the work; the others wait, and leaving hurts nobody."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from contextlib import suppress
from typing import Generic, TypeVar

T = TypeVar("T")
STOP_WAIT_S = 8.0


class SingleFlight(Generic[T]):
    """Detached, owned tasks: a caller that is cancelled cancels nobody's work."""

    def __init__(self) -> None:
        self._flights: dict[Hashable, asyncio.Task[T]] = {}

    def __contains__(self, key: Hashable) -> bool:
        return key in self._flights

    async def join(self, key: Hashable, work: Callable[[], Awaitable[T]]) -> T:
        """The result of the flight under `key`, started with `work` if none is in the air."""
        return await asyncio.shield(self.start(key, work))

    def start(self, key: Hashable, work: Callable[[], Awaitable[T]]) -> asyncio.Task[T]:
        """The flight under `key`; nobody has to wait for it."""
        task = self._flights.get(key)
        if task is None:
            task = asyncio.create_task(_run(work), name=f"flight {key}")
            self._flights[key] = task  # owned: the dict keeps it alive
            task.add_done_callback(lambda done: self._land(key, done))
        return task

    def _land(self, key: Hashable, done: asyncio.Task[T]) -> None:
        self._flights.pop(key, None)
        if not done.cancelled():
            done.exception()  # all may have left; nobody is to hear that it was never retrieved

    async def close(self) -> None:
        """Wait a little for what is in the air and what that starts, then cancel the rest."""
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_WAIT_S):
                while self._flights:
                    await asyncio.wait(self._flights.values())
        late = list(self._flights.values())
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)


async def _run(work: Callable[[], Awaitable[T]]) -> T:
    return await work()
