"""Take jobs from the queue and have them done, one per core, until asked to end."""

from __future__ import annotations

import fcntl
import json
import logging
import math
import multiprocessing
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any

from huey import Huey

from api.analysis.decoding import sandbox
from api.clock import CLOCK_SLACK_S
from api.db import migrate
from api.db.session import Durability, make_engine, stubbornly
from api.library.audio_store import LocalAudioStore
from api.settings import Settings, load_settings
from api.system.data_folder import claim, not_following
from api.worker import process
from api.worker.cores import cores
from api.worker.job import Analyst
from api.worker.parent_death import end_with_stream
from api.worker.process import Hear
from api.worker.queue import open_queue, task

NICE = 5
LOCK = "worker.lock"
SILENT_S = 30.0
SWEEP_EVERY_S = 5.0
PULSE_S = 5.0
WARMED_WITHIN_S = 60.0
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_WARM = "api.worker.preload"


def run(*, attached: bool = False, hear: Hear = process.hear) -> None:
    """Until a signal to end; with `attached` also until standard input closes."""
    settings = load_settings()
    claim(settings)
    os.nice(NICE)
    if attached:
        end_with_stream(sys.stdin.buffer)
        threading.Thread(target=STATE.keep_saying, name="pulse", daemon=True).start()
    with alone(settings.data_dir):
        _serve(settings, hear)


@contextmanager
def alone(data_dir: Path) -> Iterator[None]:
    """Wait until no other worker works on this folder; a worker that dies lets go of it."""
    data_dir.mkdir(parents=True, exist_ok=True)
    with open(data_dir / LOCK, "w", opener=not_following) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            STATE.say("ok (another worker works on this folder)")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


class WorkerState:
    """How this worker is, told to whoever started it: lines of JSON on standard output."""

    def __init__(self) -> None:
        self._said = "starting"

    def say(self, state: str) -> None:
        """Say it now."""
        self._said = state
        sys.stdout.write(json.dumps({"state": state}) + "\n")
        sys.stdout.flush()

    def say_if_changed(self, state: str) -> None:
        """Say it where it is not what was said last."""
        if state != self._said:
            self.say(state)

    def keep_saying(self) -> None:
        """Say the last again and again: a process that is stopped or hangs says nothing."""
        while True:
            time.sleep(PULSE_S)
            self.say(self._said)


STATE = WorkerState()


def _serve(settings: Settings, hear: Hear) -> None:
    STATE.say("starting")
    engine = make_engine(settings.app_database_url, Durability.FULL)
    stubbornly(lambda: migrate.upgrade(engine))
    analyst = Analyst(
        engine=engine,
        audio_store=LocalAudioStore(settings.data_dir),
        clock=time.time,
        context=warmed(),
        stopping=threading.Event(),
        hear=hear,
    )
    huey = open_queue(settings.data_dir)
    analyse = task(huey, lambda job_id: again(analyst.work(job_id)))

    def again(job_id: str | None) -> None:
        if job_id is not None:
            analyse(job_id)

    keeper = Keeper(analyst, huey, analyse)
    keeper.take_up(before=float("inf"))
    threading.Thread(target=keeper.keep_up, name="keeper", daemon=True).start()
    analyst.condition.trouble = sandbox.trouble()
    consumer = huey.create_consumer(workers=cores(), periodic=False, max_delay=0.3)
    STATE.say(str(analyst.condition))
    try:
        consumer.run()
    finally:
        analyst.stopping.set()
        _join(consumer)
        engine.dispose()


def warmed() -> ForkServerContext:
    """A fork server that has heard something already."""
    for name in _ONE_THREAD:
        os.environ[name] = "1"
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([_WARM])
    forkserver.ensure_running()  # here, in the thread that lives as long as the process
    trial = context.Process(target=_nothing, name="trial")
    trial.start()
    trial.join(WARMED_WITHIN_S)
    return context


def _nothing() -> None:
    """What the first process forked from the warm state does."""


class Keeper:
    """Finds jobs that nobody works on: the queue may have lost them, or a worker died."""

    def __init__(self, analyst: Analyst, huey: Huey, analyse: Any) -> None:  # noqa: ANN401  # a task
        self._analyst = analyst
        self._huey = huey
        self._analyse = analyse

    def keep_up(self) -> None:
        """Look now and then, until the worker is to end."""
        while not self._analyst.stopping.wait(SWEEP_EVERY_S):
            try:
                self.tell()
                now = self._analyst.clock()
                self.take_up(before=now - SILENT_S, after=now + CLOCK_SLACK_S)
            except Exception:  # it must not end before the worker does
                logging.getLogger(__name__).exception("jobs could not be looked after")

    def tell(self) -> None:
        """Say how the work goes, where that has changed; trouble is looked for until it is over."""
        condition = self._analyst.condition
        if condition.trouble is not None:
            condition.trouble = sandbox.trouble()
        STATE.say_if_changed(str(condition))

    def take_up(self, *, before: float, after: float = math.inf) -> None:
        """Queue what waits and is in no queue, and what was silent since `before`, once more.

        So is what said something after `after` only: under a clock that has been set back.
        """
        jobs = self._analyst.jobs
        at_work = frozenset(self._analyst.at_work)  # before looking: what ends now is not silent
        for job in jobs.silent(before, after):
            if job.id not in at_work:
                self._analyst.died(job, "the worker was killed while it was at it")
        if self._analyst.condition.trouble is None and self._huey.pending_count() == 0:
            for job_id in jobs.waiting():
                self._analyse(job_id)


def _join(consumer: Any) -> None:  # noqa: ANN401  # huey has no types
    """Wait until each thread has put its job back; their analyses are killed."""
    for _, thread in consumer.worker_threads:
        thread.join(3)
