"""How a process starts that opens a stranger's file: with nothing around it (bubblewrap), or bare.

And how to tell whether the fault is the file's or the machine's: a sound that is known to be good
is opened in the same way. Known to the web process too, so that it needs neither numpy nor decoder.
"""

from __future__ import annotations

import json
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import wave
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from api.analysis.decoding.decode_child import within

ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "MALLOC_MMAP_THRESHOLD_": str(1 << 25),  # memory is kept between blocks: asking the system
    "MALLOC_TRIM_THRESHOLD_": str(1 << 27),  # anew for each took a tenth of a short file's time
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PATH": "/usr/bin:/bin",
}
INSIDE = "/in"
"""Where the one file lies for the process inside."""
PROBE_S = 10
TRIAL_S = 30
PATIENCE_S = 60.0
BYTES_PER_S = 500_000
_API = Path(__file__).resolve().parents[2]  # the folder api
_START = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from api.analysis.decoding.{} import main; main(sys.argv[2:])"
)
_KILLED = {-signal.SIGKILL, 128 + signal.SIGKILL}  # bubblewrap passes it on as 137
_SYSTEM = ("/bin", "/lib", "/lib64")


@dataclass(frozen=True)
class Limits:
    """What opening one file may cost."""

    memory_bytes: int = 1 << 30
    cpu_s: int = 60

    @property
    def lowered(self) -> bool:
        """Whether this machine allows less memory than is wanted."""
        return within(self.memory_bytes, resource.getrlimit(resource.RLIMIT_AS)[1]) < (
            self.memory_bytes
        )


def opening_command(child: str, file: Path, limits: Limits) -> list[str]:
    """The command that opens a file in `decoding.<child>`, in a sandbox if there is one."""
    sandboxed = obstacle() is None
    seen = INSIDE if sandboxed else str(file)
    numbers = str(limits.memory_bytes), str(limits.cpu_s)
    command = python(_START.format(child), str(_API.parent), seen, *numbers)
    return wrapped(command, file, _API) if sandboxed else command


def patience_s(file: Path) -> float:
    """How long anything may be silent about a file: a minute more than its size justifies."""
    size = file.stat().st_size if file.is_file() else 0
    return PATIENCE_S + size / BYTES_PER_S


def was_killed(code: int | None) -> bool:
    """Whether a process that ended so was killed, by another hand than its own limits."""
    return code in _KILLED


def trouble(limits: Limits | None = None) -> str | None:
    """Why no file can be opened on this machine just now, in words; None where one can be."""
    try:
        with tempfile.TemporaryDirectory(prefix="earprint-") as folder:
            file = Path(folder) / "trial.wav"
            _write_trial(file)
            tried = _tried(opening_command("probe_child", file, limits or Limits()), TRIAL_S)
    except OSError as error:
        return not_started(error)
    except subprocess.TimeoutExpired:
        return f"the decoder said nothing for {TRIAL_S} seconds about a sound known to be good"
    if was_killed(tried.returncode):
        return "the system kills the decoder, as it does when memory runs out"
    return _verdict(tried.stdout, tried.stderr, limits or Limits())


def not_started(error: OSError) -> str:
    """The trouble, in words."""
    return f"the decoder cannot be started ({error.strerror})"


@cache
def trouble_at_first() -> str | None:
    """The same, tried once in the life of a process."""
    return trouble()


def _verdict(said: bytes, complained: bytes, limits: Limits) -> str | None:
    """What is to be made of what was said of a good file."""
    try:
        told = json.loads(said)
        if told.get("format") == "wav":
            return None
        why = str(told.get("detail"))
    except (ValueError, AttributeError):
        why = (complained.decode(errors="replace").strip() or "it says nothing").splitlines()[-1]
    if limits.lowered:
        why += f"; this server is allowed less than {limits.memory_bytes >> 20} MB of memory"
    return f"the decoder does not work here ({why[:200]})"


def _write_trial(file: Path) -> None:
    """Six seconds of a square wave, 8 bits, 8 kHz."""
    with wave.open(str(file), "wb") as trial:
        trial.setnchannels(1)
        trial.setsampwidth(1)
        trial.setframerate(8_000)
        trial.writeframes((bytes([64]) * 20 + bytes([192]) * 20) * 1_200)


def python(code: str, *arguments: str) -> list[str]:
    """Our own interpreter, without user site, PYTHONPATH or byte code written."""
    return [sys.executable, "-I", "-B", "-c", code, *arguments]


def wrapped(command: list[str], file: Path, code: Path) -> list[str]:
    """The command with no network, no other process, and nothing to write to.

    Of the disk it sees the system's libraries, the interpreter, its packages, `code` and `file`.
    """
    bwrap = shutil.which("bwrap") or "bwrap"
    return [
        *(bwrap, "--unshare-all", "--die-with-parent", "--new-session", "--clearenv"),
        *("--cap-drop", "ALL"),
        *(part for name, value in ENVIRONMENT.items() for part in ("--setenv", name, value)),
        *_system(),
        *(part for room in _rooms(code) for part in ("--ro-bind", room, room)),
        *("--proc", "/proc", "--dev", "/dev"),
        *("--ro-bind", str(file), INSIDE, "--chdir", "/", "--"),
        *command,
    ]


@cache
def obstacle() -> str | None:
    """Why bubblewrap cannot be used on this machine; None where it works. Tried once."""
    if shutil.which("bwrap") is None:
        return "bubblewrap is not installed (on Debian: apt-get install -y bubblewrap)"
    command = wrapped(python("import numpy, soundfile"), Path(__file__), Path(__file__).parent)
    try:
        tried = _tried(command, PROBE_S)
    except (OSError, subprocess.TimeoutExpired):
        return "bubblewrap does not start on this machine"
    return None if tried.returncode == 0 else "bubblewrap is not allowed to work on this machine"


def _tried(command: list[str], within_s: float) -> subprocess.CompletedProcess[bytes]:
    """What became of a command that the signals to our own processes do not reach."""
    return subprocess.run(  # noqa: S603  # a fixed command
        command,
        env=ENVIRONMENT,
        capture_output=True,
        timeout=within_s,
        check=False,
        start_new_session=True,
    )


def _system() -> list[str]:
    parts = ["--ro-bind", "/usr", "/usr", "--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"]
    for name in _SYSTEM:
        path = Path(name)
        if path.is_symlink():
            parts += ["--symlink", str(path.readlink()), name]
        elif path.is_dir():
            parts += ["--ro-bind", name, name]
    return parts


def _rooms(code: Path) -> list[str]:
    return list(dict.fromkeys([sys.base_prefix, sys.prefix, str(code)]))
