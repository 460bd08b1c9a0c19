"""The cache as services see it: who is asked, how often, and what is served meanwhile."""

import asyncio

import pytest

from api.cache.entry import DAY, MINUTE, Fetched, TtlClass
from api.cache.tiers import MemoryTier, Served, Tiers
from api.problems.refusals import (
    Closed,
    DoesNotExist,
    Garbled,
    Limited,
    SourceError,
    Unknown,
    UnknownId,
    Unreachable,
)
from tests.cache.making import NOW, SPOTIFY, Answering, Hands, entry, key, store_in, tiers_in

PLAYLIST = TtlClass.PLAYLIST
FRESH, STALE, OLD = MINUTE - 1, MINUTE + 1, 6 * MINUTE + 1
LONG_OLD = DAY + 2 * MINUTE


async def settled(tiers):
    """Wait until nothing is in the air."""
    while tiers._fetches._flights:
        await asyncio.gather(*tiers._fetches._flights.values(), return_exceptions=True)


async def test_a_fresh_value_asks_nobody(tiers, clock):
    """The first caller fetches, the next is answered from memory."""
    fetch = Answering(b"1")

    first = await tiers.get_or_fetch(key(), fetch, PLAYLIST)
    clock.pass_s(FRESH)
    second = await tiers.get_or_fetch(key(), fetch, PLAYLIST)

    assert (first.hit, second.hit, fetch.calls) == (False, True, 1)
    assert second.entry.body == b"1"
    held = [tiers.answer(entry) for entry in await tiers.peek_at([key(), key("b")])]
    assert [isinstance(one, Served) for one in held] == [True, False]


async def test_a_restart_keeps_the_cache(tiers, tmp_path, clock):
    """What was fetched before is read from the disk."""
    await tiers.get_or_fetch(key(), Answering(b"1", Fetched(None)), PLAYLIST)
    await tiers.close()
    again = tiers_in(tmp_path, clock)
    await again.store.open()

    served = await again.get_or_fetch(key(), Answering(Unreachable(SPOTIFY, "no")), PLAYLIST)
    await again.close()

    assert (served.hit, served.entry.body) == (True, b"1")


async def test_a_stale_value_is_served_at_once_and_refreshed_behind(tiers, clock):
    """Nobody waits, and one call renews it."""
    fetch = Answering(b"1", b"2")
    await tiers.get_or_fetch(key(), fetch, PLAYLIST)
    clock.pass_s(STALE)

    stale = await asyncio.gather(*(tiers.get_or_fetch(key(), fetch, PLAYLIST) for _ in range(20)))
    await settled(tiers)
    fresh = await tiers.get_or_fetch(key(), fetch, PLAYLIST)

    assert {served.entry.body for served in stale} == {b"1"}
    assert (fresh.entry.body, fetch.calls) == (b"2", 2)


async def test_a_caller_may_insist_on_a_fresh_value(tiers, clock):
    """With `wait` a stale value is refreshed first."""
    fetch = Answering(b"1", b"2")
    await tiers.get_or_fetch(key(), fetch, PLAYLIST)
    clock.pass_s(STALE)

    served = await tiers.get_or_fetch(key(), fetch, PLAYLIST, wait=True)

    assert (served.entry.body, served.hit, served.replaced) == (b"2", False, True)


async def test_what_is_too_old_is_fetched_first(tiers, clock):
    """Past its time for revalidation a value is only a stand-in."""
    fetch = Answering(b"1", b"2")
    await tiers.get_or_fetch(key(), fetch, PLAYLIST)
    clock.pass_s(OLD)

    served = await tiers.get_or_fetch(key(), fetch, PLAYLIST)

    assert (served.entry.body, served.hit, served.replaced) == (b"2", False, True)


@pytest.mark.parametrize(
    "refusal",
    [
        Closed(SPOTIFY, "no", status=403),
        Limited(SPOTIFY, "wait", status=429, retry_at=NOW + 2 * DAY),
        Unreachable(SPOTIFY, "down", status=500),
        Garbled(SPOTIFY, "what?"),
    ],
)
@pytest.mark.parametrize("age", [STALE, OLD])
async def test_no_failure_takes_a_value_away(tiers, clock, refusal, age):
    """It stands in, the failure is told, and the source is left alone for a while."""
    fetch = Answering(b"1", refusal)
    await tiers.get_or_fetch(key(), fetch, PLAYLIST)
    clock.pass_s(age)

    await tiers.get_or_fetch(key(), fetch, PLAYLIST)
    await settled(tiers)
    served = await tiers.get_or_fetch(key(), fetch, PLAYLIST)

    assert served.entry.body == b"1"
    assert type(served.failure) is type(refusal)
    assert tiers.is_failing(key())
    assert fetch.calls == 2


async def test_a_value_stands_in_only_so_long(tiers, clock):
    """Past a day a playlist that cannot be fetched is a refusal."""
    fetch = Answering(b"1", Unreachable(SPOTIFY, "down"))
    await tiers.get_or_fetch(key(), fetch, PLAYLIST)
    clock.pass_s(LONG_OLD)

    with pytest.raises(Unreachable):
        await tiers.get_or_fetch(key(), fetch, PLAYLIST)


async def test_a_404_takes_the_value_away_for_all_at_once(tiers, clock):
    """Whoever asks in that moment is told the same as whoever asks next."""
    fetch = Answering(b"1", DoesNotExist(SPOTIFY, "gone", status=404))
    await tiers.get_or_fetch(key(), fetch, PLAYLIST)
    clock.pass_s(OLD)

    for _ in range(2):
        with pytest.raises(DoesNotExist):
            await tiers.get_or_fetch(key(), fetch, PLAYLIST)

    assert fetch.calls == 2


@pytest.mark.parametrize(
    ("refusal", "seconds"),
    [(DoesNotExist(SPOTIFY, "no"), 600), (Closed(SPOTIFY, "no", retry_at=NOW + 50), 50)],
)
async def test_a_lasting_refusal_survives_a_restart(tiers, tmp_path, clock, refusal, seconds):
    """Nobody asks again before its time, also not another process."""
    with pytest.raises(SourceError):
        await tiers.get_or_fetch(key(), Answering(refusal), PLAYLIST)
    await tiers.close()
    again = tiers_in(tmp_path, clock)
    await again.store.open()
    fetch = Answering(b"1")

    clock.pass_s(seconds - 1)
    with pytest.raises(type(refusal)):
        await again.get_or_fetch(key(), fetch, PLAYLIST)
    clock.pass_s(1)
    served = await again.get_or_fetch(key(), fetch, PLAYLIST)
    await again.close()

    assert (served.entry.body, served.replaced, fetch.calls) == (b"1", False, 1)


async def test_a_passing_refusal_is_remembered_in_memory(tiers, clock):
    """Ten callers a second learn it without ten calls a second."""
    fetch = Answering(Unreachable(SPOTIFY, "down"), b"1")

    for _ in range(3):
        with pytest.raises(Unreachable):
            await tiers.get_or_fetch(key(), fetch, PLAYLIST)
    clock.pass_s(6)
    served = await tiers.get_or_fetch(key(), fetch, PLAYLIST)

    assert (served.entry.body, fetch.calls) == (b"1", 2)


async def test_a_refusal_without_a_time_is_not_remembered(tiers):
    """“Wait”, but nobody knows how long: the next caller asks again."""
    fetch = Answering(Limited(SPOTIFY, "wait"), b"1")
    with pytest.raises(Limited):
        await tiers.get_or_fetch(key(), fetch, PLAYLIST)

    served = await tiers.get_or_fetch(key(), fetch, PLAYLIST)

    assert served.entry.body == b"1"


async def test_a_kept_refusal_collects_no_tracebacks(tiers):
    """Every caller is raised a copy, so that the kept one does not grow."""
    fetch = Answering(DoesNotExist(SPOTIFY, "no"))
    raised = []
    for _ in range(3):
        with pytest.raises(DoesNotExist) as caught:
            await tiers.get_or_fetch(key(), fetch, PLAYLIST)
        raised.append(caught.value)

    kept = tiers.memory.get(key())

    assert len({id(one) for one in raised}) == 3
    assert kept is not None
    assert kept.refusal is not None
    assert kept.refusal.__traceback__ is None


async def test_unchanged_renews_what_is_kept(tiers, clock):
    """The body stays, its age starts anew, on the disk as well."""
    fetch = Answering(Fetched(b"1", "v1"), Fetched(None))
    await tiers.get_or_fetch(key(), fetch, PLAYLIST)
    clock.pass_s(OLD)

    served = await tiers.get_or_fetch(key(), fetch, PLAYLIST)

    assert fetch.known[1] is not None
    assert fetch.known[1].validator == "v1"
    assert (served.entry.body, served.entry.stored_at) == (b"1", clock.now)
    kept = await tiers.store.get(key())
    assert kept is not None
    assert (kept.validator, kept.stored_at) == ("v1", clock.now)


@pytest.mark.parametrize("before", [None, DoesNotExist(SPOTIFY, "no")])
async def test_unchanged_from_what_was_never_given_is_nonsense(tiers, clock, before):
    """A 304 to somebody who holds nothing, or only a refusal, is an answer that cannot be read."""
    if before is not None:
        with pytest.raises(DoesNotExist):
            await tiers.get_or_fetch(key(), Answering(before), PLAYLIST)
        clock.pass_s(601)

    with pytest.raises(Garbled):
        await tiers.get_or_fetch(key(), Answering(Fetched(None)), PLAYLIST)


async def test_keys_fetched_together_do_not_expire_together(tmp_path):
    """Chance spreads their freshness by a tenth to either side, each anew."""
    chances = iter((0.0, 0.5, 0.999))
    store = store_in(tmp_path, Hands())
    cache = Tiers(MemoryTier(1 << 20), store, clock=Hands(), chance=lambda: next(chances))
    await store.open()
    fresh_s = [
        (
            await cache.get_or_fetch(key(name), Answering(b"1"), TtlClass.CATALOGUE)
        ).entry.ages.fresh_until
        - NOW
        for name in "abc"
    ]
    await cache.close()

    assert fresh_s == pytest.approx([0.9 * DAY, DAY, 1.1 * DAY], rel=1e-3)


async def test_a_question_goes_beyond_a_refusal_that_did_not_ask_so_much(tiers, clock):
    """Nobody had looked under another id; who is not asked for that is told what is kept."""
    by_id = Answering(UnknownId(SPOTIFY, "not by this id"))
    further = Answering(Unknown(SPOTIFY, "not at all"))

    with pytest.raises(UnknownId):
        await tiers.get_or_fetch(key(), by_id, PLAYLIST)
    with pytest.raises(UnknownId):
        await tiers.get_or_fetch(key(), further, PLAYLIST)
    kept = await tiers.peek(key())
    for _ in range(2):
        with pytest.raises(Unknown, match="not at all"):
            await tiers.get_or_fetch(key(), further, PLAYLIST, goes_beyond=UnknownId)

    assert isinstance(tiers.answer(kept), UnknownId)
    assert tiers.answer(kept, goes_beyond=UnknownId) is None
    assert (by_id.calls, further.calls) == (1, 1)


async def test_what_is_made_of_things_here_and_elsewhere_ages_with_those(tiers, clock):
    """And goes when anything here has changed."""
    made = tiers.at_home(key("made"), b"1")
    part = Served(entry())
    tiers.keep_at_home(key("mixed"), "r1", made, parts=[made, part])
    fresh = tiers.kept_at_home(key("mixed"), "r1")
    changed = tiers.kept_at_home(key("mixed"), "r2")
    clock.pass_s(part.entry.ages.fresh_until - NOW)

    assert fresh is not None
    assert fresh.entry.body == b"1"
    assert changed is None
    assert tiers.kept_at_home(key("mixed"), "r1") is None
