"""Real workers beside real servers: hire one, find its processes, follow a job."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx

from tests.contract.repository import ROOT
from tests.load.serving import HOST, Server

PATIENCE_S = 60.0
WITH_WORKER = {"EARPRINT_WORKER": "on", "EARPRINT_DEMO": "off"}
WITHOUT = {"EARPRINT_DEMO": "off"}


@asynccontextmanager
async def client_of(server: Server) -> AsyncIterator[httpx.AsyncClient]:
    """A program that speaks to this server."""
    base = f"http://{HOST}:{server.port}"
    async with httpx.AsyncClient(base_url=base, timeout=PATIENCE_S, trust_env=False) as client:
        yield client


async def upload(client: httpx.AsyncClient, content: bytes) -> httpx.Response:
    """Send a file."""
    return await client.post("/v1/library/tracks", files={"file": ("song.wav", content)})


async def until(client: httpx.AsyncClient, href: str, *states: str) -> dict[str, Any]:
    """The job, once it is in one of these states."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            with suppress(httpx.TransportError):
                job: dict[str, Any] = (await client.get(href)).json()
                if job["state"] in states and (job["state"] != "running" or job["stage"]):
                    return job
            await asyncio.sleep(0.05)


async def worker_is(client: httpx.AsyncClient, state: str) -> None:
    """Return once /readyz says so."""

    async def is_so() -> bool:
        told = (await client.get("/readyz")).json()["checks"]["worker"]
        return bool(told == state)

    await once(is_so)


async def once(is_so: Callable[[], Awaitable[bool]]) -> None:
    """Return when it is so. Raises TimeoutError when it takes too long."""
    async with asyncio.timeout(PATIENCE_S):
        while not await is_so():  # noqa: ASYNC110  # of other processes there are no events
            await asyncio.sleep(0.05)


def processes_in(folder: Path) -> Iterator[int]:
    """Every process of this machine that was started to work on this data folder."""
    wanted = f"EARPRINT_DATA_DIR={folder / 'data'}\0".encode()
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            if entry.name.isdigit() and wanted in (entry / "environ").read_bytes():
                yield int(entry.name)


def workers_in(folder: Path) -> list[int]:
    """Those of them that are workers."""
    found = []
    for pid in processes_in(folder):
        with suppress(OSError):
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            if b"api.worker" in words:
                found.append(pid)
    return found


async def fewer_in(folder: Path, than: int) -> None:
    """Return once fewer of them are left."""

    async def is_so() -> bool:
        return len(list(processes_in(folder))) < than

    await once(is_so)


@asynccontextmanager
async def hired(folder: Path, hear: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A worker on this folder that hears with `tests.load.deaths`'s function of this name."""
    code = (
        f"from tests.load.deaths import {hear}; from api.worker.consume import run; "
        f"run(attached=True, hear={hear})"
    )
    with (folder / "worker.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", code),
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "EARPRINT_DATA_DIR": str(folder / "data")},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=log,
        )
    try:
        yield process
    finally:
        if process.stdin is not None:
            process.stdin.close()
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
