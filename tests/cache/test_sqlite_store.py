"""The tier on disk: what survives, what is forgotten, and what happens when it breaks."""

import asyncio
import sqlite3
from dataclasses import replace

import pytest
from sqlalchemy import event

from api.cache import sqlite_store as module
from api.cache.entry import Ages
from api.problems.refusals import Closed
from tests.cache.making import NOW, OTHER, SPOTIFY, Hands, entry, key, store_in


@pytest.fixture
def clock():
    """The time of a test."""
    return Hands()


@pytest.fixture
async def store(tmp_path, clock):
    """A store that is open."""
    opened = store_in(tmp_path, clock)
    await opened.open()
    yield opened
    await opened.close()


def on_disk(folder, statement, values=()):
    """What another process sees in the file, or does to it."""
    connection = sqlite3.connect(folder / "cache.db")
    try:
        with connection:
            return connection.execute(statement, values).fetchall()
    finally:
        connection.close()


async def test_entries_survive_a_restart(store, tmp_path, clock):
    """All of an entry comes back, refusals too, and the compressed form is not made again."""
    kept = entry("a", b'{"name":"B\xc3\xa9la"}', validator='W/"1"')
    refused = entry("b", b"", refusal=Closed(SPOTIFY, "no", status=403, retry_at=NOW + 9))
    await store.put(kept)
    await store.put(refused)
    await store.close()

    again = store_in(tmp_path, clock)
    await again.open()
    value, refusal = await again.get(kept.key), await again.get(refused.key)
    await again.close()

    assert value is not None
    assert replace(value, encodings={}) == kept
    assert set(value.encodings) == {"zstd"}
    assert refusal is not None
    assert isinstance(refusal.refusal, Closed)
    assert (refusal.refusal.status, refusal.refusal.retry_at) == (403, NOW + 9)
    assert refusal.encodings == {}


async def test_a_newer_entry_takes_the_place_of_the_older(store, tmp_path):
    """One row per key."""
    await store.put(entry(body=b"1"))
    await store.put(entry(body=b"2"))

    kept = await store.get(key())

    assert kept is not None
    assert kept.body == b"2"
    assert on_disk(tmp_path, "select count(*) from cache_entry") == [(1,)]


async def test_those_who_write_together_share_a_commit(store):
    """A hundred puts at once are a few commits, the newest of a key winning."""
    commits: list[object] = []
    event.listen(store._engine, "commit", commits.append)

    await asyncio.gather(*(store.put(entry(str(n % 50), b"%d" % n)) for n in range(100)))

    assert len(commits) <= 2
    kept = await store.get(key("49"))
    assert kept is not None
    assert kept.body == b"99"


async def test_those_who_read_together_share_a_select(store, monkeypatch):
    """However many keys, in statements of a bounded length; each gets its own, or none."""
    monkeypatch.setattr(module, "READ_CHUNK", 50)
    for n in range(100):
        await store.put(entry(str(n), b"%d" % n))
    selects: list[str] = []
    event.listen(store._engine, "before_cursor_execute", lambda *said: selects.append(said[2]))

    found = await asyncio.gather(*(store.get(key(str(n))) for n in range(120)))

    assert [one and one.body for one in found] == [b"%d" % n for n in range(100)] + [None] * 20
    assert len(selects) == 3


async def test_one_row_that_cannot_be_read_costs_no_other(store, tmp_path):
    """Though they are read together."""
    for n in range(3):
        await store.put(entry(str(n)))
    on_disk(tmp_path, "update cache_entry set body = x'00' where key like '%|track|1|%'")

    found = await asyncio.gather(*(store.get(key(str(n))) for n in range(3)))

    assert [one is not None for one in found] == [True, False, True]


async def test_a_reader_who_leaves_spoils_nothing(store):
    """Neither for those who read beside it nor for those who come later."""
    await store.put(entry("a"))
    leaver = asyncio.create_task(store.get(key("a")))
    stayer = asyncio.create_task(store.get(key("a")))
    await asyncio.sleep(0)

    leaver.cancel()

    assert await stayer
    assert await store.get(key("a"))


async def test_a_reader_that_fails_unexpectedly_keeps_nobody_waiting(store, monkeypatch):
    """A mistake of ours is logged, and what is kept is fetched again."""
    await store.put(entry("a"))
    monkeypatch.setattr(store, "_read", lambda _keys: 1 / 0)

    async with asyncio.timeout(1):
        assert await store.get(key("a")) is None


async def test_a_writer_who_leaves_spoils_nothing(store):
    """A put whose caller is cancelled is still written, and so are its neighbours."""
    leaver = asyncio.create_task(store.put(entry("a")))
    stayer = asyncio.create_task(store.put(entry("b")))
    await asyncio.sleep(0)

    leaver.cancel()
    await stayer

    assert await store.get(key("a"))
    assert await store.get(key("b"))


async def test_nothing_is_read_after_its_hard_date(store, clock):
    """`delete_at` holds even where nobody has swept yet."""
    await store.put(entry())
    clock.pass_s(40)

    assert await store.get(key()) is None


async def test_sweeping_deletes_what_is_past_its_date(store, tmp_path, clock):
    """The row is gone from the disk, not only unread."""
    await store.put(entry("old"))
    await store.put(entry("new", ages=Ages(*[NOW + 999] * 4)))
    clock.pass_s(100)

    await store.sweep()

    assert on_disk(tmp_path, "select key from cache_entry") == [(key("new").text(),)]


async def test_sweeping_keeps_the_file_small(tmp_path, clock, monkeypatch):
    """Over its size the oldest go first."""
    monkeypatch.setattr(module, "SWEEP_CHUNK", 2)
    store = store_in(tmp_path, clock, max_bytes=30)
    await store.open()
    for n in range(8):
        await store.put(entry(str(n), b"1234", stored_at=NOW + n))

    await store.sweep()
    left = on_disk(tmp_path, "select key from cache_entry order by stored_at")
    await store.close()

    assert 0 < len(left) < 8
    assert left[-1] == (key("7").text(),)
    assert on_disk(tmp_path, "select sum(size) <= 30 from cache_entry") == [(1,)]


async def test_a_source_keeps_no_more_than_its_terms_allow(tmp_path, clock, monkeypatch):
    """Its oldest answers go, though there is room; those of others stay."""
    monkeypatch.setattr(module, "MOST_BYTES_OF", {OTHER: 30})
    monkeypatch.setattr(module, "SWEEP_CHUNK", 2)
    store = store_in(tmp_path, clock)
    await store.open()
    for n in range(8):
        await store.put(entry(str(n), b"1234", stored_at=NOW + n))
        mine = key(str(n), source=OTHER)
        await store.put(entry(str(n), b"1234", key=mine, stored_at=NOW + n))

    await store.sweep()
    left = on_disk(tmp_path, "select source, count(*), sum(size) from cache_entry group by source")
    await store.close()

    kept = {source: (count, size) for source, count, size in left}
    assert kept["spotify"][0] == 8
    assert 0 < kept[OTHER][0] < 8
    assert kept[OTHER][1] <= 30


async def test_a_purge_is_seen_by_another_process(store, tmp_path, clock):
    """The epoch of the source grows, and its rows are gone for both."""
    await store.put(entry("a"))
    await store.put(entry("b", key=key("b", source=OTHER)))
    before = await store.epochs()
    other = store_in(tmp_path, clock)
    await other.open()

    count = await other.purge("spotify")
    await other.close()

    assert count == 1
    assert (before, await store.epochs()) == ({}, {"spotify": 1})
    assert await store.get(key("a")) is None
    assert await store.get(key("b", source=OTHER))
    assert await store.purge("all") == 1
    assert await store.epochs() == {"spotify": 1, "all": 1}


async def test_a_row_of_another_format_is_forgotten(store, tmp_path):
    """After an update the value is fetched again instead of misread."""
    await store.put(entry())
    on_disk(tmp_path, "update cache_entry set format = 0")

    assert await store.get(key()) is None
    assert store.trouble is None


@pytest.mark.parametrize(
    "damage",
    ["body = x'00'", "refusal = '{'", 'refusal = \'{"kind": "Gone"}\'', "refusal = '[]'"],
)
async def test_a_row_that_cannot_be_read_is_as_good_as_none(store, tmp_path, damage):
    """One spoilt row costs one fetch, not the answer and not the store."""
    await store.put(entry())
    on_disk(tmp_path, f"update cache_entry set {damage}")  # noqa: S608  # of the list above

    assert await store.get(key()) is None
    assert store.trouble is None


async def test_a_corrupt_file_leaves_the_server_to_its_memory(tmp_path, clock, caplog):
    """Everything still answers, once with a line in the log, and says so in `trouble`."""
    (tmp_path / "cache.db").write_bytes(b"this is no database" * 100)
    store = store_in(tmp_path, clock)

    await store.open()
    await store.put(entry())
    found = await store.get(key())
    epochs = await store.epochs()
    purged = await store.purge("all")
    await store.sweep()
    await store.close()

    assert (found, epochs, purged) == (None, {}, 0)
    assert store.trouble == "the cache file cannot be used (DatabaseError)"
    assert len([line for line in caplog.messages if "memory only" in line]) == 1


async def test_a_locked_file_is_used_again_when_it_is_free(tmp_path, clock, monkeypatch):
    """While another process holds it the server works from memory; afterwards it is as before."""
    monkeypatch.setattr("api.db.session.BUSY_TIMEOUT_MS", 10)
    store = store_in(tmp_path, clock)
    await store.open()
    holder = sqlite3.connect(tmp_path / "cache.db", isolation_level=None)
    holder.execute("begin exclusive")

    await store.put(entry("lost"))
    await store.sweep()
    during = store.trouble
    holder.execute("rollback")
    holder.close()
    await store.epochs()
    await store.put(entry("kept"))

    assert during == "the cache file cannot be used (another program has locked it)"
    assert store.trouble is None
    assert await store.get(key("lost")) is None
    assert await store.get(key("kept"))
    await store.close()


async def test_a_writer_that_fails_unexpectedly_keeps_nobody_waiting(store, monkeypatch):
    """A mistake of ours in one batch is logged; those who put go on, and so does the store."""
    write = store._write
    monkeypatch.setattr(store, "_write", lambda _entries: 1 / 0)

    async with asyncio.timeout(1):
        await store.put(entry("a"))
    monkeypatch.setattr(store, "_write", write)
    store.trouble = None
    await store.put(entry("b"))

    assert await store.get(key("b"))


async def test_a_sweep_sums_by_an_index(store, tmp_path, clock):
    """No body is read to know how large the file is; a file from before gets the index, too."""
    await store.close()
    on_disk(tmp_path, "DROP INDEX ix_cache_entry_size")
    again = store_in(tmp_path, clock)
    await again.open()
    said = []
    event.listen(again._engine, "before_cursor_execute", lambda *args: said.append(args[2:4]))
    await again.sweep()
    await again.close()

    summed = [one for one in said if "sum(" in one[0]]
    plans = [on_disk(tmp_path, f"EXPLAIN QUERY PLAN {sql}", values) for sql, values in summed]
    assert len(plans) == 1 + len(module.MOST_BYTES_OF)
    assert all("COVERING INDEX ix_cache_entry_" in row[3] for plan in plans for row in plan)
