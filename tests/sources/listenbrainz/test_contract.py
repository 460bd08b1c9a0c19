"""ListenBrainz keeps what every source must keep."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from api.schemas.identity import IdScheme
from api.schemas.provenance import Capability
from api.schemas.reference import Kind
from api.sources import listenbrainz
from api.sources.base import LinkSource
from tests.sandbox.catalogue import catalogue
from tests.sandbox.landmarks import GENRELESS_ARTIST
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


async def test_the_whole_invented_world_comes_through():
    """Everybody has a name; the nameless of the labs have theirs from the API."""
    world = catalogue()
    async with opened() as case:
        source: Any = case.source
        told = [
            (await source.artist(mbid_of(artist.n), known=None)).value for artist in world.artists
        ]
        near = (await source.related(KNOWN["artist"], known=None)).value
        links = await source.links(Kind.ARTIST, IdScheme.MBID, [one.id for one in told])

    assert {one.name for one in told} <= {artist.name for artist in world.artists}
    assert [one.n for one in world.artists if told[one.n].genres is None] == [GENRELESS_ARTIST]
    assert near.items[0].score == 1
    assert not [gap for gap in near.missing if gap.field == "items"]
    assert all(IdScheme.WIKIDATA in item.artist.ids for item in near.items)
    assert links.keys() == {one.id for one in told}
    assert {len(found) for found in links.values()} == {1, 2}
