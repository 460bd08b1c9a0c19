"""Spotify keeps what every source must keep."""

from functools import partial

import pytest

from api.paging import Window
from api.schemas.provenance import Capability
from api.sources.base import Query
from tests.sandbox import Sandbox, id_of
from tests.sandbox.rules import AppClass
from tests.sources import contract
from tests.sources.spotify.assembled import source_at

ARTIST, TRACK, LIST = (id_of(kind, 1) for kind in ("artist", "track", "playlist"))
NOBODY = "0000000000000000000001"
WINDOW = Window(10, 0)
C = Capability
ASKED = {
    C.ARTIST: lambda source, ident: source.artist(ident or ARTIST, known=None),
    C.RELATED: lambda source, ident: source.related(ident or ARTIST, known=None),
    C.TOP_TRACKS: lambda source, ident: source.top_tracks(ident or ARTIST, market=None, known=None),
    C.ALBUMS: lambda source, ident: source.albums(ident or ARTIST, WINDOW, market=None),
    C.TRACK: lambda source, ident: source.track(ident or TRACK, market=None, known=None),
    C.FEATURES: lambda source, ident: source.features(ident or TRACK, known=None),
    C.ANALYSIS: lambda source, ident: source.analysis(ident or TRACK, known=None),
    C.PLAYLIST: lambda source, ident: source.playlist(ident or LIST, known=None),
    C.SEARCH: lambda source, _ident: source.search(
        Query("night", ("artist", "track", "playlist"), WINDOW), known=None
    ),
}
CLASSES: tuple[AppClass, ...] = ("extended", "extended-late", "old-dev", "new-dev")


async def test_it_keeps_its_form():
    """Every capability of the contract, as the Protocols have it."""
    async with Sandbox() as sandbox, source_at(sandbox) as source:
        contract.keeps_its_form(source)

    assert contract.capabilities(source) == list(Capability)


@pytest.mark.parametrize("app_class", CLASSES)
@pytest.mark.parametrize("capability", Capability)
async def test_it_answers_or_refuses(app_class, capability):
    """Whatever class the app has, a question ends in a value with provenance or a SourceError."""
    open_here = app_class == "extended" or capability not in {
        *(C.RELATED, C.FEATURES, C.ANALYSIS),
        *((C.TOP_TRACKS,) if app_class == "new-dev" else ()),
    }
    async with Sandbox(app_class=app_class) as sandbox, source_at(sandbox) as source:
        if open_here:
            await contract.answers_with_provenance(source, lambda: ASKED[capability](source, None))
        else:
            await contract.refuses_in_kind(source, lambda: ASKED[capability](source, None))

        contract.reports_every_capability(source)


@pytest.mark.parametrize("capability", [one for one in Capability if one is not C.SEARCH])
async def test_it_refuses_what_does_not_exist(capability):
    """Nothing is made up for an id that nobody has."""
    async with Sandbox() as sandbox, source_at(sandbox) as source:
        await contract.refuses_in_kind(source, lambda: ASKED[capability](source, NOBODY))


@pytest.mark.parametrize(
    "fault", ["F01", "F09", "F10", "F16", "F17", "F18", "F21", "F24", "F31", "F34", "F40", "F42"]
)
async def test_it_answers_or_refuses_under_faults(fault):
    """Whatever breaks, it stays a value or a SourceError, and the report stays readable."""
    async with Sandbox() as sandbox, source_at(sandbox) as source:
        sandbox.fault(fault)
        for ask in ASKED.values():
            await contract.answers_or_refuses(source, partial(ask, source, None))

        contract.reports_every_capability(source)
