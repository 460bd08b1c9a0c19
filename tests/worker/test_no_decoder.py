"""R-22: what the machine cannot do is never called a damaged file, and whatever stops is noticed.

Rows B15 and “small” (a stopped decoder, the worker's environment) of the strangers' attacks.
"""

import asyncio
import multiprocessing
import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from base64 import b64encode
from contextlib import suppress
from pathlib import Path

import pytest

from api.analysis import problems
from api.analysis.decoding import sandbox
from api.analysis.decoding.isolation import collect
from api.problems.errors import Refused
from api.worker import job as analyse
from api.worker import probe, supervisor
from api.worker.consume import Keeper
from api.worker.queue import open_queue, task
from tests.contract.repository import ROOT
from tests.library.own_files import TRACKS, is_problem, send, song
from tests.routes.product import opened
from tests.worker import hearings
from tests.worker.rows import NOW
from tests.worker.test_worker import supervised, until

PULSE = 'import sys, time\nwhile True: print(\'{"state": "ok"}\', flush=True); time.sleep(0.05)\n'


def in_place_of_the_decoder(code: str):
    """A command that stands where the sandbox and the decoder would."""
    return lambda *_: [sys.executable, "-I", "-c", code]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("import a_decoder_that_is_not_here", "No module named"),
        ("raise MemoryError", "MemoryError"),
        ("import os; os.kill(os.getpid(), 9)", "memory runs out"),
        ("pass", "it says nothing"),
        ("print('[]')", "it says nothing"),
    ],
)
async def test_b15_a_machine_that_opens_nothing_says_so(tmp_path, monkeypatch, code, words):
    """503 with the reason, here, at /readyz and in /v1/sources; when it is over files come in."""
    monkeypatch.setattr(probe, "TRIED_AGAIN_S", 0.05)
    sandbox.trouble_at_first.cache_clear()
    with monkeypatch.context() as broken:
        broken.setattr(sandbox, "obstacle", lambda: "there is none")
        broken.setattr(sandbox, "python", in_place_of_the_decoder(code))
        async with opened(None, tmp_path, demo=False) as product:
            looking = product.app.state.parts.own.probe
            await until(lambda: looking.trouble is not None)
            refused = await send(product, song())
            ready = (await product.get("/readyz")).json()
            sources = (await product.get("/v1/sources")).text
            kept = (await product.get(TRACKS)).json()["total"]
            broken.undo()
            await until(lambda: looking.trouble is None)
            taken = await send(product, song())
    sandbox.trouble_at_first.cache_clear()

    assert refused.status_code == 503
    assert is_problem(refused, "no-decoder")
    assert words in refused.json()["detail"]
    assert refused.headers["retry-after"] == str(probe.RETRY_S)
    assert (ready["status"], kept, taken.status_code) == ("not hearing", 0, 202)
    assert words in ready["checks"]["decoding"]
    assert words in sources


async def test_b15_a_decoder_that_fails_later_is_told_from_a_damaged_file(tmp_path, monkeypatch):
    """It worked at the start; a file breaks it, and so does one that is known to be good."""
    path = tmp_path / "song"
    path.write_bytes(song())
    monkeypatch.setattr(sandbox, "obstacle", lambda: "there is none")
    monkeypatch.setattr(sandbox, "python", in_place_of_the_decoder("raise MemoryError"))
    one = probe.IsolatedProbe(1)

    with pytest.raises(Refused) as refusal:
        await one.facts(path)
    assert refusal.value.slug == "no-decoder"
    assert one.description == "no file can be opened: the decoder does not work here (MemoryError)"


@pytest.mark.parametrize("interpreter", ["/nonexistent/python", "/etc/passwd", "/bin/false"])
def test_b15_an_odd_interpreter_is_named_as_the_trouble(monkeypatch, interpreter):
    """One that is not there, is none, or does nothing; with a sandbox and without."""
    monkeypatch.setattr(sys, "executable", interpreter)
    first = sandbox.trouble()
    monkeypatch.setattr(sandbox, "obstacle", lambda: "there is none")

    assert "decoder" in str(first)
    assert "decoder" in str(sandbox.trouble())


def test_b15_where_no_trial_can_be_made_the_reason_is_said(monkeypatch):
    """It is the machine's, too, and nothing that asks dies of it."""
    monkeypatch.setattr(tempfile, "tempdir", "/proc/nowhere")

    assert "No such file" in str(sandbox.trouble())


def test_b15_a_signal_to_the_server_does_not_reach_the_trial(monkeypatch):
    """As Ctrl-C in a terminal does: a trial that dies of it would be called trouble."""
    code = "import json, os; print(json.dumps({'format': 'wav' * (os.getsid(0) == os.getpid())}))"
    monkeypatch.setattr(sandbox, "obstacle", lambda: "there is none")
    monkeypatch.setattr(sandbox, "python", in_place_of_the_decoder(code))

    assert sandbox.trouble() is None


def test_b15_limits_are_never_set_above_those_that_stand():
    """Under lower hard limits the decoder works within them; nothing is raised, nothing killed."""
    code = (
        "import resource, sys\n"
        "resource.setrlimit(resource.RLIMIT_AS, (700 << 20,) * 2)\n"
        "resource.setrlimit(resource.RLIMIT_CPU, (30, 30))\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (24, 24))\n"
        "from api.analysis.decoding import sandbox\n"
        "sandbox.obstacle = lambda: 'there is none'\n"
        "print(sandbox.trouble(), sandbox.Limits().lowered)"
    )
    said = subprocess.run(  # noqa: S603  # fixed arguments
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert said.stdout.strip() == "None True"
    assert resource.getrlimit(resource.RLIMIT_AS)[1] == resource.RLIM_INFINITY


@pytest.mark.parametrize("how", ["os.kill(os.getpid(), 9)", "os._exit(137)"])
def test_b15_a_child_that_is_killed_is_no_damaged_file(how):
    """By the system for want of memory; bubblewrap passes it on as 137."""
    with pytest.raises(problems.CutShort, match="memory runs out"):
        collect(sandbox.python(f"import os; {how}"), wall_s=20)


def test_b15_a_job_waits_for_a_machine_that_can_open_files(analyst, tmp_path, monkeypatch):
    """No try is counted, nobody calls it failed, and it is taken up when the trouble is over."""
    one = analyst(hearings.nowhere)
    one.work("job1")
    row = one.jobs.get("job1")
    huey = open_queue(tmp_path)
    keeper = Keeper(one, huey, task(huey, lambda _job_id: None))
    keeper.take_up(before=NOW - 30)
    waits = huey.pending_count()
    monkeypatch.setattr(sandbox, "trouble", lambda: None)
    told = str(one.condition)
    keeper.tell()
    keeper.take_up(before=NOW - 30)

    assert (row.state, row.tries, waits) == ("queued", 0, 0)
    assert told == "no file can be opened: There is no memory."
    assert (str(one.condition), huey.pending_count()) == ("ok", 1)


def test_b15_what_is_killed_twice_has_failed_and_says_how(analyst):
    """It might be the file that takes the memory: it is not tried for ever."""
    one = analyst(hearings.cut_short)
    again = [one.work("job1"), one.work("job1")]
    row = one.jobs.get("job1")

    assert again == ["job1", None]
    assert (row.state, row.tries) == ("failed", 2)
    assert "the system killed it" in row.problem
    assert "bad-audio" not in row.problem


def test_a_stopped_analysis_is_said_and_ended(analyst, monkeypatch):
    """SIGSTOP: soon the worker's state tells of the silence, and then it is over."""
    monkeypatch.setattr(analyse, "TOLD_S", 0.3)
    monkeypatch.setattr(analyse, "MARGIN_S", 0.5)
    monkeypatch.setattr(sandbox, "PATIENCE_S", 1.5)
    one, told = analyst(hearings.endlessly), []
    working = threading.Thread(target=lambda: told.append(one.work("job1")))
    working.start()
    said = set()
    while working.is_alive():
        for child in multiprocessing.active_children():
            os.kill(child.pid or 0, signal.SIGSTOP)
        said.add(str(one.condition).split(" for ")[0])
        time.sleep(0.05)

    assert said == {"ok", "an analysis has said nothing"}
    assert (told, str(one.condition)) == (["job1"], "ok")


async def test_a_stopped_worker_is_said_and_started_again(tmp_path, monkeypatch):
    """SIGSTOP to the whole process: /readyz tells of the silence, then another one works."""
    monkeypatch.setattr(supervisor, "SAID_S", 0.3)
    monkeypatch.setattr(supervisor, "ENDED_S", 1.0)
    monkeypatch.setattr(supervisor, "LOOK_EVERY_S", 0.1)
    monkeypatch.setattr(supervisor, "FIRST_PAUSE_S", 0.01)
    worker = supervised(tmp_path, PULSE)
    worker.start()
    await until(lambda: worker.state == "ok")
    first, well = worker.pid, worker.is_well
    os.kill(first or 0, signal.SIGSTOP)
    await until(lambda: worker.state.startswith("silent for"))
    ill = not worker.is_well
    await until(lambda: worker.state == "ok" and worker.pid not in {None, first})
    await worker.close()

    assert (well, ill) == (True, True)


CANARIES = {
    "SPOTIFY_CLIENT_SECRET": "canary-1",
    "EARPRINT_SECRET": b64encode(b"canary-2".ljust(32)).decode(),
    "LASTFM_API_KEY": "canary-3",
    "AWS_SECRET_ACCESS_KEY": "canary-4",
    "PGPASSWORD": "canary-5",
}


@pytest.mark.timeout(120)
async def test_the_worker_and_the_decoder_inherit_no_secret(tmp_path, monkeypatch):
    """Read from /proc while a file is analysed: the worker, its fork server, and every decoder."""
    for name, value in CANARIES.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("LC_TIME", "de_DE.UTF-8")
    seen: dict[str, bytes] = {}
    async with opened(None, tmp_path, worker=True, demo=False) as product:
        worker = product.app.state.parts.own.worker
        await until(lambda: worker.state == "ok")
        sent = asyncio.create_task(send(product, song(8)))
        async with asyncio.timeout(90):
            while True:
                seen |= environments_below(os.getpid())
                if sent.done():
                    job = sent.result().json()["job"]
                    if (await product.get(f"/v1/jobs/{job['id']}")).json()["state"] == "done":
                        break
                await asyncio.sleep(0)

    told = b"\n".join(seen.values())
    assert any("api.worker" in line for line in seen)
    assert any("decode_child" in line or "probe_child" in line for line in seen)
    assert [name for name in CANARIES.values() if name.encode() in told] == []
    assert b"LC_TIME=de_DE.UTF-8" in told


def environments_below(pid: int) -> dict[str, bytes]:
    """The environment of each descendant of a process, by its command line."""
    below, found = {pid}, {}
    for entry in sorted(Path("/proc").iterdir(), key=lambda each: each.name.rjust(9)):
        with suppress(OSError, ValueError):
            number = int(entry.name)
            parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            if parent in below:
                below.add(number)
                line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                if " -m api.jobs" in line or "multiprocessing" in line or "_child" in line:
                    found[line] = (entry / "environ").read_bytes()
    return found
