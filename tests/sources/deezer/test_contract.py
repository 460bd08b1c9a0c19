"""Deezer keeps what every source must keep."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from api.schemas.provenance import Capability
from api.sources import deezer
from tests.sandbox.catalogue import catalogue
from tests.sandbox.landmarks import ISOLATED_ARTIST
from tests.sandbox.open import deezer as service
from tests.sandbox.open.ids import deezer_of
from tests.sources import contract
from tests.sources.contract import Case, StandIn
from tests.sources.opened import open_settings, open_source

KNOWN = {"artist": deezer_of(0), "track": catalogue().tracks[0].isrc}
ABSENT = {"artist": deezer_of(ISOLATED_ARTIST), "track": "QZZZZ9999999"}


@asynccontextmanager
async def opened() -> AsyncIterator[Case]:
    """The source before its stand-in."""

    async def answer(request):
        return service.answer(request)

    async with StandIn(answer) as stand_in:
        settings = open_settings("deezer", {"url": stand_in.accounts_url})
        async with open_source(deezer.make_source, settings) as source:
            yield Case(source, KNOWN, ABSENT, stand_in)


@pytest.mark.parametrize("trial", contract.TRIALS)
async def test_it_keeps_the_contract(trial):
    """As every source does."""
    async with opened() as case:
        await trial(case)

    assert contract.capabilities(case.source) == [Capability.RELATED, Capability.TRACK]
