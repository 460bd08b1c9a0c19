"""R-4: callers who leave in the middle never cost a connection."""

import asyncio
import itertools
import random
import time

from tests.routes.product import Product, opened
from tests.sampling import WHOLE
from tests.sandbox import id_of

CHURN_S, TIMES, CALLERS = 5.0, 3 if WHOLE else 1, 20


def unasked():
    """Addresses that nobody asked for before, so that each needs its source."""
    pairs = itertools.product(range(60), range(50), range(1, 51))
    for artist, offset, limit in pairs:
        yield f"/v1/artists/{id_of('artist', artist)}/albums?limit={limit}&offset={offset}"


async def churn(product: Product, paths, chance: random.Random) -> None:
    """One caller after the other who leaves at any moment."""
    until = time.monotonic() + CHURN_S
    while time.monotonic() < until:
        asked = asyncio.create_task(product.get(next(paths)))
        await asyncio.wait([asked], timeout=chance.uniform(0, 0.1))
        asked.cancel()
        await asyncio.gather(asked, return_exceptions=True)


async def test_no_connection_is_lost_to_callers_who_leave(tmp_path, sandbox, measured, promised):
    """After 5 s of 20 callers cancelled at random, three times: 20 of 20 answered within 1 s."""
    sandbox.latency_ms = 5
    paths, chance, slowest = unasked(), random.Random(4), 0.0
    async with opened(sandbox, tmp_path) as product:
        for _ in range(TIMES):
            await asyncio.gather(*(churn(product, paths, chance) for _ in range(CALLERS)))
            started = time.monotonic()
            answers = await asyncio.gather(*(product.get(next(paths)) for _ in range(CALLERS)))
            slowest = max(slowest, time.monotonic() - started)
            assert [answer.status_code for answer in answers] == [200] * CALLERS

    measured("calls under churn", sum(sandbox.calls.values()))
    promised("20 of 20 after it, ms", round(slowest * 1000), most=1_000)
