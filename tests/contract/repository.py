"""Where the repository is and what is committed in it, for tests about the house itself."""

import shutil
import subprocess
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def committed() -> list[Path]:
    """Tracked files that exist; everything that is not ignored where there is no git."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        folders = [ROOT / name for name in ("api", "web", "tests", "requirements", ".ci")]
        inside = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
        return [*(path for path in ROOT.iterdir() if path.is_file()), *inside]
    listed = subprocess.run(  # noqa: S603 - fixed arguments
        [git, "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]


def project() -> dict:
    """pyproject.toml as it is read by every tool."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
