"""One task per key does the work; leaving hurts nobody."""

import asyncio

import pytest

from api.cache import singleflight
from api.cache.singleflight import SingleFlight


class Work:
    """Something slow that counts how often it was begun, and waits until it is let go."""

    def __init__(self, error: Exception | None = None) -> None:
        self.begun = 0
        self.go = asyncio.Event()
        self._error = error

    async def __call__(self) -> str:
        self.begun += 1
        await self.go.wait()
        if self._error is not None:
            raise self._error
        return "done"


async def soon() -> None:
    """Let everything that can run do so."""
    for _ in range(5):
        await asyncio.sleep(0)


async def test_a_hundred_callers_are_one_flight_though_the_first_leaves():
    """The one who started it may go away: the others get the answer, and it is asked once."""
    flights: SingleFlight[str] = SingleFlight()
    work = Work()
    callers = [asyncio.create_task(flights.join("key", work)) for _ in range(100)]
    await soon()

    callers[0].cancel()
    work.go.set()
    answers = await asyncio.gather(*callers, return_exceptions=True)

    assert work.begun == 1
    assert isinstance(answers[0], asyncio.CancelledError)
    assert answers[1:] == ["done"] * 99
    assert "key" not in flights


async def test_a_failure_reaches_all_and_the_next_tries_again():
    """A failed flight leaves nothing behind."""
    flights: SingleFlight[str] = SingleFlight()
    bad, good = Work(ValueError("no")), Work()
    bad.go.set()
    good.go.set()

    answers = await asyncio.gather(
        *(flights.join("key", bad) for _ in range(3)), return_exceptions=True
    )

    assert [str(answer) for answer in answers] == ["no"] * 3
    assert await flights.join("key", good) == "done"


async def test_nobody_needs_to_wait_for_a_failure():
    """A flight that fails after all have left makes no noise; warnings are errors here."""
    flights: SingleFlight[str] = SingleFlight()
    work = Work(ValueError("no"))
    flights.start("key", work)
    work.go.set()

    await soon()

    assert "key" not in flights


async def test_closing_waits_for_what_is_in_the_air_and_for_what_that_starts():
    """A flight may start another one; neither is cut off."""
    flights: SingleFlight[str] = SingleFlight()
    inner, landed = Work(), []

    async def outer() -> str:
        await asyncio.sleep(0)
        flights.start("inner", inner).add_done_callback(lambda _: landed.append("inner"))
        return "done"

    flights.start("outer", outer)
    asyncio.get_running_loop().call_later(0.02, inner.go.set)
    await flights.close()

    assert landed == ["inner"]


async def test_closing_cancels_what_does_not_land(monkeypatch):
    """The stop of the server has an end."""
    monkeypatch.setattr(singleflight, "STOP_WAIT_S", 0.01)
    flights: SingleFlight[str] = SingleFlight()
    late = flights.start("key", Work())

    await flights.close()

    assert late.cancelled()
    with pytest.raises(asyncio.CancelledError):
        late.result()
