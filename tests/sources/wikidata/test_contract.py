"""Wikidata keeps what every source must keep."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from api.schemas.provenance import Capability
from tests.sandbox.open import wikidata as service
from tests.sandbox.open.ids import qid_of
from tests.sources import contract
from tests.sources.contract import Case, StandIn
from tests.sources.wikidata.asking import source_at


@asynccontextmanager
async def opened() -> AsyncIterator[Case]:
    """The source before its stand-in."""

    async def answer(request):
        return service.answer(request)

    async with StandIn(answer) as stand_in, source_at(stand_in) as source:
        yield Case(source, {"artist": qid_of(1)}, {"artist": "Q1"}, stand_in)


@pytest.mark.parametrize("trial", contract.TRIALS)
async def test_it_keeps_the_contract(trial):
    """As every source does."""
    async with opened() as case:
        await trial(case)

    assert contract.capabilities(case.source) == [Capability.ARTIST]
