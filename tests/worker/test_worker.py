"""The worker process and whoever looks after it."""

import asyncio
import os
import subprocess
import sys

import pytest

from api.analysis.decoding import sandbox
from api.clock import Clock
from api.problems.errors import Refused
from api.worker import probe as looking
from api.worker import supervisor
from api.worker.consume import Keeper, alone
from api.worker.job import Condition
from api.worker.probe import IsolatedProbe
from api.worker.queue import FILE, JobQueue, open_queue, task
from api.worker.supervisor import Supervisor
from tests.contract.repository import ROOT
from tests.library.own_files import send, song
from tests.routes.product import opened, settings_of
from tests.worker.rows import NOW, job, track

SAYS = 'import sys; print(\'{"state": "ok"}\', flush=True); '


def supervised(folder, code: str) -> Supervisor:
    """A supervisor whose worker runs this."""
    settings = settings_of(None, folder, worker=True)
    return Supervisor(settings, (sys.executable, "-c", code))


async def until(is_so):
    """Return when it is so."""
    async with asyncio.timeout(30):
        while not is_so():  # noqa: ASYNC110  # of other processes there are no events
            await asyncio.sleep(0.02)


@pytest.mark.timeout(120)
async def test_a_file_is_analysed_from_upload_to_features(tmp_path):
    """The product with its worker: brought, followed, heard, and the worker gone in the end."""
    async with opened(None, tmp_path, worker=True, demo=False) as product:
        sent = (await send(product, song(8))).json()
        async with asyncio.timeout(90):
            while (await product.get(sent["features"])).status_code == 202:  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        features = (await product.get(sent["features"])).json()
        analysis = (await product.get(sent["analysis"])).json()
        checks = (await product.get("/readyz")).json()["checks"]
        pid = product.app.state.parts.own.worker.pid

    assert features["duration_ms"] == 8000
    assert analysis["track"]["duration"] == 8
    assert checks["worker"] == "ok"
    assert checks["decoding"].startswith("in a ")
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_a_worker_that_dies_is_started_again(tmp_path, monkeypatch):
    """After a pause that grows; meanwhile it is said."""
    monkeypatch.setattr(supervisor, "FIRST_PAUSE_S", 0.01)
    starts = tmp_path / "starts"
    worker = supervised(tmp_path, f"open({str(starts)!r}, 'a').write('x')")
    worker.start()
    await until(lambda: starts.exists() and len(starts.read_text()) >= 3)
    state = worker.state
    await worker.close()

    assert state == "restarting"
    assert (worker.state, worker.pid) == ("off", None)


async def test_what_a_worker_says_of_itself_is_its_state(tmp_path):
    """Anything else it says is passed over; when its life line is cut it ends."""
    worker = supervised(tmp_path, f"print('noise', flush=True); {SAYS} sys.stdin.read()")
    worker.start()
    first = worker.state
    await until(lambda: worker.state == "ok")
    alive = worker.pid is not None
    await worker.close()

    assert (first, alive) == ("starting", True)


async def test_a_worker_that_will_not_end_is_killed(tmp_path, monkeypatch):
    """The stop does not wait for it for ever."""
    monkeypatch.setattr(supervisor, "STOP_S", 0.2)
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    worker = supervised(tmp_path, f"{deaf}{SAYS} import time; time.sleep(60)")
    worker.start()
    await until(lambda: worker.state == "ok")
    await worker.close()

    assert worker.pid is None


async def test_a_worker_that_cannot_be_started_is_tried_again(tmp_path, monkeypatch):
    """And nothing of it reaches those who ask."""
    monkeypatch.setattr(supervisor, "FIRST_PAUSE_S", 0.01)
    worker = Supervisor(settings_of(None, tmp_path, worker=True), (str(tmp_path / "nothing"),))
    worker.start()
    await until(lambda: worker.state == "restarting")
    await worker.close()


def test_one_worker_works_on_a_folder(tmp_path, capsys):
    """Another one waits, and says so."""
    code = (
        "import sys; from pathlib import Path; from api.worker.consume import alone\n"
        "with alone(Path(sys.argv[1])): pass"
    )
    with alone(tmp_path):
        command = [sys.executable, "-c", code, str(tmp_path)]
        other = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)  # noqa: S603
        assert other.stdout is not None
        said = other.stdout.readline()
        waits = other.poll() is None
    other.stdout.close()

    assert "another worker" in said
    assert waits
    assert other.wait(20) == 0


class Analyst:
    """Does nothing itself."""

    def __init__(self, job_tables, clock: Clock = lambda: NOW):
        self.jobs, self.clock = job_tables, clock
        self.dead: list[tuple[str, str]] = []
        self.at_work: set[str] = set()
        self.condition = Condition()

    def died(self, row, how):
        self.dead.append((row.id, how))


def test_a_job_that_fell_out_of_the_queue_is_found(tmp_path, job_tables):
    """What waits is queued once more, if the queue is empty; what is silent has died."""
    for number in (1, 2):
        job_tables.open(job(number), track=track(number), most_waiting=8)
    job_tables.begin("job1", NOW - 60)
    huey = open_queue(tmp_path)
    analyst = Analyst(job_tables)
    keeper = Keeper(analyst, huey, task(huey, lambda _job_id: None))  # type: ignore[arg-type]
    for _ in range(2):
        keeper.take_up(before=NOW - 30)

    assert analyst.dead == [("job1", "the worker was killed while it was at it")] * 2
    assert [waiting.args for waiting in huey.pending()] == [["job2"]]
    huey.storage.close()


async def test_a_queue_that_cannot_be_read_is_made_anew(tmp_path):
    """It holds nothing that app.db does not know."""
    (tmp_path / FILE).write_bytes(b"no database" * 500)
    queue = JobQueue(tmp_path)
    await queue.put("a")
    queue.close()
    huey = open_queue(tmp_path)
    task(huey, lambda _job_id: None)

    assert [waiting.args for waiting in huey.pending()] == [["a"]]
    huey.storage.close()


async def test_a_queue_that_cannot_be_written_stops_nobody(tmp_path, caplog):
    """The worker finds the job in app.db; the log says what happened."""
    (tmp_path / "file").write_text("")
    queue = JobQueue(tmp_path / "file")
    await queue.put("a")
    queue.close()

    assert "job a could not be queued" in caplog.text


@pytest.mark.parametrize("answer", ["", "[]", "nonsense", '{"tags": 1}'])
async def test_a_first_look_that_breaks_is_a_file_that_is_broken(tmp_path, monkeypatch, answer):
    """Whatever the child says or does not say."""
    path = tmp_path / "song"
    path.write_bytes(song())
    command = [sys.executable, "-c", f"print({answer!r})"]
    monkeypatch.setattr(sandbox, "wrapped", lambda *_: command)
    monkeypatch.setattr(sandbox, "python", lambda *_: command)
    monkeypatch.setattr(sandbox, "trouble", lambda _limits=None: None)  # others are opened

    with pytest.raises(Refused) as refusal:
        await IsolatedProbe(1).facts(path)
    assert refusal.value.slug == "bad-audio"


async def test_a_first_look_without_a_sandbox_says_so(tmp_path, monkeypatch, caplog):
    """It then has limits alone; the log of the start and /readyz say why, in the same words."""
    monkeypatch.setattr(sandbox, "obstacle", lambda: "there is none")
    path = tmp_path / "song"
    path.write_bytes(song())
    look = IsolatedProbe(1)
    look.open()
    facts = await look.facts(path)
    await look.close()

    assert facts.format == "wav"
    assert look.description == "in a process with limits, without a sandbox: there is none"
    assert caplog.messages == [f"Your files are opened {look.description}"]


async def test_a_first_look_that_takes_too_long_is_ended(tmp_path, monkeypatch):
    """With all that it has started."""
    path = tmp_path / "song"
    path.write_bytes(song())
    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    monkeypatch.setattr(sandbox, "PATIENCE_S", 0.1)
    monkeypatch.setattr(sandbox, "wrapped", lambda *_: command)
    monkeypatch.setattr(sandbox, "python", lambda *_: command)

    with pytest.raises(Refused, match="no answer in time") as refusal:
        await IsolatedProbe(1).facts(path)
    assert (refusal.value.slug, refusal.value.retry_after) == ("no-decoder", looking.RETRY_S)


def test_the_warm_state_can_be_reached():
    """Importing it hears something once."""
    code = "import api.worker.preload, sys; print('api.analysis.pipeline' in sys.modules)"
    said = subprocess.run(  # noqa: S603  # fixed arguments
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert said.stdout.strip() == "True"
