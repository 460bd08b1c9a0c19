"""Our own code as bandit reads it: a second opinion on ruff's S rules, deaf to their `noqa`."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from tests.audit.finding import Finding
from tests.contract.repository import ROOT

FOLDERS = (ROOT / "api", ROOT / "web")


def look(folders: Iterable[Path] = FOLDERS) -> Finding:
    """Every complaint of bandit's counts, however small it calls it."""
    told = subprocess.run(  # noqa: S603  # fixed arguments
        [
            *(sys.executable, "-m", "bandit", "--quiet", "--format", "json"),
            *("--configfile", str(ROOT / "pyproject.toml"), "--recursive"),
            *map(str, folders),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if not told.stdout:
        return Finding("our code", "bandit did not run", wrong=(told.stderr.strip()[-500:],))
    report = json.loads(told.stdout)
    unread = [f"{each['filename']}: {each['reason']}" for each in report["errors"]]
    holes = [
        f"{each['filename']}:{each['line_number']} {each['test_id']} {each['issue_text']}"
        for each in report["results"]
    ]
    lines = report["metrics"]["_totals"]["loc"]
    return Finding("our code", f"bandit read {lines} lines of api and web", (*unread, *holes))
