"""Read a form with one file: to the disk as it comes, or as Starlette does where it is a list.

Of an upload, parsing, hashing and writing happen in a thread, a quarter of a mebibyte at a time.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, BinaryIO, Protocol, Self, TypeVar

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect

from api.http.session_cookie import CSRF_FIELD
from api.http.upload_slots import declared_bytes
from api.problems.errors import InvalidRequest, PlainHttp, Refused
from api.schemas.problem import InvalidPart

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

MOST_FIELD_BYTES = 4_096
MOST_AROUND_BYTES = 128 << 10  # boundaries, part headers and fields
BATCH_BYTES = 256 << 10
SPOOL_BYTES = 1 << 20  # Starlette's: what a list has beyond it lies on the disk until it is read
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
class SpooledForm:
    """The same of a list's form: its file, None if it is empty, and what its sender calls that."""

    fields: dict[str, str]
    file: IO[bytes] | None
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


@asynccontextmanager
async def receive_spooled(
    request: Request, body: AsyncIterator[bytes], *, known: set[str], most_bytes: int
) -> AsyncIterator[SpooledForm]:
    """The form whose bytes are `body`, which its caller bounds. Raises InvalidRequest.

    Each of its fields has `most_bytes` at most. Its file is closed when the block ends.
    """
    boundary = _boundary(request)
    with SpooledTemporaryFile(SPOOL_BYTES) as file:
        reader = _FormReader(boundary, _SpoolSink(file), known, most_field_bytes=most_bytes)
        try:
            async for chunk in body:
                reader.feed(chunk)
            fields, name = reader.finish()
        except FormParserError as error:
            raise _refused("body", _UNREADABLE) from error
        is_empty = file.tell() == 0
        file.seek(0)
        yield SpooledForm(fields, None if is_empty else file, name or "")


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


class _SpoolSink:
    """A list: in memory, and on the disk from where it is long."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    @property
    def size(self) -> int:
        return self._file.tell()

    def write(self, data: bytes) -> None:
        self._file.write(data)


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
    """Turns the bytes of a form into fields and the one file. Raises InvalidRequest.

    The parser holds the parts, and they nothing of it: a circle would keep a long list's text
    until the next collection of garbage.
    """

    def __init__(
        self, boundary: bytes, sink: _Sink, known: set[str], *, most_field_bytes: int
    ) -> None:
        self._sink = sink
        self._most_around_bytes = max(MOST_AROUND_BYTES, 2 * most_field_bytes)
        self._parts = _Parts(sink, known, most_field_bytes)
        self._read_bytes = 0
        self._parser = MultipartParser(boundary, self._parts.callbacks())

    def feed(self, data: bytes) -> None:
        self._read_bytes += len(data)
        self._parser.write(data)
        if self._read_bytes - self._sink.size > self._most_around_bytes:
            raise _refused("body", "The form has far more in it than a file and its fields.")

    def finish(self) -> tuple[dict[str, str], str | None]:
        """The fields that are not empty, and the file's name; None where no file came."""
        if not self._parts.ended:
            raise _refused("body", _CUT_OFF)
        fields = self._parts.fields
        told = {name: text for name, text in fields.items() if text and name != CSRF_FIELD}
        return told, self._parts.filename


class _Parts:
    """The parts of a form as the parser comes to them. Raises InvalidRequest."""

    def __init__(self, sink: _Sink, known: set[str], most_field_bytes: int) -> None:
        self._sink = sink
        self._known = known
        self._most_field_bytes = most_field_bytes
        self._part = _Part()
        self.fields: dict[str, str] = {}
        self.filename: str | None = None
        self.ended = False

    def callbacks(self) -> MultipartCallbacks:
        return {
            "on_part_begin": self._begin,
            "on_header_begin": self._header_begin,
            "on_header_field": self._header_name,
            "on_header_value": self._header_value,
            "on_headers_finished": self._headers_finished,
            "on_part_data": self._data,
            "on_part_end": self._end,
            "on_end": self._over,
        }

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
        if name not in self._known | {"file", CSRF_FIELD}:
            known = ", ".join(sorted(self._known | {"file"}))
            raise _refused(f"body/{name[:40]}", f"There is no such field; known are {known}.")
        if name in self.fields or (self._part.is_file and self.filename is not None):
            raise _refused(f"body/{name}", "This field is given more than once.")
        if self._part.is_file:
            self.filename = _decoded(options.get(b"filename", b""))

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._part.is_file:
            self._sink.write(data[start:end])
            return
        self._part.value += data[start:end]
        if len(self._part.value) > self._most_field_bytes:
            raise _refused(f"body/{self._part.name}", "This text is far too long.")

    def _end(self) -> None:
        if not self._part.is_file:
            self.fields[self._part.name] = _decoded(self._part.value).strip()
            self._part = _Part()

    def _over(self) -> None:
        self.ended = True


def _decoded(text: bytes | bytearray) -> str:
    try:
        return text.decode()
    except UnicodeDecodeError:
        return text.decode("latin-1")


def _refused(pointer: str, detail: str) -> InvalidRequest:
    return InvalidRequest((InvalidPart(pointer=pointer, detail=detail),))
