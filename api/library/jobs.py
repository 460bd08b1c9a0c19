"""Jobs: one analysis each, which can be followed, cancelled and tried again."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Protocol

from sqlalchemy.exc import IntegrityError

from api.clock import Clock, moment
from api.db.jobs import ACTIVE, LONGEST_S, JobTables, QueueFull, UnderWay
from api.db.models import JobRow, LibraryTrackRow
from api.db.session import Offload
from api.music import ids
from api.problems.errors import Refused
from api.problems.jobs import JobGone, job_problem
from api.problems.refusals import whole_seconds
from api.schemas.library import Job, JobKind, JobState, Stage
from api.schemas.sources import JobFigures

NO_SPEED_YET_S = 10.0
WORTH_EXTRAPOLATING = 20.0  # percent; before that the first stage alone would speak


class Queue(Protocol):
    """Whatever brings the ids of jobs to a worker."""

    async def put(self, job_id: str) -> None:
        """Let a worker have it."""
        ...


@dataclass(frozen=True, slots=True)
class Wish:
    """An analysis to be done. `track`: the file's row, where it is new.

    `alone`: only if none of this file waits or runs. Row and job are committed inside of `around`,
    which is left by an exception if they are not.
    """

    track_id: str
    track: LibraryTrackRow | None = None
    asked_by: str | None = None
    around: Callable[[], AbstractContextManager[None]] = nullcontext
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is known of the queue at one moment, to say when a job will be over."""

    now: float
    cores: int
    typical_s: float | None = None
    running: int = 0
    places: dict[str, int] = field(default_factory=dict)
    """Job id → its place among those that wait, from 1."""


class Jobs:
    """The jobs of this server. `cores`: how many analyses run side by side. Raises Refused."""

    def __init__(
        self,
        tables: JobTables,
        offload: Offload,
        queue: Queue,
        *,
        clock: Clock,
        cores: int,
        most_waiting: int,
    ) -> None:
        self.tables = tables
        self._offload = offload
        self._queue = queue
        self._clock = clock
        self._cores = cores
        self._most_waiting = most_waiting

    async def job(self, ident: str) -> Job:
        """A job, as it is now."""
        job = await self._offload(lambda: self._one(self.tables.get(ident)))
        if job is None:
            raise JobGone
        return job

    async def of_track(self, track_id: str) -> Job | None:
        """The latest analysis of this file: waiting, running or over."""
        return (await self.of_tracks([track_id])).get(track_id)

    async def of_tracks(self, track_ids: Iterable[str]) -> dict[str, Job]:
        """The latest job of each of these files that has one, by own id."""
        return await self._offload(lambda: self._shown(self.tables.latest(track_ids)))

    async def asked_by(self, key: str) -> JobRow | None:
        """The job that an upload with this Idempotency-Key has started."""
        return await self._offload(lambda: self.tables.asked_by(key))

    async def cancel(self, ident: str) -> Job:
        """End a job that waits or runs; one that was cancelled before is no error."""
        now = self._clock()
        # On a full disk, too: what ends makes room.
        cancelled = await self._offload(lambda: self.tables.freeing().cancel(ident, now))
        job = await self.job(ident)
        if not cancelled and job.state is not JobState.CANCELLED:
            raise Refused("conflict", f"This job is {job.state}; there is nothing to cancel.")
        return job

    async def retry(self, ident: str) -> Job:
        """A new job for the same file."""
        row = await self._offload(lambda: self.tables.get(ident))
        if row is None:
            raise JobGone
        latest = await self.of_track(row.track_id)
        if latest is not None and latest.state in ACTIVE:
            raise Refused("conflict", f"This file is being analysed: {latest.href}.")
        try:
            return await self.start(Wish(row.track_id))
        except IntegrityError as error:  # the file was deleted meanwhile, and its jobs with it
            raise JobGone from error

    async def once(self, track_id: str) -> Job:
        """The job of this file that waits or runs, or else a new one. Raises Refused, JobGone."""
        try:
            return await self.start(Wish(track_id, alone=True))
        except UnderWay:
            found = await self.of_track(track_id)
        except IntegrityError as error:  # the file was deleted meanwhile, and its jobs with it
            raise JobGone from error
        if found is None:
            raise JobGone
        return found

    async def start(self, wish: Wish) -> Job:
        """A job that waits. Raises Refused where too many do, UnderWay, IntegrityError."""
        row = JobRow(
            id=ids.encode(secrets.randbits(128)),
            track_id=wish.track_id,
            state=JobState.QUEUED,
            created_at=self._clock(),
            asked_by=wish.asked_by,
        )
        ident, most = row.id, self._most_waiting

        def open_it() -> None:
            with wish.around():
                self.tables.open(row, track=wish.track, most_waiting=most, alone=wish.alone)

        try:
            await self._offload(open_it)
        except QueueFull as error:
            raise await self.full() from error
        await self._queue.put(ident)
        return await self.job(ident)

    async def check_room(self) -> None:
        """Raise Refused if nothing more may wait: sooner than after decoding a file."""
        if len(await self._offload(self.tables.waiting)) >= self._most_waiting:
            raise await self.full()

    async def figures(self) -> JobFigures:
        """How many wait and run."""
        waiting = await self._offload(self.tables.waiting)
        return JobFigures(waiting=len(waiting), running=await self._offload(self.tables.running))

    async def full(self) -> Refused:
        """The refusal of one more job."""
        typical_s = await self._offload(self.tables.typical_s)
        return Refused(
            "queue-full",
            f"{self._most_waiting} files wait already, which is as many as may.",
            retry_after=whole_seconds(typical_s or NO_SPEED_YET_S),
        )

    def _one(self, row: JobRow | None) -> Job | None:
        return None if row is None else self._shown({row.track_id: row})[row.track_id]

    def _shown(self, rows: dict[str, JobRow]) -> dict[str, Job]:
        outlook = Outlook(self._clock(), self._cores)
        if any(row.finished_at is None for row in rows.values()):
            outlook = self._outlook()
        return {track_id: shown(row, outlook) for track_id, row in rows.items()}

    def _outlook(self) -> Outlook:
        places = {ident: place for place, ident in enumerate(self.tables.waiting(), 1)}
        return Outlook(
            self._clock(), self._cores, self.tables.typical_s(), self.tables.running(), places
        )


def shown(row: JobRow, outlook: Outlook) -> Job:
    """A row as the contract's Job."""
    return Job(
        id=row.id,
        kind=JobKind.ANALYSIS,
        href=f"/v1/jobs/{row.id}",
        state=JobState(row.state),
        stage=None if row.stage is None else Stage(row.stage),
        percent=row.percent,
        queue_place=outlook.places.get(row.id),
        seconds_left=seconds_left(row, outlook),
        tries=row.tries,
        track_id=row.track_id,
        playlist_id=None,
        result=f"/v1/tracks/{row.track_id}/features" if row.state == JobState.DONE else None,
        problem=None if row.problem is None else job_problem(row.problem),
        created_at=moment(row.created_at),
        started_at=None if row.started_at is None else moment(row.started_at),
        finished_at=None if row.finished_at is None else moment(row.finished_at),
    )


def seconds_left(row: JobRow, outlook: Outlook) -> float | None:
    """A guess: from the job's own pace once it has one, before that from the last analyses."""
    if row.state == JobState.RUNNING and row.started_at is not None:
        spent = outlook.now - row.started_at
        if not 0 <= spent <= LONGEST_S:  # the clock was set meanwhile
            return outlook.typical_s
        if row.percent >= WORTH_EXTRAPOLATING:
            return round(spent * (100 - row.percent) / row.percent, 1)
        return None if outlook.typical_s is None else round(max(outlook.typical_s - spent, 1.0), 1)
    if row.state == JobState.QUEUED and outlook.typical_s is not None:
        ahead = outlook.places.get(row.id, 1) - 1 + outlook.running
        return round(outlook.typical_s * (ahead // outlook.cores + 1), 1)
    return None
