"""The authorization code flow with PKCE (RFC 6749, 7636) at Spotify: ask for consent, buy a token.

Source: https://developer.spotify.com/documentation/web-api/tutorials/code-pkce-flow
"""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from urllib.parse import urlencode

from pydantic import ValidationError

from api.clock import Clock
from api.problems.refusals import Closed, Garbled
from api.schemas.provenance import SourceName
from api.sources.spotify import wire
from api.sources.spotify.client import TEMPLATES, Family, Meaning, judged
from api.sources.spotify.token import (
    SILENT_FOR_S,
    GrantRefused,
    NotTheEndpoint,
    TokenEndpoint,
    elsewhere,
    not_accepted,
)
from api.sources.upstream.body import read_answer
from api.sources.upstream.client import Upstream, UpstreamRequest

SCOPES = ("playlist-read-private", "playlist-read-collaborative", "user-top-read")
_SPENT = {"invalid_grant", "invalid_request"}
_NO_REFRESH = "Its sign-in answer has nothing to sign in with again."
_NOBODY = "It does not say who has signed in."


class CodeRefused(Exception):
    """Spotify does not take the code: it was used, is too old, or was made for somebody else."""


@dataclass(frozen=True, slots=True)
class Account:
    """Who has given consent to what. Of an account `key` never changes."""

    key: str
    spotify_id: str
    name: str
    scopes: tuple[str, ...]
    refresh_token: str = field(repr=False)


class Authorization:
    """Spotify's consent page and what follows it."""

    def __init__(
        self,
        api: Upstream,
        endpoint: TokenEndpoint,
        *,
        client_id: str,
        accounts_url: str,
        redirect_url: str,
        clock: Clock,
    ) -> None:
        self._api = api
        self._endpoint = endpoint
        self._client_id = client_id
        self._accounts_url = accounts_url
        self._redirect_url = redirect_url
        self._clock = clock

    def consent_url(self, state: str, verifier: str) -> str:
        """Where a person is asked for consent, and led back from with `state`."""
        digest = hashlib.sha256(verifier.encode()).digest()
        query = {
            "client_id": self._client_id,
            "response_type": "code",
            "redirect_uri": self._redirect_url,
            "state": state,
            "scope": " ".join(SCOPES),
            "code_challenge_method": "S256",
            "code_challenge": urlsafe_b64encode(digest).rstrip(b"=").decode(),
        }
        return f"{self._accounts_url}/authorize?{urlencode(query)}"

    async def account(self, code: str, verifier: str) -> Account:
        """Who has consented. Raises CodeRefused, SourceError."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._redirect_url,
            "client_id": self._client_id,
            "code_verifier": verifier,
        }
        try:
            granted = await self._endpoint.granted(form)
        except GrantRefused as refused:
            if refused.code in _SPENT:
                raise CodeRefused from refused
            raise not_accepted(refused) from refused
        except NotTheEndpoint as other:
            raise elsewhere(other, retry_at=self._clock() + SILENT_FOR_S) from other
        if granted.refresh_token is None:
            raise Garbled(SourceName.SPOTIFY, _NO_REFRESH)
        me = await self._me(granted.token.value)
        return Account(
            key=me.account_id or me.id,
            spotify_id=me.id,
            name=me.display_name or me.id,
            scopes=granted.scopes or SCOPES,
            refresh_token=granted.refresh_token,
        )

    async def _me(self, token: str) -> wire.WireMe:
        headers = {"Authorization": f"Bearer {token}"}
        reply = await self._api.send(UpstreamRequest(TEMPLATES[Family.ME], headers=headers))
        judgement = judged(Family.ME, reply)
        if judgement.meaning is not Meaning.ANSWER:
            raise Closed(SourceName.SPOTIFY, judgement.detail, status=reply.status)
        try:
            return wire.WireMe.model_validate(read_answer(SourceName.SPOTIFY, reply.body))
        except ValidationError as error:
            raise Garbled(SourceName.SPOTIFY, _NOBODY) from error
