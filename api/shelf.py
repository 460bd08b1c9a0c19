"""Where own files lie: named by their bytes, and never by what a stranger called them.

Each upload gets a place of its own, also where the same bytes come twice: a file belongs to the one
row that names it, so whoever has made or deleted that row may move or remove it, and nobody else.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from api.db.models import LibraryTrackRow

LIBRARY = "library"
INCOMING = "incoming"
HOUR_S = 3_600


class Shelf:
    """The folder `library` of the data folder. Blocking: its callers keep it off the loop."""

    def __init__(self, data_dir: Path) -> None:
        self._data = data_dir.absolute()
        self._folder = self._data / LIBRARY

    def incoming(self) -> Path:
        """A new path for what is being received; its name says which process receives it."""
        folder = self._folder / INCOMING
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{os.getpid()}-{secrets.token_hex(8)}"

    def place_for(self, sha256: str, kind: str) -> str:
        """A place that nothing else has or had, as a row's `file` says it."""
        return f"{LIBRARY}/{sha256[:2]}/{sha256}-{secrets.token_hex(4)}.{kind}"

    @contextmanager
    def kept(self, received: Path, place: str) -> Iterator[None]:
        """Move what was received to its place: for good if the block succeeds, else back."""
        path = self._data / place
        path.parent.mkdir(parents=True, exist_ok=True)
        received.replace(path)
        try:
            yield
        except BaseException:
            path.replace(received)
            raise

    def path_of(self, row: LibraryTrackRow) -> Path:
        """Where the file is; a demo piece lies in the package, and its row says so in full."""
        return self._data / row.file

    def remove(self, row: LibraryTrackRow) -> None:
        """Delete an own file at once; what comes with Earprint stays in the package."""
        if row.demo is None:
            self.path_of(row).unlink(missing_ok=True)

    def sweep(self, named: Collection[str]) -> None:
        """Remove what a process that died was receiving, and files that no row names.

        A file without a row may be on its way to one in another process, so it gets an hour.
        """
        for path in (self._folder / INCOMING).glob("*"):
            if not _is_being_received(path):
                path.unlink(missing_ok=True)
        for path in self._folder.glob("??/*"):
            with suppress(FileNotFoundError):
                nameless = str(path.relative_to(self._data)) not in named
                if nameless and abs(time.time() - path.stat().st_mtime) > HOUR_S:
                    path.unlink()


def _is_being_received(path: Path) -> bool:
    """Whether another process that still lives has made it; our own has just begun."""
    receiver = path.name.partition("-")[0]
    if not receiver.isdigit() or int(receiver) == os.getpid():
        return False
    try:
        os.kill(int(receiver), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
