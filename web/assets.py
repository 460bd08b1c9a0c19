"""The pages' static files, under names that change whenever their content does."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "static"
PREFIX = "/static"
MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as sent, with its address and the hash its tag carries."""

    address: str
    integrity: str
    media_type: str
    body: bytes


@cache
def asset(name: str) -> Asset:
    """One of our files by its plain name, such as `own/earprint.css`. Raises KeyError."""
    return _by_name()[name]


def served(address: str) -> Asset | None:
    """The file at an address; None for one that was never handed out, which is not kept."""
    return _by_address().get(address)


@cache
def _by_address() -> dict[str, Asset]:
    return {found.address: found for found in _by_name().values()}


@cache
def _by_name() -> dict[str, Asset]:
    found = [path for path in FOLDER.rglob("*") if path.suffix in MEDIA_TYPES]
    return {path.relative_to(FOLDER).as_posix(): _read(path) for path in found}


def _read(path: Path) -> Asset:
    body = path.read_bytes()
    vendored = path.parent.name == "vendor"  # its name has a version already
    digest = "" if vendored else f"-{hashlib.sha256(body).hexdigest()[:12]}"
    return Asset(
        address=f"{PREFIX}/{path.stem}{digest}{path.suffix}",
        integrity="sha384-" + base64.b64encode(hashlib.sha384(body).digest()).decode(),
        media_type=MEDIA_TYPES[path.suffix],
        body=body,
    )
