"""R-6, R-7: a source that asks for silence gets it, and one that is broken is not hammered."""

from tests.load.asking import ask, percentile
from tests.load.serving import served, settings_for
from tests.routes.product import MovableClock, opened
from tests.sandbox import id_of

TRACKS = [f"/v1/tracks/{id_of('track', number)}" for number in range(60)]
TRACK = "/v1/tracks/{id}"
DAY_S = 86_400


async def test_a_day_of_silence_is_kept_and_never_slept_on(tmp_path, sandbox, promised):
    """After Retry-After: 86400 nobody calls again, also after a restart; answers within 50 ms."""
    async with served(tmp_path, settings_for(sandbox)) as server:
        await ask(server.port, f"/v1/artists/{id_of('artist', 1)}")
        sandbox.fault("F34", path="/v1/tracks/*")
        first = await ask(server.port, TRACKS[0])
        before = [await ask(server.port, path) for path in TRACKS[:20]]
        await server.stop()
    async with served(tmp_path, settings_for(sandbox)) as server:
        after = [await ask(server.port, path) for path in TRACKS[20:40]]

    replies = [*before, *after]
    assert sandbox.calls[TRACK] == 1
    assert {reply.status for reply in [first, *replies]} == {503}
    assert all(DAY_S - 60 < int(reply.headers["retry-after"]) <= DAY_S for reply in replies)
    promised("slowest answer ms", round(percentile(replies, 1) * 1000), most=50)


async def test_after_the_source_s_own_time_it_is_asked_again(tmp_path, sandbox):
    """A second before the day is over: no call. A second after it: one, and an answer."""
    sandbox.fault("F34", path="/v1/tracks/*", times=1)
    async with opened(sandbox, tmp_path) as product:
        await product.get(TRACKS[0])
        product.clock.advance(DAY_S - 2)
        assert (await product.get(TRACKS[1])).status_code == 503
        assert sandbox.calls[TRACK] == 1

        product.clock.advance(3)
        answer = await product.get(TRACKS[0])

    assert (answer.status_code, sandbox.calls[TRACK]) == (200, 2)


async def test_a_broken_source_is_probed_rather_than_hammered(tmp_path, sandbox, measured):
    """30 s of 500s: a call per request until the breaker opens, then one in ten seconds."""
    clock = MovableClock()
    async with opened(sandbox, tmp_path, clock=clock) as product:
        await product.get(f"/v1/artists/{id_of('artist', 1)}")
        sandbox.fault("F41")
        until_open = 0
        while product.app.state.parts.registry.report().sources[0].capabilities[0].state == "open":
            await product.get(TRACKS[until_open])
            until_open += 1
        calls_until_open = sandbox.calls[TRACK]
        for second in range(30):
            clock.advance(1)
            assert (await product.get(TRACKS[10 + second])).status_code == 503

    measured("calls per request until open", round(calls_until_open / until_open, 2))
    measured("calls in the 30 s after", sandbox.calls[TRACK] - calls_until_open)
    assert calls_until_open <= 1.2 * until_open
    assert sandbox.calls[TRACK] - calls_until_open <= 3


async def test_retries_are_a_fifth_of_the_calls_at_most(tmp_path, sandbox, measured):
    """A source that fails one time in four is asked again, within the budget, and helps more."""
    async with opened(sandbox, tmp_path) as product:
        for path in TRACKS[:20]:
            await product.get(path)
        good = sandbox.calls[TRACK]
        statuses = []
        for number, path in enumerate(TRACKS[20:]):
            if number % 4 == 0:
                sandbox.fault("F41", times=1)
            statuses.append((await product.get(path)).status_code)

    calls = sandbox.calls[TRACK] - good
    measured("calls per request while every fourth fails", calls / len(statuses))
    assert calls <= 1.2 * len(statuses)
    assert statuses.count(200) >= 35
