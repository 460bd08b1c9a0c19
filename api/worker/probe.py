"""A first look at an upload, in a process of its own, to tell whether it can be heard as music.

The answer comes before the upload's, so that a person is told at once. This module runs in the
web process, so it knows neither numpy nor a decoder.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import DEVNULL

from api.analysis import problems
from api.analysis.containers.formats import Format
from api.analysis.decoding import sandbox
from api.analysis.decoding.sandbox import Limits
from api.problems.errors import Refused
from api.worker.subprocess import Child

LIMITS = Limits()
MOST_BYTES = 64 << 10
RETRY_S = 30
TRIED_AGAIN_S = 5.0
KILLED = f"{problems.KILLED} Nothing was kept."
SILENT = "The decoder gave no answer in time: it was stopped, or this machine is too busy."
UNSANDBOXED = "This server is open to other machines, and files cannot be sandboxed here: {}."
ALLOW = (
    "Whoever runs the server can install bubblewrap, or take files all the same with "
    "EARPRINT_UNSANDBOXED=1."
)
_WAIT = "It is no fault of the file. Whoever runs the server finds the reason at /readyz."
_log = logging.getLogger(__name__)
_SLUGS = {"too-large": "file-too-large", "too-long": "bad-audio", "gone": "analysis-failed"}
_SLUGS |= {"cut-short": "no-decoder"}


@dataclass(frozen=True, slots=True)
class Facts:
    """What a file is: its format, and the tags in it."""

    format: str
    tags: dict[str, str] = field(default_factory=dict)


class IsolatedProbe:
    """Looks at files, no more at once than there are cores.

    `trouble` is why no file can be opened just now. It is looked for at the start, when a file
    breaks the decoder, and again and again until it is over.
    """

    def __init__(self, cores: int, *, needs_sandbox: bool = False) -> None:
        self._room = asyncio.Semaphore(cores)
        self._trial: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()
        self._needs_sandbox = needs_sandbox
        self.trouble: str | None = None
        self.where = "being tried"
        """How strangers' files are decoded on this machine: in a sandbox, or why not."""

    @property
    def description(self) -> str:
        """For /readyz: where files are opened, or why none can be."""
        return self.where if self.trouble is None else f"no file can be opened: {self.trouble}"

    def open(self) -> None:
        """Find out, behind, whether sandbox and decoder work here; the log says if they do not."""
        self._trial = asyncio.create_task(self._try(), name="sandbox trial")

    async def close(self) -> None:
        """Let the trial end."""
        self._closing.set()
        if self._trial is not None:
            await asyncio.gather(self._trial, return_exceptions=True)

    async def check(self) -> None:
        """Raises Refused where no file can be opened, or none safely, before any of it comes."""
        if self._needs_sandbox and (obstacle := await asyncio.to_thread(sandbox.obstacle)):
            raise Refused("unsandboxed", UNSANDBOXED.format(obstacle), hint=ALLOW)
        if self.trouble is not None:
            raise refused(problems.NoDecoder.because(self.trouble))

    async def facts(self, path: Path) -> Facts:
        """The file's format and tags. Raises Refused with what is wrong with it, or with us."""
        try:
            async with self._room:
                return await self._looked_at(path)
        except problems.AnalysisError as problem:
            raise refused(problem) from problem

    async def _looked_at(self, path: Path) -> Facts:
        """What the child says. One that breaks is a file that is broken, if others are not."""
        try:
            command = await asyncio.to_thread(sandbox.opening_command, "probe_child", path, LIMITS)
            told = json.loads(await _said(command, sandbox.patience_s(path)))
            return _facts(told if isinstance(told, dict) else {})
        except (ValueError, OSError) as error:
            broken = problems.BadAudio(problems.BROKEN)
            broken.__cause__ = error
        except problems.BadAudio as problem:
            if problem.detail != problems.TOO_MUCH:
                raise
            broken = problem
        await self._blame()
        if self.trouble is not None:
            raise problems.NoDecoder.because(self.trouble) from broken
        raise broken

    async def _try(self) -> None:
        obstacle = await asyncio.to_thread(sandbox.obstacle)
        if obstacle is None:
            self.where = "in a sandbox (bubblewrap)"
        else:
            self.where = f"in a process with limits, without a sandbox: {obstacle}"
            _log.warning("Your files are opened %s", self.where)
        await self._blame(sandbox.trouble_at_first)
        while not self._closing.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), TRIED_AGAIN_S)
            if self.trouble is not None and not self._closing.is_set():
                await self._blame()

    async def _blame(self, find: Callable[[], str | None] | None = None) -> None:
        """Find out whether a file that is known to be good can be opened."""
        before = self.trouble
        self.trouble = await asyncio.to_thread(find or sandbox.trouble)
        if self.trouble is not None and self.trouble != before:
            _log.error("No file can be opened: %s", self.trouble)


def refused(problem: problems.AnalysisError) -> Refused:
    """The analyser's problem, as a caller of the API is told it."""
    if isinstance(problem, problems.NoDecoder):
        return Refused(slug_of(problem), problem.detail, hint=_WAIT, retry_after=RETRY_S)
    return Refused(slug_of(problem), problem.detail)


def slug_of(problem: problems.AnalysisError) -> str:
    """The type of a problem at /problems."""
    return _SLUGS.get(problem.code, problem.code)


def _facts(told: dict[str, object]) -> Facts:
    found, tags = told.get("format"), told.get("tags")
    if found not in set(Format) or not isinstance(tags, dict):
        if "code" not in told:
            raise ValueError(told)
        raise problems.AnalysisError.from_json(told)
    return Facts(str(found), {str(name): str(text) for name, text in tags.items()})


async def _said(command: list[str], wall_s: float) -> bytes:
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
        async with asyncio.timeout(wall_s):
            code = await child.over()
    except TimeoutError as error:
        raise problems.CutShort(SILENT) from error
    finally:
        await child.end()
    if not said and sandbox.was_killed(code):
        raise problems.CutShort(KILLED)
    return bytes(said)
