"""Spotify's client-credentials token: one POST however many need it, renewed before it runs out."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field

from api.clock import Clock
from api.refusals import Garbled, NotConfigured, SourceError, again
from api.schemas.provenance import SourceName
from api.singleflight import SingleFlight
from api.sources.answers import read_json
from api.sources.http import Call, Upstream

RENEW_AHEAD_S = 300.0
REFUSED_FOR_S = 60.0  # wrong credentials do not mend themselves within a second
HTTP_OK = 200
_REFUSED = "Spotify does not accept this server’s client id and secret."


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token; `value` never shows in a repr, and so in no log."""

    value: str = field(repr=False)
    expires_at: float


class TokenKeeper:
    """Hands out a valid token. Raises NotConfigured where the credentials are refused."""

    def __init__(self, accounts: Upstream, *, client_id: str, secret: str, clock: Clock) -> None:
        self._accounts = accounts
        self._basic = b64encode(f"{client_id}:{secret}".encode()).decode()
        self._clock = clock
        self._flights: SingleFlight[Token] = SingleFlight()
        self._token: Token | None = None
        self._refusal: SourceError | None = None
        self._refused_until = 0.0

    async def token(self) -> str:
        """A token that is good for now; one about to run out is renewed behind."""
        left_s = self._token.expires_at - self._clock() if self._token else 0.0
        if self._token is None or left_s <= 0:
            return (await self._renewed()).value
        if left_s < RENEW_AHEAD_S:
            self._flights.start("token", self._renew)
        return self._token.value

    async def replace(self, rejected: str) -> str:
        """Another token than the one Spotify rejected; fifty who ask cause one POST."""
        if self._token is not None and self._token.value == rejected:
            self._token = None
        return await self.token()

    async def close(self) -> None:
        """Let a renewal land, then hang up."""
        await self._flights.close()
        await self._accounts.close()

    async def _renewed(self) -> Token:
        if self._refusal is not None and self._clock() < self._refused_until:
            raise again(self._refusal)
        return await self._flights.join("token", self._renew)

    async def _renew(self) -> Token:
        reply = await self._accounts.send(
            Call(
                bucket="/api/token",
                path="/api/token",
                headers={"Authorization": f"Basic {self._basic}"},
                form={"grant_type": "client_credentials"},
            )
        )
        if reply.status != HTTP_OK:
            self._refusal = NotConfigured(SourceName.SPOTIFY, _REFUSED, status=reply.status)
            self._refused_until = self._clock() + REFUSED_FOR_S
            raise again(self._refusal)
        self._token = self._read(reply.body)
        return self._token

    def _read(self, body: bytes) -> Token:
        data = read_json(SourceName.SPOTIFY, body)
        value = data.get("access_token") if isinstance(data, dict) else None
        if not isinstance(value, str) or not value:
            raise Garbled(SourceName.SPOTIFY, "Its sign-in answer has no token.")
        lifetime_s = data.get("expires_in")
        if not (isinstance(lifetime_s, int | float) and lifetime_s > 0):  # NaN is not, either
            lifetime_s = 3_600
        return Token(value, self._clock() + float(min(lifetime_s, 86_400)))
