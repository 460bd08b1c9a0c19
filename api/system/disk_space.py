"""Whether the disk has room for what is about to be kept: asked before a byte of it is received.

Files leave a margin free, so that what is heard in them can still be written down.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from api.problems.errors import Refused

MARGIN_BYTES = 1 << 20  # a long piece's analysis, and the journal of its rows
NO_ROOM = "There is no room left on this server’s disk, so nothing of this was kept."
MAKE_ROOM = "Delete files that are not needed any more, or make room on the disk; then try again."
FULL = "no room: new files are refused; what is here can be heard, read and deleted"


def no_room(detail: str = NO_ROOM) -> Refused:
    """The refusal of what the disk cannot hold."""
    return Refused("no-room", detail, hint=MAKE_ROOM)


@dataclass(frozen=True, slots=True)
class DiskSpace:
    """What is free in these folders, the least of them counting. Blocking, but quick."""

    folders: tuple[Path, ...]

    def check(self, wanted: int = 0, margin: int = MARGIN_BYTES) -> None:
        """Raise Refused where so many bytes would leave less than the margin."""
        free = self.free()
        if free is not None and free < wanted + margin:
            raise no_room(_compared(wanted, max(free - margin, 0)) if wanted else NO_ROOM)

    def state(self) -> str:
        """`ok`, or in words that there is none."""
        free = self.free()
        return FULL if free is not None and free < MARGIN_BYTES else "ok"

    def free(self) -> int | None:
        """How many bytes may still be written; None where the system does not say."""
        return min(_free(self.folders), default=None)


def _free(folders: Iterable[Path]) -> Iterable[int]:
    for folder in folders:
        try:
            told = os.statvfs(folder)
        except OSError:
            continue
        no_more_files = told.f_files > 0 and told.f_favail == 0
        yield 0 if no_more_files else told.f_bavail * told.f_frsize


def _compared(wanted: int, free: int) -> str:
    return (
        f"This needs {_mb(wanted)}, and {_mb(free)} are free on this server’s disk. Nothing of it "
        "was kept."
    )


def _mb(size: int) -> str:
    return f"{size / 1_048_576:.1f} MB"
