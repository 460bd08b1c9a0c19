"""The playground's static files, under names that change whenever their content does."""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "static"
SWAGGER = "swagger-ui-5.35.0"
MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript"}
DEFAULT_MEDIA_TYPE = "text/plain"  # licences


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as sent."""

    body: bytes
    media_type: str


@cache
def names() -> dict[str, Path]:
    """Public name → file: vendored ones carry a version, ours a digest of their content."""
    vendored = {f"{SWAGGER}/{path.name}": path for path in (FOLDER / SWAGGER).iterdir()}
    own = {_digested(path): path for path in FOLDER.iterdir() if path.is_file()}
    return vendored | own


@cache
def public_name(file: str) -> str:
    """The public name of one of our own files. Raises StopIteration for an unknown one."""
    return next(name for name, path in names().items() if path == FOLDER / file)


def asset(name: str) -> Asset | None:
    """A file; None for a name that was never handed out, and of such names none is kept."""
    path = names().get(name)
    return None if path is None else _read(path)


@cache
def _read(path: Path) -> Asset:
    media_type = MEDIA_TYPES.get(path.suffix, DEFAULT_MEDIA_TYPE)
    return Asset(body=path.read_bytes(), media_type=media_type)


def _digested(path: Path) -> str:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    return f"{path.stem}-{digest}{path.suffix}"
