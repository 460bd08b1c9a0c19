"""A source that answers anybody, put together as the product does, before a stand-in."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

from api.clock import Clock
from api.settings import Settings
from api.sources.base import Source
from api.sources.upstream.gates import StoredGates
from tests.sandbox.answers import Answer, Request
from tests.sandbox.server import OnLoopback
from tests.sources.product import Hands
from tests.sources.upstream.upstream import RowsInMemory


def open_settings(name: str, block: Mapping[str, Any], **changes: Any) -> Settings:
    """One source alone."""
    values: dict[str, Any] = {
        "data_dir": Path("unused"),
        "worker": False,
        "sources": (name,),
        name: dict(block),
    }
    return Settings(_env_file=None, **values | changes)


@asynccontextmanager
async def open_source(
    make: Callable[..., Any],
    settings: Settings,
    *,
    clock: Clock | None = None,
    rows: RowsInMemory | None = None,
    **more: Any,
) -> AsyncIterator[Any]:
    """The source that `make_source` makes of these settings."""
    ticking = clock or Hands()
    gates = StoredGates(rows or RowsInMemory(), ticking)
    await gates.load()
    source: Source = make(settings, gates, clock=ticking, chance=lambda: 0.0, **more)
    try:
        yield source
    finally:
        await source.close()


def assembled(
    make: Callable[..., Any], *, clock: Clock | None = None, **settings: Any
) -> AbstractAsyncContextManager[Any]:
    """The source that these settings make, whichever sources they name."""
    return open_source(make, Settings(_env_file=None, **settings), clock=clock)


class Sent(OnLoopback):
    """Answers what it is told to by path, and notes what it was asked."""

    def __init__(self, answers: Mapping[str, Answer | list[Answer]]) -> None:
        self.answers = dict(answers)
        self.requests: list[Request] = []
        super().__init__(self._handle)

    async def _handle(self, request: Request) -> Answer:
        self.requests.append(request)
        answer = self.answers[request.path]
        if isinstance(answer, list):
            return answer.pop(0) if len(answer) > 1 else answer[0]
        return answer
