"""A form with one file: every shape it can arrive in, and what it is refused for."""

import asyncio
import random
import time
import weakref
from contextlib import suppress
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import Any

import pytest
from fastapi import Request

from api.http import multipart
from api.http.multipart import MOST_AROUND_BYTES, SPOOL_BYTES, receive, receive_spooled
from api.problems.errors import InvalidRequest, PlainHttp, Refused

KNOWN = {"title"}
CONTENT = bytes(range(256)) * 50
CONTENT_BYTES = len(CONTENT)
BOUNDARY = "--x"


def part(name: str, value: bytes, filename: str | None = None, more: bytes = b"") -> bytes:
    """One part of a form."""
    named = f'form-data; name="{name}"' + ("" if filename is None else f'; filename="{filename}"')
    head = f"--{BOUNDARY}\r\nContent-Disposition: {named}\r\n".encode() + more
    return head + b"\r\n" + value + b"\r\n"


END = f"--{BOUNDARY}--\r\n".encode()
FILE = part("file", CONTENT, "a.wav")


def request(body: bytes, *, step: int = 100, cut: bool = False, **headers: str) -> Request:
    """The request as it arrives, in pieces; cut off before its end if asked."""
    told = {"content_type": f"multipart/form-data; boundary={BOUNDARY}", **headers}
    pieces = [body[at : at + step] for at in range(0, len(body), step)] or [b""]
    messages = [
        {"type": "http.request", "body": piece, "more_body": cut or at < len(pieces) - 1}
        for at, piece in enumerate(pieces)
    ]
    messages += [{"type": "http.disconnect"}] if cut else []
    waiting = iter(messages)

    async def receive_next():
        return next(waiting)

    raw = [(name.replace("_", "-").encode(), text.encode()) for name, text in told.items()]
    return Request({"type": "http", "method": "POST", "headers": raw}, receive_next)


async def received(tmp_path, asked: Request, most_bytes: int = 1 << 20):
    """The form, with its file in a folder of the test's."""
    return await receive(asked, tmp_path / "in", known=KNOWN, most_bytes=most_bytes)


@pytest.mark.parametrize("step", [1, 7, 100, 1 << 20])
async def test_a_form_is_read_however_it_is_cut(tmp_path, step):
    """Fields, file name, size and digest, and the bytes on disk."""
    body = part("title", " Käse ".encode()) + FILE + END
    form = await received(tmp_path, request(body, step=step))

    assert form.fields == {"title": "Käse"}
    assert (form.file.name, form.file.size_bytes) == ("a.wav", len(CONTENT))
    assert (tmp_path / "in").read_bytes() == CONTENT
    assert len(form.file.sha256) == 64


async def test_what_looks_like_a_boundary_is_not_lost(tmp_path):
    """Bytes of the file that begin like one stay in the file."""
    chance = random.Random(1)
    content = b"".join(
        chance.choice((b"\r\n", b"\r\n----", b"--", b"\r", b"y")) for _ in range(5_000)
    )
    form = await received(tmp_path, request(part("file", content, "a") + END, step=33))

    assert (tmp_path / "in").read_bytes() == content
    assert form.file.size_bytes == len(content)


async def test_other_headers_of_a_part_and_empty_fields_do_not_matter(tmp_path):
    """A browser says what it takes the file for; nobody believes it."""
    file = part("file", CONTENT, "", b"Content-Type: text/html\r\nX: y\r\n")
    form = await received(tmp_path, request(part("title", b"") + file + END))

    assert (form.fields, form.file.name) == ({}, "")


LATIN = part("title", b"\xe4") + FILE + END


async def test_text_that_is_not_utf_8_is_read_as_latin_1(tmp_path):
    """Rather than refused."""
    assert (await received(tmp_path, request(LATIN))).fields == {"title": "ä"}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (END, "body/file"),
        (part("file", b"", "") + END, "body/file"),
        (FILE + FILE + END, "body/file"),
        (part("title", b"a") * 2 + FILE + END, "body/title"),
        (part("colour", b"a") + FILE + END, "body/colour"),
        (part("title", b"a" * 5_000) + FILE + END, "body/title"),
        (FILE, "body"),
        (b"", "body"),
        (b"nonsense", "body"),
        (FILE + END[:-4] + b"?", "body"),
        (b"\r\n" * MOST_AROUND_BYTES, "body"),
    ],
)
async def test_what_is_no_such_form_is_refused(tmp_path, body, pointer):
    """With a pointer to what is wrong."""
    with pytest.raises(InvalidRequest) as refusal:
        await received(tmp_path, request(body))

    assert refusal.value.errors[0].pointer == pointer


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data", "text/plain", ""])
async def test_another_content_type_is_refused(tmp_path, kind):
    """Before anything is read."""
    with pytest.raises(InvalidRequest) as refusal:
        await received(tmp_path, request(FILE + END, content_type=kind))

    assert refusal.value.errors[0].pointer == "header/content-type"


@pytest.mark.parametrize("told", [{"content_length": "999999"}, {}, {"content_length": "lies"}])
async def test_a_large_file_is_refused_in_mid_stream(tmp_path, told):
    """By its length where that is told, else as soon as there are too many bytes."""
    with pytest.raises(Refused) as refusal:
        await received(tmp_path, request(FILE + END, **told), most_bytes=1_000)

    assert refusal.value.slug == "file-too-large"
    written = tmp_path / "in"
    assert not written.exists() or written.stat().st_size <= 1_000


def counted(body: bytes, **headers: Any) -> tuple[Request, list[int]]:
    """The request, and a list that grows by one number with each piece that is read of it."""
    asked, read = request(body, step=1_000, **headers), []
    inner = asked._receive

    async def counting():
        read.append(1)
        return await inner()

    asked._receive = counting
    return asked, read


@pytest.mark.parametrize(
    "body",
    [
        FILE + END + b"y" * (1 << 20),
        b"y" * (1 << 20) + b"\r\n" + FILE + END,
        part("file", CONTENT, "a", b"X: " + b"y" * (1 << 20) + b"\r\n") + END,
        part("file", CONTENT, "a" * (1 << 20)) + END,
        part("file", CONTENT, "a", b"X: y\r\n" * (1 << 17)) + END,
    ],
    ids=["behind it", "before it", "a long header", "a long name", "many headers"],
)
async def test_a_form_with_far_more_around_its_file_is_not_read_to_its_end(tmp_path, body):
    """Whatever it is that is around: a file of 12 KB takes no megabyte of form."""
    asked, read = counted(body)
    with pytest.raises(InvalidRequest) as refusal:
        await received(tmp_path, asked, most_bytes=CONTENT_BYTES)

    assert refusal.value.errors[0].pointer == "body"
    assert len(read) * 1_000 < len(body) / 2


AROUND = part("title", b"a" * 4_096) + part("file", b"", "a") + END
LONGEST = (
    part("title", b"a" * 4_096)
    + part("file", CONTENT, "a")
    + END
    + b"y" * (MOST_AROUND_BYTES - len(AROUND))
)


async def test_the_bounds_themselves_are_within_the_bounds(tmp_path):
    """A file, a field and what is around them may be just as large as is said."""
    form = await received(tmp_path, request(LONGEST, step=1_000), most_bytes=CONTENT_BYTES)

    assert (len(form.fields["title"]), form.file.size_bytes) == (4_096, CONTENT_BYTES)


@pytest.mark.parametrize(
    ("body", "most_bytes", "kind"),
    [
        (part("title", b"a" * 4_097) + FILE + END, CONTENT_BYTES, InvalidRequest),
        (FILE + END, CONTENT_BYTES - 1, Refused),
        (LONGEST + b"y", CONTENT_BYTES, InvalidRequest),
    ],
)
async def test_one_byte_more_is_too_much(tmp_path, body, most_bytes, kind):
    """Of a field, of the file, and of what is around them."""
    with pytest.raises(kind):
        await received(tmp_path, request(body), most_bytes=most_bytes)


async def test_what_says_beforehand_that_it_is_too_large_is_not_read_at_all(tmp_path):
    """Its sender is spared the sending; what just fits by its length is read."""
    most = CONTENT_BYTES + MOST_AROUND_BYTES
    asked, read = counted(FILE + END, content_length=str(most + 1))
    with pytest.raises(Refused) as refusal:
        await received(tmp_path, asked, most_bytes=CONTENT_BYTES)
    fitting = request(FILE + END, content_length=str(most))
    form = await received(tmp_path, fitting, most_bytes=CONTENT_BYTES)

    assert (refusal.value.slug, read) == ("file-too-large", [])
    assert form.file.size_bytes == CONTENT_BYTES


async def test_whoever_hangs_up_is_not_our_mistake(tmp_path):
    """The form ends before it is complete."""
    with pytest.raises(PlainHttp) as refusal:
        await received(tmp_path, request(FILE, cut=True))

    assert refusal.value.status == 400


async def test_whoever_is_cancelled_writes_no_more(tmp_path, monkeypatch):
    """What is left by an upload that is given up can be removed for good."""
    write = multipart._FileSink.write

    def slowly(sink, data):
        time.sleep(0.1)
        write(sink, data)

    monkeypatch.setattr(multipart._FileSink, "write", slowly)
    receiving = asyncio.create_task(received(tmp_path, request(FILE + END)))
    await asyncio.sleep(0.05)
    receiving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await receiving
    (tmp_path / "in").unlink()
    await asyncio.sleep(0.2)

    assert not (tmp_path / "in").exists()


@pytest.mark.parametrize("seed", range(40))
async def test_a_spoilt_form_is_read_or_refused(tmp_path, seed):
    """Whatever the bytes, nothing but our own errors."""
    chance = random.Random(seed)
    body = bytearray(part("title", b"a") + FILE + END)
    for _ in range(chance.choice((1, 5, 50))):
        body[chance.randrange(len(body))] = chance.randrange(256)
    with suppress(InvalidRequest, Refused):
        form = await received(tmp_path, request(bytes(body), step=chance.randrange(1, 3_000)))
        assert form.file.size_bytes == (tmp_path / "in").stat().st_size


def spooled(asked: Request, most_bytes: int = 3 * SPOOL_BYTES):
    """The form of a list."""
    return receive_spooled(asked, asked.stream(), known=KNOWN, most_bytes=most_bytes)


@pytest.mark.parametrize(
    ("size", "on_disk"), [(0, False), (1, False), (SPOOL_BYTES, False), (SPOOL_BYTES + 1, True)]
)
async def test_a_long_list_waits_on_the_disk(size, on_disk):
    """It is read from its first byte; a short one is in memory, and an empty one is none."""
    content = random.Random(3).randbytes(size)
    body = part("title", b"Mine") + part("file", content, "a.csv") + END
    async with spooled(request(body, step=1 << 16)) as form:
        file: Any = form.file
        told = None if file is None else (file.read(), file._rolled)

    assert told == ((content, on_disk) if size else None)
    assert (form.fields, form.file_name) == ({"title": "Mine"}, "a.csv")


@pytest.mark.parametrize("end", [END, b"", b"nonsense"], ids=["whole", "cut off", "no form"])
async def test_the_file_of_a_list_is_closed_whatever_happens(monkeypatch, end):
    """After it was read, after whoever reads it failed, and where the form is none."""
    opened: list[Any] = []

    def kept(size):
        opened.append(SpooledTemporaryFile(size))  # noqa: SIM115  # closing it is what is tried
        return opened[-1]

    monkeypatch.setattr(multipart, "SpooledTemporaryFile", kept)
    body = part("file", b"y" * 2 * SPOOL_BYTES, "a.csv") + end
    with suppress(InvalidRequest, LookupError):
        async with spooled(request(body, step=1 << 16)):
            raise LookupError

    assert [(file._rolled, file.closed) for file in opened] == [(True, True)]


def test_what_was_read_of_a_form_is_no_garbage():
    """Nothing of it stays in memory until somebody looks for circles: a list's text is long."""
    sink = multipart._SpoolSink(BytesIO())
    reader = multipart._FormReader(BOUNDARY.encode(), sink, KNOWN, most_field_bytes=4_096)
    reader.feed(part("title", b"a") + END)
    parts = weakref.ref(reader._parts)

    assert reader.finish()[0] == {"title": "a"}
    del reader
    assert parts() is None
