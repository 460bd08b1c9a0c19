"""Who may send something now, settled before a byte of it is read.

What is being received lies on the disk or in memory for as long as its sender takes. So there are
only so many places, and who comes when all are taken is told when to come again.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from fastapi import Request

from api.problems.errors import Refused
from api.system.disk_space import MARGIN_BYTES, DiskSpace

PLACES = 4
"""A browser sends one file at a time, and few people share a server; 4 × 60 MB fit any disk."""

COME_BACK_S = 10
LARGE_BYTES = 256 << 10
LONGEST_NUMBER = 18


class UploadSlots:
    """The places for one kind of thing that is sent, such as `files`. `margin`: of the room.

    `tidy` is called in a thread when the last of several large ones, or the only one, is done.
    """

    def __init__(
        self,
        kind: str,
        room: DiskSpace,
        *,
        places: int = PLACES,
        margin: int = MARGIN_BYTES,
        tidy: Callable[[], None] | None = None,
    ) -> None:
        self._kind = kind
        self._room = room
        self._places = places
        self._margin = margin
        self._tidy = tidy
        self.taken = 0

    @asynccontextmanager
    async def place(self, request: Request) -> AsyncIterator[None]:
        """Hold a place while the block runs, however it ends. Raises Refused."""
        if self.taken >= self._places:
            raise Refused(
                "queue-full",
                f"{self._places} {self._kind} are being sent to this server already, which is as "
                "many as may at once. Nothing of this one was read.",
                hint="Send it again when one of them is done.",
                retry_after=COME_BACK_S,
            )
        self.taken += 1
        size = declared_bytes(request)
        try:
            await asyncio.to_thread(self._room.check, size, self._margin)
            yield
        finally:
            self.taken -= 1
            if self._tidy is not None and not self.taken and size >= LARGE_BYTES:
                await asyncio.to_thread(self._tidy)


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """What may come: how many files and lists at once, how large a file, on how full a disk."""

    files: UploadSlots
    lists: UploadSlots
    most_bytes: int
    check_room: Callable[[int], None]


def declared_bytes(request: Request) -> int:
    """How long the body will be, as far as its sender says so."""
    length = request.headers.get("content-length", "")
    fits = length.isascii() and length.isdigit() and len(length) <= LONGEST_NUMBER
    return int(length) if fits else 0
