"""ListenBrainz keeps what every source must keep."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from api.schemas.provenance import Capability
from api.sources import listenbrainz
from api.sources.base import LinkSource
from tests.sandbox.open import listenbrainz as service
from tests.sandbox.open.ids import mbid_of, uuid_of
from tests.sources import contract
from tests.sources.contract import Case, StandIn
from tests.sources.opened import open_settings, open_source

KNOWN = {"artist": mbid_of(0)}
ABSENT = {"artist": uuid_of("nobody", 0)}


@asynccontextmanager
async def opened() -> AsyncIterator[Case]:
    """The source before its stand-in, which is both hosts."""

    async def answer(request):
        return service.answer(request)

    async with StandIn(answer) as stand_in:
        urls = {"url": stand_in.accounts_url, "labs_url": stand_in.accounts_url}
        settings = open_settings("listenbrainz", urls)
        async with open_source(listenbrainz.make_source, settings) as source:
            yield Case(source, KNOWN, ABSENT, stand_in, says_none=frozenset({b"[]"}), hosts=2)


@pytest.mark.parametrize("trial", contract.TRIALS)
async def test_it_keeps_the_contract(trial):
    """As every source does."""
    async with opened() as case:
        await trial(case)

    assert contract.capabilities(case.source) == [Capability.ARTIST, Capability.RELATED]
    assert isinstance(case.source, LinkSource)
