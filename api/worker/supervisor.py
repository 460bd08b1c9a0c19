"""Keep the worker running beside the web process: start it, start it again, end it."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from subprocess import PIPE
from typing import IO

from api.settings import Settings
from api.worker.subprocess import Child

STOP_S = 5.0
FIRST_PAUSE_S = 0.5
SAID_S, ENDED_S = 20.0, 60.0
"""After so long a silence of the whole worker /readyz says so, and after so long it is ended."""
START_S = 300.0
"""A worker that has said nothing yet may still be starting, on a machine that is busy."""
LONGEST_PAUSE_S = 30.0
STEADY_S = 60.0  # whoever lived this long did not die of its start
LOOK_EVERY_S = 1.0
NEEDED = frozenset({"PATH", "HOME", "LANG", "LANGUAGE", "TZ", "TMPDIR", "LD_LIBRARY_PATH"})
NEEDED_KINDS = ("LC_", "COVERAGE_PROCESS_")  # the language, and tests that watch every process
COMMAND = (sys.executable, "-m", "api.worker", "--attached")
_log = logging.getLogger(__name__)


class Supervisor:
    """The worker process of this web process. `state` is what /readyz says of it."""

    def __init__(self, settings: Settings, command: Sequence[str] = COMMAND) -> None:
        self._wanted = settings.worker
        self._command = tuple(command)
        self._environment = _environment(settings)
        self._child: Child | None = None
        self._watch: asyncio.Task[None] | None = None
        self._said = "starting" if settings.worker else "off"
        self._heard_at: float | None = None

    @property
    def state(self) -> str:
        """What the worker last said of itself, or for how long it has said nothing."""
        silent_s = self._silent_s()
        if silent_s is not None and silent_s > SAID_S:
            return f"silent for {silent_s:.0f} seconds"
        return self._said

    @property
    def is_well(self) -> bool:
        """Whether nothing is known to be wrong with it; it may just be starting."""
        return self.state in {"off", "starting"} or self.state.startswith("ok")

    def _silent_s(self) -> float | None:
        """Seconds since the worker that lives now was last heard; None before it spoke."""
        heard = self._heard_at
        return None if heard is None or self.pid is None else time.monotonic() - heard

    def _overdue_s(self, began: float) -> float | None:
        """Seconds of silence of the worker that began then; None while it may be silent."""
        heard = self._heard_at
        silent_s = time.monotonic() - (began if heard is None else heard)
        return silent_s if silent_s > (START_S if heard is None else ENDED_S) else None

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
        self._said = "off"

    async def _look_after(self) -> None:
        pause_s = FIRST_PAUSE_S
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            code = await self._run()
            self._said = "restarting"
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
        self._heard_at = None
        began = time.monotonic()
        try:
            while True:
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_EVERY_S):
                        return await self._child.over()
                if (silent_s := self._overdue_s(began)) is not None:
                    _log.error(
                        "the worker has said nothing for %.0f seconds: it is ended", silent_s
                    )
                    await self._child.end()
        except OSError as error:
            return str(error)

    def _hear(self, said: IO[bytes]) -> None:
        for line in said:
            with suppress(ValueError, TypeError, KeyError):  # noise
                self._said = str(json.loads(line)["state"])
                self._heard_at = time.monotonic()


def _environment(settings: Settings) -> dict[str, str]:
    """What a program needs to run at all, and the folders of these settings: no secret of ours."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in NEEDED or name.startswith(NEEDED_KINDS)
    }
    return kept | {
        "EARPRINT_HOST": "127.0.0.1",  # it listens nowhere; .env may name another, without hosts
        "EARPRINT_DATA_DIR": str(settings.data_dir.absolute()),
        "EARPRINT_DATABASE_URL": settings.database_url or "",  # without one: in that folder
    }
