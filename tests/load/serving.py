"""The real server as tests start it: `uvicorn api.app:app` in a process of its own, on loopback.

Whatever happens inside the block, the process is gone after it. The environment is made from
nothing, so that neither a setting nor a coverage run of whoever tests reaches the server.
"""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from tests.contract.repository import ROOT
from tests.load.asking import ask
from tests.routes.product import WITHOUT_NETWORK
from tests.sandbox import CLIENT_ID, CLIENT_SECRET, Sandbox

HOST = "127.0.0.1"
BOOT_S = 40.0
STOP_S = 15.0


class Server:
    """One server process: its port, its log, and the ways it can end."""

    def __init__(self, port: int, process: asyncio.subprocess.Process, log: Path) -> None:
        self.port = port
        self.log = log
        self.boot_s = 0.0
        self._process = process

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def resident_bytes(self) -> int:
        """How much of memory it holds now."""
        pages = Path(f"/proc/{self.pid}/statm").read_text(encoding="ascii").split()[1]
        return int(pages) * resource.getpagesize()

    @property
    def runs(self) -> bool:
        """Whether the process still lives."""
        return self._process.returncode is None

    async def kill(self) -> None:
        """End it as a power cut would: no code of ours runs any more."""
        self._process.kill()
        await self._process.wait()

    async def stop(self) -> float:
        """Ask it to end; the seconds it took."""
        started = time.perf_counter()
        self._process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(STOP_S):
            await self._process.wait()
        return time.perf_counter() - started

    async def answers(self) -> None:
        """Return once it is ready. Raises RuntimeError with its log if it ends instead."""
        started = time.perf_counter()
        async with asyncio.timeout(BOOT_S):
            while not await self._is_ready():
                if not self.runs:
                    raise RuntimeError(self.log.read_text(encoding="utf-8"))
                await asyncio.sleep(0.01)
        self.boot_s = time.perf_counter() - started

    async def _is_ready(self) -> bool:
        try:
            return (await ask(self.port, "/readyz")).status == 200
        except OSError:
            return False


def settings_for(sandbox: Sandbox) -> dict[str, str]:
    """The environment of a server whose Spotify is the sandbox."""
    return {
        "SPOTIFY_CLIENT_ID": CLIENT_ID,
        "SPOTIFY_CLIENT_SECRET": CLIENT_SECRET,
        "SPOTIFY_API_URL": sandbox.api_url,
        "SPOTIFY_ACCOUNTS_URL": sandbox.accounts_url,
    }


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def launched(
    folder: Path,
    environment: Mapping[str, str],
    *,
    app: str = "api.app:app",
    descriptors: int | None = None,
) -> AsyncIterator[Server]:
    """A server process on a free port, not yet waited for; killed at the end if it still runs.

    The app `web` is the whole product as `make run` starts it.
    """
    port, log = free_port(), folder / "server.log"
    uvicorn = ("uvicorn", app, "--host", HOST, "--port", str(port), "--no-access-log")
    bounded = () if descriptors is None else ("prlimit", f"--nofile={descriptors}")
    with log.open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            *(*bounded, sys.executable, "-m"),
            *(("web",) if app == "web" else (*uvicorn, "--log-level", "warning")),
            cwd=ROOT,
            env={
                "PATH": os.environ.get("PATH", ""),
                "EARPRINT_DATA_DIR": str(folder / "data"),
                "EARPRINT_SOURCES": ",".join(WITHOUT_NETWORK),
                "EARPRINT_WORKER": "off",
                "EARPRINT_PORT": str(port),
                **environment,
            },
            stdout=output,
            stderr=output,
        )
    server = Server(port, process, log)
    try:
        yield server
    finally:
        if server.runs:
            await server.kill()


@asynccontextmanager
async def served(
    folder: Path,
    environment: Mapping[str, str],
    *,
    app: str = "api.app:app",
    descriptors: int | None = None,
) -> AsyncIterator[Server]:
    """A server that answers."""
    async with launched(folder, environment, app=app, descriptors=descriptors) as server:
        await server.answers()
        yield server
