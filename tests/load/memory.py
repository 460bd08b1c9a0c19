"""How much memory the cache really takes: `python -m tests.load.memory KIND MEGABYTES KEYS`.

Keys come one after the other through the edge, as they would from callers, each asked for twice;
the process prints by how many MiB it has grown. A process of its own, because only a process that
has done nothing else can say what something cost.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from unittest.mock import Mock

from api.cache.entry import Entry, Key, TtlClass, ages_of, etag_of
from api.cache.sqlite_store import SqliteStore
from api.cache.tiers import MemoryTier, Tiers
from api.http.edge import Edge
from api.http.scope import CACHE_KEY
from api.problems.refusals import DoesNotExist
from api.schemas.provenance import SourceName
from api.system.hosts import OwnHosts
from tests.sandbox.ids import encode

MEBIBYTE = 1 << 20
HEADERS = [(b"host", b"localhost"), (b"accept-encoding", b"gzip, zstd")]


def rss() -> int:
    """Bytes of this process in memory, now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize()


def track(key: Key) -> Entry:
    """A track, kept as it is and packed twice."""
    body = f'{{"id":"{key.ident}","name":"{key.ident * 80}"}}'.encode()
    entry = _entry(key, body)
    entry.encodings |= {"zstd": body[:700] + b" ", "gzip": body[:750] + b" "}
    return entry


def nothing(key: Key) -> Entry:
    """A search without a hit: as small as an answer can be."""
    return _entry(key, f'{{"artists":null,"q":"{key.ident}"}}'.encode())


def refusal(key: Key) -> Entry:
    """An id that does not exist."""
    entry = _entry(key, b"")
    entry.refusal = DoesNotExist(key.source, f"There is nothing with the id {key.ident}.")
    return entry


KINDS: dict[str, Callable[[Key], Entry]] = {
    "track": track,
    "nothing": nothing,
    "refusal": refusal,
}


def _entry(key: Key, body: bytes) -> Entry:
    ages = ages_of(TtlClass.CATALOGUE, now=time.time(), chance=time.time() % 1)
    return Entry(key, body, etag_of(body), time.time(), ages, validator=f'"MC-{key.ident}"')


async def fill(make: Callable[[Key], Entry], megabytes: int, keys: int) -> dict[str, float]:
    """Let so many keys pass through a cache of this size."""
    memory = MemoryTier(megabytes * MEBIBYTE)
    tiers = Tiers(memory, Mock(spec=SqliteStore), clock=time.time, chance=lambda: 0.5)

    async def inside(scope, _receive, send) -> None:
        entry = make(Key(SourceName.SPOTIFY, "track", scope["path"][-22:]))
        memory.put(entry)
        told = {CACHE_KEY: entry.key} if entry.refusal is None else {}
        await send({"type": "http.response.start", "status": 200, "headers": [], **told})
        await send({"type": "http.response.body", "body": entry.body})

    edge = Edge(tiers, time.time, hosts=OwnHosts(())).around(inside)
    await _ask(edge, 0)
    before = rss()
    for number in range(1, keys + 1):
        await _ask(edge, number)
    grown = (rss() - before) / MEBIBYTE
    return {"grown_mb": round(grown, 1), "entries": len(memory), "counted": memory.size / MEBIBYTE}


async def _ask(edge: Edge, number: int) -> None:
    for _ in range(2):
        path = f"/v1/tracks/{encode(number << 64 | number)}"
        scope = {"type": "http", "method": "GET", "path": path, "query_string": b""}
        await edge({**scope, "headers": HEADERS}, _receive, _send)


async def _receive() -> dict[str, object]:
    return {"type": "http.request", "body": b"", "more_body": False}


async def _send(_message: object) -> None:
    return None


if __name__ == "__main__":
    kind, megabytes, keys = sys.argv[1:]
    grown = asyncio.run(fill(KINDS[kind], int(megabytes), int(keys)))
    sys.stdout.write(json.dumps(grown) + "\n")
