"""One job from its beginning to its end: watched, cancelled, bounded, tried twice at most."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess

from sqlalchemy import Engine

from api import ids
from api.analysis import problems
from api.clock import Clock
from api.db.ledger import MOST_TRIES, JobLedger
from api.db.library import packed_analysis
from api.db.models import JobRow, LibraryTrackRow
from api.db.session import stubbornly
from api.jobs import hearing
from api.jobs.hearing import Hear, Order, Progress, Result, Unheard
from api.jobs.look import slug_of
from api.quoting import quoted
from api.schemas.reference import Kind
from api.shelf import Outside, Shelf
from api.slugs import SLUGS

LOOK_EVERY_S = 0.2
BEAT_EVERY_S = 2.0
WALL_S = 300.0
_log = logging.getLogger(__name__)


class Cancelled(Exception):
    """The job was cancelled, or its file deleted: nobody wants the result."""


class Stopping(Exception):
    """The worker is to end; the job goes back to the queue."""


class Died(Exception):
    """The analysis ended without a result; `str()` says how."""


@dataclass(frozen=True, slots=True)
class Analyst:
    """Does jobs, each in a process forked from `context`. Called from several threads at once."""

    engine: Engine
    shelf: Shelf
    clock: Clock
    context: ForkServerContext
    stopping: threading.Event
    hear: Hear = hearing.hear
    wall_s: float = WALL_S

    at_work: set[str] = field(default_factory=set)
    """The jobs that are being done here, be their rows as silent as a lock makes them."""

    @property
    def ledger(self) -> JobLedger:
        """The rows of jobs. A lock or a full disk is waited for: it is no fault of a job's."""
        return JobLedger(self.engine, stubbornly)

    def work(self, job_id: str) -> str | None:
        """Do a job that waits; its id, if it has to wait for a second try."""
        if job_id in self.at_work:
            return None
        self.at_work.add(job_id)
        try:
            return self._worked(job_id)
        finally:
            self.at_work.discard(job_id)

    def _worked(self, job_id: str) -> str | None:
        job = None if self.stopping.is_set() else self.ledger.begin(job_id, self.clock())
        track = None if job is None else self.ledger.file_of(job)
        if job is None or track is None:
            return None
        try:
            self._settle(job, self._heard(job, track))
        except Outside as outside:
            self._fail(job, "analysis-failed", outside.detail)
        except Cancelled:
            _log.info("job %s was cancelled", job_id)
        except Stopping:
            self.ledger.requeue(job_id, count_try=False)
        except Died as death:
            return self.died(job, str(death))
        return None

    def died(self, job: JobRow, how: str) -> str | None:
        """Let the job wait for another try, or call it failed if it has had them all."""
        _log.warning("the analysis of job %s died: %s", job.id, quoted(how))
        if job.tries < MOST_TRIES:
            return job.id if self.ledger.requeue(job.id, count_try=True) else None
        detail = f"The analysis died {job.tries} times. The last time, {how}."
        self._fail(job, "analysis-failed", detail)
        return None

    def _heard(self, job: JobRow, track: LibraryTrackRow) -> Result | Unheard:
        uri = ids.own_uri(Kind.TRACK, track.id)
        order = Order(self.shelf.path_of(track), track.id, uri, self.clock())
        ours, theirs = self.context.Pipe(duplex=False)
        process = self.context.Process(
            target=hearing.main, args=(theirs, order, self.hear), name=f"job {job.id}", daemon=True
        )
        with ours:
            try:
                process.start()
                theirs.close()
                return self._followed(job, process, ours)
            finally:
                _end(process)

    def _followed(self, job: JobRow, process: BaseProcess, ours: Connection) -> Result | Unheard:
        """What the process sends in the end; on the way, its progress is written down."""
        deadline = time.monotonic() + self.wall_s
        stage, percent, beat = "decode", 0.0, time.monotonic()
        while True:
            try:
                told = ours.recv() if ours.poll(LOOK_EVERY_S) else None
            except (EOFError, OSError) as error:
                raise Died(_how_it_ended(process)) from error
            if isinstance(told, Result | Unheard):
                return told
            if isinstance(told, Progress):
                stage, percent = told.stage, told.percent
            asked = time.monotonic()
            self._check(job)
            if told is not None or asked - beat >= BEAT_EVERY_S:
                beat = asked
                if not self.ledger.progress(job.id, stage, percent, now=self.clock()):
                    raise Cancelled
            deadline += time.monotonic() - asked  # a lock is not waited for at the file's expense
            if time.monotonic() > deadline:
                raise Died(f"it was still not done after {self.wall_s:g} seconds")

    def _check(self, job: JobRow) -> None:
        if self.stopping.is_set():
            raise Stopping
        row = self.ledger.get(job.id)
        if row is None or row.state != "running":
            raise Cancelled

    def _settle(self, job: JobRow, told: Result | Unheard) -> None:
        if isinstance(told, Unheard):
            problem = problems.Problem.from_json(told.problem)
            self._fail(job, slug_of(problem), problem.detail)
            return
        heard = packed_analysis(
            job.track_id,
            analyser=told.analyser,
            features=told.features,
            analysis=told.analysis,
            made_at=self.clock(),
        )
        self.ledger.finish(job.id, heard)

    def _fail(self, job: JobRow, slug: str, detail: str) -> None:
        problem = {"code": slug, "title": SLUGS[slug].title, "detail": detail}
        self.ledger.fail(job.id, problem, now=self.clock())


def _end(process: BaseProcess) -> None:
    """Kill it if it still runs, and let go of it."""
    with suppress(AttributeError, ValueError):  # it never started
        process.kill()
        process.join()
        process.close()


def _how_it_ended(process: BaseProcess) -> str:
    process.join(1)
    code = process.exitcode
    if code is not None and code < 0:
        return f"it was killed by signal {-code}, as when memory runs out"
    return f"it ended with code {code} and no result"
