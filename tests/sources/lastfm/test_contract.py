"""Last.fm keeps what every source must keep."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from api.schemas.provenance import Capability
from api.sources import lastfm
from tests.sandbox.open import lastfm as service
from tests.sandbox.open.ids import mbid_of, uuid_of
from tests.sources import contract
from tests.sources.contract import Case, StandIn
from tests.sources.opened import open_settings, open_source

KNOWN = {"artist": mbid_of(0)}
ABSENT = {"artist": uuid_of("nobody", 0)}


@asynccontextmanager
async def opened() -> AsyncIterator[Case]:
    """The source before its stand-in."""

    async def answer(request):
        return service.answer(request)

    async with StandIn(answer) as stand_in:
        block = {"url": f"{stand_in.accounts_url}{service.PATH}", "api_key": "invented"}
        settings = open_settings("lastfm", block)
        async with open_source(lastfm.make_source, settings) as source:
            yield Case(source, KNOWN, ABSENT, stand_in)


@pytest.mark.parametrize("trial", contract.TRIALS)
async def test_it_keeps_the_contract(trial):
    """As every source does."""
    async with opened() as case:
        await trial(case)

    assert contract.capabilities(case.source) == [Capability.ARTIST, Capability.RELATED]
