"""What the catalogue promises of single faults beyond a typed answer."""

import asyncio
import socket
from contextlib import closing

import pytest

from api.sources.upstream import gates
from tests.routes.places import ARTIST, OTHERS, PLACES
from tests.routes.product import DAY_S, opened
from tests.sandbox import Sandbox, id_of

HOUR_S = 3_600
TRACKS = [f"/v1/tracks/{id_of('track', number)}" for number in range(60)]
TRACK, TOKEN = "/v1/tracks/{id}", "/api/token"
GATES = {  # fault → the seconds it shuts the gate for; None: it is waited for, once
    "F31": 30,
    "F32": None,
    "F33": None,
    "F34": DAY_S,
    "F35": 120,
    "F36": 30,
    "F37": 30,
    "F38": 5,
    "F40": 30,
}


async def asked_at_once(product, paths):
    """All of them together."""
    return await asyncio.gather(*(product.get(path) for path in paths))


async def test_a_401_renews_the_token_once(product, sandbox):
    """F20: one POST, the question again, and the truth."""
    await product.get(TRACKS[0])
    sandbox.fault("F20")

    answer = await product.get(TRACKS[1])

    assert (answer.status_code, sandbox.calls[TOKEN]) == (200, 2)


async def test_a_401_for_ever_is_no_endless_renewal(product, sandbox):
    """F21: one new token per question at most, then the caller is told."""
    await product.get(TRACKS[0])
    sandbox.fault("F21")

    answer = await product.get(TRACKS[1])

    assert answer.status_code == 404
    assert answer.json()["attempts"][0]["reason"] == "not-configured"
    assert (sandbox.calls[TOKEN], sandbox.calls[TRACK]) == (2, 3)


async def test_fifty_rejected_calls_cause_one_token(product, sandbox, monkeypatch):
    """F22: all tokens expire under 50 callers: one POST, 50 answers."""
    monkeypatch.setattr(gates, "WAIT_S", 30.0)  # a hundred calls, on however busy a machine
    await product.get(TRACKS[0])
    sandbox.latency_ms = 20
    sandbox.fault("F22")

    answers = await asked_at_once(product, TRACKS[1:51])

    assert [answer.status_code for answer in answers] == [200] * 50
    assert sandbox.calls[TOKEN] == 2


@pytest.mark.parametrize("fault", GATES)
async def test_a_429_is_obeyed_to_the_second(product, sandbox, fault):
    """No call until the gate's time, however many ask; one right after it."""
    await product.get(OTHERS["artist"])
    sandbox.fault(fault, times=1)
    wait_s = GATES[fault]

    first = await product.get(TRACKS[0])
    if wait_s is None:
        assert (first.status_code, sandbox.calls[TRACK]) == (200, 2)
        return
    await asked_at_once(product, TRACKS[1:11])
    product.clock.advance(wait_s - 2)
    refused = await product.get(TRACKS[11])
    calls_while_shut = sandbox.calls[TRACK]
    product.clock.advance(3)
    answer = await product.get(TRACKS[0])

    assert (first.status_code, refused.status_code, calls_while_shut) == (503, 503, 1)
    assert wait_s - 2 <= int(first.headers["retry-after"]) <= wait_s
    assert (answer.status_code, sandbox.calls[TRACK]) == (200, 2)


async def test_unclear_requests_to_wait_double_the_guess(product, sandbox):
    """F31 again and again: 30 s, then 60 s, then 120 s."""
    await product.get(OTHERS["artist"])
    sandbox.fault("F31")
    waits = []
    for path in TRACKS[:3]:
        answer = await product.get(path)
        waits.append(int(answer.headers["retry-after"]))
        product.clock.advance(waits[-1] + 1)

    assert waits == [30, 60, 120]


async def test_a_quota_closes_its_own_bucket_only(product, sandbox):
    """F39: artists' albums rest, everything else is answered."""
    sandbox.fault("F39")

    refused = await product.get(PLACES["albums"])
    others = await asked_at_once(
        product, [path for name, path in PLACES.items() if name != "albums"]
    )

    assert refused.status_code == 503
    assert {answer.status_code for answer in others} == {200}


async def test_a_missing_subscription_stops_all_calls_for_an_hour(product, sandbox):
    """F25: one refusal is enough; after the hour it is tried again."""
    await product.get(OTHERS["artist"])
    sandbox.fault("F25", times=1)
    await product.get(TRACKS[0])
    before = sum(sandbox.calls.values())
    refused = await asked_at_once(product, PLACES.values())
    product.clock.advance(HOUR_S - 60)
    late = await product.get(TRACKS[1])
    during = sum(sandbox.calls.values()) - before
    product.clock.advance(120)
    answer = await product.get(TRACKS[2])

    assert during == 0
    assert late.status_code == 404
    assert "Premium" in late.json()["attempts"][0]["detail"]
    assert 200 not in {r.status_code for r in refused if "items" not in r.json()}
    assert answer.status_code == 200


async def test_no_redirect_is_followed(product, sandbox):
    """F45: a canary at the redirect's target sees no connection."""
    with closing(socket.create_server(("127.0.0.1", 0))) as canary:
        canary.settimeout(0.3)
        host, port = canary.getsockname()
        sandbox.fault("F45", location=f"http://{host}:{port}/latest/meta-data/")
        answers = await asked_at_once(product, PLACES.values())

        with pytest.raises(TimeoutError):
            canary.accept()
    assert {a.status_code for a in answers if "items" not in a.json()} <= {502, 503}


async def test_no_foreign_link_is_followed_or_passed_on(product, sandbox):
    """F46: our links lead to ourselves, whatever the source says comes next."""
    sandbox.fault("F46")

    answer = await product.get(f"/v1/artists/{ARTIST}/albums?limit=2")

    assert answer.json()["next"] == f"/v1/artists/{ARTIST}/albums?limit=2&offset=2"
    assert "elsewhere" not in answer.text + str(answer.headers)


@pytest.mark.parametrize("megabytes", [10, 64])
async def test_a_gzip_bomb_is_cut(product, sandbox, megabytes):
    """F14: however large, eight megabytes of it are unpacked."""
    sandbox.fault("F14", megabytes=megabytes)

    answer = await product.get(PLACES["track"])

    assert answer.status_code == 502
    assert "too large" in answer.json()["attempts"][0]["detail"]


async def test_a_wrong_clock_renews_no_token(product, sandbox):
    """F49: the Date of an answer is not believed."""
    sandbox.fault("F49")

    answers = await asked_at_once(product, TRACKS[:20])

    assert {answer.status_code for answer in answers} == {200}
    assert sandbox.calls[TOKEN] == 1


async def test_unchanged_is_not_believed_of_what_is_not_kept(product, sandbox):
    """F56: 304 to a first question is unreadable, and not asked again in a loop."""
    sandbox.fault("F56")

    answer = await product.get(PLACES["artist"])

    assert answer.status_code == 502
    assert sandbox.calls["/v1/artists/{id}"] <= 2


async def test_a_validator_that_always_changes_makes_no_loop(product, sandbox):
    """F57: one call per expiry, as for any other answer."""
    sandbox.fault("F57")
    for _ in range(3):
        await product.get(PLACES["artist"])
        product.clock.advance(1.5 * DAY_S)
        await product.get(PLACES["artist"])
        await asyncio.sleep(0.3)

    assert sandbox.calls["/v1/artists/{id}"] == 4


async def test_a_lost_permission_is_noticed_at_the_next_call(product, sandbox):
    """F58: what is cached stays, the next call finds the family closed, no further one is made."""
    await product.get(PLACES["features"])
    sandbox.fault("F58")

    refused = [await product.get(f"{path}/features") for path in TRACKS[10:13]]
    kept = await product.get(PLACES["features"])

    assert {r.json()["attempts"][0]["reason"] for r in refused} == {"closed"}
    assert (kept.status_code, sandbox.calls["/v1/audio-features/{id}"]) == (200, 2)


async def test_a_host_that_cannot_be_reached_is_unreachable(tmp_path):
    """F02, F03: a name that does not resolve, and a port that speaks no TLS."""
    async with Sandbox() as sandbox:
        for number, base in enumerate(
            ("https://name.invalid", f"https://127.0.0.1:{sandbox.port}")
        ):
            urls = {"api_url": f"{base}/v1", "accounts_url": base}
            async with opened(sandbox, tmp_path / str(number), spotify=urls) as product:
                answers = await asked_at_once(product, PLACES.values())

            lone = [answer for answer in answers if "items" not in answer.json()]
            assert {answer.status_code for answer in lone} == {503}
            assert {a.json()["attempts"][0]["reason"] for a in lone} <= {"unreachable", "limited"}


async def test_a_cancelled_leader_takes_nobody_along(product, sandbox):
    """F54: the first of 100 is cancelled: one call, 99 answers."""
    sandbox.latency_ms = 100
    leader, *others = [asyncio.create_task(product.get(TRACKS[0])) for _ in range(100)]
    await asyncio.sleep(0.05)
    leader.cancel()

    answers = await asyncio.gather(*others)

    assert [answer.status_code for answer in answers] == [200] * 99
    assert sandbox.calls[TRACK] == 1


async def test_a_failing_leader_fails_for_all_and_is_tried_once_more(product, sandbox):
    """F55: 100 callers under a 500: one call, one reason; five seconds later one call more."""
    await product.get(OTHERS["artist"])
    sandbox.fault("F41", times=1)
    failed = await asked_at_once(product, [TRACKS[0]] * 100)
    calls = sandbox.calls[TRACK]
    product.clock.advance(6)

    mended = await asked_at_once(product, [TRACKS[0]] * 100)

    assert {(a.status_code, a.json()["attempts"][0]["detail"]) for a in failed} == {
        (503, "It says that it has a fault of its own.")
    }
    assert {answer.status_code for answer in mended} == {200}
    assert (calls, sandbox.calls[TRACK]) == (1, 2)
