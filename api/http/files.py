"""Send a file, or the parts of it that a player asks for (RFC 9110 §14)."""

from __future__ import annotations

import asyncio
import os
import re
from http import HTTPStatus
from urllib.parse import quote

from starlette.responses import FileResponse
from starlette.types import Message, Receive, Scope, Send

from api.http.scope import ASKED_METHOD
from api.problems.errors import Refused
from api.system.data_folder import not_following

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


class RangeNotSatisfiable(Refused):
    """The part asked for lies beyond the file's end."""

    def __init__(self, size: int) -> None:
        super().__init__("range-not-satisfiable", f"The file has {size} bytes.")
        self.headers["Content-Range"] = f"bytes */{size}"


class PrivateFileResponse(FileResponse):
    """Starlette's, of a file that is no link, and with our own problems.

    A range that cannot be read, or is said twice, gets the whole file, as RFC 9110 §14.2 has it;
    it means something in a GET alone. Raises RangeNotSatisfiable.
    """

    chunk_size = 256 << 10

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it; of a HEAD request the headers alone."""
        method = scope.get(ASKED_METHOD, scope["method"])
        one_range = method == "GET" and [name for name, _ in scope["headers"]].count(b"range") == 1
        asked = {**scope, "method": method, "extensions": {}}  # no server opens our descriptor
        with await asyncio.to_thread(open, self.path, "rb", opener=not_following) as file:
            # What was opened, whatever its name leads to now.
            self.path = f"/dev/fd/{file.fileno()}"
            self.stat_result = os.fstat(file.fileno())
            self.set_stat_headers(self.stat_result)
            if not one_range or not await self._is_sent_in_part(asked, receive, send):
                await super().__call__(_without_range(asked), receive, send)

    async def _is_sent_in_part(self, scope: Scope, receive: Receive, send: Send) -> bool:
        assert self.stat_result is not None  # noqa: S101  # of the file that was opened
        size = self.stat_result.st_size

        async def in_our_words(message: Message) -> None:
            status = message.get("status")
            if status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
                raise RangeNotSatisfiable(size)
            if status == HTTPStatus.BAD_REQUEST:
                raise _UnreadableRange
            await send(message)

        try:
            await super().__call__(scope, receive, in_our_words)
        except _UnreadableRange:
            return False
        return True


class _UnreadableRange(Exception):
    pass


def _without_range(scope: Scope) -> Scope:
    return {**scope, "headers": [one for one in scope["headers"] if one[0] != b"range"]}


def disposition(name: str) -> str:
    """`Content-Disposition` of a download with this name (RFC 6266): never shown in the page."""
    plain = re.sub(r"[^\w .()-]", "_", name, flags=re.ASCII)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
