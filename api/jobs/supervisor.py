"""Keep the worker running beside the web process: start it, start it again, end it."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from collections.abc import Sequence
from contextlib import suppress

from api.settings import Settings

STOP_S = 5.0
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
STEADY_S = 60.0  # whoever lived this long did not die of its start
COMMAND = (sys.executable, "-m", "api.jobs.worker", "--attached")
_log = logging.getLogger(__name__)


class Supervisor:
    """The worker process of this web process. `state` is what /readyz says of it."""

    def __init__(self, settings: Settings, command: Sequence[str] = COMMAND) -> None:
        self._wanted = settings.worker
        self._command = tuple(command)
        self._environment = _environment(settings)
        self._process: asyncio.subprocess.Process | None = None
        self._watch: asyncio.Task[None] | None = None
        self.state = "starting" if settings.worker else "off"

    @property
    def pid(self) -> int | None:
        """The worker's process id, while it lives."""
        alive = self._process is not None and self._process.returncode is None
        return self._process.pid if alive and self._process is not None else None

    def start(self) -> None:
        """Start the worker, if the settings want one, and look after it. Returns at once."""
        if self._wanted:
            self._watch = asyncio.create_task(self._look_after(), name="worker")

    async def close(self) -> None:
        """End the worker: what it does is done again at the next start."""
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
        if self._process is not None:
            await _ended(self._process)
        self.state = "off"

    async def _look_after(self) -> None:
        pause_s = FIRST_PAUSE_S
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            code = await self._run()
            self.state = "restarting"
            _log.warning("the worker ended (%s); it is started again", code)
            pause_s = FIRST_PAUSE_S if loop.time() - began > STEADY_S else pause_s
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)

    async def _run(self) -> int | str:
        """Start it, listen to what it says of itself, and return how it ended."""
        try:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.PIPE,  # closed by whatever ends us, which ends it
                stdout=asyncio.subprocess.PIPE,
                env=self._environment,
                start_new_session=True,  # Ctrl-C is ours to hear; we end it in order
            )
        except OSError as error:
            return str(error)
        assert self._process.stdout is not None  # noqa: S101  # for the type checker
        async for line in self._process.stdout:
            with suppress(ValueError):
                self.state = str(json.loads(line)["state"])
        return await self._process.wait()


async def _ended(process: asyncio.subprocess.Process) -> None:
    if process.stdin is not None:
        process.stdin.close()
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        async with asyncio.timeout(STOP_S):
            await process.wait()
    except TimeoutError:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def _environment(settings: Settings) -> dict[str, str]:
    """Our own, with the folders of these settings, and without credentials it has no use for."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SPOTIFY_")}
    return kept | {
        "EARPRINT_DATA_DIR": str(settings.data_dir.absolute()),
        "EARPRINT_DATABASE_URL": settings.app_database_url,
    }
