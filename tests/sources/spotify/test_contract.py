"""Spotify keeps what every source must keep."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import pytest

from api.schemas.provenance import Capability
from tests.sandbox import Sandbox, id_of
from tests.sandbox.rules import AppClass
from tests.sources import contract
from tests.sources.contract import Case, StandIn
from tests.sources.spotify.assembled import source_at

NOBODY = "0000000000000000000001"
KNOWN = {kind: id_of(kind, 1) for kind in ("artist", "track", "playlist")} | {"words": "night"}
ABSENT = dict.fromkeys(KNOWN, NOBODY)
C = Capability
CLASSES: tuple[AppClass, ...] = ("extended", "extended-late", "old-dev", "new-dev")


@asynccontextmanager
async def opened() -> AsyncIterator[Case]:
    """The source of an app that may ask everything, before the sandbox."""
    async with (
        Sandbox() as sandbox,
        StandIn(sandbox._handle, sign_in="/api/token") as stand_in,
        source_at(stand_in) as source,
    ):
        yield Case(source, KNOWN, ABSENT, stand_in)


@pytest.mark.parametrize("trial", contract.TRIALS)
async def test_it_keeps_the_contract(trial):
    """As every source does."""
    async with opened() as case:
        await trial(case)

    assert contract.capabilities(case.source) == list(Capability)


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
            await contract.answers_with_provenance(
                source, partial(contract.QUESTIONS[capability], source, KNOWN)
            )
        else:
            await contract.refuses_in_kind(
                source, partial(contract.QUESTIONS[capability], source, KNOWN)
            )

        contract.reports_every_capability(source)


@pytest.mark.parametrize(
    "fault", ["F01", "F09", "F10", "F16", "F17", "F18", "F21", "F24", "F31", "F34", "F40", "F42"]
)
async def test_it_answers_or_refuses_under_faults(fault):
    """Whatever breaks, it stays a value or a SourceError, and the report stays readable."""
    async with Sandbox() as sandbox, source_at(sandbox) as source:
        sandbox.fault(fault)
        for ask in contract.QUESTIONS.values():
            await contract.answers_or_refuses(source, partial(ask, source, KNOWN))

        contract.reports_every_capability(source)
