"""R-14, R-16, R-17, R-22: own files on the real server with its real worker, whatever happens."""

import asyncio
import os
import random
import signal
import time

import httpx
import numpy as np
import pytest

from tests.analysis import files, signals
from tests.load.beating import PATH
from tests.load.serving import launched, served
from tests.load.workers import (
    WITH_WORKER,
    WITHOUT,
    client_of,
    fewer_in,
    hired,
    processes_in,
    until,
    upload,
    worker_is,
    workers_in,
)
from tests.sampling import WHOLE

pytestmark = pytest.mark.timeout(180)
HOSTILE = 40 if WHOLE else 12  # every kind of file, spoilt in every way
LONG_S = 180 if WHOLE else 90  # so long that its analysis can be interrupted
BUSY = 503
READS = 20


def song(seconds: float) -> bytes:
    """A tone with two clicks a second."""
    clicks = signals.pulse(np.arange(0.25, seconds - 0.5, 0.5), seconds, rate=22_050)
    return files.encoded(clicks + 0.3 * signals.tone(seconds, hz=330, rate=22_050), 22_050, "wav")


def spoilt(number: int) -> bytes:
    """A file that was right once: cut, overwritten, or lied about in its header."""
    chance = random.Random(number)
    content = bytearray(files.small(["wav", "flac", "vorbis", "mp3", "m4a", "aiff"][number % 6]))
    for _ in range(chance.choice((1, 20, 400))):
        content[chance.randrange(len(content))] = chance.randrange(256)
    for place in range(number % 3 * 8):
        content[8 + place] = chance.randrange(256)
    return bytes(content[: chance.randrange(1, len(content))] if number % 4 == 0 else content)


async def test_the_loop_is_free_while_a_file_comes_in_and_is_analysed(tmp_path, promised):
    """R-14: three minutes of music, from the first byte sent to the last number read."""
    async with (
        served(tmp_path, WITH_WORKER, app="tests.load.beating:app") as server,
        client_of(server) as client,
    ):
        await worker_is(client, "ok")
        content = song(180)
        await client.get(PATH)
        started = time.perf_counter()
        answer = await upload(client, content)
        taken_s = time.perf_counter() - started
        job = await until(client, answer.headers["location"], "done", "failed")
        done_s = time.perf_counter() - started
        lag_ms = (await client.get(PATH)).json()
        read = [await client.get(answer.json()["analysis"]) for _ in range(READS)]
        reading_ms = (await client.get(PATH)).json()

    assert (answer.status_code, job["state"]) == (202, "done")
    assert {one.status_code for one in read} == {200}
    promised("lag of the loop while it is read ms", round(reading_ms, 1), most=50)
    promised("lag of the loop ms", round(lag_ms, 1), most=50)
    promised("answer to the upload s", round(taken_s, 2), most=10)
    promised("three minutes analysed s", round(done_s, 2), most=20)


async def test_hostile_files_leave_the_server_alive_and_clean(tmp_path, measured):
    """R-22: forty of them at once; each is looked at, and nothing of the refused is kept."""

    async def let_in(content: bytes) -> httpx.Response:
        while (answer := await upload(client, content)).status_code == BUSY:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
        return answer

    async with served(tmp_path, WITH_WORKER) as server, client_of(server) as client:
        answers = await asyncio.gather(*(let_in(spoilt(n)) for n in range(HOSTILE)))
        alive = await client.get("/healthz")
        kept = (await client.get("/v1/library/tracks?limit=50")).json()["total"]
        library = tmp_path / "data" / "library"

    statuses = sorted(answer.status_code for answer in answers)
    measured("answers to hostile files", {code: statuses.count(code) for code in set(statuses)})
    assert set(statuses) <= {202, 415, 422}
    assert alive.status_code == 200
    assert list((library / "incoming").iterdir()) == []
    assert len([path for path in library.rglob("*") if path.is_file()]) == kept
    assert "Traceback" not in server.log.read_text(encoding="utf-8")


async def test_a_file_that_never_ends_is_cut_off(tmp_path):
    """Sent without its length: 413 in mid-stream, nothing kept, and the server goes on."""
    form = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n'

    async def endless():
        yield form
        for _ in range(300):
            yield bytes(64 << 10)

    limit = {**WITHOUT, "EARPRINT_UPLOAD_MB": "1"}
    async with served(tmp_path, limit) as server, client_of(server) as client:
        kind = {"Content-Type": "multipart/form-data; boundary=x"}
        answer = await client.post("/v1/library/tracks", content=endless(), headers=kind)
        after = await client.get("/v1/library/tracks")

    assert (answer.status_code, answer.json()["type"]) == (413, "/problems/file-too-large")
    assert (after.status_code, after.json()["total"]) == (200, 0)
    assert [path for path in (tmp_path / "data" / "library").rglob("*") if path.is_file()] == []


async def test_the_job_of_a_killed_worker_is_taken_up_again(tmp_path, measured):
    """R-16: kill -9 in the middle; the next worker does it, and it counts as a second try."""
    async with served(tmp_path, WITH_WORKER) as server, client_of(server) as client:
        await worker_is(client, "ok")
        href = (await upload(client, song(LONG_S))).headers["location"]
        await until(client, href, "running")
        for pid in workers_in(tmp_path):
            os.kill(pid, signal.SIGKILL)
        started = time.perf_counter()
        job = await until(client, href, "done", "failed")
        measured("killed worker: done again after s", round(time.perf_counter() - started, 1))

    assert (job["state"], job["tries"]) == ("done", 2)
    await fewer_in(tmp_path, than=1)


async def test_a_killed_server_takes_its_worker_along_and_loses_no_job(tmp_path):
    """Nothing runs on without it, and the next start does what is left to do."""
    async with served(tmp_path, WITH_WORKER) as server, client_of(server) as client:
        await worker_is(client, "ok")
        href = (await upload(client, song(LONG_S))).headers["location"]
        await until(client, href, "running")
        await server.kill()
    await fewer_in(tmp_path, than=1)
    async with served(tmp_path, WITH_WORKER) as server, client_of(server) as client:
        job = await until(client, href, "done", "failed")

    assert job["state"] == "done"


async def test_a_poisoned_job_fails_after_two_tries(tmp_path):
    """It is told why, and so is whoever asks for its features; the worker goes on."""
    async with served(tmp_path, WITHOUT) as server, client_of(server) as client:
        async with hired(tmp_path, "dies"):
            track = (await upload(client, song(6))).json()
            job = await until(client, track["job"]["href"], "done", "failed")
        features = await client.get(track["features"])

    assert (job["state"], job["tries"]) == ("failed", 2)
    assert job["problem"]["type"] == "/problems/analysis-failed"
    assert "signal 9" in job["problem"]["detail"]
    assert features.status_code == 404
    assert "died 2 times" in features.json()["attempts"][0]["detail"]


async def test_cancelling_ends_the_analysis(tmp_path):
    """Its process is gone soon after, and so is a deleted file's."""
    async with (
        served(tmp_path, WITHOUT) as server,
        client_of(server) as client,
        hired(tmp_path, "sleeps") as worker,
    ):
        for end in ("job", "track"):
            track = (await upload(client, song(6 if end == "job" else 7))).json()
            await until(client, track["job"]["href"], "running")
            busy = len(list(processes_in(tmp_path)))
            path = track["job"]["href"] if end == "job" else f"/v1/library/tracks/{track['id']}"
            await client.delete(path)
            await fewer_in(tmp_path, than=busy)
        assert worker.returncode is None


async def test_a_stop_in_mid_analysis_is_quick_and_counts_as_no_try(tmp_path, promised):
    """R-17: SIGTERM; the job waits for the next start, and nobody is left over."""
    async with launched(tmp_path, WITH_WORKER) as server:
        await server.answers()
        async with client_of(server) as client:
            await worker_is(client, "ok")
            href = (await upload(client, song(LONG_S))).headers["location"]
            await until(client, href, "running")
        promised("stop in mid analysis s", round(await server.stop(), 2), most=5)
        await fewer_in(tmp_path, than=1)
    async with served(tmp_path, WITHOUT) as server, client_of(server) as client:
        job = await until(client, href, "queued", "done")

    assert (job["state"], job["tries"]) == ("queued", 0)


async def test_two_servers_on_one_folder_have_one_worker(tmp_path):
    """The other one stands by, and takes over when the first is gone."""
    async with served(tmp_path, WITH_WORKER) as first, client_of(first) as asker:
        await worker_is(asker, "ok")
        async with served(tmp_path, WITH_WORKER) as second, client_of(second) as client:
            await worker_is(client, "ok (another worker works on this folder)")
            await first.stop()
            await worker_is(client, "ok")
            answer = await upload(client, song(6))
            job = await until(client, answer.headers["location"], "done", "failed")

    assert job["state"] == "done"
