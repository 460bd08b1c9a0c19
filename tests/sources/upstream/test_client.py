"""One exchange with a source, and everything it can end in."""

import asyncio
import gzip
import zlib
from unittest.mock import ANY

import httpx
import pytest

from api.problems.refusals import Garbled, Limited, SourceError, Unreachable
from api.sources.upstream import client, gates
from api.sources.upstream.client import MAX_BODY_BYTES, UpstreamReply, UpstreamRequest
from tests.sources.upstream.upstream import ARTIST, BASE, TOKEN, line

URL = f"{BASE}/artists/1"


async def test_an_answer_comes_with_its_status_and_headers(httpx_mock):
    """Anything below 500 is an answer; header names are in lower case; who asks is said."""
    httpx_mock.add_response(url=f"{URL}?market=GB", status_code=404, headers={"ETag": '"1"'})
    call = UpstreamRequest("/artists/{id}", {"id": "1"}, {"market": "GB", "type": None}, '"0"')

    async with line(contact="me@here.test") as played:
        reply = await played.upstream.send(call)

    assert (reply.status, reply.headers["etag"], reply.body) == (404, '"1"', b"")
    sent = httpx_mock.get_request()
    assert sent.headers["user-agent"].startswith("Earprint/")
    assert sent.headers["user-agent"].endswith(" (me@here.test)")
    assert sent.headers["if-none-match"] == '"0"'
    assert (sent.method, sent.headers.get("cookie")) == ("GET", None)


async def test_a_secret_parameter_is_sent_and_never_logged(httpx_mock, caplog):
    """It joins the query below httpx, so that neither its log nor an error can tell it."""
    caplog.set_level("DEBUG")
    httpx_mock.add_response(url=f"{URL}?market=GB&api_key=s3cret")
    httpx_mock.add_exception(httpx.ReadTimeout("slow"))
    call = UpstreamRequest("/artists/{id}", {"id": "1"}, {"market": "GB"})

    async with line(secret_params={"api_key": "s3cret"}) as played:
        await played.upstream.send(call)
        with pytest.raises(Unreachable) as caught:
            await played.upstream.send(call)

    told = [record.getMessage() for record in caplog.records]
    assert any(f"{URL}?market=GB" in line for line in told)
    chain = [caught.value, caught.value.__cause__, getattr(caught.value.__cause__, "request", "")]
    assert all("s3cret" not in repr(one) + str(one) for one in [*told, *chain])
    assert "s3cret" not in repr(played.upstream._endpoint)


@pytest.mark.parametrize(
    ("headers", "wait_s"),
    [
        ({"x-ratelimit-reset-in": "7"}, 7),
        ({"x-ratelimit-reset-in": "7", "retry-after": "9"}, 9),
    ],
)
async def test_a_wait_may_stand_in_another_header(httpx_mock, headers, wait_s):
    """ListenBrainz says in its own when it may be asked again; Retry-After goes first."""
    httpx_mock.add_response(status_code=429, headers=headers)

    async with line() as played:
        with pytest.raises(Limited) as caught:
            await played.upstream.send(ARTIST)

    assert caught.value.retry_at == played.clock.now + wait_s


async def test_a_form_is_posted_and_never_repeated(httpx_mock):
    """A POST may have had its effect although its answer was lost."""
    httpx_mock.add_response(method="POST", url=f"{BASE}/api/token", status_code=500)

    async with line() as played:
        with pytest.raises(Unreachable):
            await played.upstream.send(TOKEN)

    assert httpx_mock.get_request().content == b"grant_type=client_credentials"


@pytest.mark.parametrize(
    ("error", "detail"),
    [
        (httpx.ReadTimeout("slow"), "in time"),
        (httpx.ConnectTimeout("slow"), "in time"),
        (httpx.ConnectError("refused"), "connection to it failed"),
        (httpx.RemoteProtocolError("nonsense"), "connection to it failed"),
        (httpx.PoolTimeout("full"), "No connection to it was free"),
    ],
)
async def test_every_way_not_to_answer_is_unreachable(httpx_mock, error, detail):
    """No transport error gets past the seam."""
    httpx_mock.add_exception(error)

    async with line() as played:
        with pytest.raises(Unreachable, match=detail):
            await played.upstream.send(ARTIST)


async def test_a_fault_of_its_own_keeps_its_status(httpx_mock):
    """`Cache-Status` tells it later."""
    httpx_mock.add_response(url=URL, status_code=503)

    async with line() as played:
        with pytest.raises(Unreachable) as caught:
            await played.upstream.send(ARTIST)

    assert caught.value.status == 503


async def test_redirects_are_refused(httpx_mock):
    """Nobody sends us to another host."""
    httpx_mock.add_response(url=URL, status_code=302, headers={"Location": "http://169.254.0.1/"})

    async with line() as played:
        with pytest.raises(Garbled, match="redirects"):
            await played.upstream.send(ARTIST)


@pytest.mark.parametrize(
    ("encoding", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress), ("", bytes)]
)
async def test_packed_bodies_are_unpacked(httpx_mock, encoding, pack):
    """Whatever of these a source chooses."""
    httpx_mock.add_response(
        url=URL, stream=httpx.ByteStream(pack(b"hello")), headers={"Content-Encoding": encoding}
    )

    async with line() as played:
        assert (await played.upstream.send(ARTIST)).body == b"hello"


@pytest.mark.parametrize(
    ("body", "headers", "detail"),
    [
        (gzip.compress(bytes(10 * MAX_BODY_BYTES)), {"Content-Encoding": "gzip"}, "too large"),
        (bytes(MAX_BODY_BYTES + 1), {}, "too large"),
        (b"no gzip", {"Content-Encoding": "gzip"}, "unpacked"),
    ],
    ids=["bomb", "large", "broken"],
)
async def test_a_body_that_cannot_be_taken_is_garbled(httpx_mock, body, headers, detail):
    """A small bomb unpacks no further than the cap."""
    httpx_mock.add_response(url=URL, stream=httpx.ByteStream(body), headers=headers)

    async with line() as played:
        with pytest.raises(Garbled, match=detail):
            await played.upstream.send(ARTIST)


async def test_a_lost_pool_is_renewed_once_and_the_old_one_hung_up(httpx_mock):
    """Of several calls that find no slot only the first takes a new client."""
    together = asyncio.Barrier(3)

    async def full(_request):
        await together.wait()
        raise httpx.PoolTimeout("full")

    httpx_mock.add_callback(full, is_reusable=True)
    async with line() as played:
        before = played.upstream._client
        await asyncio.gather(
            *(played.upstream.send(TOKEN) for _ in range(3)), return_exceptions=True
        )
        after = played.upstream._client
        retired = list(played.upstream._retired)

    assert after is not before
    assert retired == [before]
    assert before.is_closed
    assert after.is_closed


async def test_a_failure_is_tried_again_a_little_later(httpx_mock, monkeypatch):
    """Up to two more times, each after a wait that chance spreads."""
    httpx_mock.add_response(url=URL, status_code=500)
    httpx_mock.add_response(url=URL, status_code=500)
    httpx_mock.add_response(url=URL, text="{}")

    async with line() as played:
        monkeypatch.setattr(played.upstream._retries, "spend", lambda: True)
        reply = await played.upstream.send(ARTIST)

    assert reply.status == 200
    assert played.slept == [pytest.approx(0.45)] * 2


async def test_retries_that_failed_together_do_not_come_back_together(httpx_mock, monkeypatch):
    """Each waits between 0.1 and 0.8 seconds, as chance has it."""
    httpx_mock.add_response(url=URL, status_code=500)
    httpx_mock.add_response(url=URL, status_code=500)
    httpx_mock.add_response(url=URL, text="{}")

    async with line() as played:
        monkeypatch.setattr(played.upstream._retries, "spend", lambda: True)
        monkeypatch.setattr(played.upstream, "_chance", iter((0.0, 1.0)).__next__)
        await played.upstream.send(ARTIST)

    assert played.slept == [pytest.approx(0.1), pytest.approx(0.8)]


async def test_retries_are_at_most_a_fifth_of_the_calls(httpx_mock, monkeypatch):
    """In an outage nobody makes it worse; without credit there is no retry at all."""
    httpx_mock.add_response(status_code=500, is_reusable=True)

    async with line() as played:
        monkeypatch.setattr(played.upstream.breaker, "failed", lambda: None)
        for _ in range(50):
            with pytest.raises(Unreachable):
                await played.upstream.send(ARTIST)

    assert 50 < len(httpx_mock.get_requests()) <= 60


async def test_an_open_breaker_calls_nobody(httpx_mock):
    """After five failures the sixth caller is told at once when it is tried again."""
    httpx_mock.add_response(status_code=500, is_reusable=True)

    async with line() as played:
        for _ in range(5):
            with pytest.raises(Unreachable):
                await played.upstream.send(TOKEN)
        with pytest.raises(Unreachable, match="every ten seconds") as caught:
            await played.upstream.send(ARTIST)

    assert len(httpx_mock.get_requests()) == 5
    assert caught.value.retry_at == played.clock.now + 10


async def test_a_full_queue_is_a_limit_of_ours(httpx_mock, monkeypatch):
    """Who has no place is told to come back in two seconds; the source is not blamed."""
    monkeypatch.setattr(gates, "MOST_WAITING", 1)
    gate = asyncio.Event()

    async def answer(_request):
        await gate.wait()
        return httpx.Response(200)

    httpx_mock.add_callback(answer, is_reusable=True)
    async with line() as played:
        calls = [asyncio.create_task(played.upstream.send(ARTIST)) for _ in range(10)]
        await asyncio.sleep(0.01)
        gate.set()
        ended = await asyncio.gather(*calls, return_exceptions=True)

    refused = [one for one in ended if isinstance(one, Limited)]
    assert [(one.status, one.retry_at) for one in refused] == [(None, played.clock.now + 2)]
    assert sum(isinstance(one, UpstreamReply) for one in ended) == 9
    assert played.upstream.breaker.next_probe is None


async def test_a_dripping_answer_ends_by_the_whole_budget(httpx_mock, monkeypatch):
    """A byte a second outlives every read timeout, but not this one."""
    monkeypatch.setattr(client, "CALL_BUDGET_S", 0.01)

    async def drip(_request):
        await asyncio.sleep(60)
        raise AssertionError

    httpx_mock.add_callback(drip)
    async with line() as played:
        with pytest.raises(Unreachable, match="in time"):
            await played.upstream.send(ARTIST)


async def test_a_caller_who_leaves_cancels_no_exchange(httpx_mock):
    """The exchange ends by itself, also one that fails; closing waits for it."""
    begun, gate = asyncio.Event(), asyncio.Event()
    ended = []

    async def answer(_request):
        begun.set()
        await gate.wait()
        ended.append(1)
        return httpx.Response(500)

    httpx_mock.add_callback(answer)
    async with line() as played:
        caller = asyncio.create_task(played.upstream.send(ARTIST))
        await begun.wait()
        caller.cancel()
        asyncio.get_running_loop().call_later(0.01, gate.set)

    assert ended == [1]


async def test_an_exchange_that_the_loop_cancels_makes_no_noise(httpx_mock):
    """At the very end the loop may cancel everything."""
    begun = asyncio.Event()

    async def answer(_request):
        begun.set()
        await asyncio.sleep(60)
        raise AssertionError

    httpx_mock.add_callback(answer)
    async with line() as played:
        caller = asyncio.create_task(played.upstream.send(ARTIST))
        await begun.wait()
        for exchange in played.upstream._exchanges:
            exchange.cancel()

        with pytest.raises(asyncio.CancelledError):
            await caller


async def test_no_secret_shows_in_an_error_or_a_log(httpx_mock, caplog):
    """Neither what was sent nor what came back is repeated."""
    caplog.set_level(0)
    httpx_mock.add_exception(httpx.PoolTimeout("full"))
    secret = UpstreamRequest(
        "/x", headers={"Authorization": "Bearer s3cret"}, form={"code": "s3cret"}
    )

    async with line() as played:
        with pytest.raises(SourceError) as caught:
            await played.upstream.send(secret)

    assert "s3cret" not in caplog.text + repr(caught.value) + repr(secret)
    assert caught.value.args == (ANY,)
