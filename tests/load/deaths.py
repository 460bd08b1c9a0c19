"""Analyses that go wrong, for a real worker: `run(hear=dies)`."""

from __future__ import annotations

import os
import signal
import time

from api.worker.process import Order, Report, Result, Unheard


def dies(_order: Order, report: Report) -> Result | Unheard:
    """As if memory had run out."""
    report("beats", 10.0)
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def sleeps(_order: Order, report: Report) -> Result | Unheard:
    """Never comes to an end."""
    report("beats", 10.0)
    time.sleep(600)
    raise AssertionError
