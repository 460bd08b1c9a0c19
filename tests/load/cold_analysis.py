"""What a cold analysis costs: `python -m tests.load.cold_analysis` prints milliseconds of CPU.

From the bytes on the wire to the row in the store: unpack, parse, normalise, write canonical JSON,
pack, commit. It is the CPU time of all threads of a process of its own, so that a busy machine
changes little.
"""

from __future__ import annotations

import asyncio
import gzip
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import cast

from api.app import tuned
from api.cache.entry import Fetched, Key, TtlClass
from api.cache.sqlite_store import SqliteStore
from api.cache.tiers import MemoryTier, Served, Tiers
from api.schemas.provenance import SourceName
from api.services.cascade import to_json
from api.sources.resource import ResourceReader
from api.sources.spotify.client import SpotifyClient
from api.sources.spotify.source import SpotifySource
from api.sources.spotify.texts import ABSENCES, LICENCE
from api.sources.upstream.body import read_json
from api.sources.upstream.client import UpstreamReply
from tests.contract.repository import ROOT
from tests.sandbox.analysis import analysis_body
from tests.sandbox.ids import id_of

WIRE_BYTES = 900_000
TIMES = 7


def cold_analysis_cpu_ms() -> float:
    """Milliseconds of CPU for an analysis of 900 KB, the median of seven, in a fresh process."""
    ran = subprocess.run(
        [sys.executable, "-m", "tests.load.cold_analysis"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return float(ran.stdout)


class Recorded:
    """Stands where the client is: its answer is already here, packed as on the wire."""

    def __init__(self, packed: bytes) -> None:
        self._packed = packed

    async def get(self, *_question: object, **_more: object) -> UpstreamReply:
        """The answer, unpacked and parsed as the client does it."""
        return UpstreamReply(
            200, {}, b"", read_json(SourceName.SPOTIFY, gzip.decompress(self._packed))
        )


async def serve_cold(tiers: Tiers, packed: bytes, ident: str) -> Served:
    """Fetch one analysis through the cache."""
    client = cast("SpotifyClient", Recorded(packed))
    reader = ResourceReader(
        SourceName.SPOTIFY, client, clock=time.time, licence=LICENCE, absences=ABSENCES
    )
    source = SpotifySource(client, reader, market=None, report=tuple)

    async def fetch(_known: object) -> Fetched[bytes]:
        found = await source.analysis(ident, known=None)
        assert found.value is not None
        return Fetched(await to_json(found.value))

    key = Key(SourceName.SPOTIFY, "analysis", ident)
    return await tiers.get_or_fetch(key, fetch, TtlClass.SOUND)


def body_of_wire_size() -> bytes:
    """The sandbox's analysis that comes nearest to 900 KB."""
    bodies = [analysis_body(number) for number in range(40)]
    return min(bodies, key=lambda body: abs(len(body) - WIRE_BYTES))


async def measure(folder: Path) -> list[float]:
    """CPU milliseconds of one cold analysis after the other; the first one warms up."""
    packed, spent = gzip.compress(body_of_wire_size()), []
    store = SqliteStore(f"sqlite:///{folder / 'cache.db'}", time.time)
    tiers = Tiers(MemoryTier(64 << 20), store, clock=time.time, chance=lambda: 0.5)
    await store.open()
    tuned(tiers)  # as every server is
    for number in range(TIMES + 1):
        started = time.process_time()
        await serve_cold(tiers, packed, id_of("cold", number))
        spent.append((time.process_time() - started) * 1000)
    await tiers.close()
    return spent[1:]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        figures = asyncio.run(measure(Path(folder)))
    sys.stdout.write(f"{statistics.median(figures):.1f}\n")
