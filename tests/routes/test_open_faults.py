"""R-8 for the open sources: every fault of the catalogue at each of them, under what a page asks.

Timeouts are a tenth of the real ones. All 266 pairs are tried by .ci/run and with STRICT=1, in
about two minutes on two quiet cores; a plain run tries a few. Whatever breaks: a typed answer in
time, nobody else's word lost, nothing of another id, and once it is over everything is as if it had
never been.
"""

import asyncio
import time
from typing import Any

import pytest

from api.sources.upstream.gates import PROBE_EVERY_S
from tests.routes.product import DAY_S, Product, hurry, open_blocks, opened
from tests.routes.test_open_sources import ARTIST, KNOWN, PLACES, A, explained
from tests.sampling import sampled
from tests.sandbox import FAULTS, Sandbox
from tests.sandbox.catalogue import catalogue
from tests.sandbox.open import SERVICES

LONGEST_S = 8.0
TIMEOUT_S = 0.5
TOKENS = {"F20", "F21", "F22", "F50", "F51", "F52", "F53"}  # nobody here signs in
SPOTIFYS_WORDS = {"F23", "F24", "F25", "F26", "F27", "F39", "F56", "F57", "F58"}
PAIRS = [
    (fault.id, service.name)
    for fault in FAULTS
    if fault.server_side and fault.id not in TOKENS | SPOTIFYS_WORDS
    for service in SERVICES
]
A_FEW = 37
CASES = [  # of which coverage counts those that a plain run tries
    pytest.param(*pair, marks=pytest.mark.slow if place % A_FEW else [])
    for place, pair in enumerate(PAIRS)
]
NAMED = catalogue().artists[0]
ASKED = PLACES | {
    "top-tracks": f"{ARTIST}/top-tracks",
    "search": f"/v1/search?q={NAMED.name}&type=artist,track",
}


async def ask(product: Product) -> dict[str, Any]:
    """What the places answer, asked side by side as a page does."""
    answers = await asyncio.gather(*(product.get(path) for path in ASKED.values()))
    return dict(zip(ASKED, answers, strict=True))


def is_about_it(told: dict[str, Any]) -> bool:
    """Whether nobody else is in it than who was asked for."""
    if "id" in told:
        return told["id"] in {A, KNOWN}
    artists = {one["id"] for one in told["artists"]["items"]}
    named = [{one["name"] for one in track["artists"]} for track in told["tracks"]["items"]]
    return artists <= {A} and all(NAMED.name in names for names in named)


@pytest.mark.parametrize(("fault", "service"), sampled(CASES, A_FEW))
async def test_a_fault_of_one_source_is_nobody_elses(tmp_path, monkeypatch, fault, service):
    """Typed, in time, about what was asked; and gone once it is over."""
    monkeypatch.setattr("api.sources.upstream.client.CALL_BUDGET_S", 2 * TIMEOUT_S)
    hurry(monkeypatch)
    pattern = next(one.pattern for one in SERVICES if one.name == service)
    async with (
        Sandbox() as sandbox,
        opened(None, tmp_path, **open_blocks(sandbox), upstream_timeout_s=TIMEOUT_S) as product,
    ):
        sandbox.fault(fault, path=pattern)
        started = time.perf_counter()
        answers = await ask(product)
        spent_s = time.perf_counter() - started
        sandbox.clear_faults()
        monkeypatch.undo()  # a healthy source is asked again where a busy machine was slow
        product.clock.advance(2 * DAY_S)
        await ask(product)  # one call looks whether it answers again, for all of its kind
        product.clock.advance(PROBE_EVERY_S)
        after = await ask(product)

    assert spent_s < LONGEST_S
    for name, answer in answers.items():
        told = answer.json()
        assert answer.status_code in {200, 404, 502, 503}, (name, told)
        if answer.status_code == 200:
            assert is_about_it(told), name
            nulls = {field for field, value in told.items() if value is None}
            assert name == "search" or nulls <= explained(told), name
        else:
            assert answer.headers["content-type"] == "application/problem+json"
            assert told["attempts"], name
    assert {answer.status_code for answer in after.values()} == {200}
