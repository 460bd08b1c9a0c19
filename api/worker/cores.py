"""How many processor cores there are for us: so many analyses run side by side."""

from __future__ import annotations

import os


def cores() -> int:
    """Cores this process may use, which in a container may be fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
