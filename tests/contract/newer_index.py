"""A package index as it will look one day: what the locks name, and a newer release of all of it.

`python -m tests.contract.newer_index INDEX WHEELS LOCK…` makes one around wheels that lie here.
"""

from __future__ import annotations

import hashlib
import sys
import zipfile
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import parse_wheel_filename

NEWER = "9999"
EXTRA = "later"
"""What every invented release asks of the others, as pytest-cov asks for coverage[toml]."""


def requirements(lock: Path) -> list[Requirement]:
    """What a lock names, for this machine and for others."""
    return [one for line in _lines(lock) if (one := _named_in(line))]


def askers(lock: Path) -> list[tuple[str, Requirement]]:
    """Who asks for what, by the comments that uv leaves in a lock."""
    found = []
    asked = None
    for line in _lines(lock):
        asker = line.lstrip(" #").removeprefix("via").strip()
        if one := _named_in(line):
            asked = one
        elif asked and line.startswith("    #") and asker and asker[0] != "-":
            found.append((asker, asked))
    return found


def _lines(lock: Path) -> list[str]:
    return lock.read_text(encoding="utf-8").splitlines()


def _named_in(line: str) -> Requirement | None:
    return None if not line or line[0] in "# " else Requirement(line.rstrip(" \\"))


def wheel(folder: Path, name: str, version: str, *, asks: Iterable[Requirement] = ()) -> Path:
    """A release with nothing in it but its name, its version and what it asks for."""
    stem = f"{name.replace('-', '_')}-{version}"
    about = [f"Name: {name}", f"Version: {version}", f"Provides-Extra: {EXTRA}"]
    for one in asks:
        where = f"; {one.marker}" if one.marker else ""
        about.append(f"Requires-Dist: {one.name}[{EXTRA}]>=0{where}")
    files = {
        "METADATA": "\n".join(["Metadata-Version: 2.1", *about, ""]),
        "WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "RECORD": "",
    }
    path = folder / f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for file, text in files.items():
            archive.writestr(f"{stem}.dist-info/{file}", text)
    return path


def offer(index: Path, wheels: Iterable[Path]) -> None:
    """Write the index's pages (PEP 503), which link to the wheels where they lie."""
    pages: dict[str, list[str]] = defaultdict(list)
    for path in sorted(wheels):
        pages[parse_wheel_filename(path.name)[0]].append(
            f'<a href="{path.resolve().as_uri()}">{path.name}</a>\n'
        )
    for name, links in pages.items():
        (index / name).mkdir(parents=True, exist_ok=True)
        (index / name / "index.html").write_text("".join(links), encoding="utf-8")


def make(index: Path, wheels: Path, locks: Iterable[Path]) -> None:
    """An index of the wheels that lie here, and of a newer release of all that the locks name."""
    names = {one.name for lock in locks for one in requirements(lock)}
    (newer := index / "newer").mkdir(parents=True)
    offer(index, [*wheels.glob("*.whl"), *(wheel(newer, name, NEWER) for name in names)])


def digest(path: Path) -> str:
    """A wheel's hash as a lock states it."""
    return f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"


if __name__ == "__main__":
    index_folder, wheels_folder, *its_locks = map(Path, sys.argv[1:])
    make(index_folder, wheels_folder, its_locks)
