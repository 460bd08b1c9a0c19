"""A source's outside line for unit tests: the network, the clock and sleep are played."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from api.db.models import GateRow, VerdictRow
from api.sources.upstream.client import Endpoint, Upstream, UpstreamRequest
from api.sources.upstream.gates import Credential, StoredGates
from tests.cache.making import SPOTIFY, Hands

BASE = "https://source.test/v1"
WHO = Credential(SPOTIFY, "abc")
ARTIST = UpstreamRequest("/artists/{id}", {"id": "1"})
ALBUMS = UpstreamRequest("/artists/{id}/albums", {"id": "1"})
TOKEN = UpstreamRequest("/api/token", form={"grant_type": "client_credentials"})


class RowsInMemory:
    """The rows of verdicts and gates, for as long as the test."""

    def __init__(self) -> None:
        self.verdicts: dict[str, VerdictRow] = {}
        self.gates: dict[str, GateRow] = {}
        self.writes = 0

    async def load(self) -> tuple[Iterable[VerdictRow], Iterable[GateRow]]:
        """All of them."""
        return self.verdicts.values(), self.gates.values()

    async def keep(self, row: VerdictRow | GateRow) -> None:
        """Insert or replace it."""
        self.writes += 1
        if isinstance(row, VerdictRow):
            self.verdicts[row.family] = row
        else:
            self.gates[row.bucket] = row


@dataclass
class Played:
    """An Upstream, and what is played to it."""

    upstream: Upstream
    rows: RowsInMemory
    clock: Hands
    slept: list[float] = field(default_factory=list)


@asynccontextmanager
async def line(**options: Any) -> AsyncIterator[Played]:
    """An outside line to BASE; its sleep moves its clock."""
    clock = Hands()
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        clock.pass_s(seconds)

    rows = RowsInMemory()
    upstream = Upstream(
        Endpoint(WHO, BASE, 5, **options),
        StoredGates(rows, clock),
        clock=clock,
        chance=lambda: 0.5,
        sleep=sleep,
    )
    yield Played(upstream, rows, clock, slept)
    await upstream.close()
