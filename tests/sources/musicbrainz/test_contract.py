"""MusicBrainz keeps what every source must keep."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from api.schemas.provenance import Capability
from tests.sandbox.catalogue import catalogue
from tests.sandbox.open import musicbrainz as service
from tests.sandbox.open.ids import mbid_of, uuid_of
from tests.sources import contract
from tests.sources.contract import Case, StandIn
from tests.sources.musicbrainz.asking import source_at

KNOWN = {"artist": mbid_of(1), "track": catalogue().tracks[1].isrc}
ABSENT = {"artist": uuid_of("artist", 1_000), "track": "QZZZZ9999999"}


@asynccontextmanager
async def opened() -> AsyncIterator[Case]:
    """The source before its stand-in."""

    async def answer(request):
        return service.answer(request)

    async with StandIn(answer) as stand_in, source_at(stand_in) as source:
        yield Case(source, KNOWN, ABSENT, stand_in)


@pytest.mark.parametrize("trial", contract.TRIALS)
async def test_it_keeps_the_contract(trial):
    """As every source does."""
    async with opened() as case:
        await trial(case)

    assert contract.capabilities(case.source) == [Capability.ARTIST, Capability.TRACK]
