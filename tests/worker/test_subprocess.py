"""Processes beside the loop: started, heard, ended, and nothing of them left when the loop ends."""

import asyncio
import gc
import os
import signal
import sys
import warnings
from collections.abc import Awaitable, Callable
from subprocess import DEVNULL, PIPE
from typing import IO

import pytest
import uvloop

from api.analysis.decoding import sandbox
from api.worker import supervisor
from api.worker.probe import IsolatedProbe
from api.worker.subprocess import Child
from tests.library.own_files import song
from tests.worker.test_worker import SAYS, supervised, until

SLEEPS = "import time; time.sleep(60)"
HAS_A_CHILD = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {SLEEPS!r}]); "


def left_over(work: Callable[[], Awaitable[None]]) -> list[str]:
    """What Python says was never closed, after a loop like the product's has done this work."""
    loop = uvloop.new_event_loop()
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        loop.run_until_complete(work())
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()
        gc.collect()
    return [str(warning.message) for warning in said]


def forgotten(out: IO[bytes]) -> None:
    """Read it to its end."""
    while out.read(1 << 10):
        pass


def silent(code: str, **options) -> Child:
    """A child that runs this code; what it says is read and forgotten."""
    return Child([sys.executable, "-c", code], forgotten, **options)


@pytest.mark.parametrize("ends", ["", SLEEPS])
def test_a_worker_leaves_nothing_to_the_loop(tmp_path, monkeypatch, ends):
    """Though a process that it started still holds its output; whether it ends or is ended."""
    monkeypatch.setattr(supervisor, "STOP_S", 0.2)

    async def work():
        worker = supervised(tmp_path, f"{HAS_A_CHILD}{SAYS}{ends}")
        worker.start()
        await until(lambda: worker.state == "ok")
        await worker.close()

    assert left_over(work) == []


def test_a_first_look_that_is_cancelled_leaves_nothing(tmp_path, monkeypatch):
    """The client went away, or the server ends: its process is gone, and so are its pipes."""
    path, pid = tmp_path / "song", tmp_path / "pid"
    path.write_bytes(song())
    code = f"import os; open({str(pid)!r}, 'w').write(f'{{os.getpid()}} '); {SLEEPS}"
    monkeypatch.setattr(sandbox, "obstacle", lambda: None)
    for name in ("wrapped", "python"):
        monkeypatch.setattr(sandbox, name, lambda *_: [sys.executable, "-c", code])

    async def work():
        look = asyncio.create_task(IsolatedProbe(1).facts(path))
        await until(lambda: pid.exists() and pid.read_text().endswith(" "))
        look.cancel()
        await asyncio.gather(look, return_exceptions=True)

    assert left_over(work) == []
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


async def test_whoever_stops_speaking_is_killed():
    """With its group: there is nothing more to hear."""
    child = silent(f"import os; os.close(1); os.close(2); {SLEEPS}", stderr=DEVNULL)

    async with asyncio.timeout(30):
        assert await child.over() == -signal.SIGKILL
    assert child.pid is None


@pytest.mark.parametrize("within_s", [0.0, 20.0])
async def test_an_end_before_the_start_is_an_end(within_s):
    """Asked for while the thread is still starting it."""
    child = silent(SLEEPS, stdin=PIPE)
    await child.end(within_s=within_s)

    assert child.pid is None
    assert await child.over() < 0


async def test_what_cannot_be_started_says_so_and_has_ended(tmp_path):
    """To whoever waits; whoever ends it is content."""
    child = Child([str(tmp_path / "nothing")], lambda _out: None)
    with pytest.raises(FileNotFoundError):
        await child.over()

    await child.end()
