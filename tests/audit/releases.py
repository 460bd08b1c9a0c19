"""The releases we ship, as the index that pip is told to ask has them today.

A release that was withdrawn, is gone or has other bytes is wrong. A newer one is news, no fault:
the passing of time breaks no run.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from packaging.utils import canonicalize_name

from tests.audit.finding import Finding
from tests.audit.locked import RUN, Locked, read

TITLE = "our releases"
WITHDRAWN = "is a yanked version:"
_PIP = ("-m", "pip", "install", "--dry-run", "--ignore-installed", "--no-deps", "--quiet")


def look(lock: Path = RUN, pip: Mapping[str, str] | None = None) -> Finding:
    """What became of the releases of a lock, with pip's settings from the environment or `pip`."""
    ours = [one for one in read(lock) if one.is_for_here]
    served, told = _asked([f"{one.name}=={one.version}" for one in ours], pip)
    if served is None:
        return Finding(TITLE, "the index has not all of them", wrong=tuple(told))
    wrong = [*_withdrawn(told), *_other_bytes(ours, served)]
    newest = None
    if not wrong:
        newest, _ = _asked([f"{one.name}>={one.version}" for one in ours], pip)
    behind = _behind(ours, newest or {})
    says = f"the index serves {len(served)} of {len(ours)} as locked; {len(behind)} have newer ones"
    return Finding(TITLE, says, tuple(wrong), tuple(behind))


def _asked(
    wanted: list[str], pip: Mapping[str, str] | None
) -> tuple[dict[str, dict[str, Any]] | None, list[str]]:
    """What pip would install of these, by name, and what it says; None where it cannot."""
    with TemporaryDirectory() as folder:
        asked, report = Path(folder, "asked.txt"), Path(folder, "report.json")
        asked.write_text("\n".join(wanted), encoding="utf-8")
        told = subprocess.run(  # noqa: S603  # fixed arguments
            [sys.executable, *_PIP, "--report", str(report), "-r", str(asked)],
            env=pip,
            capture_output=True,
            text=True,
            check=False,
        )
        lines = told.stderr.splitlines()
        if told.returncode or not report.exists():
            return None, [line for line in lines if line.startswith("ERROR")] or lines[-3:]
        found = json.loads(report.read_text(encoding="utf-8"))["install"]
    return {canonicalize_name(one["metadata"]["name"]): one for one in found}, lines


def _withdrawn(told: Iterable[str]) -> list[str]:
    """What pip warns of: releases taken back by their makers, the reason on the next line."""
    return [
        f"withdrawn by its makers: {line.split(WITHDRAWN)[1].strip()}; {after.strip()}"
        for line, after in pairwise([*told, ""])
        if WITHDRAWN in line
    ]


def _other_bytes(ours: Iterable[Locked], served: Mapping[str, dict[str, Any]]) -> list[str]:
    found = []
    for one in ours:
        archive = served[one.name]["download_info"].get("archive_info", {})
        named = (archive.get("hashes") or {}).get("sha256") or archive.get("hash", "=").split("=")[
            1
        ]
        if named and named not in one.hashes:
            found.append(f"{one.name} {one.version}: the index’s file is none that the lock admits")
    return found


def _behind(ours: Iterable[Locked], newest: Mapping[str, dict[str, Any]]) -> list[str]:
    found = []
    for one in ours:
        latest = newest[one.name]["metadata"]["version"] if one.name in newest else one.version
        if latest != one.version:
            found.append(f"{one.name} {one.version}, newest {latest}")
    return found
