"""A source's outside line for unit tests: the network, the clock and sleep are played."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from api.sources.upstream.client import Call, Line, Upstream
from api.sources.upstream.gates import Credential, Gate, Standing, StandingVerdict
from tests.cache.making import SPOTIFY, Hands

BASE = "https://source.test/v1"
WHO = Credential(SPOTIFY, "abc")
ARTIST = Call("/artists/{id}", "/artists/1")
ALBUMS = Call("/artists/{id}/albums", "/artists/1/albums")
TOKEN = Call("/api/token", "/api/token", form={"grant_type": "client_credentials"})


class Shelf:
    """A StandingStore in memory."""

    def __init__(self) -> None:
        self.verdicts: dict[tuple[Credential, str], StandingVerdict] = {}
        self.gates: dict[tuple[Credential, str], Gate] = {}
        self.writes = 0

    async def load(self) -> tuple[list[StandingVerdict], list[Gate]]:
        """All of it."""
        return list(self.verdicts.values()), list(self.gates.values())

    async def save_verdict(self, verdict: StandingVerdict) -> None:
        """Keep it."""
        self.writes += 1
        self.verdicts[verdict.credential, verdict.family] = verdict

    async def save_gate(self, gate: Gate) -> None:
        """Keep it."""
        self.writes += 1
        self.gates[gate.credential, gate.bucket] = gate


@dataclass
class Played:
    """An Upstream, and what is played to it."""

    upstream: Upstream
    standing: Standing
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

    standing = Standing(Shelf(), clock)
    upstream = Upstream(
        Line(WHO, BASE, 5, **options), standing, clock=clock, chance=lambda: 0.5, sleep=sleep
    )
    yield Played(upstream, standing, clock, slept)
    await upstream.close()
