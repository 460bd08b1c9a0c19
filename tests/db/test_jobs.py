"""Jobs in app.db: every change of state happens once, whoever asks for it."""

from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from api.db.jobs import JobTables, Outlook, seconds_left, shown
from api.db.ledger import QueueFull
from api.db.library import LibraryTables, analysis_json
from api.db.session import Offload
from tests.worker.rows import NOW, heard, job, track


def opened(ledger, *numbers, most_waiting=8):
    """Jobs that wait, with their files."""
    for number in numbers:
        ledger.open(job(number), track=track(number), most_waiting=most_waiting)


def test_a_job_is_begun_by_one_worker_only(ledger):
    """The second one to be told of it finds that it does not wait any more."""
    opened(ledger, 1)
    first, second = ledger.begin("job1", NOW), ledger.begin("job1", NOW)

    assert (first.state, first.tries, first.beat_at) == ("running", 1, NOW)
    assert second is None
    assert ledger.running() == 1


def test_no_more_wait_than_may_and_the_file_is_not_kept_either(ledger, engine):
    """Row and job come together, or neither does."""
    opened(ledger, 1, 2, most_waiting=2)

    with pytest.raises(QueueFull):
        opened(ledger, 3, most_waiting=2)
    assert ledger.waiting() == ["job1", "job2"]
    assert ledger.get("job3") is None
    ledger.begin("job1", NOW)
    opened(ledger, 3, most_waiting=2)


def test_a_key_belongs_to_one_job(ledger):
    """The database says so, whatever two processes do at once."""
    ledger.open(job(1, asked_by="k"), track=track(1), most_waiting=8)

    with pytest.raises(IntegrityError):
        ledger.open(job(2, asked_by="k"), track=track(2), most_waiting=8)
    assert ledger.asked_by("k").id == "job1"
    assert ledger.asked_by("other") is None


def test_what_was_cancelled_is_not_finished(ledger, engine):
    """The result of a job that nobody wants any more is not kept."""
    opened(ledger, 1)
    ledger.begin("job1", NOW)
    cancelled = ledger.cancel("job1", NOW)

    assert cancelled
    assert not ledger.cancel("job1", NOW)
    assert not ledger.progress("job1", "beats", 10, now=NOW)
    assert not ledger.finish("job1", heard())
    assert not ledger.fail("job1", {"code": "bad-audio", "title": "", "detail": ""}, now=NOW)
    assert not ledger.requeue("job1", count_try=True)


def test_a_job_waits_again(ledger):
    """With its try counted, or not where that was our own doing."""
    opened(ledger, 1)
    for count_try, tries in ((True, 1), (False, 1)):
        ledger.begin("job1", NOW)
        assert ledger.requeue("job1", count_try=count_try)
        assert (ledger.get("job1").state, ledger.get("job1").tries) == ("queued", tries)


def test_a_silent_job_is_noticed(ledger):
    """Its worker has said nothing for too long."""
    opened(ledger, 1, 2)
    ledger.begin("job1", NOW)
    ledger.begin("job2", NOW + 100)

    assert [row.id for row in ledger.silent(NOW + 50)] == ["job1"]


async def test_a_file_takes_its_jobs_and_its_analysis_along(ledger, engine):
    """Deleting leaves no row behind."""
    opened(ledger, 1)
    ledger.begin("job1", NOW)
    ledger.finish("job1", heard())
    offload = Offload("test")
    library = LibraryTables(engine, offload)
    kept = await library.analysis(track(1).id)
    gone = await library.delete(track(1).id)

    assert kept is not None
    assert analysis_json(kept) == b"{}"
    assert gone
    assert not await library.delete(track(1).id)
    assert await library.analysis(track(1).id) is None
    assert ledger.get("job1") is None
    offload.close()


async def test_files_are_found_by_what_they_are_linked_to(ledger, engine):
    """The newest one with this Spotify id, or this ISRC."""
    offload = Offload("test")
    library = LibraryTables(engine, offload)
    for number in (1, 2):
        await library.add(track(number, spotify_id="s", isrc="GBSMU2401851"))
    await library.save_analysis(heard(2))
    found = [await library.by_spotify_id("s"), await library.by_isrc("GBSMU2401851")]

    assert [row and row.id for row in found] == [track(2).id] * 2
    assert await library.by_isrc("x") is None
    second = track(2)
    assert await library.heard() == [(second.artist_id, second.added_at, b'{"tempo":120}')]
    assert await library.places() == {track(1).file, second.file}
    offload.close()


async def test_a_job_is_told_with_its_place(ledger):
    """1 is the next; who runs has none."""
    opened(ledger, 1, 2, 3)
    ledger.begin("job1", NOW)
    offload = Offload("test")
    tables = JobTables(ledger, offload, clock=lambda: NOW, cores=2)
    told = await tables.of_tracks([track(number).id for number in (1, 2, 3)])

    assert [one.queue_place for one in told.values()] == [None, 1, 2]
    assert await tables.job("nothing") is None
    assert await tables.of_track("nothing") is None
    offload.close()


def test_the_last_analyses_tell_how_long_the_next_will_take(ledger):
    """The median, so that one slow file does not frighten everybody."""
    opened(ledger, 1, 2, 3)
    assert ledger.typical_s() is None
    for number, seconds in ((1, 4), (2, 6), (3, 60)):
        ledger.begin(f"job{number}", NOW)
        ledger.finish(f"job{number}", heard(number, NOW + seconds))

    assert ledger.typical_s() == 6


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


JUMPS = [sign * length for length in (3_600.0, 3_650 * 86_400.0) for sign in (1, -1)]


@pytest.mark.parametrize("jump", JUMPS)
def test_b14_a_job_that_spoke_under_another_clock_is_silent(ledger, jump):
    """Its worker died, and the clock was set: it is not thought to be alive for years."""
    opened(ledger, 1)
    ledger.begin("job1", NOW)
    now = NOW + jump

    assert [row.id for row in ledger.silent(now - 30, now + 60)] == ["job1"]
    assert ledger.silent(NOW - 30, NOW + 60) == []


@pytest.mark.parametrize("jump", JUMPS)
def test_b14_the_newest_job_is_the_one_that_was_opened_last(ledger, jump):
    """Whatever the clock said when the ones before were opened."""
    ledger.open(job(1), track=track(1), most_waiting=8)
    ledger.open(job(2, track_id=job(1).track_id, created_at=NOW + jump), track=None, most_waiting=8)

    assert [row.id for row in ledger.latest([job(1).track_id]).values()] == ["job2"]


@pytest.mark.parametrize("jump", JUMPS)
def test_b14_an_analysis_that_met_a_change_of_the_clock_tells_no_speed(ledger, jump):
    """It took neither years nor less than nothing."""
    opened(ledger, 1, 2)
    for number, took_s in ((1, 20.0), (2, jump + 20.0)):
        ledger.begin(f"job{number}", NOW)
        ledger.finish(f"job{number}", heard(number, NOW + took_s))

    assert ledger.typical_s() == 20.0
