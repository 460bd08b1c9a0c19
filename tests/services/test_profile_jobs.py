"""Jobs of profiles: whose they are, what a restart makes of them, how a mistake of ours ends."""

import asyncio
import time

import pytest

from api.caller import PUBLIC, Anybody, asked_by
from api.db.models import ProfileJobRow
from api.db.profile_jobs import ProfileJobTables
from api.db.session import Offload
from api.problems.jobs import JobGone
from api.schemas.library import JobState
from api.schemas.playlist import Fold
from api.schemas.provenance import SourceName
from api.services.playlist_sounds import ProfileQuestion
from api.services.profile_jobs import ProfileJobs, address

ADA = Anybody("ada")
OVER = {JobState.DONE, JobState.FAILED, JobState.CANCELLED}


@pytest.fixture
def tables(engine):
    """The rows of profiles that are made behind."""
    offload = Offload("test")
    yield ProfileJobTables(engine, offload)
    offload.close()


async def at_once(_question, _progress):
    """Work that is done already."""


async def for_ever(_question, _progress):
    """Work that never ends."""
    await asyncio.Event().wait()


async def over(jobs, ident):
    """The job once it has ended."""
    for _ in range(1_000):
        if (job := await jobs.job(ident)).state in OVER:
            return job
        await asyncio.sleep(0.01)
    raise TimeoutError


def question(principal=PUBLIC, source=None):
    """About one playlist."""
    return ProfileQuestion("p", source, principal)


async def test_a_job_is_seen_by_whom_it_was_begun_for(tables):
    """To others there is none, and their own is another one."""
    jobs = ProfileJobs(tables, for_ever, clock=time.time)
    with asked_by(ADA):
        hers = await jobs.start(question("ada"), None)
        seen = await jobs.job(hers.id)
    others = await jobs.start(question(), None)
    for ask in (jobs.job, jobs.cancel, jobs.retry):
        with pytest.raises(JobGone):
            await ask(hers.id)
    with asked_by(ADA):
        public = await jobs.job(others.id)
    await jobs.close()

    assert seen.id == hers.id != others.id == public.id


async def test_a_restart_takes_up_what_was_asked_for_nobody_in_particular(tables):
    """In a person’s name nobody is asked before that person is here again; that is said."""
    before = ProfileJobs(tables, for_ever, clock=time.time)
    public = await before.start(question(source=SourceName.SPOTIFY), Fold.TEMPO)
    with asked_by(ADA):
        hers = await before.start(question("ada"), None)
    await before.close()

    after = ProfileJobs(tables, at_once, clock=time.time)
    await after.resume()
    done = await over(after, public.id)
    with asked_by(ADA):
        ended = await after.job(hers.id)
    await after.close()

    assert done.state is JobState.DONE
    assert done.result == "/v1/playlists/p/profile?source=spotify&fold=tempo"
    assert ended.state is JobState.FAILED
    assert ended.problem is not None
    assert "started again" in ended.problem.detail


async def test_a_mistake_of_ours_ends_the_job_and_leaks_nothing(tables, caplog):
    """The log has it."""

    async def wrong(_question, _progress):
        raise ValueError("the inside")

    jobs = ProfileJobs(tables, wrong, clock=time.time)
    job = await over(jobs, (await jobs.start(question(), None)).id)
    await jobs.close()

    assert job.problem is not None
    assert job.problem.type == "/problems/internal"
    assert "the inside" not in job.problem.detail
    assert "the inside" in caplog.text


async def test_who_leaves_while_a_job_is_written_down_leaves_it_at_work(tables):
    """It is in nobody’s hands but its own."""
    jobs = ProfileJobs(tables, at_once, clock=time.time)
    leaving = asyncio.create_task(jobs.start(question(), None))
    await asyncio.sleep(0)
    (held,) = jobs._held.values()
    leaving.cancel()
    await asyncio.gather(leaving, return_exceptions=True)
    job = await over(jobs, held.row.id)
    await jobs.close()

    assert leaving.cancelled()
    assert job.state is JobState.DONE
    assert await tables.unfinished() == []


def test_the_address_of_a_profile_says_how_it_was_asked_for():
    """Nothing where nothing was said."""
    row = ProfileJobRow(id="a", playlist_id="p", principal=PUBLIC, state="done", created_at=0)

    assert address(row) == "/v1/playlists/p/profile"
