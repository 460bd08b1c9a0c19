"""Read a form with one file: to the disk as it comes, or into memory where it is a small list.

Parsing, hashing and writing to the disk happen in a thread, a quarter of a mebibyte at a time.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol, Self, TypeVar

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect

from api.http.upload_slots import declared_bytes
from api.problems.errors import InvalidRequest, PlainHttp, Refused
from api.schemas.problem import InvalidPart

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

MOST_FIELD_BYTES = 4_096
MOST_AROUND_BYTES = 128 << 10  # boundaries, part headers and fields
BATCH_BYTES = 256 << 10
T = TypeVar("T")
_CUT_OFF = "The form ends before it is complete."
_UNREADABLE = "This is not a form as browsers send it."


@dataclass(frozen=True, slots=True)
class Received:
    """A file that has arrived: its size, and what its bytes are called."""

    path: Path
    name: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Form:
    """What a form said; fields left empty are absent."""

    fields: dict[str, str]
    file: Received


@dataclass(frozen=True, slots=True)
class FormInMemory:
    """The same of a small form: its file, empty if none came, and what its sender calls that."""

    fields: dict[str, str]
    file: bytes
    file_name: str


def check_length(request: Request, most_bytes: int) -> None:
    """Raise Refused where the sender says that the file is too large."""
    if declared_bytes(request) > most_bytes + MOST_AROUND_BYTES:
        raise too_large(most_bytes)


async def receive(
    request: Request,
    into: Path,
    *,
    known: set[str],
    most_bytes: int,
    check_room: Callable[[int], None] = lambda _bytes: None,
) -> Form:
    """The form, its part `file` written to `into`, which the caller removes.

    Raises Refused where the file is too large, InvalidRequest where it is not such a form.
    `check_room` is asked before each part of it is written, and may raise Refused too.
    """
    check_length(request, most_bytes)
    boundary = _boundary(request)
    with _FileSink(into, most_bytes) as sink:
        reader = _FormReader(boundary, sink, known, most_field_bytes=MOST_FIELD_BYTES)

        def finish() -> Form:
            fields, name = reader.finish()
            if name is None or (not name and not sink.size):
                raise _refused("body/file", "This part is needed: the audio file.")
            return Form(fields, Received(into, name, sink.size, sink.finish()))

        def take(batch: bytes) -> None:
            check_room(len(batch))
            reader.feed(batch)

        try:
            async for batch in _batches(request):
                await _to_its_end(partial(take, batch))
        except ClientDisconnect as error:
            raise PlainHttp(400, "The connection ended before the form did.") from error
        except FormParserError as error:
            raise _refused("body", _UNREADABLE) from error
        return await _to_its_end(finish)


async def receive_in_memory(
    request: Request, body: AsyncIterator[bytes], *, known: set[str], most_bytes: int
) -> FormInMemory:
    """The form whose bytes are `body`, which its caller bounds. Raises InvalidRequest.

    Each of its fields has `most_bytes` at most; its file may be absent.
    """
    sink = _MemorySink()
    reader = _FormReader(_boundary(request), sink, known, most_field_bytes=most_bytes)
    try:
        async for chunk in body:
            reader.feed(chunk)
        fields, name = reader.finish()
    except FormParserError as error:
        raise _refused("body", _UNREADABLE) from error
    return FormInMemory(fields, sink.finish(), name or "")


async def _to_its_end(work: Callable[[], T]) -> T:
    """The result of `work`, done in a thread. Whoever is cancelled leaves when it is over.

    Otherwise it would go on writing to a file that its caller has removed.
    """
    doing = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(doing)
    finally:
        await asyncio.wait([doing])


def too_large(most_bytes: int) -> Refused:
    """The refusal of a file beyond the bound."""
    return Refused(
        "file-too-large",
        f"An upload may have {most_bytes / 1_048_576:g} MB here; this file has more.",
        hint="Use FLAC, or a compressed format: WAV needs 10 to 17 MB a minute.",
    )


def _boundary(request: Request) -> bytes:
    kind, options = parse_options_header(request.headers.get("content-type"))
    boundary = options.get(b"boundary", b"")
    if kind != b"multipart/form-data" or not boundary:
        raise _refused("header/content-type", "Send the file as a form: multipart/form-data.")
    return boundary


async def _batches(request: Request) -> AsyncIterator[bytes]:
    """The body in pieces that are worth a visit to a thread."""
    held = bytearray()
    async for chunk in request.stream():
        held += chunk
        if len(held) >= BATCH_BYTES:
            yield bytes(held)
            held.clear()
    yield bytes(held)


class _Sink(Protocol):
    """Where the bytes of the one file go."""

    @property
    def size(self) -> int: ...

    def write(self, data: bytes) -> None: ...


class _MemorySink:
    """A small file, in memory."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._size = 0

    @property
    def size(self) -> int:
        return self._size

    def write(self, data: bytes) -> None:
        self._size += len(data)
        self._pieces.append(data)

    def finish(self) -> bytes:
        """The whole of it, once."""
        whole = b"".join(self._pieces)
        self._pieces.clear()
        return whole


class _FileSink:
    """The file being written: counted, bounded and hashed. Made with the first byte."""

    def __init__(self, path: Path, most_bytes: int) -> None:
        self._path = path
        self._most_bytes = most_bytes
        self._file: BinaryIO | None = None
        self._digest = hashlib.sha256()
        self._size = 0

    def write(self, data: bytes) -> None:
        self._size += len(data)
        if self._size > self._most_bytes:
            raise too_large(self._most_bytes)
        self._digest.update(data)
        self._opened().write(data)

    @property
    def size(self) -> int:
        return self._size

    def finish(self) -> str:
        """The SHA-256 of everything written, once all of it is on the disk."""
        file = self._opened()
        file.flush()
        os.fsync(file.fileno())
        return self._digest.hexdigest()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def _opened(self) -> BinaryIO:
        if self._file is None:
            self._file = self._path.open("xb")
        return self._file


@dataclass(slots=True)
class _Part:
    """The part of the form that is being read."""

    name: str = ""
    header: bytearray = field(default_factory=bytearray)
    disposition: bytearray = field(default_factory=bytearray)
    value: bytearray = field(default_factory=bytearray)
    is_file: bool = False


class _FormReader:
    """Turns the bytes of a form into fields and the one file. Raises InvalidRequest."""

    def __init__(
        self, boundary: bytes, sink: _Sink, known: set[str], *, most_field_bytes: int
    ) -> None:
        self._sink = sink
        self._known = known
        self._most_field_bytes = most_field_bytes
        self._fields: dict[str, str] = {}
        self._filename: str | None = None
        self._part = _Part()
        self._ended = False
        self._around = 0
        callbacks: MultipartCallbacks = {
            "on_part_begin": self._begin,
            "on_header_begin": self._header_begin,
            "on_header_field": self._header_name,
            "on_header_value": self._header_value,
            "on_headers_finished": self._headers_finished,
            "on_part_data": self._data,
            "on_part_end": self._end,
            "on_end": self._over,
        }
        self._parser = MultipartParser(boundary, callbacks)

    def feed(self, data: bytes) -> None:
        self._around += len(data)
        self._parser.write(data)
        if self._around - self._sink.size > max(MOST_AROUND_BYTES, 2 * self._most_field_bytes):
            raise _refused("body", "The form has far more in it than a file and its fields.")

    def finish(self) -> tuple[dict[str, str], str | None]:
        """The fields that are not empty, and the file's name; None where no file came."""
        if not self._ended:
            raise _refused("body", _CUT_OFF)
        return {name: text for name, text in self._fields.items() if text}, self._filename

    def _begin(self) -> None:
        self._part = _Part()

    def _header_begin(self) -> None:
        self._part.header.clear()

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._part.header += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        if self._part.header.lower() == b"content-disposition":
            self._part.disposition += data[start:end]

    def _headers_finished(self) -> None:
        _, options = parse_options_header(bytes(self._part.disposition))
        name = _decoded(options.get(b"name", b""))
        self._part.name = name
        self._part.is_file = name == "file"
        if name not in self._known | {"file"}:
            known = ", ".join(sorted(self._known | {"file"}))
            raise _refused(f"body/{name[:40]}", f"There is no such field; known are {known}.")
        if name in self._fields or (self._part.is_file and self._filename is not None):
            raise _refused(f"body/{name}", "This field is given more than once.")
        if self._part.is_file:
            self._filename = _decoded(options.get(b"filename", b""))

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._part.is_file:
            self._sink.write(data[start:end])
            return
        self._part.value += data[start:end]
        if len(self._part.value) > self._most_field_bytes:
            raise _refused(f"body/{self._part.name}", "This text is far too long.")

    def _end(self) -> None:
        if not self._part.is_file:
            self._fields[self._part.name] = _decoded(bytes(self._part.value)).strip()

    def _over(self) -> None:
        self._ended = True


def _decoded(text: bytes) -> str:
    try:
        return text.decode()
    except UnicodeDecodeError:
        return text.decode("latin-1")


def _refused(pointer: str, detail: str) -> InvalidRequest:
    return InvalidRequest((InvalidPart(pointer=pointer, detail=detail),))
