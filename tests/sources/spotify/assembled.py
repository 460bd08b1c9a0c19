"""The source put together as the product does, for tests that ask it directly."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from api.clock import Clock
from api.sources import spotify
from api.sources.spotify.source import SpotifySource
from api.sources.upstream.gates import Gate, Standing, StandingVerdict
from tests.sources.product import Hands, Upstream, settings_for


class Shelf:
    """Keeps verdicts and gates for as long as the test, as a database does over a restart."""

    def __init__(self) -> None:
        self.verdicts: list[StandingVerdict] = []
        self.gates: list[Gate] = []

    async def load(self) -> tuple[Iterable[StandingVerdict], Iterable[Gate]]:
        """All that was saved."""
        return self.verdicts, self.gates

    async def save_verdict(self, verdict: StandingVerdict) -> None:
        """Keep it."""
        self.verdicts.append(verdict)

    async def save_gate(self, gate: Gate) -> None:
        """Keep it."""
        self.gates.append(gate)


@asynccontextmanager
async def source_at(
    upstream: Upstream,
    *,
    clock: Clock | None = None,
    shelf: Shelf | None = None,
    **settings: Any,
) -> AsyncIterator[SpotifySource]:
    """Spotify as a source, asking a stand-in; a shelf makes it remember an earlier one."""
    ticking = clock or Hands()
    standing = Standing(shelf or Shelf(), ticking)
    await standing.load()
    chosen = settings_for(upstream, Path("unused"), **settings)
    source = spotify.make_source(chosen, standing, clock=ticking, chance=lambda: 0.0)
    try:
        yield source
    finally:
        await source.close()
