"""The command line that starts a Python process with nothing around it (bubblewrap)."""

from __future__ import annotations

import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PATH": "/usr/bin:/bin",
}
INSIDE = "/in"
"""Where the one file lies for the process inside."""
PROBE_S = 10
_SYSTEM = ("/bin", "/lib", "/lib64")


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
        tried = subprocess.run(  # noqa: S603  # a fixed command
            command, env=ENVIRONMENT, capture_output=True, timeout=PROBE_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return "bubblewrap does not start on this machine"
    return None if tried.returncode == 0 else "bubblewrap is not allowed to work on this machine"


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
