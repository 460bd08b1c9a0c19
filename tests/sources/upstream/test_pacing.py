"""How many calls go out: at once, in a while, after failures."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.sources.upstream import gates
from api.sources.upstream.gates import (
    Breaker,
    Bulkhead,
    RetryBudget,
    SlidingWindow,
    TooManyWaiting,
)
from tests.cache.making import Hands


async def test_the_pace_lets_so_many_start_in_any_window():
    """The third of two a second waits until the first is a second old."""
    clock = Hands()
    pace = SlidingWindow(2, 1.0, clock)

    waits = [await pace.wait_s() for _ in range(5)]
    clock.pass_s(3)

    assert waits == [0, 0, 1, 1, 2]
    assert await pace.wait_s() == 0


async def test_a_wait_that_is_too_long_is_refused_and_not_counted():
    """Who is turned away takes nobody's turn."""
    clock = Hands()
    pace = SlidingWindow(1, 3.0, clock)
    await pace.wait_s()

    with pytest.raises(TooManyWaiting):
        await pace.wait_s()
    clock.pass_s(3)

    assert await pace.wait_s() == 0


async def test_a_clock_that_goes_back_stops_nobody():
    """After a correction by an hour calls go out as before, not an hour later."""
    clock = Hands()
    pace, breaker = SlidingWindow(1, 1.0, clock), Breaker(clock)
    await pace.wait_s()
    for _ in range(5):
        breaker.failed()

    clock.pass_s(-3600)

    assert await pace.wait_s() == 0
    assert breaker.admits()


@given(st.lists(st.floats(0, 3), max_size=60))
async def test_no_window_ever_holds_more_than_the_pace(gaps):
    """However the calls come."""
    clock, starts = Hands(0), []
    pace = SlidingWindow(3, 2.0, clock)
    for gap in gaps:
        clock.pass_s(gap)
        try:
            starts.append(clock.now + await pace.wait_s())
        except TooManyWaiting:
            continue

    assert all(
        later - first >= 2.0 - 1e-6 for first, later in zip(starts, starts[3:], strict=False)
    )


async def test_eight_are_inside_and_others_wait():
    """The ninth goes in when one comes out."""
    bulkhead, inside, most = Bulkhead(), 0, []

    async def call():
        nonlocal inside
        async with bulkhead.slot():
            inside += 1
            most.append(inside)
            await asyncio.sleep(0.001)
            inside -= 1

    await asyncio.gather(*(call() for _ in range(30)))

    assert max(most) == gates.AT_ONCE


async def test_nobody_waits_longer_than_the_limit(monkeypatch):
    """After two seconds the answer is that too many wait, and the slots stay whole."""
    monkeypatch.setattr(gates, "WAIT_S", 0.01)
    bulkhead = Bulkhead(at_once=1)

    async with bulkhead.slot():
        with pytest.raises(TooManyWaiting):
            async with bulkhead.slot():
                pass
    async with bulkhead.slot():
        pass


async def test_who_leaves_the_queue_takes_no_slot():
    """Neither while it waits nor in the moment in which it is called."""
    bulkhead = Bulkhead(at_once=1)

    async def call():
        async with bulkhead.slot():
            pass

    async with bulkhead.slot():
        waiting, called = (asyncio.create_task(call()) for _ in range(2))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.sleep(0)
    called.cancel()
    left = await asyncio.gather(waiting, called, return_exceptions=True)

    assert [type(one) for one in left] == [asyncio.CancelledError] * 2
    async with asyncio.timeout(1):
        await call()


async def test_the_pace_is_kept_inside_the_bulkhead():
    """A slot is given back when the pace refuses."""
    clock = Hands()
    bulkhead = Bulkhead(SlidingWindow(1, 3.0, clock), at_once=1)
    async with bulkhead.slot():
        pass

    with pytest.raises(TooManyWaiting):
        async with bulkhead.slot():
            pass
    clock.pass_s(3)

    async with bulkhead.slot():
        pass


def test_a_retry_costs_five_calls():
    """Credit is saved, but not without end."""
    budget = RetryBudget()

    assert not budget.spend()
    for _ in range(5):
        budget.earn()
    assert [budget.spend(), budget.spend()] == [True, False]
    for _ in range(1_000):
        budget.earn()
    assert [budget.spend(), budget.spend()] == [True, False]


def test_five_failures_in_a_row_open_the_breaker():
    """Then one call per ten seconds goes out, until one succeeds."""
    clock = Hands()
    breaker = Breaker(clock)

    for _ in range(4):
        breaker.failed()
    before = breaker.admits()
    breaker.failed()
    opened = clock.now

    assert (before, breaker.admits(), breaker.since) == (True, False, opened)
    clock.pass_s(10)
    assert [breaker.admits(), breaker.admits()] == [True, False]
    breaker.failed()
    assert breaker.since == opened
    breaker.succeeded()
    assert breaker.admits()
    assert [breaker.since, breaker.next_probe] == [None, None]


def test_half_of_twenty_failing_opens_it_too():
    """Also where successes lie in between; older calls than thirty seconds do not count."""
    clock = Hands()
    breaker = Breaker(clock)
    for _ in range(10):
        breaker.failed()
        breaker.succeeded()
    even = Breaker(clock)
    for turn in range(19):
        (even.succeeded if turn % 2 else even.failed)()

    assert even.admits()
    clock.pass_s(31)
    even.failed()
    assert even.admits()


def test_a_success_ends_the_row():
    """Four, a success, four more: it stays closed."""
    breaker = Breaker(Hands())
    for _ in range(4):
        breaker.failed()
    breaker.succeeded()
    for _ in range(4):
        breaker.failed()

    assert breaker.admits()


def test_the_share_of_failures_opens_it():
    """Ten good ones, then failures two by two until they are half of twenty."""
    breaker = Breaker(Hands())
    for _ in range(10):
        breaker.succeeded()
    for _ in range(3):
        for _ in range(3):
            breaker.failed()
        breaker.succeeded()
    for _ in range(4):
        breaker.failed()

    assert not breaker.admits()
