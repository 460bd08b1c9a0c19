"""A cold analysis is kept as it was sent; what it costs is a figure of the benchmark."""

import gzip
import json
import time

from api.cache.sqlite_store import SqliteStore
from api.cache.tiers import MemoryTier, Tiers
from tests.load.cold_analysis import body_of_wire_size, cold_analysis_cpu_ms, serve_cold
from tests.sandbox import id_of


async def test_an_analysis_of_900_kb_is_kept_to_the_last_digit(tmp_path):
    """Every time and every pitch comes out of the store as it came off the wire."""
    body = body_of_wire_size()
    store = SqliteStore(f"sqlite:///{tmp_path / 'cache.db'}", time.time)
    tiers = Tiers(MemoryTier(64 << 20), store, clock=time.time, chance=lambda: 0.5)
    await store.open()
    served = await serve_cold(tiers, gzip.compress(body), id_of("cold", 0))
    kept = await store.get(served.entry.key)
    await tiers.close()

    sent = json.loads(body)
    assert kept is not None
    held = json.loads(kept.body)
    for part in ("bars", "beats", "tatums"):
        assert held[part] == sent[part]
    for ours, theirs in zip(held["segments"], sent["segments"], strict=True):
        assert (ours["pitches"], ours["timbre"]) == (theirs["pitches"], theirs["timbre"])
        assert (ours["start"], ours["loudness_max"]) == (theirs["start"], theirs["loudness_max"])


def test_its_cost_can_be_measured(measured):
    """A number of milliseconds, for whoever compares machines."""
    cost_ms = cold_analysis_cpu_ms()

    measured("CPU ms of a cold 900 KB analysis (promised 80)", cost_ms)
    assert cost_ms > 0
