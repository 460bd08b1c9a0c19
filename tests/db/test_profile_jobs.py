"""Profiles of long lists in app.db: each ends once, and few are at work."""

from typing import Any

import pytest

from api.db.jobs import QueueFull
from api.db.models import ProfileJobRow
from api.db.profile_jobs import KEPT_S, ProfileJobTables
from api.db.session import Offload
from api.schemas.library import JobState

NOW = 1_700_000_000.0


@pytest.fixture
def tables(engine):
    """The rows of profiles that are made behind."""
    offload = Offload("test")
    yield ProfileJobTables(engine, offload)
    offload.close()


def row(ident: str, **more) -> ProfileJobRow:
    """A job that waits."""
    given: dict[str, Any] = {
        "playlist_id": "p",
        "principal": "public",
        "state": "queued",
        "created_at": NOW,
    }
    return ProfileJobRow(id=ident, **given | more)


async def test_a_job_ends_once(tables):
    """Whoever comes second changes nothing."""
    await tables.open(row("a"), most_active=2)
    begun = await tables.begin("a", NOW + 1)
    cancelled = await tables.end("a", JobState.CANCELLED, percent=40, now=NOW + 2)
    late = await tables.end("a", JobState.DONE, percent=100, now=NOW + 3)
    failed = await tables.fail("a", {"code": "internal"}, percent=100, now=NOW + 3)
    again = await tables.begin("a", NOW + 4)
    kept = await tables.get("a")

    assert (begun, cancelled, late, failed, again) == (True, True, False, False, False)
    assert (kept.state, kept.percent, kept.tries) == ("cancelled", 40, 1)
    assert (kept.started_at, kept.finished_at, kept.problem) == (NOW + 1, NOW + 2, None)


async def test_those_that_are_not_over_are_found_again(tables):
    """The oldest first; as many as may and no more."""
    for place, ident in enumerate("abc"):
        await tables.open(row(ident, created_at=NOW - place), most_active=3)
    with pytest.raises(QueueFull):
        await tables.open(row("d"), most_active=3)
    await tables.begin("a", NOW)
    await tables.end("b", JobState.DONE, percent=100, now=NOW)

    assert [one.id for one in await tables.unfinished()] == ["c", "a"]
    assert await tables.get("d") is None
    await tables.open(row("d"), most_active=3)


async def test_what_ended_long_ago_is_forgotten(tables):
    """When the next one comes."""
    await tables.open(row("a"), most_active=2)
    await tables.end("a", JobState.DONE, percent=100, now=NOW)
    await tables.open(row("b", created_at=NOW + KEPT_S), most_active=2)
    kept = await tables.get("a")
    await tables.open(row("c", created_at=NOW + KEPT_S + 1), most_active=2)

    assert kept is not None
    assert await tables.get("a") is None
