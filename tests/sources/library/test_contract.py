"""The library keeps what every source must keep."""

import pytest

from api.problems.refusals import DoesNotExist
from api.schemas.provenance import Capability
from tests.sandbox import id_of
from tests.sources import contract
from tests.sources.contract import Case
from tests.sources.library.kept import library

NOBODY = id_of("nothing", 0)


@pytest.fixture
async def kept(tmp_path):
    """A library with two artists, all of it analysed, and a collection of every kind of line."""
    async with library(tmp_path) as kept:
        night = await kept.bring("Night", album="Hours", isrc="GBSMU2401851", spotify_id=NOBODY)
        day = await kept.bring("Day", "Night Choir", demo="day")
        await kept.hear(night)
        await kept.hear(day, tempo=None)
        items = [
            {"track_id": night.id},
            {"isrc": "GBSMU2401851"},
            {"isrc": "GBSMU2401852", "name": "ISRC GBSMU2401852"},
            {"name": "Tape"},
            {"track_id": id_of("track", 0), "name": "x", "album": "y", "artists": '["z"]'},
            {"track_id": "own_" + NOBODY},
        ]
        await kept.collect("Night drive", *items)
        yield kept


async def ids(kept):
    """One id of each kind."""
    row = (await kept.held.tables.everything())[0]
    (collection,) = await kept.held.collections.every()
    return {"artist": row.artist_id, "track": row.id, "playlist": collection.row.id}


@pytest.mark.parametrize("nobody", [NOBODY[::-1], "own_" + NOBODY])
@pytest.mark.parametrize("trial", contract.TRIALS_AT_HOME)
async def test_it_keeps_the_contract(kept, trial, nobody):
    """Every capability of the contract, all open."""
    known = await ids(kept) | {"words": "night"}
    case = Case(kept.source, known, dict.fromkeys(known, nobody))

    await trial(case)

    assert contract.capabilities(kept.source) == list(Capability)
    assert kept.source.at_home
    await kept.source.close()


async def test_every_kind_of_line_in_a_collection_is_an_item(kept):
    """Own files, numbers, names alone, tracks of Spotify's, and gaps."""
    page = await kept.source.playlist_items((await ids(kept))["playlist"], contract.WINDOW)

    assert len(page.value.items) == 6


@pytest.mark.parametrize("ident", [NOBODY[::-1], "own_" + NOBODY])
async def test_of_an_own_id_alone_it_says_that_it_does_not_exist(kept, ident):
    """Of a stranger's it says only what is here."""
    absent = dict.fromkeys(("artist", "track", "playlist"), ident)
    case = Case(kept.source, absent, absent)

    for ask in case.questions(absent, but=Capability.SEARCH):
        refusal = await contract.refuses_in_kind(kept.source, ask)
        assert (type(refusal) is DoesNotExist) == ident.startswith("own_")
