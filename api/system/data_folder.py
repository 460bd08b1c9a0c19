"""The data folder: for the eyes of whoever runs the server alone, whatever else the machine allows.

A process that has claimed it makes no file that others may read: that is its umask, so it holds for
SQLite's journals and for the worker too, and no place has to think of it. What is older is
tightened.
"""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import URL

from api.settings import Settings

LIBRARY = "library"
OTHERS = 0o077
_FOLDER, _FILE, _PROGRAM = 0o700, 0o600, 0o700
_OURS = ("app.db", "cache.db", "queue.db", "reserve", "worker.lock")
_JOURNALS = ("", "-wal", "-shm", "-journal")
_log = logging.getLogger(__name__)


def claim(settings: Settings) -> None:
    """Make the folder, and all that lies and will lie in it, private. Raises OSError.

    What belongs to another user stays that user's, which the log says.
    """
    os.umask(OTHERS)
    folder = settings.data_dir
    folder.mkdir(parents=True, exist_ok=True)
    tightened, strangers = 0, list[Path]()
    for path, bits in _to_be_private(folder.resolve(), settings):
        try:
            found = path.lstat()
            if stat.S_IMODE(found.st_mode) & OTHERS:
                path.chmod(stat.S_IMODE(found.st_mode) & bits)
                tightened += 1
        except FileNotFoundError:  # a journal that another process has just put away
            continue
        except PermissionError:
            strangers.append(path)
        else:
            strangers += [path] if found.st_uid != os.geteuid() else []
    if tightened:
        told = "%d of the files and folders in %r could be read by others on this machine: no more"
        _log.warning(told, tightened, str(folder))
    if strangers:
        told = "%d of the files and folders in %r belong to another user, who may read them (%r)"
        _log.warning(told, len(strangers), str(folder), str(strangers[0]))


def not_following(path: str, flags: int) -> int:
    """An opener for `open`: of a link that lies where a file should, nothing is read or emptied."""
    return os.open(path, flags | os.O_NOFOLLOW, _FILE)


def _to_be_private(folder: Path, settings: Settings) -> Iterator[tuple[Path, int]]:
    """What others may not read, and the bits it may keep: the folder first.

    Once that is private, nobody else can exchange what is in it. Links are left alone, and so is
    what they lead to.
    """
    if folder.parent == folder or folder.stat().st_mode & stat.S_ISVTX:
        _log.warning("%r is a folder for everybody: give Earprint one of its own", str(folder))
    else:
        yield folder, _FOLDER
    for path in map(Path, os.scandir(folder)):
        if _is_file(path):
            may_be_a_program = path.is_file() and not path.name.startswith(_OURS)
            yield path, _PROGRAM if may_be_a_program else _FILE
    for url in (settings.app_database_url, settings.cache_database_url):
        yield from ((path, _FILE) for path in _files_of(url) if _is_file(path))
    if not (folder / LIBRARY).is_symlink():
        for root, _, files in os.walk(folder / LIBRARY):
            yield Path(root), _FOLDER
            yield from ((path, _FILE) for name in files if _is_file(path := Path(root, name)))


def _files_of(url: URL) -> list[Path]:
    """A database and its journals; none where it is not a file of this machine."""
    if url.get_backend_name() != "sqlite" or not url.database:
        return []
    whole = Path(url.database).absolute()
    return [whole.with_name(whole.name + ending) for ending in _JOURNALS]


def _is_file(path: Path) -> bool:
    """A file or a socket: no folder and no link."""
    try:
        kind = path.lstat().st_mode
    except OSError:
        return False
    return stat.S_ISREG(kind) or stat.S_ISSOCK(kind)
