"""How the process of a server is set up: for short waits, and without memory that it does not need.

Routes, schemas and modules are 150,000 objects that never become garbage. A full round over them
stops the loop for 70 ms, longer on a busy machine, and reading a few analyses brings one about.
Python lets a thread that reads a large list go on for 5 ms whenever others want to, and glibc keeps
a heap for each thread, with what all of them have freed: both are worth less to a server than that
everybody is answered, and that it stays small (R-26).
"""

from __future__ import annotations

import ctypes
import gc
import sys
from contextlib import suppress
from typing import TypeVar

App = TypeVar("App")

SWITCH_S = 0.001
HEAPS = 1
GIVEN_BACK_BYTES = 128 << 10
_M_TRIM_THRESHOLD, _M_ARENA_MAX = -1, -8  # of glibc’s malloc.h


def settled(app: App) -> App:
    """The app of a server; all that exists now is never looked through again (`gc.freeze`)."""
    sys.setswitchinterval(SWITCH_S)
    with suppress(OSError, AttributeError):  # another C library
        libc = ctypes.CDLL(None)
        libc.mallopt(_M_ARENA_MAX, HEAPS)
        libc.mallopt(_M_TRIM_THRESHOLD, GIVEN_BACK_BYTES)
    gc.collect()
    gc.freeze()
    return app
