"""Fetch the browser files we vendor, and prove that the committed ones are what was locked.

`python -m web.vendor` downloads with npm; `--check` works offline. A package whose tarball or
whose files differ from web/static/vendor.lock.json is not written at all.
"""

import base64
import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

ROOT = Path(__file__).resolve().parent.parent
LOCK = Path("web/static/vendor.lock.json")


class VendorError(Exception):
    """What was fetched or found is not what the lock names."""


class LockedFile(BaseModel):
    """One file of a package; `integrity` is what its <script> or <link> tag carries too."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str = Field(alias="from")
    destination: str = Field(alias="to")
    integrity: str


class LockedPackage(BaseModel):
    """A release of an npm package; `integrity` is the sha512 of its tarball."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    version: str
    licence: str
    integrity: str
    files: tuple[LockedFile, ...]


Pack = Callable[[LockedPackage, Path], Path]


def read_lock(root: Path) -> list[LockedPackage]:
    """Raise OSError or ValueError when there is no readable lock under `root`."""
    lock = json.loads((root / LOCK).read_text(encoding="utf-8"))
    return [LockedPackage.model_validate(package) for package in lock["packages"]]


def integrity(content: bytes, algorithm: str) -> str:
    """Subresource integrity as browsers and npm write it: `sha384-<base64>`."""
    digest = hashlib.new(algorithm, content).digest()
    return f"{algorithm}-{base64.b64encode(digest).decode()}"


def problems(root: Path) -> Iterator[str]:
    """One line per committed file that is missing or differs from the lock."""
    for package in read_lock(root):
        for file in package.files:
            path = root / file.destination
            if not path.is_file():
                yield f"{file.destination} is missing"
            elif integrity(path.read_bytes(), "sha384") != file.integrity:
                yield f"{file.destination} is not the locked {package.name} {package.version}"


def fetch(package: LockedPackage, root: Path, pack: Pack) -> None:
    """Write a package's listed files. Raises VendorError, having written none, if any differs."""
    with tempfile.TemporaryDirectory() as folder:
        tarball = pack(package, Path(folder))
        _expect(package.integrity, integrity(tarball.read_bytes(), "sha512"), package.name)
        contents = [(file, _verified(tarball, file)) for file in package.files]
    for file, content in contents:
        destination = root / file.destination
        destination.parent.mkdir(parents=True, exist_ok=True)
        destination.write_bytes(content)


def npm_pack(package: LockedPackage, folder: Path) -> Path:
    """Download a tarball without running anything that is in it."""
    npm = shutil.which("npm")
    if npm is None:
        raise VendorError("npm is needed to fetch; the committed files need no npm")
    wanted = f"{package.name}@{package.version}"
    command = [
        npm,
        "pack",
        wanted,
        "--ignore-scripts",
        "--silent",
        "--pack-destination",
        str(folder),
    ]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - from our lock
    return next(folder.glob("*.tgz"))


def main(arguments: list[str], *, root: Path = ROOT, pack: Pack = npm_pack) -> int:
    """Exit status: 0 when everything is as locked."""
    try:
        if "--check" not in arguments:
            for package in read_lock(root):
                fetch(package, root, pack)
        found = list(problems(root))
    except (VendorError, subprocess.CalledProcessError) as error:
        found = [str(error)]
    print("\n".join(found) or "vendored files are as locked")
    return 1 if found else 0


def _verified(tarball: Path, file: LockedFile) -> bytes:
    with tarfile.open(tarball) as archive:
        try:
            member = archive.extractfile(f"package/{file.source}")
        except KeyError:
            member = None
        if member is None:
            raise VendorError(f"{file.source} is not in {tarball.name}")
        content = member.read()
    _expect(file.integrity, integrity(content, "sha384"), file.source)
    return content


def _expect(locked: str, found: str, name: str) -> None:
    if locked != found:
        raise VendorError(f"{name}: locked {locked}, found {found}; nothing written")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
