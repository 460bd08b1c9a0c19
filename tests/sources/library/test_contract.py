"""The library keeps what every source must keep."""

import pytest

from api.paging import Window
from api.schemas.provenance import Capability
from api.sources.base import Query
from tests.sandbox import id_of
from tests.sources import contract
from tests.sources.library.kept import library

NOBODY = id_of("nothing", 0)
WINDOW = Window(10, 0)
C = Capability
ASKED = {
    C.ARTIST: lambda source, ids: source.artist(ids["artist"], known=None),
    C.RELATED: lambda source, ids: source.related(ids["artist"], known=None),
    C.TOP_TRACKS: lambda source, ids: source.top_tracks(ids["artist"], market=None, known=None),
    C.ALBUMS: lambda source, ids: source.albums(ids["artist"], WINDOW, market=None),
    C.TRACK: lambda source, ids: source.track(ids["track"], market=None, known=None),
    C.FEATURES: lambda source, ids: source.features(ids["track"], known=None),
    C.ANALYSIS: lambda source, ids: source.analysis(ids["track"], known=None),
    C.PLAYLIST: lambda source, ids: source.playlist(ids["playlist"], known=None),
    C.SEARCH: lambda source, _ids: source.search(
        Query("night", ("artist", "track", "playlist"), WINDOW), known=None
    ),
}


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


async def test_it_keeps_its_form(kept):
    """Every capability of the contract, all open, in plain words."""
    contract.keeps_its_form(kept.source)
    contract.reports_every_capability(kept.source)
    assert contract.capabilities(kept.source) == list(Capability)
    assert kept.source.at_home
    await kept.source.close()


@pytest.mark.parametrize("capability", Capability)
async def test_it_answers_with_provenance(kept, capability):
    """A value, and a reason for every null in it."""
    known = await ids(kept)

    await contract.answers_with_provenance(
        kept.source, lambda: ASKED[capability](kept.source, known)
    )


async def test_what_is_in_a_collection_has_provenance_too(kept):
    """Own files, numbers, names alone, tracks of Spotify's, and gaps."""
    known = await ids(kept)

    found = await contract.answers_with_provenance(
        kept.source, lambda: kept.source.playlist_items(known["playlist"], WINDOW)
    )
    assert found.value is not None
    assert len(found.value.items) == 6


@pytest.mark.parametrize("ident", [NOBODY[::-1], "own_" + NOBODY])
@pytest.mark.parametrize("capability", [one for one in Capability if one is not C.SEARCH])
async def test_it_refuses_what_it_does_not_have(kept, capability, ident):
    """Of an own id it says that it does not exist; of a stranger's it says only what is here."""
    asked = dict.fromkeys(("artist", "track", "playlist"), ident)

    refusal = await contract.refuses_in_kind(
        kept.source, lambda: ASKED[capability](kept.source, asked)
    )
    assert (type(refusal).__name__ == "DoesNotExist") == ident.startswith("own_")
