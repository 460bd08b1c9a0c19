"""An open source put together as the product does, for tests that ask it directly."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from api.clock import Clock
from api.settings import Settings
from api.sources.upstream.gates import StoredGates
from tests.sources.product import Hands
from tests.sources.upstream.upstream import RowsInMemory


@asynccontextmanager
async def assembled(
    make_source: Callable[..., Any], *, clock: Clock | None = None, **settings: Any
) -> AsyncIterator[Any]:
    """The source that these settings make, with gates that remember nothing."""
    ticking = clock or Hands()
    gates = StoredGates(RowsInMemory(), ticking)
    await gates.load()
    chosen = Settings(_env_file=None, **settings)
    source = make_source(chosen, gates, clock=ticking, chance=lambda: 0.0)
    try:
        yield source
    finally:
        await source.close()
