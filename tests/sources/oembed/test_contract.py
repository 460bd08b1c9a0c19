"""Spotify's link preview keeps what every source must keep."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from api.schemas.provenance import Capability
from api.sources import oembed
from tests.sandbox import Sandbox, id_of
from tests.sources import contract
from tests.sources.contract import Case, StandIn
from tests.sources.opened import assembled

KINDS = ("artist", "track", "playlist")
KNOWN = {kind: id_of(kind, 1) for kind in KINDS}
ABSENT = dict.fromkeys(KINDS, "0000000000000000000001")


@asynccontextmanager
async def opened() -> AsyncIterator[Case]:
    """The source before its stand-in."""
    async with Sandbox() as sandbox, StandIn(sandbox._handle) as stand_in:
        url = f"{stand_in.accounts_url}/oembed"
        async with assembled(oembed.make_source, oembed={"url": url}) as source:
            yield Case(source, KNOWN, ABSENT, stand_in, tells_entries=False)


@pytest.mark.parametrize("trial", contract.TRIALS)
async def test_it_keeps_the_contract(trial):
    """As every source does; what is in a playlist it is not asked."""
    async with opened() as case:
        await trial(case)

    assert contract.capabilities(case.source) == [
        Capability.ARTIST,
        Capability.TRACK,
        Capability.PLAYLIST,
    ]
