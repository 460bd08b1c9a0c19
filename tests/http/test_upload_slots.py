"""R-29 (B9): unfinished uploads hold four places and bounded disk, however many there are.

Sent over loopback, as a stranger would. A place is given back whatever becomes of the upload.
"""

import asyncio
import json
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from fastapi import Request

from api.http.upload_slots import PLACES, UploadSlots
from api.system.disk_space import DiskSpace
from tests.browser.serving import served
from tests.library.own_files import TRACKS, is_problem, send, song
from tests.routes.product import opened, settings_of
from web.app import create_app

HEAD = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n'
SENT = 300_000
MANY = 12
LISTS = "/v1/collections"


@pytest.fixture
def server(tmp_path):
    """The product on a port of loopback, without sources and without a worker."""
    with served(create_app(settings_of(None, tmp_path / "data"))) as address:
        yield int(address.rsplit(":", 1)[1])


class Upload:
    """A form on its way, of which only the first part ever comes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def answer(self, within_s: float = 10) -> tuple[int, dict[str, str], bytes] | None:
        """What it is answered; None if nothing comes."""
        try:
            async with asyncio.timeout(within_s):
                head = (await self.reader.readuntil(b"\r\n\r\n")).decode().splitlines()
                headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in head[1:-1])}
                body = await self.reader.readexactly(int(headers["content-length"]))
                return int(head[0].split()[1]), headers, body
        except (TimeoutError, OSError, asyncio.IncompleteReadError):
            return None


@asynccontextmanager
async def begun(port: int, path: str, *, length: str = "Content-Length: 20000000", sent=SENT):
    """An upload that is begun; at the end its sender hangs up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    lines = f"POST {path} HTTP/1.1", "Host: 127.0.0.1", length
    head = "\r\n".join([*lines, "Content-Type: multipart/form-data; boundary=x", "", ""])
    body = HEAD + bytes(sent)
    if "chunked" in length:
        body = b"%x\r\n%s\r\n" % (len(body), body)
    writer.write(head.encode() + body)
    try:
        yield Upload(reader, writer)
    finally:
        writer.transport.abort()


async def many(closing: AsyncExitStack, port: int, path: str, **more) -> list[Upload]:
    """Twelve of them, one after the other."""
    uploads = []
    for _ in range(MANY):
        uploads.append(await closing.enter_async_context(begun(port, path, **more)))
        await asyncio.sleep(0.05)
    return uploads


def incoming(folder: Path) -> list[int]:
    """The sizes of what is being received."""
    return [path.stat().st_size for path in (folder / "data" / "library" / "incoming").glob("*")]


async def until(fulfilled) -> None:
    """Wait for it, five seconds at most."""
    async with asyncio.timeout(5):
        while not fulfilled():  # noqa: ASYNC110  # it is on the disk, or another's number
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("path", [TRACKS, "/upload"])
@pytest.mark.parametrize("length", ["Content-Length: 20000000", "Transfer-Encoding: chunked"])
async def test_b9_twelve_unfinished_uploads_hold_four_places(server, tmp_path, path, length):
    """The others are told when to come again, before they are read; then all is as before."""
    async with AsyncExitStack() as closing:
        uploads = await many(closing, server, path, length=length)
        answers = await asyncio.gather(*(upload.answer(1) for upload in uploads))
        held = incoming(tmp_path)
        refused = [answer for answer in answers if answer]
    await until(lambda: not incoming(tmp_path))
    async with begun(server, path, sent=0, length="Content-Length: 67") as upload:
        upload.writer.write(b"")
        again = await upload.answer(5)

    assert sum(answer is None for answer in answers) == PLACES
    assert {status for status, _, _ in refused} == {503}
    assert all(int(headers["retry-after"]) >= 1 for _, headers, _ in refused)
    assert all("as many as may at once" in body.decode() for _, _, body in refused)
    assert len(held) == PLACES
    assert sum(held) <= PLACES * SENT
    assert again is None or again[0] != 503


async def test_b9_lists_have_places_of_their_own(server, tmp_path):
    """Whoever sends large files keeps nobody from pasting a list, nor the other way round."""
    async with AsyncExitStack() as closing:
        lists = await many(closing, server, LISTS, length="Content-Length: 1900000", sent=100_000)
        answers = await asyncio.gather(*(one.answer(1) for one in lists))
        async with begun(server, TRACKS) as file:
            other = await file.answer(0.5)
            there = len(incoming(tmp_path))

    statuses = [answer and answer[0] for answer in answers]
    problems = [json.loads(answer[2]) for answer in answers if answer]
    assert (statuses.count(None), statuses.count(503)) == (PLACES, MANY - PLACES)
    assert {problem["type"] for problem in problems} == {"/problems/queue-full"}
    assert "4 lists are being sent" in problems[0]["detail"]
    assert (other, there) == (None, 1)


@pytest.fixture
async def product(tmp_path):
    """The API in the test's loop; two files may wait, a file may have a megabyte."""
    async with opened(None, tmp_path, queue=2, upload_mb=1) as product:
        yield product


async def test_b9_a_place_is_given_back_whatever_happens(product, monkeypatch):
    """Taken, refused, too large, no form at all, cancelled, broken: none of it keeps a place."""
    own = product.app.state.parts.own
    answers = [
        await send(product, song()),
        await send(product, b"no music"),
        await send(product, bytes(2 << 20)),
        await send(product, song(), colour="blue"),
        await product.client.post(TRACKS, content=b"{}"),
        await product.client.post(LISTS, content=b"{}"),
        await product.client.post(LISTS, files={"file": ("x.csv", b"junk")}),
    ]
    for _ in range(PLACES + 1):
        upload = asyncio.create_task(product.client.post(TRACKS, content=endless(), headers=FORM))
        await until(lambda: own.limits.files.taken == 1)
        upload.cancel()
        await asyncio.gather(upload, return_exceptions=True)

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(own.audio_store, "incoming", broken)
    crashed = await send(product, song(7))

    assert {answer.status_code for answer in answers} == {202, 413, 415, 422}
    assert is_problem(crashed, "internal")
    assert (own.limits.files.taken, own.limits.lists.taken) == (0, 0)


FORM = {"Content-Type": "multipart/form-data; boundary=x"}


async def endless():
    """A form that never ends, and comes slowly."""
    yield HEAD
    while True:
        yield bytes(100)
        await asyncio.sleep(0.05)


async def never():
    """A body that nobody may ask for."""
    raise AssertionError("a byte of it was read")
    yield b""


async def test_b9_the_queue_is_asked_before_a_byte_is_read(product):
    """Two files wait, which is as many as may: the third is refused unread."""
    for seconds in (6, 7):
        await send(product, song(seconds))
    answer = await product.client.post(TRACKS, content=never(), headers=FORM)

    assert is_problem(answer, "queue-full")
    assert int(answer.headers["retry-after"]) >= 1


async def test_b9_whoever_comes_when_all_places_are_taken_is_not_read(product):
    """Neither a file nor a list."""
    own = product.app.state.parts.own
    own.limits.files.taken = own.limits.lists.taken = PLACES
    answers = [
        await product.client.post(path, content=never(), headers=FORM) for path in (TRACKS, LISTS)
    ]

    assert all(is_problem(answer, "queue-full") for answer in answers)


@pytest.mark.parametrize("length", ["9" * 30, "²", "-1", "1e9", "", "0x10"])
async def test_a_length_that_is_no_number_is_not_believed(product, length):
    """The bytes are counted as they come."""
    headers = {**FORM, "Content-Length": length.encode()}
    answer = await product.client.post(TRACKS, content=b"--x--\r\n", headers=headers)

    assert answer.status_code == 422


@pytest.mark.parametrize(("sizes", "tidied"), [([300_000, 300_000], 1), ([3_000], 0)])
async def test_memory_is_given_back_after_the_last_of_long_lists(tmp_path, sizes, tidied):
    """Once for all that were under way, and not after a short one."""
    calls: list[int] = []
    slots = UploadSlots("lists", DiskSpace((tmp_path,)), margin=0, tidy=lambda: calls.append(1))

    async with AsyncExitStack() as stack:
        for size in sizes:
            scope = {"type": "http", "headers": [(b"content-length", b"%d" % size)]}
            await stack.enter_async_context(slots.place(Request(scope)))
        assert calls == []

    assert len(calls) == tidied
