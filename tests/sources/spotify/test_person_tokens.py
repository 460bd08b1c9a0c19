"""Tokens of people: one refresh however many ask, and an end only where Spotify says so."""

import asyncio

import httpx
import pytest

from api.problems.refusals import NotConfigured, SignInEnded, Unreachable
from api.sources.spotify.person_tokens import Grant, PersonTokens
from api.sources.spotify.token import TokenEndpoint
from tests.sources.upstream.upstream import line

ADA = "person-ada"


class Kept:
    """One person's grant, in memory."""

    def __init__(self):
        self.held: Grant | None = Grant("r0", 0)

    async def grant(self, _principal):
        return self.held

    async def renewed(self, _principal, grant, refresh_token):
        if grant != self.held:
            return False
        self.held = Grant(refresh_token, grant.version + 1)
        return True

    async def ended(self, _principal, grant):
        if grant == self.held:
            self.held = None


def tokens_over(played, kept):
    """The tokens of whoever has given this grant."""
    endpoint = TokenEndpoint(played.upstream, client_id="a", secret="b", clock=played.clock)
    return PersonTokens(endpoint, kept, played.clock)


@pytest.mark.parametrize("more", [{}, {"refresh_token": "r1"}])
async def test_fifty_rejected_tokens_cause_one_refresh(httpx_mock, more):
    """All get the same new token; a refresh token comes along, or the old one stays."""
    httpx_mock.add_response(json={"access_token": "t0", "expires_in": 3_600})
    httpx_mock.add_response(json={"access_token": "t1", "expires_in": 3_600, **more})
    kept = Kept()
    async with line() as played:
        tokens = tokens_over(played, kept)
        first = await tokens.token(ADA)
        others = await asyncio.gather(*(tokens.replace(ADA, first) for _ in range(50)))
        await tokens.close()

    assert (first, set(others)) == ("t0", {"t1"})
    assert kept.held == Grant(more.get("refresh_token", "r0"), 2)
    assert len(httpx_mock.get_requests()) == 2


async def test_whoever_loses_a_race_uses_what_the_winner_has_kept(httpx_mock):
    """Another process has replaced the refresh token: it is read again."""
    kept = Kept()

    def taken_first(_request):
        kept.held = Grant("r9", 9)
        return httpx.Response(400, json={"error": "invalid_grant"})

    httpx_mock.add_callback(taken_first)
    httpx_mock.add_response(json={"access_token": "t9", "expires_in": 3_600})
    async with line() as played:
        tokens = tokens_over(played, kept)
        token = await tokens.token(ADA)
        await tokens.close()

    assert token == "t9"
    assert b"refresh_token=r9" in httpx_mock.get_requests()[1].content


async def test_a_dead_grant_ends_the_sign_in_with_one_post(httpx_mock):
    """The row is cleared, and whoever asks again causes no call."""
    httpx_mock.add_response(status_code=400, json={"error": "invalid_grant"})
    kept = Kept()
    async with line() as played:
        tokens = tokens_over(played, kept)
        for _ in range(3):
            with pytest.raises(SignInEnded):
                await tokens.token(ADA)
        await tokens.close()

    assert kept.held is None


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"status_code": 400, "json": {"error": "invalid_client"}}, NotConfigured),
        ({"status_code": 404, "text": "<html>a firewall</html>"}, Unreachable),
    ],
)
async def test_what_is_not_about_the_grant_ends_nothing(httpx_mock, answer, error):
    """Wrong credentials of the server, or a proxy that answers in Spotify's place."""
    httpx_mock.add_response(**answer)
    kept = Kept()
    async with line() as played:
        tokens = tokens_over(played, kept)
        with pytest.raises(error):
            await tokens.token(ADA)
        await tokens.close()

    assert kept.held == Grant("r0", 0)
