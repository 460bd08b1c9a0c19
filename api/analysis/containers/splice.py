"""A file as it should have been: stretches of the real one and bytes of our own, read as one.

Decoders believe headers and stop at junk. So what lies between the sound is left out and a header
that lies is replaced, without copying the sound itself.
"""

from __future__ import annotations

import io
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO, cast


@dataclass(frozen=True, slots=True)
class ByteRange:
    """Bytes of the real file: from `start` up to `end`."""

    start: int
    end: int


class Splice(io.RawIOBase, BinaryIO):
    """Reads its pieces one after another; `file` stays the owner's to close."""

    def __init__(self, file: BinaryIO, pieces: Iterable[bytes | ByteRange]) -> None:
        self._file = file
        self._pieces: list[bytes | ByteRange] = []
        self._starts: list[int] = []
        self._size = self._at = 0
        for piece in _joined(pieces):
            self._pieces.append(piece)
            self._starts.append(self._size)
            self._size += _length(piece)

    def readable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """Always."""
        return True

    def tell(self) -> int:
        """Where the next byte comes from."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """As of any file; before the beginning is the beginning."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: object) -> int:
        """Fill the buffer as far as the pieces go."""
        view = memoryview(cast("bytearray", buffer)).cast("B")
        filled = 0
        while filled < len(view) and self._at < self._size:
            read = self._some(len(view) - filled)
            if not read:  # the real file was cut while it was read
                break
            view[filled : filled + len(read)] = read
            filled += len(read)
            self._at += len(read)
        return filled

    def _some(self, most: int) -> bytes:
        """The next bytes of one piece."""
        number = bisect_right(self._starts, self._at) - 1
        piece, inside = self._pieces[number], self._at - self._starts[number]
        if isinstance(piece, bytes):
            return piece[inside : inside + most]
        self._file.seek(piece.start + inside)
        return self._file.read(min(most, piece.end - piece.start - inside))


def _joined(pieces: Iterable[bytes | ByteRange]) -> Iterable[bytes | ByteRange]:
    """Neighbouring stretches are one, and empty pieces none."""
    last: ByteRange | None = None
    for piece in pieces:
        if not _length(piece):
            continue
        if isinstance(piece, ByteRange) and last is not None and last.end == piece.start:
            last = ByteRange(last.start, piece.end)
            continue
        if last is not None:
            yield last
            last = None
        if isinstance(piece, ByteRange):
            last = piece
        else:
            yield piece
    if last is not None:
        yield last


def _length(piece: bytes | ByteRange) -> int:
    return len(piece) if isinstance(piece, bytes) else piece.end - piece.start
