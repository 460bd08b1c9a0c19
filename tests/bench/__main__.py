"""Run the benchmark and print one table."""

from __future__ import annotations

import asyncio
import os
import platform
import shutil
import sys
import tempfile
from pathlib import Path
from statistics import median

from tests.bench.inside import LARGE_BYTES, SMALL_BYTES, microseconds_per_hit
from tests.bench.library import library_costs
from tests.bench.profiles import profile_costs
from tests.bench.servers import PATHS, Server, product
from tests.bench.wrk import CONNECTIONS, Load, load
from tests.load.cold_analysis import cold_analysis_cpu_ms

ROUNDS = 3
SECONDS = 4
NGINX = "nginx proxy_cache"
Figures = dict[tuple[str, str], list[Load]]


def main() -> int:
    """Print the table; 1 where wrk is missing or anything answered wrongly."""
    if shutil.which("wrk") is None:
        sys.stderr.write("The benchmark needs wrk: apt-get install wrk (nginx is optional).\n")
        return 1
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)  # nginx works as another user
        with product(folder) as servers:
            figures = measure(servers)
        _say(
            f"{os.cpu_count()} cores, Python {platform.python_version()}, {CONNECTIONS} "
            f"connections, {ROUNDS} rounds of {SECONDS} s, medians, load generator beside it"
        )
        for line in table(figures):
            _say(line)
        for line in inside(folder):
            _say(line)
        for cost in asyncio.run(library_costs(folder / "library")):
            _say(str(cost))
        for profile in asyncio.run(profile_costs(folder / "profiles")):
            _say(str(profile))
        _say(f"cold analysis of 900 kB, wire to stored {cold_analysis_cpu_ms():>6.1f} ms CPU")
    return int(any(one.failed for loads in figures.values() for one in loads))


def measure(servers: list[Server]) -> Figures:
    """Every server under every load, in turns; a first short round warms the caches."""
    figures: Figures = {}
    for turn in range(1 + ROUNDS):
        for what, path in PATHS.items():
            for server in servers:
                result = load(server.url(path), SECONDS if turn else 1)
                if turn:
                    figures.setdefault((what, server.name), []).append(result)
    return figures


def table(figures: Figures) -> list[str]:
    """One line for each server and load, with its ratio to nginx where that ran."""
    lines = [f"{'warm hit':<10}{'server':<26}{'req/s':>9}{'p50 ms':>9}{'p99 ms':>9}{'/ nginx':>9}"]
    for (what, name), loads in figures.items():
        rate = median(one.requests_per_s for one in loads)
        peer = figures.get((what, NGINX))
        ratio = f"{rate / median(one.requests_per_s for one in peer):.2f}" if peer else "–"
        p50, p99 = median(one.p50_ms for one in loads), median(one.p99_ms for one in loads)
        lines.append(f"{what:<10}{name:<26}{rate:>9.0f}{p50:>9.2f}{p99:>9.2f}{ratio:>9}")
    return lines


def inside(folder: Path) -> list[str]:
    """The cost of a hit in the process, by number of entries and by size of the body."""
    cases = [
        ("1e3 entries, 1 kB", 1_000, SMALL_BYTES),
        ("1e5 entries, 1 kB", 100_000, SMALL_BYTES),
        ("10 entries, 900 kB", 10, LARGE_BYTES),
    ]
    return [
        f"hit inside, {label:<20}"
        f"{asyncio.run(microseconds_per_hit(folder, entries=entries, size=size)):>6.1f} us CPU"
        for label, entries, size in cases
    ]


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
