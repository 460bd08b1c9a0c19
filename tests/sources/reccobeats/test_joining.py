"""Whatever ReccoBeats sends in whatever order, no track gets another's numbers."""

import asyncio
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.problems.refusals import Garbled, Limited, Unreachable
from tests.sandbox.answers import Answer, error, of
from tests.sources.reccobeats.sent import ONE, TWO, page, rows, sending, sound, track

IDS = [f"{n:022d}" for n in range(1, 101)]
STRANGERS = [f"{n:022d}" for n in range(501, 511)]
BROKEN: list[Any] = [
    *(None, "", 7, [], "https://open.spotify.com/track/", f"https://open.spotify.com/album/{ONE}"),
    *(f"https://elsewhere.test/track/{ONE}", f"{page(ONE)}0", f"spotify:track:{ONE}", ONE),
    *(f" {page(ONE)}", f"https://open.spotify.com/track/{'z' * 22}"),
]


def energy_of(ident: str) -> float:
    """Every track has an energy of its own."""
    return int(ident) / 1_000


@st.composite
def answers(draw: st.DrawFn) -> tuple[list[str], list[Any], set[str]]:
    """What is asked for, rows in any order with gaps and duplicates, and whom the rows tell of."""
    asked = draw(st.lists(st.sampled_from(IDS), min_size=1, max_size=40, unique=True))
    told = draw(st.lists(st.sampled_from(asked), unique=True))
    twice = draw(st.lists(st.sampled_from(told), max_size=3)) if told else []
    strangers = draw(st.lists(st.sampled_from(STRANGERS), max_size=3))
    sent: list[Any] = [
        sound(ident, energy=energy_of(ident)) for ident in (*told, *twice, *strangers)
    ]
    broken = draw(st.lists(st.sampled_from(BROKEN), max_size=3))
    sent += [sound(ONE, href=href, energy=0.999) for href in broken]
    sent += draw(st.lists(st.sampled_from([None, 7, "x", [], {}]), max_size=2))
    return asked, draw(st.permutations(sent)), set(told)


@pytest.fixture(scope="module")
def loop():
    """One loop for all draws."""
    with asyncio.Runner() as runner:
        yield runner


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(case=answers())
def test_no_track_gets_the_numbers_of_another(loop, case):
    """Out of order, with gaps, duplicates, strangers and broken addresses."""
    asked, sent, told = case

    async def ask() -> Any:
        async with sending(rows(*sent)) as (source, _):
            return await source.features_of(asked)

    found = loop.run(ask())

    values = {ident: one.value for ident, one in found.items() if not isinstance(one, Garbled)}
    assert values.keys() == told
    assert {ident: value.id for ident, value in values.items()} == {i: i for i in told}
    assert {ident: value.energy for ident, value in values.items()} == {
        ident: energy_of(ident) for ident in told
    }
    pages = {page(ident) for ident in told}
    has_others = any(not isinstance(row, dict) or str(row.get("href")) not in pages for row in sent)
    assert found.keys() == (set(asked) if has_others else told)


async def test_twenty_five_of_forty_come_back_shuffled():
    """Those that are left out are not known: nothing else stands in the answer."""
    known = IDS[:40:2] + IDS[1:11:2]
    sent = rows(*(sound(ident, energy=energy_of(ident)) for ident in reversed(known)))

    async with sending(sent) as (source, asked):
        found = await source.features_of(IDS[:40])

    assert found.keys() == set(known)
    assert all(one.value.energy == energy_of(ident) for ident, one in found.items())
    assert len(asked) == 1


async def test_gaps_beside_a_stranger_are_not_taken_for_unknown():
    """The row that tells of somebody else may be theirs."""
    async with sending(rows(sound(ONE), sound(STRANGERS[0]))) as (source, _):
        found = await source.features_of([ONE, TWO])

    assert found[ONE].value.id == ONE
    assert isinstance(found[TWO], Garbled)


async def test_two_rows_that_contradict_one_another_are_both_left():
    """Nobody can tell which of them is right; the tracks beside it are there."""
    sent = rows(sound(ONE), sound(TWO), sound(ONE, tempo=180.0))

    async with sending(sent) as (source, _):
        found = await source.features_of([ONE, TWO])

    assert isinstance(found[ONE], Garbled)
    assert found[TWO].value.tempo == 90.0


async def test_a_hundred_ids_are_three_calls():
    """Forty in a call, each id once."""

    def answer(request: Any) -> Answer:
        return rows(*(sound(ident) for ident in request.query["ids"].split(",")))

    async with sending(answer) as (source, asked):
        found = await source.features_of([*IDS, *IDS])

    assert found.keys() == set(IDS)
    assert sorted(len(one.query["ids"].split(",")) for one in asked) == [20, 40, 40]


async def test_a_call_that_fails_costs_its_own_ids():
    """They could not be asked about, which is another thing than unknown."""

    def answer(request: Any) -> Answer:
        idents = request.query["ids"].split(",")
        return of({"content": 7}) if IDS[0] in idents else rows(*map(track, idents))

    async with sending(answer) as (source, _):
        found = await source.tracks(IDS, market=None)

    assert found.keys() == set(IDS)
    lost = {ident for ident, one in found.items() if isinstance(one, Garbled)}
    assert lost == set(IDS[:40])


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (error(429).but(retry_after="86400"), Limited),
        (error(503), Unreachable),
        (of({"content": None}), Garbled),
    ],
)
async def test_all_calls_that_fail_are_one_refusal(answer, kind):
    """Of its own kind, so that it is known when to ask again."""
    async with sending(answer) as (source, _):
        with pytest.raises(kind):
            await source.features_of(IDS)
