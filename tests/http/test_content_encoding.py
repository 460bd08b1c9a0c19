"""One negotiation for every answer, and the encodings it chooses from."""

import asyncio
import gzip

import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st
from starlette.responses import Response, StreamingResponse

from api.http.content_encoding import (
    GZIP,
    IDENTITY,
    OFF_THE_LOOP_BYTES,
    ZSTD,
    ContentEncoding,
    encode,
    negotiate,
)

LARGE = b'{"name":"' + b"x" * 2_000 + b'"}'


@pytest.mark.parametrize(
    ("accept", "encoding"),
    [
        (b"", IDENTITY),
        (b"gzip", GZIP),
        (b"gzip, deflate, br, zstd", ZSTD),
        (b"GZIP", GZIP),
        (b"gzip;q=1.0, zstd;q=0.5", GZIP),
        (b"gzip;q=0, *", ZSTD),
        (b"*;q=0", IDENTITY),
        (b"*", ZSTD),
        (b"zstd;q=0, gzip;q=0", IDENTITY),
        (b"gzip ; q = 0.3", GZIP),
        (b"gzip;q=1.2.3", IDENTITY),
        (b"gzip;level=9", GZIP),
        (b"br", IDENTITY),
        (b"identity;q=1, gzip;q=0.5", IDENTITY),
        (b"identity;q=0.5, gzip", GZIP),
        (b"identity, *;q=0", IDENTITY),
        (b"\xff\xfe", IDENTITY),
    ],
)
def test_encodings_are_negotiated(accept, encoding):
    """Zstd before gzip before none, as far as the client takes them; what is senseless is a no."""
    assert negotiate(accept) == encoding


@given(st.binary(max_size=60))
def test_no_accept_encoding_breaks_it(accept):
    """Whatever bytes a client sends."""
    assert negotiate(accept) in {IDENTITY, GZIP, ZSTD}


@pytest.mark.parametrize("body", [LARGE, b"y" * OFF_THE_LOOP_BYTES], ids=["on", "off the loop"])
async def test_encoded_bodies_unpack_to_the_same(body):
    """Also the large ones, which are packed in a thread."""
    assert gzip.decompress(await encode(body, GZIP)) == body
    assert zstd.decompress(await encode(body, ZSTD)) == body


async def sent(response, accept=b"gzip"):
    """The headers and the body that a client gets of a response."""
    messages = []
    scope = {"type": "http", "method": "GET", "headers": [(b"accept-encoding", accept)]}

    async def keep(message):
        messages.append(message)

    async def listen():
        await asyncio.Event().wait()

    await ContentEncoding(response)(scope, listen, keep)
    start, *bodies = messages
    headers = {name.decode(): value.decode() for name, value in start["headers"]}
    return headers, b"".join(message.get("body", b"") for message in bodies)


@pytest.mark.parametrize(
    "accept", [b"gzip;q=0", b"gzip; q=0.000", b"br", b"", b"zstd;q=0,gzip;q=0"]
)
@pytest.mark.parametrize("status", [200, 404])
async def test_a_refused_encoding_is_not_used(accept, status):
    """`q=0` means no, in every answer; the ETag of the bytes as they are stays strong."""
    headers, body = await sent(Response(LARGE, status, {"ETag": '"a"'}, "text/html"), accept)

    assert body == LARGE
    assert "content-encoding" not in headers
    assert (headers["etag"], headers["vary"]) == ('"a"', "Accept-Encoding")


@pytest.mark.parametrize("kept", ["no-store", "public, max-age=31536000, immutable"])
@pytest.mark.parametrize(
    ("accept", "unpack", "tag"),
    [(b"gzip", gzip.decompress, '"a-gz"'), (b"zstd", zstd.decompress, '"a-zst"')],
)
async def test_a_text_goes_out_in_the_encoding_the_client_likes_best(accept, unpack, tag, kept):
    """Other bytes cannot go by the same strong ETag, so an encoded form has one of its own."""
    response = Response(LARGE, 200, {"ETag": '"a"', "Cache-Control": kept}, "image/svg+xml")

    headers, body = await sent(response, accept)

    assert unpack(body) == LARGE
    assert int(headers["content-length"]) == len(body)
    assert (headers["content-encoding"], headers["etag"]) == (accept.decode(), tag)


@pytest.mark.parametrize(
    "response",
    [
        Response(LARGE, media_type="audio/flac"),
        Response(LARGE, 206, media_type="text/plain"),
        Response(LARGE, headers={"Content-Encoding": "br"}, media_type="text/html"),
        Response(LARGE, headers={"Vary": "Accept-Encoding"}, media_type="application/json"),
        Response(b"{}", media_type="application/json"),
        StreamingResponse(iter([LARGE, LARGE]), media_type="text/html"),
    ],
    ids=["sound", "a part", "encoded already", "negotiated already", "small", "a stream"],
)
async def test_what_is_better_left_alone_goes_out_as_it_is(response):
    """Sound, parts, what has an encoding, what is small, what comes in pieces."""
    headers, body = await sent(response)

    assert body in {LARGE, LARGE * 2, b"{}"}
    assert headers.get("content-encoding") in {None, "br"}


async def test_other_protocols_pass():
    """The life of the server is no request."""
    seen: list[object] = []

    async def app(_scope, receive, send):
        seen.extend((receive, send))

    async def receive():
        raise AssertionError

    async def send(_message):
        raise AssertionError

    await ContentEncoding(app)({"type": "lifespan"}, receive, send)

    assert seen == [receive, send]
