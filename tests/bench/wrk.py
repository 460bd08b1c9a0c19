"""Load one address with wrk and read what it says."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass

CONNECTIONS = 32
_UNITS_MS = {"us": 0.001, "ms": 1.0, "s": 1_000.0}


@dataclass(frozen=True, slots=True)
class Load:
    """What one run of wrk saw."""

    requests_per_s: float
    p50_ms: float
    p99_ms: float
    failed: int


def load(url: str, seconds: int) -> Load:
    """Ask for the address over 32 connections, gzip accepted, for some seconds."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency"]
    command += ["-H", "Accept-Encoding: gzip", url]
    out = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    return read(out.stdout)


def read(report: str) -> Load:
    """The figures of wrk's report."""
    errors = re.findall(r"Non-2xx or 3xx responses: (\d+)", report)
    return Load(
        requests_per_s=float(re.findall(r"Requests/sec:\s+([\d.]+)", report)[0]),
        p50_ms=_latency(report, "50%"),
        p99_ms=_latency(report, "99%"),
        failed=int(errors[0]) if errors else 0,
    )


def _latency(report: str, share: str) -> float:
    number, unit = re.findall(rf"{share}\s+([\d.]+)(us|ms|s)", report)[0]
    return float(number) * _UNITS_MS[unit]
