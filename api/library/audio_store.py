"""Where own files lie: named by their bytes, and never by what a stranger called them.

Each upload gets a place of its own, also where the same bytes come twice: a file belongs to the one
row that names it, so whoever has made or deleted that row may move or remove it, and nobody else.

The data folder itself may be a link, as its owner likes; inside of it none is followed, and no row
leads out of it, be it to read, to write or to delete.
"""

from __future__ import annotations

import logging
import os
import secrets
import time
from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Protocol

from api.db.models import LibraryTrackRow
from api.demo import AUDIO
from api.problems.errors import Refused
from api.system.data_folder import LIBRARY

INCOMING = "incoming"
DEPTH = 3  # of every place: the library, a folder in it, a file in that
HOUR_S = 3_600
_log = logging.getLogger(__name__)


class Outside(Refused):
    """What is to be read or written does not lie in the data folder itself."""

    def __init__(self, place: str) -> None:
        super().__init__(
            "conflict",
            "Where this file belongs, a link leads out of this server’s data folder, and Earprint "
            "follows none. Nothing was read or kept.",
            hint="Whoever runs the server finds the place in its log. The data folder as a whole "
            "may be a link, or lie on another disk; what is in it may not.",
        )
        _log.warning("%r leads out of the data folder, so it is not followed", place)


class AudioStore(Protocol):
    """Where the bytes of own files are kept. Blocking: its callers keep it off the loop."""

    def incoming(self) -> Path:
        """A new path for what is being received."""
        ...

    def place_for(self, sha256: str, kind: str) -> str:
        """A place that nothing else has or had, as a row's `file` says it."""
        ...

    def kept(self, received: Path, place: str) -> AbstractContextManager[None]:
        """Move what was received to its place: for good if the block succeeds, else back."""
        ...

    def path_of(self, row: LibraryTrackRow) -> Path:
        """Where the file can be read. Raises Outside."""
        ...

    def has(self, row: LibraryTrackRow) -> bool:
        """Whether the file is there, and can be read as what it is."""
        ...

    def remove(self, row: LibraryTrackRow) -> None:
        """Delete an own file at once."""
        ...

    def sweep(self, named: Collection[str]) -> None:
        """Remove what no row names and nobody is receiving any more."""
        ...


class LocalAudioStore:
    """The folder `library` of the data folder. Blocking: its callers keep it off the loop."""

    def __init__(self, data_dir: Path) -> None:
        self._data = data_dir.absolute()
        self._folder = self._data / LIBRARY

    def incoming(self) -> Path:
        """A new path for what is being received; its name says which process receives it."""
        name = f"{os.getpid()}-{secrets.token_hex(8)}"
        return self._made(f"{LIBRARY}/{INCOMING}/{name}")

    def place_for(self, sha256: str, kind: str) -> str:
        """A place that nothing else has or had, as a row's `file` says it."""
        return f"{LIBRARY}/{sha256[:2]}/{sha256}-{secrets.token_hex(4)}.{kind}"

    @contextmanager
    def kept(self, received: Path, place: str) -> Iterator[None]:
        """Move what was received to its place: for good if the block succeeds, else back."""
        path = self._made(place)
        received.replace(path)
        try:
            yield
        except BaseException:
            path.replace(received)
            raise

    def path_of(self, row: LibraryTrackRow) -> Path:
        """Where the file is; of a demo piece always in the package. Raises Outside."""
        if row.demo is not None:
            return AUDIO / Path(row.file).name
        path = self._inside(row.file)
        if path.is_symlink():
            raise Outside(row.file)
        return path

    def has(self, row: LibraryTrackRow) -> bool:
        """Whether the file is there, and can be read as what it is."""
        try:
            return self.path_of(row).is_file()
        except Outside:
            return False

    def remove(self, row: LibraryTrackRow) -> None:
        """Delete an own file at once; what comes with Earprint stays in the package.

        Of a link it is the link that goes; what lies elsewhere is not ours to delete.
        """
        if row.demo is None:
            with suppress(Outside, NotADirectoryError, IsADirectoryError):
                self._inside(row.file).unlink(missing_ok=True)

    def sweep(self, named: Collection[str]) -> None:
        """Remove what a process that died was receiving, and files that no row names.

        A file without a row may be on its way to one in another process, so it gets an hour.
        """
        for path in self._in(INCOMING):
            if not _is_being_received(path):
                path.unlink(missing_ok=True)
        for path in self._in("??"):
            with suppress(FileNotFoundError):
                nameless = str(path.relative_to(self._data)) not in named
                if nameless and abs(time.time() - path.lstat().st_mtime) > HOUR_S:
                    path.unlink()

    def _in(self, folders: str) -> Iterator[Path]:
        """The files in these folders of the library."""
        if self._folder.is_symlink():
            return
        for folder in self._folder.glob(folders):
            if not folder.is_symlink():
                yield from (
                    path for path in folder.glob("*") if path.is_symlink() or path.is_file()
                )

    def _made(self, place: str) -> Path:
        """The path of a place, its folder made. Raises Outside."""
        path = self._inside(place)
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def _inside(self, place: str) -> Path:
        """The path of a place, in a folder that is where it seems to be. Raises Outside."""
        path = Path(place)
        within = path.parts[:1] == (LIBRARY,) and len(path.parts) == DEPTH
        if not within or ".." in path.parts or "\0" in place:
            raise Outside(place)
        if os.path.realpath(self._data / path.parent) != str(self._real / path.parent):
            raise Outside(place)
        return self._data / path

    @property
    def _real(self) -> Path:
        return Path(os.path.realpath(self._data))


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
