"""A first look at an upload, in a process of its own, to tell whether it can be heard as music.

The answer comes before the upload's, so that a person is told at once. This module runs in the
web process, so it knows neither numpy nor a decoder.
"""

from __future__ import annotations

import asyncio
import json
import logging
from pathlib import Path
from subprocess import DEVNULL

from api.analysis import problems, sandbox
from api.analysis.formats import Format
from api.errors import Refused
from api.jobs.child import Child
from api.services.uploads import Facts

MEMORY_BYTES = 1 << 30
CPU_S = 60
WALL_S = 90.0
MOST_BYTES = 64 << 10
BROKEN = "The decoder broke on it, or it takes more memory or time than any music."
UNSANDBOXED = "This server is open to other machines, and files cannot be sandboxed here: {}."
ALLOW = (
    "Whoever runs the server can install bubblewrap, or take files all the same with "
    "EARPRINT_UNSANDBOXED=1."
)
_API = Path(__file__).resolve().parents[1]
_START = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from api.analysis.look_child import main; main(sys.argv[2:])"
)
_log = logging.getLogger(__name__)
_SLUGS = {"too-large": "file-too-large", "too-long": "bad-audio", "gone": "analysis-failed"}


class Look:
    """Looks at files, no more at once than there are cores."""

    def __init__(self, cores: int, *, needs_sandbox: bool = False) -> None:
        self._needs_sandbox = needs_sandbox
        self._room = asyncio.Semaphore(cores)
        self._trial: asyncio.Task[None] | None = None
        self.description = "being tried"
        """How strangers' files are decoded on this machine: in a sandbox, or why not."""

    def open(self) -> None:
        """Find out, behind, whether the sandbox works here; the log says if it does not."""
        self._trial = asyncio.create_task(self._describe(), name="sandbox trial")

    async def close(self) -> None:
        """Let the trial end."""
        if self._trial is not None:
            await asyncio.gather(self._trial, return_exceptions=True)

    async def check_sandbox(self) -> None:
        """Raises Refused where a stranger may send a file and it could do harm, before it comes."""
        if self._needs_sandbox and (obstacle := await asyncio.to_thread(sandbox.obstacle)):
            raise Refused("unsandboxed", UNSANDBOXED.format(obstacle), hint=ALLOW)

    async def __call__(self, path: Path) -> Facts:
        """The file's format and tags. Raises Refused with what is wrong with it."""
        try:
            async with self._room:
                return await _looked_at(path)
        except problems.Problem as problem:
            raise refused(problem) from problem

    async def _describe(self) -> None:
        obstacle = await asyncio.to_thread(sandbox.obstacle)
        if obstacle is None:
            self.description = "in a sandbox (bubblewrap)"
        else:
            self.description = f"in a process with limits, without a sandbox: {obstacle}"
            _log.warning("Your files are opened %s", self.description)


def refused(problem: problems.Problem) -> Refused:
    """The analyser's problem, as a caller of the API is told it."""
    return Refused(slug_of(problem), problem.detail)


def slug_of(problem: problems.Problem) -> str:
    """The type of a problem at /problems."""
    return _SLUGS.get(problem.code, problem.code)


async def _looked_at(path: Path) -> Facts:
    """What the child says. Raises Problem; a child that breaks is a file that is broken."""
    wrapped = await asyncio.to_thread(sandbox.obstacle) is None
    seen = sandbox.INSIDE if wrapped else str(path)
    command = sandbox.python(_START, str(_API.parent), seen, str(MEMORY_BYTES), str(CPU_S))
    if wrapped:
        command = sandbox.wrapped(command, path, _API)
    try:
        told = json.loads(await _said(command))
    except ValueError as error:
        raise problems.BadAudio(BROKEN) from error
    return _facts(told if isinstance(told, dict) else {})


def _facts(told: dict[str, object]) -> Facts:
    found, tags = told.get("format"), told.get("tags")
    if found not in set(Format) or not isinstance(tags, dict):
        raise problems.Problem.from_json(told)
    return Facts(str(found), {str(name): str(text) for name, text in tags.items()})


async def _said(command: list[str]) -> bytes:
    """What the command writes, cut at a bound; it is gone when this returns or is cancelled."""
    said = bytearray()
    child = Child(
        command,
        lambda out: said.extend(out.read(MOST_BYTES)),
        stdin=DEVNULL,
        stderr=DEVNULL,
        env=sandbox.ENVIRONMENT,
        cwd="/",
    )
    try:
        async with asyncio.timeout(WALL_S):
            await child.over()
    except TimeoutError as error:
        raise problems.BadAudio("Decoding it takes far longer than for any music.") from error
    finally:
        await child.end()
    return bytes(said)
