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

from api.analysis import problems
from api.analysis.decoding import sandbox
from api.clock import Clock
from api.db.jobs import MOST_TRIES, JobTables
from api.db.library import packed_analysis
from api.db.models import JobRow, LibraryTrackRow
from api.db.session import stubbornly
from api.library.audio_store import AudioStore, Outside
from api.music import ids
from api.problems.types import SLUGS
from api.schemas.reference import Kind
from api.text import quoted
from api.worker import process as hearing
from api.worker.probe import slug_of
from api.worker.process import Hear, Order, Progress, Result, Unheard

LOOK_EVERY_S = 0.2
BEAT_EVERY_S = 2.0
WALL_S = 300.0
TOLD_S = 15.0
"""After so long a silence of one analysis, /readyz says so."""
MARGIN_S = 10.0
"""Whoever waits for the decoder gives up after the decoder has been given up, not before."""
_log = logging.getLogger(__name__)


class Cancelled(Exception):
    """The job was cancelled, or its file deleted: nobody wants the result."""


class Stopping(Exception):
    """The worker is to end; the job goes back to the queue."""


class Died(Exception):
    """The analysis ended without a result; `str()` says how."""


class Waits(Exception):
    """No file can be opened on this machine just now; `str()` says why. The job waits for that."""


@dataclass(slots=True)
class Condition:
    """How the work goes. `trouble`: why no file can be opened; `silent`: jobs that say nothing."""

    trouble: str | None = None
    silent: dict[str, float] = field(default_factory=dict)

    def __str__(self) -> str:
        if self.trouble is not None:
            return f"no file can be opened: {self.trouble}"
        if self.silent:
            longest = max(self.silent.values())
            return f"an analysis has said nothing for {longest:.0f} seconds"
        return "ok"


@dataclass(frozen=True, slots=True)
class Analyst:
    """Does jobs, each in a process forked from `context`. Called from several threads at once."""

    engine: Engine
    audio_store: AudioStore
    clock: Clock
    context: ForkServerContext
    stopping: threading.Event
    hear: Hear = hearing.hear
    wall_s: float = WALL_S
    condition: Condition = field(default_factory=Condition)

    at_work: set[str] = field(default_factory=set)
    """The jobs that are being done here, be their rows as silent as a lock makes them."""

    @property
    def jobs(self) -> JobTables:
        """The rows of jobs. A lock or a full disk is waited for: it is no fault of a job's."""
        return JobTables(self.engine, stubbornly)

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
        job = None if self.stopping.is_set() else self.jobs.begin(job_id, self.clock())
        track = None if job is None else self.jobs.file_of(job)
        if job is None or track is None:
            return None
        try:
            self._settle(job, self._heard(job, track))
        except Outside as outside:
            self._fail(job, "analysis-failed", outside.detail)
        except Cancelled:
            _log.info("job %s was cancelled", job_id)
        except Stopping:
            self.jobs.requeue(job_id, count_try=False)
        except Waits as trouble:
            self.condition.trouble = str(trouble)
            _log.error("job %s waits: %s", job_id, trouble)
            self.jobs.requeue(job_id, count_try=False)
        except Died as death:
            return self.died(job, str(death))
        finally:
            self.condition.silent.pop(job_id, None)
        return None

    def died(self, job: JobRow, how: str) -> str | None:
        """Let the job wait for another try, or call it failed if it has had them all."""
        _log.warning("the analysis of job %s died: %s", job.id, quoted(how))
        if job.tries < MOST_TRIES:
            return job.id if self.jobs.requeue(job.id, count_try=True) else None
        detail = f"The analysis died {job.tries} times. The last time, {how}."
        self._fail(job, "analysis-failed", detail)
        return None

    def _heard(self, job: JobRow, track: LibraryTrackRow) -> Result | Unheard:
        uri = ids.own_uri(Kind.TRACK, track.id)
        order = Order(self.audio_store.path_of(track), track.id, uri, self.clock())
        ours, theirs = self.context.Pipe(duplex=False)
        process = self.context.Process(
            target=hearing.main, args=(theirs, order, self.hear), name=f"job {job.id}", daemon=True
        )
        quiet_s = min(sandbox.patience_s(order.file) + MARGIN_S, self.wall_s)
        with ours:
            try:
                _start(process)
                theirs.close()
                return self._followed(job, process, ours, quiet_s=quiet_s)
            finally:
                _end(process)

    def _followed(
        self, job: JobRow, process: BaseProcess, ours: Connection, *, quiet_s: float
    ) -> Result | Unheard:
        """What the process sends in the end; on the way, its progress is written down."""
        deadline = time.monotonic() + self.wall_s
        stage, percent, beat = "decode", 0.0, time.monotonic()
        heard = beat
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
            heard = heard if told is None else asked
            self._note_silence(job, asked - heard, quiet_s)
            self._check(job)
            if told is not None or asked - beat >= BEAT_EVERY_S:
                beat = asked
                if not self.jobs.progress(job.id, stage, percent, now=self.clock()):
                    raise Cancelled
            held_up = time.monotonic() - asked  # a lock is not waited for at the file's expense
            deadline, heard = deadline + held_up, heard + held_up
            if time.monotonic() > deadline:
                raise Died(f"it was still not done after {self.wall_s:g} seconds")

    def _note_silence(self, job: JobRow, silent_s: float, quiet_s: float) -> None:
        """Tell of a silence, and end what is silent for longer than its file justifies."""
        if silent_s < TOLD_S:
            self.condition.silent.pop(job.id, None)
        else:
            self.condition.silent[job.id] = silent_s
        if silent_s > quiet_s:
            raise Died(f"it said nothing for {quiet_s:.0f} seconds, as when it is stopped")

    def _check(self, job: JobRow) -> None:
        if self.stopping.is_set():
            raise Stopping
        row = self.jobs.get(job.id)
        if row is None or row.state != "running":
            raise Cancelled

    def _settle(self, job: JobRow, told: Result | Unheard) -> None:
        if isinstance(told, Unheard):
            if told.problem["code"] == problems.NoDecoder.code:
                raise Waits(told.problem["detail"])
            if told.problem["code"] == problems.CutShort.code:
                raise Died(_inside(told.problem["detail"]))
            problem = problems.AnalysisError.from_json(told.problem)
            self._fail(job, slug_of(problem), problem.detail)
            return
        heard = packed_analysis(
            job.track_id,
            analyser=told.analyser,
            features=told.features,
            analysis=told.analysis,
            made_at=self.clock(),
        )
        self.jobs.finish(job.id, heard)

    def _fail(self, job: JobRow, slug: str, detail: str) -> None:
        problem = {"code": slug, "title": SLUGS[slug].title, "detail": detail}
        self.jobs.fail(job.id, problem, now=self.clock())


def _start(process: BaseProcess) -> None:
    try:
        process.start()
    except OSError as error:
        raise Waits(f"no process can be started ({error.strerror})") from error


def _inside(sentence: str) -> str:
    """`The system killed it.` → `the system killed it`, to stand within another sentence."""
    return sentence[:1].lower() + sentence[1:].rstrip(".")


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
