"""Negotiate and apply content encodings, for every answer in one place (RFC 9110 §8.4, §12.5.3)."""

from __future__ import annotations

import asyncio
import re
import zlib
from collections.abc import MutableMapping
from functools import lru_cache
from typing import Any

from backports import zstd
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Receive, Scope, Send

IDENTITY, GZIP, ZSTD = "identity", "gzip", "zstd"
TAG_SUFFIX = {IDENTITY: "", GZIP: "-gz", ZSTD: "-zst"}
WORTH_ENCODING_BYTES = 1_000
OFF_THE_LOOP_BYTES = 32_000
GZIP_LEVEL = 5
MOST_ACCEPTED_BYTES = 256
_QUALITY = re.compile(r"q\s*=\s*([0-9.]+)")
_TEXT = re.compile(r"text/|application/(json|problem\+json|javascript|xml)|image/svg\+xml")
_WHOLE = frozenset({200, 201, 202})  # and every error; a part of a file keeps its own bytes

Message = MutableMapping[str, Any]


def negotiate(accept: bytes) -> str:
    """The encoding the client likes best; of those it likes alike, zstd before gzip before none.

    Who writes far more than there are encodings gets none, and nothing of what is sent is kept.
    """
    if len(accept) > MOST_ACCEPTED_BYTES:
        return IDENTITY
    weights: dict[str, float] = {}
    for offer in accept.decode("latin-1").lower().split(","):
        coding, _, parameters = offer.partition(";")
        weights[coding.strip()] = _weight(parameters)
    wanted = {name: weights.get(name, weights.get("*", 0.0)) for name in (ZSTD, GZIP)}
    best = max(wanted, key=lambda name: wanted[name])
    return best if wanted[best] > 0 and wanted[best] >= weights.get(IDENTITY, 0.0) else IDENTITY


def _weight(parameters: str) -> float:
    match = _QUALITY.search(parameters) if parameters else None
    try:
        return float(match.group(1)) if match else 1.0
    except ValueError:
        return 0.0


def forms(tag: str) -> set[str]:
    """The tags of one body in each of its encodings; all without quotes."""
    return {f"{tag}{suffix}" for suffix in TAG_SUFFIX.values()}


async def encode(body: bytes, encoding: str) -> bytes:
    """The body in an encoding; large ones are packed off the loop."""
    if len(body) < OFF_THE_LOOP_BYTES:
        return _pack(body, encoding)
    return await asyncio.to_thread(_pack, body, encoding)


def _pack(body: bytes, encoding: str) -> bytes:
    if encoding == ZSTD:
        return zstd.compress(body)
    packer = zlib.compressobj(GZIP_LEVEL, zlib.DEFLATED, 31)
    return packer.compress(body) + packer.flush()


@lru_cache(maxsize=64)  # static files: some twenty, each in two encodings
def _pack_for_ever(body: bytes, encoding: str) -> bytes:
    return _pack(body, encoding)


class ContentEncoding:
    """Middleware: texts go out in the encoding the client likes best.

    Each encoded form of an answer with a strong ETag has a strong one of its own, as those of
    stored answers do: the bytes differ, and a weak one would fit no If-Match. What varies by
    Accept-Encoding already has been negotiated inside.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on, and encode what comes back."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        accepted = [value for name, value in scope["headers"] if name == b"accept-encoding"]
        await self._app(scope, receive, _Encoder(negotiate(b",".join(accepted)), send))


class _Encoder:
    """A `send` that holds the start of an answer back until its body is there."""

    def __init__(self, encoding: str, send: Send) -> None:
        self._encoding = encoding
        self._send = send
        self._start: Message | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_text(message):
            self._start = message
            return
        start, self._start = self._start, None
        if start is not None:
            headers = MutableHeaders(scope=start)
            headers.add_vary_header("Accept-Encoding")
            if not message.get("more_body") and self._is_worth_it(message.get("body", b"")):
                message = await self._encoded(headers, message)
            await self._send(start)
        await self._send(message)

    def _is_worth_it(self, body: bytes) -> bool:
        return self._encoding != IDENTITY and len(body) >= WORTH_ENCODING_BYTES

    async def _encoded(self, headers: MutableHeaders, message: Message) -> Message:
        body = message["body"]
        if "immutable" in headers.get("cache-control", ""):
            packed = await asyncio.to_thread(_pack_for_ever, body, self._encoding)
        else:
            packed = await encode(body, self._encoding)
        headers["content-encoding"] = self._encoding
        headers["content-length"] = str(len(packed))
        if (tag := headers.get("etag", "")).startswith('"'):
            headers["etag"] = f'{tag[:-1]}{TAG_SUFFIX[self._encoding]}"'
        return {**message, "body": packed}


def _is_text(start: Message) -> bool:
    headers = MutableHeaders(scope=start)
    whole = start["status"] in _WHOLE or start["status"] >= 400  # noqa: PLR2004  # the errors
    kind = _TEXT.match(headers.get("content-type", ""))
    negotiated = (
        "content-encoding" in headers or "accept-encoding" in headers.get("vary", "").lower()
    )
    return whole and kind is not None and not negotiated
