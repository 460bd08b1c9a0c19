"""Find and follow the frames of a stream without a container: MP3 and bare AAC.

Nothing but the frames themselves is believed: no count in a header, and no size of a tag behind
which there is no sound. Three headers in a row that agree are a stream; a lone one is chance.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol

import numpy as np
from numpy.typing import NDArray

from api.analysis import problems

Numbers = NDArray[np.int64]

ID3_BYTES, APE_BYTES, ID3V1_BYTES = 10, 32, 128
SYNC, AGREEING = 0xFF, 3
MOST_GAPS = 2_000
"""A file that is broken more often is not looked through to its end."""
_TAG_STARTS = (b"ID3", b"APETAGEX", b"TAG", b"LYRICSBEGIN")
_FIRST_WINDOW, _LARGEST_WINDOW = 1 << 12, 1 << 20
_READ_BYTES = 1 << 18


class Framing(Protocol):
    """How the headers of a kind of frame are read."""

    @property
    def head_bytes(self) -> int:
        """How many bytes of a frame `measure` wants to see."""
        ...

    @property
    def longest(self) -> int:
        """No frame has more bytes."""
        ...

    def measure(self, heads: Numbers) -> tuple[Numbers, Numbers]:
        """(length of the frame, or 0 where there is none; what all of a stream's frames share).

        `heads`: (head_bytes,) or (head_bytes, n).
        """
        ...


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a frame lies; `key` is what it shares with its stream; `skipped` bytes before it."""

    start: int
    length: int
    key: int
    skipped: int = 0


def find(file: BinaryIO, framing: Framing, start: int) -> int | None:
    """The first byte from `start` on where three frames follow one another."""
    window = _FIRST_WINDOW
    while True:
        file.seek(start)
        data = np.frombuffer(file.read(window + 2 * framing.longest + framing.head_bytes), np.uint8)
        places = _agreeing(data, framing, window)
        if len(places):
            return start + int(places[0])
        if len(data) <= window:
            return None
        start += window
        window = min(4 * window, _LARGEST_WINDOW)


def begins(file: BinaryIO, framing: Framing, place: int) -> bool:
    """Whether three frames follow one another from exactly here on."""
    file.seek(place)
    data = file.read(2 * framing.longest + framing.head_bytes)
    return bool(len(_agreeing(np.frombuffer(data, np.uint8), framing, 1)))


def frames(file: BinaryIO, framing: Framing, start: int) -> Iterator[Frame]:
    """All whole frames from `start` on, whatever lies between them. Raises BadAudio."""
    reader = WindowReader(file)
    at = find(file, framing, start)
    key, skipped, gaps = None, 0, 0
    while at is not None:
        length, found = _header(reader.read(at, framing.head_bytes), framing)
        if length and found == (found if key is None else key):
            if at + length > reader.size:
                return
            yield Frame(at, length, found, skipped)
            at, key, skipped = at + length, found, 0
            continue
        lost, key, gaps = at, None, gaps + 1
        if gaps > MOST_GAPS:
            raise problems.BadAudio("It is broken in too many places to be followed.")
        at = _again(file, framing, lost)
        if at is not None and not reader.read(lost, APE_BYTES).lstrip(b"\0").startswith(
            _TAG_STARTS
        ):
            skipped = at - lost


def passed_over(count: int) -> str:
    """What is said of bytes between frames."""
    return f"{count:,} bytes in the middle that are no sound were passed over"


def silenced(seconds: float) -> str:
    """What is said of frames that cannot be decoded."""
    return f"{seconds:.1f} seconds are damaged and count as silence"


def tag_length(head: bytes) -> int:
    """How many bytes a tag with these first 32 bytes says it has; 0 where there is no tag."""
    if head[:3] == b"ID3" and len(head) >= ID3_BYTES and not any(b & 0x80 for b in head[6:10]):
        size = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]
        return ID3_BYTES + size + (ID3_BYTES if head[5] & 0x10 else 0)
    if head[:8] == b"APETAGEX" and len(head) >= APE_BYTES:
        is_header = head[23] & 0x20
        return APE_BYTES + (int.from_bytes(head[12:16], "little") if is_header else 0)
    return ID3V1_BYTES if head[:3] == b"TAG" else 0


def _again(file: BinaryIO, framing: Framing, lost: int) -> int | None:
    """Where frames go on: behind a tag that ends where they do, else at the next that agree."""
    file.seek(lost)
    length = tag_length(file.read(APE_BYTES))
    if length and begins(file, framing, lost + length):
        return lost + length
    return find(file, framing, lost)


def _agreeing(data: NDArray[np.uint8], framing: Framing, window: int) -> Numbers:
    """The places below `window` where AGREEING frames follow one another, in order."""
    first = np.nonzero(data[:window] == SYNC)[0]
    at, key = first, None
    for _ in range(AGREEING):
        inside = at + framing.head_bytes <= len(data)
        first, at = first[inside], at[inside]
        heads = data[at + np.arange(framing.head_bytes)[:, None]].astype(np.int64)
        length, found = framing.measure(heads)
        same = length > 0 if key is None else (length > 0) & (found == key[inside])
        first, at, key = first[same], (at + length)[same], found[same]
    return first


def _header(head: bytes, framing: Framing) -> tuple[int, int]:
    if len(head) < framing.head_bytes:
        return 0, 0
    length, key = framing.measure(np.frombuffer(head, np.uint8).astype(np.int64))
    return int(length), int(key)


class WindowReader:
    """Reads little pieces, one behind the other, from a file."""

    size: int
    """Of the file."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._start = 0
        self._data = b""
        self.size = file.seek(0, 2)

    def read(self, place: int, size: int) -> bytes:
        """Up to `size` bytes from `place` on."""
        if not self._start <= place <= self._start + len(self._data) - size:
            self._file.seek(place)
            self._start, self._data = place, self._file.read(_READ_BYTES)
        return self._data[place - self._start : place - self._start + size]
