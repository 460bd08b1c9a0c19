"""Jobs in app.db: which analysis waits, runs or is over. The queue only carries their ids.

Every change of state is one statement that says from which state, so that a web process and a
worker may both act on a job and only one of them succeeds.
"""

from __future__ import annotations

import json
import math
import statistics
import sys
from collections.abc import Callable, Iterable
from functools import partial
from typing import TypeVar

from sqlalchemy import CursorResult, Engine, Update
from sqlmodel import Session, col, func, or_, select, update

from api.db.analyses import keep_heard
from api.db.models import JobRow, LibraryAnalysisRow, LibraryTrackRow
from api.db.reserve import with_reserve
from api.db.session import Execution, once, writing
from api.schemas.library import JobState

ACTIVE = (JobState.QUEUED, JobState.RUNNING)
MOST_TRIES = 2
LONGEST_S = 3_600.0  # of an analysis; what seems to have taken longer met a change of the clock
A_MOMENT_S = 0.001
T = TypeVar("T")
SPEEDS = 10  # so many of the last analyses tell how long the next will take


class QueueFull(Exception):
    """As many jobs wait as may."""


class UnderWay(Exception):
    """A job of this file waits or runs already."""


class JobTables:
    """The rows of jobs. Blocking: the web process works on them off its loop.

    `attempt` says how each unit of work is done: the worker tries on until no lock is in its way.
    """

    def __init__(self, engine: Engine, attempt: Execution = once) -> None:
        self._engine = engine
        self._attempt = attempt

    def freeing(self) -> JobTables:
        """The same rows, with the reserve for whoever finds the disk full."""
        return JobTables(self._engine, partial(with_reserve, self._engine))

    def get(self, ident: str) -> JobRow | None:
        """The job with this id."""
        return self._read(lambda session: session.get(JobRow, ident))

    def file_of(self, job: JobRow) -> LibraryTrackRow | None:
        """The file that a job is about."""
        return self._read(lambda session: session.get(LibraryTrackRow, job.track_id))

    def asked_by(self, key: str) -> JobRow | None:
        """The job that an upload with this Idempotency-Key has started."""
        chosen = select(JobRow).where(JobRow.asked_by == key)
        return self._read(lambda session: session.exec(chosen).first())

    def latest(self, track_ids: Iterable[str]) -> dict[str, JobRow]:
        """The newest job of each of these files that has one."""
        oldest = (col(JobRow.created_at), col(JobRow.id))
        chosen = select(JobRow).where(col(JobRow.track_id).in_(list(track_ids))).order_by(*oldest)
        return self._read(lambda session: {row.track_id: row for row in session.exec(chosen)})

    def open(
        self, job: JobRow, *, track: LibraryTrackRow | None, most_waiting: int, alone: bool = False
    ) -> None:
        """Add a job, with its file if that is new. Raises QueueFull, IntegrityError.

        `alone`: raises UnderWay where another one of the same file waits or runs.
        """
        active = col(JobRow.state).in_(ACTIVE)
        other = select(JobRow.id).where(JobRow.track_id == job.track_id, active)

        def add(session: Session) -> None:
            if alone and session.exec(other).first() is not None:
                raise UnderWay
            if track is not None:
                session.add(track)
                session.flush()
            older = update(JobRow).where(
                col(JobRow.track_id) == job.track_id, col(JobRow.created_at) >= job.created_at
            )  # by a clock that has been set back: the newest is the one that is opened now
            session.execute(older.values(created_at=job.created_at - A_MOMENT_S))
            session.add(job)
            session.flush()
            waiting = select(func.count()).where(JobRow.state == JobState.QUEUED)
            if session.exec(waiting).one() > most_waiting:
                raise QueueFull

        self._write(add)

    def begin(self, ident: str, now: float) -> JobRow | None:
        """Take a waiting job and count the try; None if it does not wait any more."""
        begun = self._changed(
            _from(ident, JobState.QUEUED).values(
                state=JobState.RUNNING,
                stage=None,
                percent=0.0,
                tries=JobRow.tries + 1,
                started_at=now,
                beat_at=now,
            )
        )
        return self.get(ident) if begun else None

    def progress(self, ident: str, stage: str | None, percent: float, *, now: float) -> bool:
        """Note how far a running job is; False if it was cancelled or deleted meanwhile."""
        noted = _from(ident, JobState.RUNNING).values(stage=stage, percent=percent, beat_at=now)
        return self._changed(noted)

    def finish(self, ident: str, heard: LibraryAnalysisRow) -> bool:
        """Keep what was heard, and call the job done; False and nothing if it was cancelled."""
        done = _from(ident, JobState.RUNNING).values(
            state=JobState.DONE, stage=None, percent=100.0, finished_at=heard.made_at
        )

        def keep(session: Session) -> bool:
            if not changed(session, done):
                return False
            keep_heard(session, heard)
            return True

        return self._write(keep)

    def fail(self, ident: str, problem: dict[str, str], *, now: float) -> bool:
        """End a job with `{"code", "title", "detail"}`; False if it was over already."""
        failed = _from(ident, *ACTIVE).values(
            state=JobState.FAILED, stage=None, finished_at=now, problem=json.dumps(problem)
        )
        return self._changed(failed)

    def requeue(self, ident: str, *, count_try: bool) -> bool:
        """Let a running job wait again; a try that was our own doing is not counted."""
        tries = JobRow.tries if count_try else JobRow.tries - 1
        waiting = _from(ident, JobState.RUNNING).values(
            state=JobState.QUEUED, stage=None, percent=0.0, beat_at=None, tries=tries
        )
        return self._changed(waiting)

    def cancel(self, ident: str, now: float) -> bool:
        """End a job that waits or runs; False if it was over already."""
        cancelled = _from(ident, *ACTIVE).values(
            state=JobState.CANCELLED, stage=None, finished_at=now
        )
        return self._changed(cancelled)

    def silent(self, before: float, after: float = math.inf) -> list[JobRow]:
        """Running jobs whose worker has said nothing since `before`, or only in the future."""
        running = select(JobRow).where(JobRow.state == JobState.RUNNING)
        beat = func.coalesce(JobRow.beat_at, 0)
        silent = running.where(or_(beat < before, beat > min(after, sys.float_info.max)))
        return self._read(lambda session: list(session.exec(silent)))

    def waiting(self) -> list[str]:
        """The ids of those that wait, the next one first."""
        order = (col(JobRow.created_at), col(JobRow.id))
        chosen = select(JobRow.id).where(JobRow.state == JobState.QUEUED).order_by(*order)
        return self._read(lambda session: list(session.exec(chosen)))

    def running(self) -> int:
        """How many run."""
        running = select(func.count()).where(JobRow.state == JobState.RUNNING)
        return self._read(lambda session: session.exec(running).one())

    def typical_s(self) -> float | None:
        """Seconds that the last analyses took, the median; None before the first."""
        newest = col(JobRow.finished_at).desc()
        done = select(JobRow).where(JobRow.state == JobState.DONE).order_by(newest).limit(SPEEDS)
        rows = self._read(lambda session: session.exec(done).all())
        took = [
            row.finished_at - row.started_at for row in rows if row.finished_at and row.started_at
        ]
        spent = [seconds for seconds in took if 0 <= seconds <= LONGEST_S]
        return statistics.median(spent) if spent else None

    def _read(self, work: Callable[[Session], T]) -> T:
        def unit() -> T:
            with Session(self._engine, expire_on_commit=False) as session:
                return work(session)

        return self._attempt(unit)

    def _write(self, work: Callable[[Session], T]) -> T:
        def unit() -> T:
            with writing(self._engine) as session:
                return work(session)

        return self._attempt(unit)

    def _changed(self, statement: Update) -> bool:
        return self._write(lambda session: changed(session, statement))


def _from(ident: str, *states: JobState) -> Update:
    """A change of this job, if it is in one of these states."""
    return update(JobRow).where(col(JobRow.id) == ident, col(JobRow.state).in_(states))


def changed(session: Session, statement: Update) -> bool:
    """Whether the statement found anything to change."""
    result = session.execute(statement, execution_options={"synchronize_session": False})
    assert isinstance(result, CursorResult)  # noqa: S101  # what an UPDATE gives
    return result.rowcount > 0
