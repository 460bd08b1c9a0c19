"""Published holes in what we lock, as OSV knows them: one question about all packages and files.

A hole in what is shipped is wrong until it is mended or excused here with its reason; one in a tool
is news. Where OSV cannot be reached that is said: silence is not an answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import httpx

from tests.audit.finding import Finding
from tests.audit.locked import DEV, RUN, read
from tests.contract.repository import ROOT
from web.vendor import read_lock

TITLE = "published holes"
OSV = "https://api.osv.dev/v1/querybatch"
EXCUSED: dict[str, str] = {}
"""Id of a hole → why it does not concern us."""


def look(transport: httpx.BaseTransport | None = None) -> Finding:
    """Ask about every locked release and every vendored browser file."""
    parts = _parts()
    try:
        with httpx.Client(transport=transport, timeout=20) as client:
            asked = {"queries": [{"package": {"purl": url}} for url in parts]}
            answer = client.post(OSV, json=asked)
            answer.raise_for_status()
            results = answer.json()["results"]
            found = _named(parts, results)
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        reason = f"{OSV} does not answer: {type(error).__name__}: {error}"
        return Finding(TITLE, f"{len(parts)} parts were not compared", unseen=reason)
    shipped = [f"{url} {hole}" for url, hole in found if parts[url] and hole not in EXCUSED]
    tools = [f"{url} {hole} (tools)" for url, hole in found if not parts[url]]
    excused = [f"{hole}: {EXCUSED[hole]}" for _, hole in found if hole in EXCUSED]
    says = f"OSV knows {len(shipped)} in what is shipped, of {len(parts)} parts asked about"
    return Finding(TITLE, says, tuple(shipped), (*tools, *excused))


def _parts() -> dict[str, bool]:
    """Package URL → whether it is shipped."""
    ours = {one.name for one in read(RUN)}
    packages = {f"pkg:pypi/{one.name}@{one.version}": one.name in ours for one in read(DEV)}
    vendored = read_lock(ROOT)
    return packages | {f"pkg:npm/{each.name}@{each.version}": True for each in vendored}


def _named(parts: Iterable[str], results: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Raises ValueError for an answer about fewer parts than were asked about."""
    return [
        (url, str(hole["id"]))
        for url, result in zip(parts, results, strict=True)
        for hole in result.get("vulns", [])
    ]
