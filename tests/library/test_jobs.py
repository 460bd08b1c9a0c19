"""Jobs as callers see them: their place in the queue, and how long they will still take."""

from typing import Any
from unittest.mock import AsyncMock

import pytest

from api.db.session import Offload
from api.library.jobs import Jobs, Outlook, seconds_left, shown
from api.problems.jobs import JobGone
from tests.worker.rows import NOW, job, track


async def test_a_job_is_told_with_its_place(job_tables):
    """1 is the next; who runs has none."""
    for number in (1, 2, 3):
        job_tables.open(job(number), track=track(number), most_waiting=8)
    job_tables.begin("job1", NOW)
    offload = Offload("test")
    jobs = Jobs(job_tables, offload, AsyncMock(), clock=lambda: NOW, cores=2, most_waiting=8)
    told = await jobs.of_tracks([track(number).id for number in (1, 2, 3)])

    assert [one.queue_place for one in told.values()] == [None, 1, 2]
    with pytest.raises(JobGone):
        await jobs.job("nothing")
    assert await jobs.of_track("nothing") is None
    offload.close()


RUNNING: dict[str, Any] = {"state": "running", "started_at": NOW}


@pytest.mark.parametrize(
    ("row", "typical_s", "seconds"),
    [
        (job(**RUNNING, percent=50), None, 10),
        (job(**RUNNING, percent=10), None, None),
        (job(**RUNNING, percent=10), 12, 2),
        (job(**RUNNING, percent=10), 3, 1),
        (job(), None, None),
        (job(), 6, 12),
        (job(state="done"), 6, None),
    ],
)
def test_seconds_left(row, typical_s, seconds):
    """From its own pace once it has one; before that from the last analyses, or not at all."""
    outlook = Outlook(NOW + 10, 2, typical_s, running=2, places={"job1": 1})

    assert seconds_left(row, outlook) == seconds
    assert shown(row, outlook).seconds_left == seconds
