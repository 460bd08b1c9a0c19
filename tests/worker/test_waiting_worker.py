"""A lock on app.db holds the worker up, and is never taken for the death of an analysis."""

import errno
import sqlite3
import threading
import time

import pytest
from sqlalchemy.exc import OperationalError

from api.db import session as databases
from api.worker.consume import Keeper
from api.worker.queue import open_queue, task
from tests.db.locking import locked
from tests.worker import hearings
from tests.worker.rows import NOW


@pytest.fixture
def analyst(analyst, monkeypatch):
    """Hears well, in less time than the locks of these tests last."""
    monkeypatch.setattr(databases, "STUBBORN_PAUSE_S", 0.1)
    return analyst(hearings.slowly, wall_s=2.0)


def begun(analyst) -> threading.Thread:
    """The job, being done in a thread."""
    thread = threading.Thread(target=analyst.work, args=("job1",))
    thread.start()
    return thread


def until(is_so) -> None:
    """Return when it is so."""
    end = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_job_is_begun_once_the_lock_is_gone(analyst, tmp_path):
    """With one try counted."""
    with locked(tmp_path / "app.db"):
        working = begun(analyst)
        time.sleep(0.5)
        waits = analyst.jobs.get("job1")
    working.join(20)

    row = analyst.jobs.get("job1")
    assert (waits.state, waits.tries) == ("queued", 0)
    assert (row.state, row.tries) == ("done", 1)


def test_a_lock_in_the_middle_does_not_kill_an_analysis(analyst, tmp_path):
    """Its progress, its result and its time limit wait, too; nobody takes it for dead meanwhile."""
    huey = open_queue(tmp_path)
    keeper = Keeper(analyst, huey, task(huey, lambda _job_id: None))
    working = begun(analyst)
    until(lambda: analyst.jobs.get("job1").stage == "beats")
    with locked(tmp_path / "app.db"):
        time.sleep(analyst.wall_s + 0.5)
        keeper.take_up(before=float("inf"))
        held_up = analyst.jobs.get("job1")
    working.join(20)
    huey.storage.close()

    row = analyst.jobs.get("job1")
    assert held_up.state == "running"
    assert (row.state, row.tries) == ("done", 1)
    assert analyst.at_work == set()


def test_a_job_of_a_worker_that_is_gone_is_taken_up(analyst, tmp_path):
    """Silence counts where nobody here is at it."""
    huey = open_queue(tmp_path)
    keeper = Keeper(analyst, huey, task(huey, lambda _job_id: None))
    analyst.jobs.begin("job1", NOW - 60)
    keeper.take_up(before=NOW - 30)
    huey.storage.close()

    assert (analyst.jobs.get("job1").state, analyst.jobs.get("job1").tries) == ("queued", 1)


def test_a_job_that_is_carried_twice_is_done_once(analyst):
    """Also while the first one is at it."""
    analyst.at_work.add("job1")

    assert analyst.work("job1") is None
    assert analyst.jobs.get("job1").state == "queued"


def failing(*codes: int):
    """A unit of work that meets these errors of SQLite, one after the other, and then succeeds."""
    left = list(codes)

    def work() -> str:
        if not left:
            return "done"
        cause = sqlite3.OperationalError("…")
        cause.sqlite_errorcode = left.pop(0)
        raise OperationalError("update", {}, cause)

    return work


PASSING = (
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_BUSY_SNAPSHOT,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR_WRITE,
)


def test_what_passes_is_tried_until_it_has_passed(monkeypatch):
    """Ever more slowly, up to a bound; a broken database is told at once."""
    pauses: list[float] = []
    monkeypatch.setattr("api.db.session.time.sleep", pauses.append)

    assert databases.stubbornly(failing(*PASSING * 3)) == "done"
    assert pauses == sorted(pauses)
    assert max(pauses) == databases.STUBBORN_PAUSE_S
    with pytest.raises(OperationalError):
        databases.stubbornly(failing(sqlite3.SQLITE_CORRUPT))


def test_what_a_full_disk_looks_like():
    """Whoever says so: the system, a quota, a limit of this process, or SQLite."""
    full = [OSError(number, "…") for number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)]

    assert all(databases.is_full(error) for error in full)
    assert not databases.is_full(OSError(errno.EACCES, "…"))
    assert not databases.is_full(ValueError())
    assert not databases.is_locked(OSError(errno.EBUSY, "…"))
