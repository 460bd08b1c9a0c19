"""Processes that end when the one that started them does, even where that one was killed."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
from typing import BinaryIO

_PR_SET_PDEATHSIG = 1  # prctl(2)


def end_with_parent() -> None:
    """Let Linux kill this process when its parent ends. Elsewhere its next message will."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def end_with_stream(stream: BinaryIO) -> None:
    """Ask this process to end, as SIGTERM does, once nobody holds the other end of `stream`."""

    def wait() -> None:
        while stream.read(1):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="lifeline", daemon=True).start()
