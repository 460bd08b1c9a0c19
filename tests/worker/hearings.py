"""Ways an analysis can go, for processes forked in tests; found there by their names."""

from __future__ import annotations

import os
import time

from api.worker.process import Order, Report, Result, Unheard

RESULT = Result(analyser=3, features=b'{"tempo":120}', analysis=b"{}")


def well(_order: Order, report: Report) -> Result | Unheard:
    """It is heard."""
    report("beats", 10.0)
    return RESULT


def badly(_order: Order, _report: Report) -> Result | Unheard:
    """The file is at fault."""
    return Unheard({"code": "no-signal", "title": "…", "detail": "It is silent."})


def nowhere(_order: Order, _report: Report) -> Result | Unheard:
    """No file can be opened on this machine."""
    return Unheard({"code": "no-decoder", "title": "…", "detail": "There is no memory."})


def cut_short(_order: Order, _report: Report) -> Result | Unheard:
    """The decoder was killed."""
    return Unheard({"code": "cut-short", "title": "…", "detail": "The system killed it."})


def wrongly(_order: Order, _report: Report) -> Result | Unheard:
    """We are at fault."""
    os._exit(3)


def endlessly(_order: Order, report: Report) -> Result | Unheard:
    """It never ends."""
    report("beats", 10.0)
    time.sleep(60)
    raise AssertionError


def slowly(_order: Order, report: Report) -> Result | Unheard:
    """It takes a while, and tells of many steps."""
    for step in range(5):
        report("beats", 10.0 + step)
        time.sleep(0.1)
    return RESULT
