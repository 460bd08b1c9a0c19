"""B14: what was noted under a wrong clock holds no longer than it would have under the right one.

Each moment that is kept, in memory or in a database, meets a clock that is set by an hour or by ten
years, both ways; nothing stays shut, fresh, quiet or alive until the wrong time comes.
"""

import pytest

from api.cache.entry import DAY, HOUR, LONGEST_LIFE, Verdict, judge
from api.cache.entry import TtlClass as Kinds
from api.db.jobs import LONGEST_S
from api.db.models import JobRow
from api.library.jobs import Outlook, seconds_left
from api.problems.refusals import Garbled, Limited, SourceError, Unreachable
from api.schemas.library import JobState
from api.sources.spotify.token import TokenEndpoint, TokenKeeper
from api.sources.upstream.gates import (
    FAILURES_IN_A_ROW,
    PROBE_EVERY_S,
    AccessVerdict,
    Breaker,
    Gate,
    SlidingWindow,
    StoredGates,
)
from tests.cache.making import NOW, SPOTIFY, Answering, Hands, key, tiers_in
from tests.sources.upstream.upstream import ARTIST, WHO, RowsInMemory, line

JUMPS = [sign * length for length in (HOUR, 3_650 * DAY) for sign in (1, -1)]
pytestmark = pytest.mark.parametrize("jump", JUMPS)


async def gates_after(jump, gate, verdict):
    """What a server that starts after the clock was set has heard before."""
    rows, clock = RowsInMemory(), Hands()
    before = StoredGates(rows, clock)
    await before.shut(gate)
    await before.decide(verdict)
    clock.pass_s(jump)
    after = StoredGates(rows, clock)
    await after.load()
    return before, after, clock


async def test_b14_gates_and_verdicts_of_another_time_are_ignored(jump):
    """A month’s silence asked for under a clock that was ten years ahead ends with that clock."""
    gate = Gate(WHO, "*", NOW, NOW + 60, streak=7)
    verdict = AccessVerdict(WHO, "features", "closed", "no", NOW, NOW + 60)

    for gates in (await gates_after(jump, gate, verdict))[:2]:
        assert gates.gate(WHO, "*") is None
        assert gates.verdict(WHO, "features") is None


async def test_an_open_verdict_of_another_time_is_written_anew(jump):
    """Its date is the one that people are shown."""
    opened = AccessVerdict(WHO, "artist", "open", "It answers.", NOW)
    _, gates, clock = await gates_after(jump, Gate(WHO, "x", NOW, NOW), opened)

    await gates.decide(AccessVerdict(WHO, "artist", "open", "It answers.", clock()))

    held = gates.verdict(WHO, "artist")
    assert held is not None
    assert held.decided_at == (clock() if jump < 0 else NOW)


async def test_unclear_waits_of_another_time_are_not_in_a_row(jump, httpx_mock):
    """The first one after the clock was set is as short as the first of all."""
    httpx_mock.add_response(status_code=429, is_reusable=True)
    async with line() as played:
        for _ in range(5):
            with pytest.raises(Limited) as refusal:
                await played.upstream.send(ARTIST)
            assert refusal.value.retry_at is not None
            played.clock.pass_s(refusal.value.retry_at - played.clock.now)
        played.clock.pass_s(jump)
        with pytest.raises(Limited) as refusal:
            await played.upstream.send(ARTIST)

    if jump != HOUR:  # an hour later they still are
        assert refusal.value.retry_at == played.clock.now + 30


def test_a_breaker_looks_again_at_once(jump):
    """It stays open no longer than ten seconds, and forgets what it counted in the future."""
    clock = Hands()
    breaker = Breaker(clock)
    for _ in range(FAILURES_IN_A_ROW):
        breaker.failed()
    clock.pass_s(jump)

    assert breaker.admits()
    assert not breaker.admits()
    breaker.succeeded()
    for _ in range(100):
        clock.pass_s(PROBE_EVERY_S)
        breaker.succeeded()
    assert len(breaker._calls) < 10


async def test_a_pace_goes_on(jump):
    """Calls of the future do not count among those of the last half minute."""
    clock = Hands()
    pace = SlidingWindow(2, 30, clock)
    await pace.wait_s(), await pace.wait_s()
    clock.pass_s(jump)

    assert await pace.wait_s() == 0


async def test_a_value_is_asked_for_again_and_swept_in_time(jump, tmp_path):
    """It is not fresh, stands in where nobody answers, and its hard date comes within its life."""
    clock = Hands()
    tiers = tiers_in(tmp_path, clock)
    await tiers.store.open()
    await tiers.get_or_fetch(key(), Answering(b"1"), Kinds.CATALOGUE)
    clock.pass_s(jump)
    verdict = judge(await tiers.peek(key()), now=clock())
    failing = Answering(Unreachable(SPOTIFY, "down"))
    if jump < 0:
        assert verdict is Verdict.EXPIRED
        assert (await tiers.get_or_fetch(key(), failing, Kinds.CATALOGUE)).entry.body == b"1"
    await tiers.store.sweep()
    kept = await tiers.store.get(key())
    clock.pass_s(LONGEST_LIFE + HOUR + 61)
    await tiers.store.sweep()

    assert (kept is None) is (jump > HOUR)
    assert await tiers.store.get(key()) is None
    await tiers.close()


@pytest.mark.parametrize("retry_s", [None, 86_400])
async def test_a_refusal_of_another_time_is_not_remembered(jump, retry_s, tmp_path):
    """In memory it would be until the clock gets there again."""
    clock = Hands()
    tiers = tiers_in(tmp_path, clock)
    await tiers.store.open()
    retry_at = None if retry_s is None else NOW + retry_s
    refusal: SourceError = (
        Garbled(SPOTIFY, "x") if retry_s is None else Limited(SPOTIFY, "wait", retry_at=retry_at)
    )
    fetch = Answering(refusal, b"2")
    with pytest.raises(type(refusal)):
        await tiers.get_or_fetch(key(), fetch, Kinds.CATALOGUE)
    clock.pass_s(jump)

    if (jump, retry_s) != (HOUR, 86_400):  # an hour later it still has to wait
        assert not tiers.is_failing(key())
        served = await tiers.get_or_fetch(key(), fetch, Kinds.CATALOGUE)
        assert served.entry.body == b"2"
    await tiers.close()


def _keeper(played):
    endpoint = TokenEndpoint(played.upstream, client_id="a", secret="b", clock=played.clock)
    return TokenKeeper(endpoint, played.clock)


async def test_a_token_is_renewed(jump, httpx_mock):
    """Nobody knows how long one from another time lives."""
    for number in range(2):
        token = {"access_token": f"t{number}", "expires_in": 3_600}
        httpx_mock.add_response(json=token, is_optional=True)
    async with line() as played:
        keeper = _keeper(played)
        first = await keeper.token()
        played.clock.pass_s(jump)
        second = await keeper.token()
        await keeper.close()

    assert (first, second) == ("t0", "t1")


async def test_a_refused_sign_in_is_tried_again(jump, httpx_mock):
    """It is quiet for a minute, not until the wrong time comes; and no trouble is of the future."""
    httpx_mock.add_response(status_code=400, json={"error": "invalid_client"})
    httpx_mock.add_response(json={"access_token": "t", "expires_in": 3_600})
    async with line() as played:
        keeper = _keeper(played)
        with pytest.raises(SourceError):
            await keeper.token()
        played.clock.pass_s(jump)
        assert (keeper.failure is None) is (jump < 0)
        assert await keeper.token() == "t"
        await keeper.close()


def test_how_long_a_job_takes_is_not_told_by_the_clock_that_was_set(jump):
    """Neither nothing nor ten years are left of it."""
    row = JobRow(
        id="a",
        track_id="b",
        state=JobState.RUNNING,
        percent=50.0,
        created_at=NOW,
        started_at=NOW - 5,
    )

    left = seconds_left(row, Outlook(NOW + jump, cores=1, typical_s=12.0))

    assert left == 12.0
    assert abs(jump) >= LONGEST_S
