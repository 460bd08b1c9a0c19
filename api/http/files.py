"""Send a file, or the part of it that a player asks for (RFC 9110 §14): one range, or the whole."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from fastapi import Request, Response
from starlette.types import Receive, Scope, Send

from api.http.scope import ASKED_METHOD
from api.system.data_folder import not_following

PIECE_BYTES = 256 << 10
POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"
MEDIA_TYPES = {
    "wav": "audio/wav",
    "aiff": "audio/aiff",
    "flac": "audio/flac",
    "mp3": "audio/mpeg",
    "ogg": "audio/ogg",
    "opus": "audio/ogg",
    "oga": "audio/ogg",
    "m4a": "audio/mp4",
    "aac": "audio/aac",
}
_ONE_RANGE = re.compile(r"bytes=\s*(\d{0,18})-(\d{0,18})\s*\Z")


class NotInFile(Exception):
    """The part asked for lies beyond the file's end."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes `first` to `last`, both included, of `size`."""

    first: int
    last: int
    size: int

    @property
    def length(self) -> int:
        """How many bytes these are."""
        return self.last - self.first + 1

    @property
    def is_all(self) -> bool:
        """Whether this is the whole file."""
        return self.length == self.size


def asked_piece(header: str | None, size: int) -> Piece | None:
    """The one range a `Range` header asks for; None for the whole, also where it is no range.

    Several ranges at once get the whole file, as RFC 9110 allows. Raises NotInFile.
    """
    match = _ONE_RANGE.match(header or "")
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        piece = Piece(max(size - int(last), 0), size - 1, size)
    else:
        piece = Piece(int(first), min(int(last or size), size - 1), size)
        if last and int(last) < int(first):
            return None
    if piece.length < 1 or piece.first >= size:
        raise NotInFile
    return piece


def wanted_piece(request: Request, etag: str, size: int) -> Piece:
    """What a request asks for of a file with this ETag. Raises NotInFile.

    A range means something in a GET alone, and said twice it means nothing (RFC 9110 §14.2).
    """
    whole = Piece(0, size - 1, size)
    ranges = request.headers.getlist("range")
    if request.scope.get(ASKED_METHOD, request.method) != "GET" or len(ranges) != 1:
        return whole
    condition = request.headers.get("if-range")
    if condition is not None and condition != etag:
        return whole  # the part belongs to another file, or to a date, which we do not give
    return asked_piece(ranges[0], size) or whole


class FileAnswer(Response):
    """A file that is read while it is sent."""

    def __init__(self, path: Path, piece: Piece, headers: Mapping[str, str]) -> None:
        told = {**headers, "Accept-Ranges": "bytes", "Content-Length": str(piece.length)}
        if not piece.is_all:
            told["Content-Range"] = f"bytes {piece.first}-{piece.last}/{piece.size}"
        super().__init__(status_code=200 if piece.is_all else 206, headers=told)
        self.headers["Content-Length"] = str(piece.length)
        self._path, self._piece = path, piece

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Send it; of a HEAD request the headers alone."""
        with await asyncio.to_thread(open, self._path, "rb", opener=not_following) as file:
            start = {"status": self.status_code, "headers": self.raw_headers}
            await send({"type": "http.response.start", **start})
            if scope.get(ASKED_METHOD) != "HEAD":
                await self._send_piece(file, send)
            await send({"type": "http.response.body", "body": b""})

    async def _send_piece(self, file: BinaryIO, send: Send) -> None:
        left = self._piece.length
        await asyncio.to_thread(file.seek, self._piece.first)
        while left:
            data = await asyncio.to_thread(file.read, min(left, PIECE_BYTES))
            if not data:  # it was deleted and cut short under our hands; the length tells
                return
            left -= len(data)
            await send({"type": "http.response.body", "body": data, "more_body": True})


def disposition(name: str) -> str:
    """`Content-Disposition` of a download with this name (RFC 6266): never shown in the page."""
    plain = re.sub(r"[^\w .()-]", "_", name, flags=re.ASCII)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
