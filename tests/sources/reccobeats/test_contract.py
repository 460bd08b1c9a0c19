"""ReccoBeats keeps what every source must keep."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from api.schemas.provenance import Capability
from api.sources import reccobeats
from tests.sandbox import Sandbox
from tests.sandbox.open.reccobeats import known_tracks
from tests.sources import contract
from tests.sources.contract import Case, StandIn
from tests.sources.opened import assembled

KNOWN = {"track": min(known_tracks())}
ABSENT = {"track": "0000000000000000000001"}


@asynccontextmanager
async def opened() -> AsyncIterator[Case]:
    """The source before its stand-in."""
    async with Sandbox() as sandbox, StandIn(sandbox._handle) as stand_in:
        url = f"{stand_in.accounts_url}/reccobeats/v1"
        async with assembled(reccobeats.make_source, reccobeats={"url": url}) as source:
            yield Case(source, KNOWN, ABSENT, stand_in)


@pytest.mark.parametrize("trial", contract.TRIALS)
async def test_it_keeps_the_contract(trial):
    """As every source does."""
    async with opened() as case:
        await trial(case)

    assert contract.capabilities(case.source) == [Capability.TRACK, Capability.FEATURES]
