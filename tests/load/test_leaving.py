"""B13: a client that leaves is a line for those who debug, and nobody's mistake."""

import asyncio
import socket
import struct

import pytest

from tests.load.serving import HOST, Server, served

FORM = b"multipart/form-data; boundary=x"
PART = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\nRIFF'
POSTS = [
    (path, kind, begun)
    for path in (b"/v1/library/tracks", b"/upload", b"/v1/collections", b"/collections")
    for kind, begun in ((FORM, PART + b"0" * 100_000), (b"application/json", b'{"name":"x",'))
]
READS = [b"/", b"/library", b"/v1/library/tracks", b"/v1/sources", b"/docs", b"/openapi.json"]
AT_ONCE = struct.pack("ii", 1, 0)  # SO_LINGER: a reset instead of a farewell


async def leave(server: Server, sent: bytes, *, reset: bool, after_s: float) -> None:
    """Send this and go away."""
    _, writer = await asyncio.open_connection(HOST, server.port)
    writer.write(sent)
    await writer.drain()
    await asyncio.sleep(after_s)
    if reset:
        sock = writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
        writer.transport.abort()
    writer.close()


@pytest.mark.parametrize("reset", [False, True])
async def test_b13_whoever_leaves_leaves_no_traceback(tmp_path, reset):
    """In the middle of a form, of a list, of an answer; politely or by a reset."""
    async with served(tmp_path, {}, app="web.app:app") as server:
        host = b"Host: 127.0.0.1:%d\r\n" % server.port
        partings = [
            leave(
                server,
                b"POST %b HTTP/1.1\r\n%bContent-Type: %b\r\nContent-Length: 900000\r\n\r\n%b"
                % (path, host, kind, begun),
                reset=reset,
                after_s=0.3,
            )
            for path, kind, begun in POSTS
        ]
        partings += [
            leave(server, b"GET %b HTTP/1.1\r\n%b\r\n" % (path, host), reset=reset, after_s=after_s)
            for path in READS
            for after_s in (0, 0.02)
        ]
        await asyncio.gather(*partings)
        await asyncio.sleep(0.5)
        told = server.log.read_text(encoding="utf-8")

    assert "Traceback" not in told
    assert "failed" not in told
    assert "Exception" not in told
