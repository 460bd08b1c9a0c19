"""Last.fm keeps what every source must keep."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from api.schemas.provenance import Capability
from api.sources import lastfm
from tests.sandbox.catalogue import catalogue
from tests.sandbox.landmarks import GENRELESS_ARTIST
from tests.sandbox.open import lastfm as service
from tests.sandbox.open.ids import mbid_of, uuid_of
from tests.sources import contract
from tests.sources.contract import Case, StandIn
from tests.sources.opened import open_settings, open_source

KNOWN = {"artist": mbid_of(0)}
ABSENT = {"artist": uuid_of("nobody", 0)}


async def _answer(request):
    return service.answer(request)


def _url(stand_in):
    return f"{stand_in.accounts_url}{service.PATH}"


@asynccontextmanager
async def opened() -> AsyncIterator[Case]:
    """The source before its stand-in."""
    async with StandIn(_answer) as stand_in:
        settings = open_settings("lastfm", {"url": _url(stand_in), "api_key": "invented"})
        async with open_source(lastfm.make_source, settings) as source:
            yield Case(source, KNOWN, ABSENT, stand_in)


@pytest.mark.parametrize("trial", contract.TRIALS)
async def test_it_keeps_the_contract(trial):
    """As every source does."""
    async with opened() as case:
        await trial(case)

    assert contract.capabilities(case.source) == [
        *(Capability.ARTIST, Capability.RELATED, Capability.TOP_TRACKS)
    ]


async def test_the_whole_invented_world_comes_through():
    """By id where Last.fm has that, and else by name."""

    async def name_of(mbid):
        return names.get(mbid)

    names = {mbid_of(artist.n): artist.name for artist in reversed(catalogue().artists)}
    async with StandIn(_answer) as stand_in:
        settings = open_settings("lastfm", {"url": _url(stand_in), "api_key": "invented"})
        async with open_source(lastfm.make_source, settings, name_of=name_of) as source:
            told = [(await source.artist(mbid, known=None)).value for mbid in names]
            near = (await source.related(KNOWN["artist"], known=None)).value

    assert [one.name for one in told] == list(names.values())
    assert [one.name for one in told if one.genres is None] == [names[mbid_of(GENRELESS_ARTIST)]]
    assert len(near.items) > 10
    assert 0 < sum(not item.artist.ids for item in near.items) < len(near.items)
