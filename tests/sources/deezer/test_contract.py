"""Deezer keeps what every source must keep."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from api.schemas.provenance import Capability
from api.sources import deezer
from tests.sandbox.catalogue import catalogue
from tests.sandbox.open import deezer as service
from tests.sandbox.open.ids import deezer_of
from tests.sources import contract
from tests.sources.contract import Case, StandIn
from tests.sources.opened import open_settings, open_source

KNOWN = {
    "artist": deezer_of(0),
    "track": catalogue().tracks[0].isrc,
    "words": catalogue().artists[0].name,
}
ABSENT = {"artist": "890000000", "track": "QZZZZ9999999", "words": "zzz"}


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

    assert contract.capabilities(case.source) == [
        *(Capability.RELATED, Capability.TOP_TRACKS, Capability.TRACK, Capability.SEARCH)
    ]


async def test_the_whole_invented_world_comes_through():
    """Each neighbour by its number, each track by its ISRC, and a tempo where Deezer has one."""
    world = catalogue()
    async with opened() as case:
        source: Any = case.source
        lists = [
            (await source.related(deezer_of(artist.n), known=None)).value
            for artist in world.artists
            if artist.related
        ]
        told = [
            (await source.track(track.isrc, market=None, known=None)).value
            for track in world.tracks[:70]
        ]

    assert all(item.artist.ids for one in lists for item in one.items)
    assert any(not item.artist.images for one in lists for item in one.items)
    assert [one.name for one in told] == [track.name for track in world.tracks[:70]]
    tempos = [" bpm" in one.provenance[0].detail for one in told]
    assert 0 < tempos.count(False) < tempos.count(True)
