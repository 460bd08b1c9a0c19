"""Spotify's token: one POST however many need it, renewed before it runs out."""

import asyncio
from base64 import b64encode

import pytest

from api.problems.refusals import Garbled, NotConfigured, Unreachable
from api.sources.spotify.token import REFUSED_FOR_S, RENEW_AHEAD_S, SILENT_FOR_S, Token
from api.sources.upstream import gates
from tests.replay.server import TOKEN, Replay
from tests.sandbox import CLIENT_ID, CLIENT_SECRET, Sandbox, id_of
from tests.sandbox.answers import Answer, token_error
from tests.sources.product import Hands
from tests.sources.spotify import sent
from tests.sources.spotify.assembled import source_at
from tests.sources.spotify.sent import A, B

ARTISTS = [id_of("artist", n) for n in range(50)]
POST = "/api/token"


async def test_fifty_rejections_cause_one_sign_in(monkeypatch):
    """All callers of an expired token wait for the same new one."""
    monkeypatch.setattr(gates, "WAIT_S", 30.0)  # a hundred calls, on however busy a machine
    async with Sandbox() as sandbox, source_at(sandbox) as source:
        await source.artist(ARTISTS[0], known=None)
        sandbox.expire_tokens()

        answers = await asyncio.gather(*(source.artist(one, known=None) for one in ARTISTS))

    assert [answer.value.id for answer in answers if answer.value] == ARTISTS
    assert sandbox.calls[POST] == 2  # the first one, and one for all fifty


async def test_the_first_callers_share_a_sign_in():
    """At the start nobody has a token, and one is fetched."""
    async with Sandbox() as sandbox, source_at(sandbox) as source:
        await asyncio.gather(*(source.artist(one, known=None) for one in ARTISTS[:20]))

    assert sandbox.calls[POST] == 1


async def test_a_token_is_renewed_before_it_runs_out():
    """In its last five minutes it is still used, while another is fetched behind."""
    clock = Hands()
    async with Replay() as replay, source_at(replay, clock=clock) as source:
        replay.put(f"/v1/artists/{A}", sent.artist())
        await source.artist(A, known=None)
        clock.move(3_600 - RENEW_AHEAD_S + 1)

        await source.artist(A, known=None)
        await source.artist(A, known=None)

    assert replay.calls[POST] == 2


@pytest.mark.parametrize(("passed_s", "posts"), [(3_600 - RENEW_AHEAD_S - 1, 1), (3_601, 2)])
async def test_a_token_is_kept_for_its_time(passed_s, posts):
    """Not asked for again before it nears its end; one that ran out is replaced first."""
    clock = Hands()
    async with Replay() as replay, source_at(replay, clock=clock) as source:
        replay.put(f"/v1/artists/{A}", sent.artist())
        await source.artist(A, known=None)
        clock.move(passed_s)

        await source.artist(A, known=None)

    assert replay.calls[POST] == posts


@pytest.mark.parametrize("lifetime", [None, 0, -5, "3600", 1e300, True, [], "soon", "-1"])
async def test_an_odd_lifetime_is_not_believed(lifetime):
    """Without a usable one an hour counts; nothing lasts longer than a day."""
    clock = Hands()
    async with Replay() as replay, source_at(replay, clock=clock) as source:
        replay.put(POST, TOKEN | {"expires_in": lifetime})
        replay.put(f"/v1/artists/{A}", sent.artist())
        for passed_s in (0, 1_800, 86_400):
            clock.move(passed_s)
            await source.artist(A, known=None)

    assert replay.calls[POST] == 2


async def test_a_lifetime_in_words_is_read():
    """Numbers come as strings at times."""
    clock = Hands()
    async with Replay() as replay, source_at(replay, clock=clock) as source:
        replay.put(POST, TOKEN | {"expires_in": "7200", "token_type": None})
        replay.put(f"/v1/artists/{A}", sent.artist())
        for passed_s in (0, 7_200 - RENEW_AHEAD_S - 1):
            clock.move(passed_s)
            await source.artist(A, known=None)

    assert replay.calls[POST] == 1


async def test_a_token_for_a_minute_is_used_for_half_of_it():
    """Not renewed at every call because its end is near from the beginning."""
    clock = Hands()
    async with Replay() as replay, source_at(replay, clock=clock) as source:
        replay.put(POST, TOKEN | {"expires_in": 60})
        replay.put(f"/v1/artists/{A}", sent.artist())
        for _ in range(5):
            await source.artist(A, known=None)
            clock.move(6)

    assert replay.calls[POST] == 1


async def test_credentials_go_in_the_header():
    """As Spotify asks for them, and never in the address."""
    async with Replay() as replay, source_at(replay) as source:
        replay.put(f"/v1/artists/{A}", sent.artist())
        await source.artist(A, known=None)

    basic = b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
    assert replay.asked[0].headers["authorization"] == f"Basic {basic}"
    assert replay.asked[0].body == b"grant_type=client_credentials"
    assert replay.asked[1].headers["authorization"] == "Bearer replayed"


async def test_wrong_credentials_are_not_tried_again_for_a_minute():
    """Spotify's refusal means that Spotify is not configured here."""
    clock = Hands()
    async with Replay() as replay, source_at(replay, clock=clock) as source:
        replay.put(POST, token_error("invalid_client", "Invalid client secret"))
        for _ in range(3):
            with pytest.raises(NotConfigured, match="does not accept"):
                await source.artist(A, known=None)
        asked = replay.calls[POST]
        clock.move(REFUSED_FOR_S)
        replay.put(POST, TOKEN)
        replay.put(f"/v1/artists/{A}", sent.artist())

        found = await source.artist(A, known=None)

    assert asked == 1
    assert found.value is not None


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"access_token": ""},
        {"access_token": 7},
        {"access_token": "tökn"},
        {"access_token": "two\r\nX-Lines: yes"},
        {"access_token": "two words"},
        {"access_token": "nul\0"},
        {"access_token": "x" * 5_000},
        {"access_token": "x", "token_type": "mac"},
        {"access_token": "x", "token_type": 7},
    ],
    ids=lambda body: str(body)[:30],
)
async def test_an_answer_without_a_token_that_can_be_sent_is_garbled(body):
    """It says nothing about the credentials, so the next call asks again."""
    async with Replay() as replay, source_at(replay) as source:
        replay.put(POST, body)
        for _ in range(2):
            with pytest.raises(Garbled, match="Its sign-in answer has"):
                await source.artist(A, known=None)

    assert replay.calls[POST] == 2


async def test_a_sign_in_that_is_down_is_unreachable():
    """A fault of the token endpoint is no refusal of the credentials."""
    async with Replay() as replay, source_at(replay) as source:
        replay.put(POST, Answer(status=503))
        with pytest.raises(Unreachable):
            await source.artist(A, known=None)
        replay.put(POST, TOKEN)
        replay.put(f"/v1/artists/{A}", sent.artist())

        assert (await source.artist(A, known=None)).value is not None


@pytest.mark.parametrize("status", [400, 403, 404, 407, 418])
@pytest.mark.parametrize("body", [b"<html>Forbidden</html>", b"", b'{"message": "?"}', b"[]"])
async def test_somebody_else_at_the_sign_in_address_is_unreachable(status, body):
    """It says nothing of the credentials, and is asked again after ten seconds."""
    clock = Hands()
    async with Replay() as replay, source_at(replay, clock=clock) as source:
        replay.put(POST, Answer(status=status, body=body))
        for _ in range(3):
            with pytest.raises(Unreachable, match=rf"not Spotify’s sign-in \(HTTP {status}\)"):
                await source.artist(A, known=None)
        asked = replay.calls[POST]
        clock.move(SILENT_FOR_S)
        replay.put(POST, TOKEN)
        replay.put(f"/v1/artists/{A}", sent.artist())

        assert (await source.artist(A, known=None)).value is not None

    assert asked == 1


@pytest.mark.parametrize(
    "answer",
    [
        Answer(status=401),
        Answer(status=401, body=b'{"error": {"status": 401}}'),
        Answer(status=200, body=b'{"error": "invalid_client"}'),
        token_error("unauthorized_client"),
        token_error("unsupported_grant_type"),
    ],
    ids=str,
)
async def test_refusals_have_several_shapes(answer):
    """A 401 without words, an error inside a 200: all mean the credentials."""
    async with Replay() as replay, source_at(replay) as source:
        replay.put(POST, answer)
        with pytest.raises(NotConfigured, match="does not accept"):
            await source.artist(A, known=None)


async def test_a_token_that_is_rejected_for_ever_is_tried_twice():
    """Once as it is and once renewed; then the caller is told."""
    async with Replay() as replay, source_at(replay) as source:
        replay.put(f"/v1/artists/{B}", {"error": {"status": 401}}, status=401)

        with pytest.raises(NotConfigured, match="also after signing in again"):
            await source.artist(B, known=None)

    assert replay.calls[f"/v1/artists/{B}"] == replay.calls[POST] == 2


async def test_nobody_throws_away_a_newer_token():
    """A late rejection of an old token leaves the new one alone."""
    async with Replay() as replay, source_at(replay) as source:
        tokens = source._client._tokens
        first = await tokens.token()

        second = await tokens.replace("an older one")

    assert first == second
    assert replay.calls[POST] == 1


def test_a_token_does_not_show():
    """Not in a repr, and so in no log."""
    assert "secret" not in repr(Token("secret", 1.0))
