"""One job in a process of its own: heard, refused, broken, cancelled, stopped, too slow."""

import threading
import time

import pytest

from tests.worker import hearings
from tests.worker.rows import NOW


def test_what_is_heard_is_kept(analyst):
    """Done, with the analyser's version."""
    one = analyst(hearings.well)
    again = one.work("job1")

    row = one.jobs.get("job1")
    assert (again, row.state, row.percent, row.tries) == (None, "done", 100, 1)
    assert one.work("job1") is None


def test_what_is_wrong_with_a_file_ends_its_job(analyst):
    """There is no second try: the same bytes are as wrong the next time."""
    one = analyst(hearings.badly)
    again = one.work("job1")

    row = one.jobs.get("job1")
    assert (again, row.state, row.tries) == (None, "failed", 1)
    assert '"no-signal"' in row.problem


def test_what_breaks_is_tried_twice(analyst):
    """Then it has failed, and says how."""
    one = analyst(hearings.wrongly)
    again = [one.work("job1"), one.work("job1")]

    row = one.jobs.get("job1")
    assert again == ["job1", None]
    assert (row.state, row.tries) == ("failed", 2)
    assert "ended with code 3 and no result" in row.problem


def test_what_takes_too_long_is_ended(analyst):
    """As something that broke."""
    one = analyst(hearings.endlessly, wall_s=0.1)

    assert one.work("job1") == "job1"
    assert one.jobs.get("job1").state == "queued"


@pytest.mark.parametrize("end", ["cancel", "delete"])
def test_a_cancelled_job_is_ended(analyst, engine, end):
    """Soon, and for good."""
    one = analyst(hearings.endlessly)
    working = threading.Thread(target=one.work, args=("job1",))
    working.start()
    wait_for(lambda: one.jobs.get("job1").stage == "beats")
    if end == "cancel":
        one.jobs.cancel("job1", NOW)
    else:
        with engine.begin() as connection:
            connection.exec_driver_sql("delete from library_track")
    working.join(20)

    assert not working.is_alive()
    row = one.jobs.get("job1")
    assert row is None if end == "delete" else row.state == "cancelled"


def test_a_stopped_workers_job_waits_again(analyst):
    """And the try is not counted; nothing new is begun."""
    one = analyst(hearings.endlessly)
    working = threading.Thread(target=one.work, args=("job1",))
    working.start()
    wait_for(lambda: one.jobs.get("job1").stage == "beats")
    one.stopping.set()
    working.join(20)

    row = one.jobs.get("job1")
    assert (row.state, row.tries) == ("queued", 0)
    assert one.work("job1") is None


def wait_for(is_so):
    """Return when it is so."""
    for _ in range(2_000):
        if is_so():
            return
        time.sleep(0.01)
    raise AssertionError
