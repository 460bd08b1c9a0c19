"""Walk the boxes of an MP4 file (ISO/IEC 14496-12 §4.2). Every length is checked before use."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO

from api.analysis import problems

MAX_BOXES = 10_000
MAX_TABLE_BYTES = 48 << 20
"""The table of contents may hold a cover picture, but not a film."""
_SHORT, _LONG = 8, 16
DAMAGED = "Its table of contents is damaged: the file may have been cut short."


def table_of_contents(file: BinaryIO) -> memoryview:
    """The content of the file's `moov` box, wherever it lies. Raises AnalysisError."""
    end = file.seek(0, 2)
    at = 0
    for _ in range(MAX_BOXES):
        if at >= end:
            break
        file.seek(at)
        head = file.read(_LONG)
        if len(head) < _SHORT:
            break
        name, lead, size = _measure(head, end - at)
        if name == b"moov":
            return memoryview(_content(file, at + lead, min(size, end - at) - lead))
        at += size
    raise problems.BadAudio("It has no table of contents (moov): the file may have been cut short.")


def children(content: memoryview) -> Iterator[tuple[bytes, memoryview]]:
    """(name, content) of each box inside; stops at the first that does not fit."""
    for _ in range(MAX_BOXES):
        if len(content) < _SHORT:
            return
        name, lead, size = _measure(bytes(content[:_LONG]), len(content))
        if size > len(content):
            raise problems.BadAudio(DAMAGED)
        yield name, content[lead:size]
        content = content[size:]


def find(content: memoryview, *path: bytes) -> memoryview | None:
    """The content of the first box under this path of names."""
    found: memoryview | None = content
    for name in path:
        if found is None:
            return None
        found = next((inner for called, inner in children(found) if called == name), None)
    return found


def need(content: memoryview, *path: bytes) -> memoryview:
    """As `find`, but raises BadAudio where there is none."""
    found = find(content, *path)
    if found is None:
        raise problems.BadAudio(DAMAGED)
    return found


def unpack(layout: str, content: memoryview, offset: int = 0) -> tuple[int, ...]:
    """As struct.unpack_from; raises BadAudio where the bytes end too early."""
    try:
        return struct.unpack_from(layout, content, offset)
    except struct.error as error:
        raise problems.BadAudio(DAMAGED) from error


def _measure(head: bytes, left: int) -> tuple[bytes, int, int]:
    """(name, bytes of header, bytes in all)."""
    size, name = int.from_bytes(head[:4]), head[4:8]
    lead = _SHORT
    if size == 1:
        size, lead = int.from_bytes(head[8:16]), _LONG
    elif size == 0:  # to the end
        size = left
    if size < lead:
        raise problems.BadAudio(DAMAGED)
    return name, lead, size


def _content(file: BinaryIO, start: int, size: int) -> bytes:
    if size > MAX_TABLE_BYTES:
        raise problems.BadAudio("Its table of contents is larger than any music needs.")
    file.seek(start)
    return file.read(size)
