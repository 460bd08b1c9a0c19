"""Faults of the wire: what a broken network or server does below or beside HTTP."""

import asyncio
import time
import zlib
from collections.abc import Iterator
from dataclasses import replace
from email.utils import formatdate
from http import HTTPStatus

from tests.sandbox.answers import JSON_TYPE, Answer
from tests.sandbox.injection import Call
from tests.sandbox.server import Channel

MEBIBYTE = 1024 * 1024
HEADER_BYTES = 65_536


def silence(_call: Call) -> Answer:
    """Accept the request and say nothing until the caller leaves."""

    async def write(channel: Channel, _answer: Answer) -> None:
        while await channel.reader.read(1024):
            pass

    return Answer(wire=write)


def reset_mid_body(call: Call) -> Answer:
    """Announce the whole body, send half of it, then RST."""

    async def write(channel: Channel, answer: Answer) -> None:
        await channel.send(head(answer) + answer.body[: len(answer.body) // 2])
        await asyncio.sleep(call.option("pause_s", 0.02))  # RST would overtake what is unsent
        channel.reset()

    return replace(call.full(), wire=write)


def drip(call: Call) -> Answer:
    """Send the body a byte at a time, one a second; option interval_s."""

    async def write(channel: Channel, answer: Answer) -> None:
        await channel.send(head(answer))
        for place in range(len(answer.body)):
            await asyncio.sleep(call.option("interval_s", 1))
            await channel.send(answer.body[place : place + 1])

    return replace(call.full(), wire=write)


def truncated_chunks(call: Call) -> Answer:
    """Announce a chunk, send part of it and close."""

    async def write(channel: Channel, answer: Answer) -> None:
        size = f"{len(answer.body):x}\r\n".encode()
        await channel.send(head(_chunked(answer)) + size + answer.body[: len(answer.body) // 2])
        channel.writer.write_eof()

    return replace(call.full(), wire=write)


def gzip_bomb(call: Call) -> Answer:
    """Send some KB that unpack to 10 MB of valid JSON; option megabytes, up to 10,000."""

    async def write(channel: Channel, _answer: Answer) -> None:
        headers = {"content-type": JSON_TYPE, "content-encoding": "gzip"}
        await channel.send(head(_chunked(Answer(200, headers=headers))))
        for packed in _packed(call.option("megabytes", 10)):
            await channel.send(f"{len(packed):x}\r\n".encode() + packed + b"\r\n")
        await channel.send(b"0\r\n\r\n")

    return Answer(wire=write)


def duplicate_content_length(call: Call) -> Answer:
    """Send two Content-Length headers that contradict each other."""

    async def write(channel: Channel, answer: Answer) -> None:
        status, _, rest = head(answer).partition(b"\r\n")
        await channel.send(status + b"\r\ncontent-length: 7\r\n" + rest + answer.body)
        channel.writer.write_eof()

    return replace(call.full(), wire=write)


def huge_header(call: Call) -> Answer:
    """Send a header of 64 KB."""
    return call.full().but(x_padding="x" * HEADER_BYTES)


def clock_skew(call: Call) -> Answer:
    """Send a Date an hour ahead, then an hour behind, in turns; option seconds."""
    seconds = call.option("seconds", 3600) * (1 if call.hit % 2 else -1)
    return call.proceed().but(date=formatdate(time.time() + seconds, usegmt=True))


def head(answer: Answer) -> bytes:
    """Write status line and headers by hand, closing the connection afterwards."""
    phrase = HTTPStatus(answer.status).phrase
    lines = [f"HTTP/1.1 {answer.status} {phrase}", "connection: close"]
    lines += [f"{name}: {value}" for name, value in answer.headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def _chunked(answer: Answer) -> Answer:
    return answer.without("content-length").but(transfer_encoding="chunked")


def _packed(megabytes: int) -> Iterator[bytes]:
    """Gzip a JSON object with one long string, a piece per megabyte."""
    packer = zlib.compressobj(9, wbits=31)
    yield packer.compress(b'{"name":"') + packer.flush(zlib.Z_SYNC_FLUSH)
    for _ in range(megabytes):
        yield packer.compress(b" " * MEBIBYTE) + packer.flush(zlib.Z_SYNC_FLUSH)
    yield packer.compress(b'"}') + packer.flush()
