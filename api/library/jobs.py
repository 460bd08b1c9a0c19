"""Jobs: one analysis each, which can be followed, cancelled and tried again."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.exc import IntegrityError

from api.clock import Clock
from api.db.jobs import JobTables
from api.db.ledger import ACTIVE, JobLedger, QueueFull
from api.db.models import JobRow, LibraryTrackRow
from api.music import ids
from api.problems.errors import Refused
from api.problems.refusals import whole_seconds
from api.schemas.library import Job, JobState

NO_SPEED_YET_S = 10.0


class Queue(Protocol):
    """Whatever brings the ids of jobs to a worker."""

    async def put(self, job_id: str) -> None:
        """Let a worker have it."""
        ...


class JobGone(Refused):
    """There is no such job: it never was, or went with its file."""

    def __init__(self) -> None:
        super().__init__("job-not-found", "There is no job with this id.")


@dataclass(frozen=True, slots=True)
class Wish:
    """An analysis to be done. `track`: the file's row, where it is new.

    Row and job are committed inside of `around`, which is left by an exception if they are not.
    """

    track_id: str
    track: LibraryTrackRow | None = None
    asked_by: str | None = None
    around: Callable[[], AbstractContextManager[None]] = nullcontext


class Jobs:
    """The jobs of this server. Raises Refused."""

    def __init__(self, tables: JobTables, queue: Queue, *, clock: Clock, most_waiting: int) -> None:
        self.tables = tables
        self._queue = queue
        self._clock = clock
        self._most_waiting = most_waiting

    async def job(self, ident: str) -> Job:
        """A job, as it is now."""
        job = await self.tables.job(ident)
        if job is None:
            raise JobGone
        return job

    async def cancel(self, ident: str) -> Job:
        """End a job that waits or runs; one that was cancelled before is no error."""
        now = self._clock()
        cancelled = await self.tables.cancel(ident, now)
        job = await self.job(ident)
        if not cancelled and job.state is not JobState.CANCELLED:
            raise Refused("conflict", f"This job is {job.state}; there is nothing to cancel.")
        return job

    async def retry(self, ident: str) -> Job:
        """A new job for the same file."""
        job = await self.job(ident)
        latest = await self.tables.of_track(job.track_id)
        if latest is not None and latest.state in ACTIVE:
            raise Refused("conflict", f"This file is being analysed: {latest.href}.")
        try:
            return await self.start(Wish(job.track_id))
        except IntegrityError as error:  # the file was deleted meanwhile, and its jobs with it
            raise JobGone from error

    async def start(self, wish: Wish) -> Job:
        """A job that waits. Raises Refused where too many do, IntegrityError."""
        row = JobRow(
            id=ids.encode(secrets.randbits(128)),
            track_id=wish.track_id,
            state=JobState.QUEUED,
            created_at=self._clock(),
            asked_by=wish.asked_by,
        )
        ident, most = row.id, self._most_waiting

        def open_it(ledger: JobLedger) -> None:
            with wish.around():
                ledger.open(row, track=wish.track, most_waiting=most)

        try:
            await self.tables.run(open_it)
        except QueueFull as error:
            raise await self.full() from error
        await self._queue.put(ident)
        return await self.job(ident)

    async def check_room(self) -> None:
        """Raise Refused if nothing more may wait: sooner than after decoding a file."""
        if len(await self.tables.run(lambda ledger: ledger.waiting())) >= self._most_waiting:
            raise await self.full()

    async def full(self) -> Refused:
        """The refusal of one more job."""
        typical_s = await self.tables.run(lambda ledger: ledger.typical_s())
        return Refused(
            "queue-full",
            f"{self._most_waiting} files wait already, which is as many as may.",
            retry_after=whole_seconds(typical_s or NO_SPEED_YET_S),
        )
