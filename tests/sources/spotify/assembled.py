"""The source put together as the product does, for tests that ask it directly."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from api.clock import Clock
from api.sources import spotify
from api.sources.spotify.source import SpotifySource
from api.sources.upstream.gates import StoredGates
from tests.sources.product import Hands, Upstream, settings_for
from tests.sources.upstream.upstream import RowsInMemory


@asynccontextmanager
async def source_at(
    upstream: Upstream,
    *,
    clock: Clock | None = None,
    rows: RowsInMemory | None = None,
    **settings: Any,
) -> AsyncIterator[SpotifySource]:
    """Spotify as a source, asking a stand-in; rows make it remember an earlier one."""
    ticking = clock or Hands()
    gates = StoredGates(rows or RowsInMemory(), ticking)
    await gates.load()
    chosen = settings_for(upstream, Path("unused"), **settings)
    source = spotify.make_source(chosen, gates, clock=ticking, chance=lambda: 0.0)
    try:
        yield source
    finally:
        await source.close()
