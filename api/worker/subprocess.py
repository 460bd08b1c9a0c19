"""A process beside the web process, whose start, words and end hold nobody up.

A thread starts it, reads it and waits for it. uvloop would fork the whole web process on the loop,
which takes the longer the larger that is; and a pipe of the loop's stays open where the process
has ended, or its reader was cancelled, before the pipe's end was read.
"""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from subprocess import PIPE, Popen
from typing import IO, Any

GONE_S = 5.0
"""A killed process is gone at once, unless the kernel or one that left its group holds it up."""

Read = Callable[[IO[bytes]], None]


class Child:
    """A process in a group of its own. `read` hears its standard output, in the thread.

    When `read` returns, what is left of the group is killed. `options` are those of Popen.
    """

    def __init__(self, command: Sequence[str], read: Read, **options: Any) -> None:  # noqa: ANN401
        self._code: Future[int] = Future()
        self._code.set_running_or_notify_cancel()  # whoever waits may be cancelled; it may not
        self._lock = threading.Lock()
        self._process: Popen[bytes] | None = None
        self._asked: signal.Signals | None = None
        arguments = {"stdout": PIPE, "start_new_session": True, **options}
        live = threading.Thread(
            target=self._live, args=(list(command), read, arguments), name="child", daemon=True
        )
        live.start()

    @property
    def pid(self) -> int | None:
        """Its process id, while it lives."""
        with self._lock:
            return None if self._process is None else self._process.pid

    async def over(self) -> int:
        """Its exit code, once it is gone. Raises OSError where it could not be started."""
        return await asyncio.wrap_future(self._code)

    async def end(self, *, within_s: float = 0.0) -> None:
        """Ask it to end, where it is given time for that; then kill its group. It is gone after."""
        with suppress(OSError):  # it never was, or TimeoutError
            if within_s:
                self._send(signal.SIGTERM)
                with suppress(TimeoutError):
                    async with asyncio.timeout(within_s):
                        await self.over()
            self._send(signal.SIGKILL)
            async with asyncio.timeout(GONE_S):
                await self.over()

    def _live(self, command: list[str], read: Read, options: dict[str, Any]) -> None:
        try:
            with Popen(command, **options) as process:  # noqa: S603  # ours, never a caller's
                self._began(process)
                try:
                    read(process.stdout)  # type: ignore[arg-type]  # a pipe by our options
                finally:
                    self._finish(process)
        except BaseException as error:  # noqa: BLE001  # told to whoever waits
            self._code.set_exception(error)
        else:
            self._code.set_result(process.returncode)

    def _began(self, process: Popen[bytes]) -> None:
        with self._lock:
            self._process = process
            if self._asked is not None:
                _signalled(process, self._asked)

    def _finish(self, process: Popen[bytes]) -> None:
        """From here on its id is waited for, and may then be another's: no more signals."""
        with self._lock:
            self._process = None
            _signalled(process, signal.SIGKILL)

    def _send(self, number: signal.Signals) -> None:
        with self._lock:
            self._asked = number
            if self._process is not None:
                _signalled(self._process, number)


def _signalled(process: Popen[bytes], number: signal.Signals) -> None:
    if process.stdin is not None:
        process.stdin.close()
    send = os.killpg if number is signal.SIGKILL else os.kill
    with suppress(ProcessLookupError):
        send(process.pid, number)
