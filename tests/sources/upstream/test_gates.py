"""A source that asks us to wait is obeyed: how long, for which calls, and since when."""

import asyncio

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.problems.refusals import Limited
from api.sources.upstream import retry_after
from api.sources.upstream.client import EVERYTHING
from api.sources.upstream.gates import AccessVerdict, Gate, StoredGates
from tests.cache.making import NOW, Hands
from tests.sources.upstream.upstream import ALBUMS, ARTIST, WHO, RowsInMemory, line

IN_A_MINUTE = "Fri, 15 Jan 2027 08:01:00 GMT"  # NOW is 08:00


async def limited(played, call=ARTIST):
    """Ask and be refused; the refusal."""
    with pytest.raises(Limited) as caught:
        await played.upstream.send(call)
    return caught.value


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("3", 3),
        ("0", 1),
        ("60", 60),
        ("1.5", 1.5),
        (" 7 ", 7),
        ("86400", 86_400),
        ("999999999999", 7 * 86_400),
        (IN_A_MINUTE, 60),
        ("+5", 5),
        ("+1.5", 1.5),
        ("5, 7", 7),
        ("7,5", 7),
        ("0, 60", 60),
        ("-5, 7", 7),
        ("abc, 7", 7),
        (", 7,", 7),
        (f"5, {IN_A_MINUTE}", 60),
        (f"{IN_A_MINUTE}, 90", 90),
        (f"{IN_A_MINUTE}, {IN_A_MINUTE}", 60),
        (f"Fri, 15 Jan 2027 07:00:00 GMT, {IN_A_MINUTE}", 60),
        ("Friday, 15-Jan-27 08:01:00 GMT, 5", 60),
        ("+-5", 30),
        ("++5", 30),
        ("+", 30),
        ("-5, -7", 30),
        (",", 30),
        ("Fri, 15 Jan 2027 07:59:00 GMT", 30),
        (None, 30),
        ("", 30),
        ("-5", 30),
        ("abc", 30),
        ("1e9", 30),
        ("٣", 30),
        ("Fri, 15 Jan 99999 08:01:00 GMT", 30),
    ],
)
def test_the_header_is_read_whatever_it_says(header, seconds):
    """Whole or split seconds, a date, or nothing that can be obeyed: then half a minute."""
    assert retry_after.seconds_to_wait(header, now=NOW, streak=0) == seconds


@given(st.text() | st.none(), st.integers(0, 2_000))
def test_no_header_makes_a_wait_that_is_unreasonable(header, streak):
    """At least a second, at most a week, whatever was sent and however often."""
    wait = retry_after.seconds_to_wait(header, now=NOW, streak=streak)

    assert 1 <= wait <= 7 * 86_400


async def test_a_header_sent_twice_is_obeyed(httpx_mock):
    """The longer wait of the two, as a quota if it is one."""
    lines = [("Retry-After", "5"), ("Retry-After", "90")]
    httpx_mock.add_response(status_code=429, headers=lines)

    async with line() as played:
        refusal = await limited(played)
        shut = played.rows.gates.values()

    assert refusal.retry_at == NOW + 90
    assert [gate.bucket for gate in shut] == [ARTIST.template]


async def test_a_short_wait_is_waited_for_once(httpx_mock):
    """A second 429 shuts the gate."""
    httpx_mock.add_response(status_code=429, headers={"Retry-After": "1"})
    httpx_mock.add_response(status_code=200)
    httpx_mock.add_response(status_code=429, headers={"Retry-After": "2"}, is_reusable=True)

    async with line() as played:
        reply = await played.upstream.send(ARTIST)
        refusal = await limited(played)

    assert reply.status == 200
    assert played.slept == [1, 2]
    assert refusal.retry_at == played.clock.now + 2
    assert len(httpx_mock.get_requests()) == 4


async def test_a_short_wait_after_a_failure_is_waited_for_too(httpx_mock):
    """It is the first 429 of this question, though not its first try."""
    httpx_mock.add_response(status_code=500)
    httpx_mock.add_response(status_code=429, headers={"Retry-After": "1"})
    httpx_mock.add_response(status_code=200)

    async with line() as played:
        played.upstream._retries._saved = 5
        reply = await played.upstream.send(ARTIST)

    assert reply.status == 200


async def test_a_gate_shuts_every_call_of_the_credential(httpx_mock):
    """Nothing goes out until its time has come; then it does."""
    httpx_mock.add_response(status_code=429, headers={"Retry-After": "30"})
    httpx_mock.add_response(status_code=200)

    async with line() as played:
        await limited(played)
        refusal = await limited(played, ALBUMS)
        during = len(httpx_mock.get_requests())
        played.clock.pass_s(30)
        await played.upstream.send(ALBUMS)

    assert (during, refusal.retry_at, refusal.status) == (1, NOW + 30, 429)


@pytest.mark.parametrize(
    ("header", "body"), [("86400", b""), ("5", b'{"error": "QUOTA_EXCEEDED"}'), ("61", b"")]
)
async def test_a_quota_shuts_its_own_bucket_only(httpx_mock, header, body):
    """A long wait, or one that calls itself a quota, is about one kind of call."""
    httpx_mock.add_response(status_code=429, headers={"Retry-After": header}, content=body)
    httpx_mock.add_response(status_code=200)

    async with line() as played:
        await limited(played)
        reply = await played.upstream.send(ALBUMS)
        await limited(played)
        shut = played.rows.gates.values()

    assert reply.status == 200
    assert [gate.bucket for gate in shut] == [ARTIST.template]


@pytest.mark.parametrize("header", ["1", "5", "61", "86400", None])
async def test_any_wait_may_be_meant_for_all_calls(httpx_mock, header):
    """Of a source that means the whole queue, none is waited out and none is one bucket's."""
    headers = {} if header is None else {"Retry-After": header}
    httpx_mock.add_response(status_code=429, headers=headers)

    async with line(waits_whole=True) as played:
        first = await limited(played)
        second = await limited(played, ALBUMS)
        shut = played.rows.gates.values()

    assert first.retry_at == second.retry_at == NOW + float(header or 30)
    assert [gate.bucket for gate in shut] == [EVERYTHING]
    assert played.slept == []


async def test_who_queued_while_a_gate_shut_stays_behind_it(httpx_mock):
    """A place in the queue from before the source asked for silence is none any more."""
    httpx_mock.add_response(status_code=429, headers={"Retry-After": "30"})
    waits = iter((0.0, 0.05))

    class Queue:
        async def wait_s(self):
            return next(waits)

    async with line(pace=Queue()) as played:
        outcomes = await asyncio.gather(limited(played, ARTIST), limited(played, ALBUMS))

    assert [outcome.retry_at for outcome in outcomes] == [NOW + 30] * 2
    assert len(httpx_mock.get_requests()) == 1


@pytest.mark.parametrize("body", [b"", b"QUOTA_EXCEEDED"], ids=["credential", "bucket"])
async def test_unclear_waits_double_up_to_an_hour(httpx_mock, body):
    """Each that follows soon after another lasts twice as long, in its own bucket."""
    httpx_mock.add_response(status_code=429, content=body, is_reusable=True)
    waits = []

    async with line() as played:
        for _ in range(9):
            refusal = await limited(played)
            waits.append(refusal.retry_at - played.clock.now)
            played.clock.pass_s(waits[-1])

    assert waits == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]


async def test_an_unclear_wait_long_after_the_last_begins_anew(httpx_mock):
    """Last month's trouble says nothing about today's."""
    httpx_mock.add_response(status_code=429, is_reusable=True)

    async with line() as played:
        await limited(played)
        played.clock.pass_s(2 * 86_400)
        refusal = await limited(played)

    assert refusal.retry_at == played.clock.now + 30


async def test_calls_that_are_refused_together_count_once(httpx_mock):
    """Eight at once that meet the same limit do not make an hour of it."""
    gate = asyncio.Event()

    async def refuse(_request):
        await gate.wait()
        return httpx.Response(429)

    httpx_mock.add_callback(refuse, is_reusable=True)
    async with line() as played:
        calls = [asyncio.create_task(played.upstream.send(ARTIST)) for _ in range(8)]
        await asyncio.sleep(0.01)
        gate.set()
        refusals = await asyncio.gather(*calls, return_exceptions=True)
        shut = played.rows.gates.values()

    assert {getattr(one, "retry_at", None) for one in refusals} == {NOW + 30}
    assert [(one.bucket, one.until, one.streak) for one in shut] == [(EVERYTHING, NOW + 30, 1)]


async def test_a_restart_forgets_neither_gates_nor_verdicts():
    """They are in the rows before anybody acts on them."""
    rows, clock = RowsInMemory(), Hands()
    gates = StoredGates(rows, clock)
    await gates.shut(Gate(WHO, "*", NOW, NOW + 60))
    await gates.decide(AccessVerdict(WHO, "features", "closed", "no", NOW, NOW + 60))

    again = StoredGates(rows, clock)
    await again.load()
    gate, verdict = again.gate(WHO, "*"), again.verdict(WHO, "features")
    clock.pass_s(60)

    assert gate == again.last_gate(WHO, "*") == Gate(WHO, "*", NOW, NOW + 60)
    assert verdict == AccessVerdict(WHO, "features", "closed", "no", NOW, NOW + 60)
    assert (again.gate(WHO, "*"), again.verdict(WHO, "features")) == (None, None)


async def test_what_is_still_open_is_written_once():
    """A thousand answers are one row and one write; a change of mind is another."""
    rows = RowsInMemory()
    gates = StoredGates(rows, Hands())

    for state in ("open", "open", "closed", "open"):
        await gates.decide(AccessVerdict(WHO, "artist", state, "…", NOW))

    assert rows.writes == 3
    assert gates.verdict(WHO, "artist") is not None
    assert gates.verdict(WHO, "related") is None
