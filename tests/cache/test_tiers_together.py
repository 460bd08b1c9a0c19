"""Many callers at once, values made of others, and what two at work could do to each other."""

import asyncio

import pytest

from api.cache import tiers as module
from api.cache.entry import MINUTE, Fetched, TtlClass
from api.cache.tiers import Served
from api.problems.refusals import Unreachable
from tests.cache.making import OTHER, SPOTIFY, Answering, entry, key, tiers_in

PLAYLIST = TtlClass.PLAYLIST
OLD = 6 * MINUTE + 1


async def test_a_hundred_callers_are_one_fetch_though_the_first_leaves(tiers):
    """Those who waited on another's fetch are told so."""
    begun, gate = asyncio.Event(), asyncio.Event()
    calls = []

    async def fetch(_known):
        calls.append(1)
        begun.set()
        await gate.wait()
        return Fetched(b"1")

    callers = [asyncio.create_task(tiers.get_or_fetch(key(), fetch, PLAYLIST)) for _ in range(100)]
    await begun.wait()
    callers[0].cancel()
    gate.set()
    answers = await asyncio.gather(*callers, return_exceptions=True)

    assert len(calls) == 1
    assert sum(not isinstance(one, BaseException) and one.collapsed for one in answers) >= 98


async def test_a_source_that_dawdles_is_unreachable(tiers, monkeypatch):
    """The fetch ends by its own time, not by the patience of who waits."""
    monkeypatch.setattr(module, "FETCH_BUDGET_S", 0.01)

    async def forever(_known):
        await asyncio.sleep(60)
        raise AssertionError

    with pytest.raises(Unreachable, match="too long"):
        await tiers.get_or_fetch(key(), forever, PLAYLIST)


async def test_who_joins_a_failing_fetch_gets_the_stand_in_too(tmp_path, clock):
    """Also where the value is too large for memory and only the disk holds it."""
    tiers = tiers_in(tmp_path, clock, memory_bytes=10)
    await tiers.store.open()
    await tiers.get_or_fetch(key(), Answering(b"1"), PLAYLIST)
    clock.pass_s(OLD)
    begun, gate = asyncio.Event(), asyncio.Event()

    async def fetch(_known):
        begun.set()
        await gate.wait()
        raise Unreachable(SPOTIFY, "down")

    callers = [asyncio.create_task(tiers.get_or_fetch(key(), fetch, PLAYLIST))]
    await begun.wait()
    callers.append(asyncio.create_task(tiers.get_or_fetch(key(), fetch, PLAYLIST)))
    await asyncio.sleep(0.01)
    gate.set()
    served = await asyncio.gather(*callers)
    await tiers.close()

    assert [one.entry.body for one in served] == [b"1", b"1"]


async def test_reading_the_disk_never_undoes_a_fetch(tiers, monkeypatch):
    """A value that was fetched while the disk was read stays the one in memory."""
    await tiers.get_or_fetch(key(), Answering(b"old"), PLAYLIST)
    old = await tiers.store.get(key())
    tiers.memory.drop_source("all")

    async def meanwhile_fetched(_key):
        tiers.memory.put(entry(body=b"new"))
        return old

    monkeypatch.setattr(tiers.store, "get", meanwhile_fetched)

    found = await tiers.peek(key())

    assert found is not None
    assert found.body == b"new"


async def test_a_derived_value_is_made_again_when_its_parts_change(tiers, clock):
    """It is as old as its parts, kept in memory, and rebuilt after one of them is renewed."""
    fetch = Answering(b"1", b"2")
    built = []

    async def build():
        built.append(1)
        return b"made %d" % len(built)

    async def derived():
        part = await tiers.get_or_fetch(key(), fetch, PLAYLIST)
        other = await tiers.get_or_fetch(key("b", source=OTHER), Answering(b"b"), PLAYLIST)
        return await tiers.derive([part, other], "both", build)

    first, again = await asyncio.gather(derived(), derived())
    third = await derived()
    clock.pass_s(OLD)
    fourth = await derived()

    assert {first.entry.body, again.entry.body, third.entry.body} == {b"made 1"}
    assert third.hit
    assert fourth.entry.body == b"made 2"
    assert not fourth.hit
    assert fourth.entry.ages.fresh_until == clock.now + MINUTE


async def test_forgetting_a_source_asks_again(tiers):
    """After a purge neither memory nor remembered refusals answer."""
    fetch = Answering(b"1", b"2")
    await tiers.get_or_fetch(key(), fetch, PLAYLIST)
    with pytest.raises(Unreachable):
        await tiers.get_or_fetch(key("b"), Answering(Unreachable(SPOTIFY, "no")), PLAYLIST)

    await tiers.store.purge("spotify")
    tiers.forget_in_memory("spotify")
    served = await tiers.get_or_fetch(key(), fetch, PLAYLIST)

    assert served.entry.body == b"2"
    assert not tiers.is_failing(key("b"))


async def test_an_encoded_form_is_made_once_and_weighed(tiers):
    """However many ask at the same time for it."""
    served = await tiers.get_or_fetch(key(), Answering(b"1" * 100), PLAYLIST)
    size, packed = tiers.memory.size, []

    async def pack(body):
        packed.append(body)
        await asyncio.sleep(0)
        return b"small"

    forms = await asyncio.gather(*(tiers.encoded(served.entry, "gzip", pack) for _ in range(9)))

    assert (set(forms), len(packed)) == ({b"small"}, 1)
    assert served.entry.encodings["gzip"] == b"small"
    assert tiers.memory.size == size + 5


async def test_what_is_made_of_many_keeps_no_list_of_them(tiers):
    """A profile of a thousand tracks is recognised by 24 letters, not by 45 KB of them."""
    parts = [Served(entry(str(n), b"%d" % n)) for n in range(1_000)]

    async def build() -> bytes:
        return b"1"

    made = await tiers.derive(parts, "all", build)

    assert len(made.entry.validator or "") < 100
    assert tiers.memory.size < 4_000


async def test_a_validator_of_kilobytes_is_not_kept(tiers, clock):
    """The value is; next time it is asked for whole."""
    fetch = Answering(Fetched(b"1", "x" * 13_000))

    await tiers.get_or_fetch(key(), fetch, PLAYLIST)
    clock.pass_s(OLD)
    await tiers.get_or_fetch(key(), fetch, PLAYLIST)

    assert [known.validator if known else None for known in fetch.known] == [None, None]
    assert tiers.memory.size < 4_000
