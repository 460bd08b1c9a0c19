"""Keep the worker running beside the web process: start it, start it again, end it."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from subprocess import PIPE
from typing import IO

from api.jobs.child import Child
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
        self._child: Child | None = None
        self._watch: asyncio.Task[None] | None = None
        self.state = "starting" if settings.worker else "off"

    @property
    def pid(self) -> int | None:
        """The worker's process id, while it lives."""
        return None if self._child is None else self._child.pid

    def start(self) -> None:
        """Start the worker, if the settings want one, and look after it. Returns at once."""
        if self._wanted:
            self._watch = asyncio.create_task(self._look_after(), name="worker")

    async def close(self) -> None:
        """End the worker: what it does is done again at the next start."""
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
        if self._child is not None:
            await self._child.end(within_s=STOP_S)
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
        self._child = Child(
            self._command,
            self._hear,
            stdin=PIPE,  # closed by whatever ends us, which ends it
            env=self._environment,
        )
        try:
            return await self._child.over()
        except OSError as error:
            return str(error)

    def _hear(self, said: IO[bytes]) -> None:
        for line in said:
            with suppress(ValueError, TypeError, KeyError):  # noise
                self.state = str(json.loads(line)["state"])


def _environment(settings: Settings) -> dict[str, str]:
    """Our own, with the folders of these settings, and without credentials it has no use for."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SPOTIFY_")}
    return kept | {
        "EARPRINT_DATA_DIR": str(settings.data_dir.absolute()),
        "EARPRINT_DATABASE_URL": settings.database_url or "",  # without one: in that folder
    }
