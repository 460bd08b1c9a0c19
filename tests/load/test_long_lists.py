"""R-26 (lines): eight lists of 1.8 MB at once, of whatever they are made, hold up nobody else."""

import asyncio
import json
import random
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.load.asking import HOST, Line, Reply, percentile
from tests.load.serving import served
from tests.sampling import WHOLE
from tests.sandbox import id_of

BYTES = 1_800_000 if WHOLE else 600_000
AT_ONCE = 8 if WHOLE else 3
EDGE = "edge-of-the-form"
BREATH_S = 0.02
OTHERS = ("/", "/sources", "/v1/library/tracks", "/healthz")
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def full_of(text: str) -> str:
    """1.8 MB of it."""
    return text * (min(BYTES // len(text), BYTES // len(json.dumps(text))))


def chance_lines(letters: str, length: int) -> str:
    """Lines of this length, made by chance."""
    chance = random.Random(7)
    return "\n".join("".join(chance.choices(letters, k=length)) for _ in range(BYTES // length))


JUNK = {
    "lines of one letter": full_of("x\n"),
    "empty lines": full_of("\n"),
    "long junk, as many lines as may be": "\n".join(
        chance_lines(f"{LETTERS} :/?&=%,.", 180).splitlines()[:10_000]
    ),
    "links on one line": " ".join(
        f"https://open.spotify.com/track/{id_of('track', number)}" for number in range(33_000)
    ),
    "links, as many as may be": "\n".join(
        f"https://open.spotify.com/track/{id_of('track', number)}?si=x" for number in range(10_000)
    ),
    "columns on one line": ",".join(f"c{number}" for number in range(250_000))[:BYTES],
    "quotation marks": full_of('"\n'),
    "open quotations": "Track URI,Name\n" + full_of('"a,b\n'),
    "numbers in JSON": f"[{full_of('1,')}1]",
    "deep JSON": full_of('{"a":['),
    "half an id, again and again": full_of("track/ab\n"),
}


@dataclass(frozen=True, slots=True)
class Door:
    """A way in for lists."""

    path: str
    is_json: bool
    part: str = ""

    def request(self, text: str) -> bytes:
        """The whole request, made before any clock starts."""
        if self.is_json:
            body = json.dumps({"name": "x", "items": [text]}, ensure_ascii=False).encode()
        else:
            part = f"Content-Disposition: form-data; {self.part}\r\n\r\n{text}"
            body = f"--{EDGE}\r\n{part}\r\n--{EDGE}--\r\n".encode()
        kind = "application/json" if self.is_json else f"multipart/form-data; boundary={EDGE}"
        head = f"POST {self.path} HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: {kind}\r\n"
        return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


DOORS = (
    Door("/v1/collections", is_json=True),
    Door("/collections", is_json=False, part='name="file"; filename="x.csv"'),
    Door("/collections", is_json=False, part='name="items"'),
)


async def sent(port: int, request: bytes) -> int:
    """The status that the answer to it has."""
    reader, writer = await asyncio.open_connection(HOST, port)
    writer.write(request)
    status = int((await reader.readline()).split()[1])
    writer.transport.abort()
    return status


async def others(port: int, until: asyncio.Event) -> list[Reply]:
    """What everybody else gets meanwhile, on a connection that is open already."""
    replies = []
    async with Line(port) as line:
        while not until.is_set():
            replies += [await line.ask(path) for path in OTHERS]
            await asyncio.sleep(BREATH_S)
    return replies


def resident_mib(pid: int) -> float:
    """The memory of a process."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


@pytest.mark.timeout(300)
async def test_b7_long_lists_hold_up_nobody(tmp_path, promised, measured):
    """Each kind through each door, eight at once: typed answers, and others' p99 within 200 ms.

    Nor does the server keep memory of it: beside what it keeps of one of each kind.
    """
    replies: list[Reply] = []
    slowest: dict[str, float] = {}
    settings = {"EARPRINT_DEMO": "off"}
    async with served(tmp_path, settings, app="web.app:app") as server:
        for number, text in enumerate(JUNK.values()):
            await sent(server.port, DOORS[number % len(DOORS)].request(text))
        before = resident_mib(server.pid)
        for number, (name, text) in enumerate(JUNK.items()):
            for door in DOORS if WHOLE else DOORS[number % len(DOORS) :][:1]:
                request = door.request(text)
                done = asyncio.Event()
                asked = asyncio.create_task(others(server.port, done))
                began = time.perf_counter()
                answers = await asyncio.gather(
                    *(sent(server.port, request) for _ in range(AT_ONCE))
                )
                slowest[f"{name} at {door.path}"] = time.perf_counter() - began
                done.set()
                heard = await asked
                replies += heard
                assert set(answers) <= {201, 303, 413, 422, 503}
        after = resident_mib(server.pid)

    assert {reply.status for reply in replies} == {200}
    worst = max(slowest, key=lambda name: slowest[name])
    measured("slowest eight", f"{worst}: {slowest[worst]:.1f} s")
    promised("memory grown by %", round((after / before - 1) * 100), most=10)
    promised("p99 of others ms", round(percentile(replies, 0.99) * 1000), most=200)
