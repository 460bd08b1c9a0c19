"""Jobs in app.db: every change of state happens once, whoever asks for it."""

import pytest
from sqlalchemy.exc import IntegrityError

from api.db.jobs import QueueFull
from api.db.library import LibraryTables, analysis_json
from api.db.session import Offload
from tests.worker.rows import NOW, heard, job, track


def opened(job_tables, *numbers, most_waiting=8):
    """Jobs that wait, with their files."""
    for number in numbers:
        job_tables.open(job(number), track=track(number), most_waiting=most_waiting)


def test_a_job_is_begun_by_one_worker_only(job_tables):
    """The second one to be told of it finds that it does not wait any more."""
    opened(job_tables, 1)
    first, second = job_tables.begin("job1", NOW), job_tables.begin("job1", NOW)

    assert (first.state, first.tries, first.beat_at) == ("running", 1, NOW)
    assert second is None
    assert job_tables.running() == 1


def test_no_more_wait_than_may_and_the_file_is_not_kept_either(job_tables, engine):
    """Row and job come together, or neither does."""
    opened(job_tables, 1, 2, most_waiting=2)

    with pytest.raises(QueueFull):
        opened(job_tables, 3, most_waiting=2)
    assert job_tables.waiting() == ["job1", "job2"]
    assert job_tables.get("job3") is None
    job_tables.begin("job1", NOW)
    opened(job_tables, 3, most_waiting=2)


def test_a_key_belongs_to_one_job(job_tables):
    """The database says so, whatever two processes do at once."""
    job_tables.open(job(1, asked_by="k"), track=track(1), most_waiting=8)

    with pytest.raises(IntegrityError):
        job_tables.open(job(2, asked_by="k"), track=track(2), most_waiting=8)
    assert job_tables.asked_by("k").id == "job1"
    assert job_tables.asked_by("other") is None


def test_what_was_cancelled_is_not_finished(job_tables, engine):
    """The result of a job that nobody wants any more is not kept."""
    opened(job_tables, 1)
    job_tables.begin("job1", NOW)
    cancelled = job_tables.cancel("job1", NOW)

    assert cancelled
    assert not job_tables.cancel("job1", NOW)
    assert not job_tables.progress("job1", "beats", 10, now=NOW)
    assert not job_tables.finish("job1", heard())
    assert not job_tables.fail("job1", {"code": "bad-audio", "title": "", "detail": ""}, now=NOW)
    assert not job_tables.requeue("job1", count_try=True)


def test_a_job_waits_again(job_tables):
    """With its try counted, or not where that was our own doing."""
    opened(job_tables, 1)
    for count_try, tries in ((True, 1), (False, 1)):
        job_tables.begin("job1", NOW)
        assert job_tables.requeue("job1", count_try=count_try)
        assert (job_tables.get("job1").state, job_tables.get("job1").tries) == ("queued", tries)


def test_a_silent_job_is_noticed(job_tables):
    """Its worker has said nothing for too long."""
    opened(job_tables, 1, 2)
    job_tables.begin("job1", NOW)
    job_tables.begin("job2", NOW + 100)

    assert [row.id for row in job_tables.silent(NOW + 50)] == ["job1"]


async def test_a_file_takes_its_jobs_and_its_analysis_along(job_tables, engine):
    """Deleting leaves no row behind."""
    opened(job_tables, 1)
    job_tables.begin("job1", NOW)
    job_tables.finish("job1", heard())
    offload = Offload("test")
    library = LibraryTables(engine, offload)
    kept = await library.analysis(track(1).id)
    gone = await library.delete(track(1).id)

    assert kept is not None
    assert analysis_json(kept) == b"{}"
    assert gone
    assert not await library.delete(track(1).id)
    assert await library.analysis(track(1).id) is None
    assert job_tables.get("job1") is None
    offload.close()


async def test_files_are_found_by_what_they_are_linked_to(job_tables, engine):
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
    assert await library.heard() == [
        (second.artist_id, second.added_at, b'{"tempo":120}', heard(2).analyser)
    ]
    assert await library.places() == {track(1).file, second.file}
    offload.close()


def test_the_last_analyses_tell_how_long_the_next_will_take(job_tables):
    """The median, so that one slow file does not frighten everybody."""
    opened(job_tables, 1, 2, 3)
    assert job_tables.typical_s() is None
    for number, seconds in ((1, 4), (2, 6), (3, 60)):
        job_tables.begin(f"job{number}", NOW)
        job_tables.finish(f"job{number}", heard(number, NOW + seconds))

    assert job_tables.typical_s() == 6


JUMPS = [sign * length for length in (3_600.0, 3_650 * 86_400.0) for sign in (1, -1)]


@pytest.mark.parametrize("jump", JUMPS)
def test_b14_a_job_that_spoke_under_another_clock_is_silent(job_tables, jump):
    """Its worker died, and the clock was set: it is not thought to be alive for years."""
    opened(job_tables, 1)
    job_tables.begin("job1", NOW)
    now = NOW + jump

    assert [row.id for row in job_tables.silent(now - 30, now + 60)] == ["job1"]
    assert job_tables.silent(NOW - 30, NOW + 60) == []


@pytest.mark.parametrize("jump", JUMPS)
def test_b14_the_newest_job_is_the_one_that_was_opened_last(job_tables, jump):
    """Whatever the clock said when the ones before were opened."""
    job_tables.open(job(1), track=track(1), most_waiting=8)
    job_tables.open(
        job(2, track_id=job(1).track_id, created_at=NOW + jump), track=None, most_waiting=8
    )

    assert [row.id for row in job_tables.latest([job(1).track_id]).values()] == ["job2"]


@pytest.mark.parametrize("jump", JUMPS)
def test_b14_an_analysis_that_met_a_change_of_the_clock_tells_no_speed(job_tables, jump):
    """It took neither years nor less than nothing."""
    opened(job_tables, 1, 2)
    for number, took_s in ((1, 20.0), (2, jump + 20.0)):
        job_tables.begin(f"job{number}", NOW)
        job_tables.finish(f"job{number}", heard(number, NOW + took_s))

    assert job_tables.typical_s() == 20.0
