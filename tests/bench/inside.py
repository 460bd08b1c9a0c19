"""What a hit costs in the process, without sockets: by number of entries, by size of the body."""

from __future__ import annotations

import random
import time
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

from starlette.types import Scope

from api.cache.entry import Entry, Key, TtlClass, ages_of, etag_of
from api.cache.sqlite_store import SqliteStore
from api.cache.tiers import MemoryTier, Tiers
from api.http.content_encoding import encode
from api.http.edge import Edge
from api.http.scope import CACHE_KEY
from api.schemas.provenance import SourceName
from api.system.hosts import OwnHosts

HITS = 20_000
ASKED = 1_000
ROOMY_BYTES = 1 << 30
SMALL_BYTES, LARGE_BYTES = 1_000, 900_000


def entry_of(number: int, size: int) -> Entry:
    """A fresh entry with a body of this size that compresses like numbers do."""
    chance = random.Random(number)
    body = b"[" + b",".join(b"%.3f" % chance.random() for _ in range(size // 6)) + b"]"
    key = Key(SourceName.SPOTIFY, "features", f"{number:022d}")
    lifetime = ages_of(TtlClass.SOUND, now=time.time(), chance=0.5)
    return Entry(key, body, etag_of(body), time.time(), lifetime)


async def microseconds_per_hit(folder: Path, *, entries: int, size: int) -> float:
    """The mean cost of an edge hit, where a thousand of so many entries are asked for."""
    tiers = Tiers(
        MemoryTier(ROOMY_BYTES),
        SqliteStore(f"sqlite:///{folder / 'inside.db'}", time.time),
        clock=time.time,
        chance=random.random,
    )
    edge = Edge(tiers, time.time, hosts=OwnHosts(())).around(_teach)
    for number in range(entries):
        kept = entry_of(number, size)
        kept.encodings["gzip"] = await encode(kept.body, "gzip")
        tiers.memory.put(kept)
        await edge(_scope(number), _receive, _ignore)
    some = random.sample(range(entries), min(entries, ASKED))
    asked = [_scope(random.choice(some)) for _ in range(HITS)]
    started = time.process_time()
    for scope in asked:
        await edge(scope, _receive, _ignore)
    spent = time.process_time() - started
    await tiers.close()
    return spent / HITS * 1e6


def _scope(number: int) -> Scope:
    return {
        "type": "http",
        "method": "GET",
        "path": f"/v1/tracks/{number:022d}/features",
        "query_string": b"",
        "headers": [(b"host", b"localhost"), (b"accept-encoding", b"gzip")],
    }


async def _teach(scope: Scope, _receive: object, send: Any) -> None:
    number = scope["path"].split("/")[3]
    key = Key(SourceName.SPOTIFY, "features", number)
    await send({"type": "http.response.start", "status": 200, "headers": [], CACHE_KEY: key})
    await send({"type": "http.response.body", "body": b""})


async def _receive() -> MutableMapping[str, Any]:
    return {"type": "http.request", "body": b"", "more_body": False}


async def _ignore(_message: MutableMapping[str, Any]) -> None:
    return None
