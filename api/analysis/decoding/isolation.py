"""Decode a stranger's file in a process of its own, which may break without harm to ours."""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import time
from pathlib import Path
from typing import IO, cast

import numpy as np

from api.analysis import problems
from api.analysis.decoding import sandbox
from api.analysis.decoding.decode_child import LENGTH
from api.analysis.decoding.sandbox import Limits
from api.analysis.sound import MAX_S, POWERS_PER_S, RATE, Sound

_TRAILER_BYTES = 4_096
MOST_BYTES = MAX_S * RATE * 4 + (MAX_S + 1) * POWERS_PER_S * 8 + _TRAILER_BYTES
_CHUNK = 1 << 20
_GRACE_S = 2.0
SILENT = (
    "The decoder gave no answer for {:.0f} seconds: it was stopped, or the machine is too busy."
)
_LOWERED = "This server is allowed too little memory to open this file."


def decode_isolated(path: Path | str, *, limits: Limits | None = None) -> Sound:
    """As decode.read, in a child process. Raises AnalysisError, and nothing else, for any bytes.

    What breaks the child is called the file's fault only if a file that is known to be good can
    still be opened: else NoDecoder says what is wrong with this machine.
    """
    file = Path(path).resolve()
    if not file.exists():
        raise problems.Gone(
            "The file cannot be opened: it is not on this disk any more. Send it again."
        )
    if not file.is_file() or not os.access(file, os.R_OK):
        raise problems.BadAudio("The file cannot be opened.")
    bounds = limits or Limits()
    try:
        command = sandbox.opening_command("decode_child", file, bounds)
        return _understood(collect(command, wall_s=sandbox.patience_s(file)))
    except problems.BadAudio as problem:
        if problem.detail not in {problems.BROKEN, problems.TOO_MUCH}:
            raise
        if trouble := sandbox.trouble(bounds):
            raise problems.NoDecoder.because(trouble) from problem
        if problem.detail == problems.TOO_MUCH and bounds.lowered:
            raise problems.NoDecoder(_LOWERED) from problem
        raise
    except OSError as error:
        raise problems.NoDecoder.because(sandbox.not_started(error)) from error


def describe() -> str:
    """How strangers' files are decoded on this machine, for its keeper."""
    bounds = Limits()
    limits = (
        f"limits of {bounds.memory_bytes >> 20} MiB of memory, {bounds.cpu_s} s of processor time "
        f"and {sandbox.PATIENCE_S:.0f} s in all, more for a large file"
    )
    obstacle = sandbox.obstacle()
    if obstacle is None:
        return (
            f"a process of its own in a bubblewrap sandbox without network or disk, with {limits}"
        )
    return f"a process of its own with {limits}, but no sandbox: {obstacle}"


def collect(command: list[str], *, wall_s: float) -> bytearray:
    """What the command writes to its standard output, at most MOST_BYTES.

    The command and all it started are ended before this returns. Raises BadAudio where it says too
    much, CutShort where it was killed or says nothing for too long. Safe to call from any thread.
    """
    process = subprocess.Popen(  # noqa: S603  # our own interpreter
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=sandbox.ENVIRONMENT,
        cwd="/",
        start_new_session=True,
    )
    try:
        with cast("IO[bytes]", process.stdout) as out:
            said = _drained(out, wall_s)
        left = _see_off(process.pid)
    finally:
        os.killpg(process.pid, signal.SIGKILL)  # not yet reaped, so the number is still its own
        process.wait()
    if left and sandbox.was_killed(process.returncode):
        raise problems.CutShort(problems.KILLED)
    return said


def _see_off(pid: int) -> bool:
    """Whether it ends by itself, if it does so soon, without reaping it yet."""
    until = time.monotonic() + _GRACE_S
    while not os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
        if time.monotonic() > until:
            return False
        time.sleep(_GRACE_S / 1000)
    return True


def _drained(out: IO[bytes], wall_s: float) -> bytearray:
    said, deadline = bytearray(), time.monotonic() + wall_s
    with selectors.DefaultSelector() as waiting:
        waiting.register(out, selectors.EVENT_READ)
        while len(said) <= MOST_BYTES:
            if not waiting.select(max(0.0, deadline - time.monotonic())):
                raise problems.CutShort(SILENT.format(wall_s))
            piece = os.read(out.fileno(), _CHUNK)
            if not piece:
                return said
            said += piece
    raise problems.BadAudio(problems.TOO_MUCH)


def _understood(said: bytearray) -> Sound:
    """The child's answer; one that makes no sense counts as a child that broke."""
    try:
        return _sound(said)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise problems.BadAudio(problems.BROKEN) from error


def _sound(said: bytearray) -> Sound:
    if len(said) < LENGTH.size:
        raise ValueError("no answer")
    (length,) = LENGTH.unpack_from(said, len(said) - LENGTH.size)
    end = len(said) - LENGTH.size - length
    told = json.loads(said[max(0, end) : len(said) - LENGTH.size])
    if "problem" in told:
        raise problems.AnalysisError.from_json(told["problem"])
    about = told["sound"]
    count, powers = int(about.pop("samples")), int(about.pop("powers"))
    left_out = tuple(str(words) for words in about.pop("left_out"))
    samples = np.frombuffer(said, dtype=np.float32, count=count)
    heard = np.frombuffer(said, dtype=np.float64, count=powers, offset=samples.nbytes)
    if samples.nbytes + heard.nbytes != end or not np.isfinite(samples).all():
        raise ValueError("an answer that contradicts itself")
    return Sound(samples=samples, powers=heard.copy(), left_out=left_out, **about)
