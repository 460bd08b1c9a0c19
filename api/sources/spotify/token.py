"""Spotify's tokens: its token endpoint, and the server's own token, renewed before it runs out."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from api.cache.singleflight import SingleFlight
from api.caller import PUBLIC
from api.clock import Clock, is_ahead
from api.problems.refusals import Garbled, NotConfigured, SourceError, Unreachable, again
from api.schemas.provenance import SourceName
from api.sources.upstream.body import LARGE_BYTES, read_answer, read_json
from api.sources.upstream.client import Upstream, UpstreamReply, UpstreamRequest

SIGN_IN = "/api/token"
RENEW_AHEAD_S = 300.0
REFUSED_FOR_S = 60.0  # wrong credentials do not mend themselves within a second
SILENT_FOR_S = 10.0  # as long as a breaker waits
USUAL_LIFETIME_S = 3_600.0
LONGEST_LIFETIME_S = 86_400.0
UNAUTHORISED = 401
_SUCCESS = range(200, 300)
_VALUE = re.compile(r"[\x21-\x7e]{1,4096}\Z")  # what a header can carry, and no more than one line
_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]+)?\Z")
_REFUSALS = {  # RFC 6749, 5.2: of these none ends by itself
    "invalid_client",
    "invalid_grant",
    "invalid_request",
    "invalid_scope",
    "unauthorized_client",
    "unsupported_grant_type",
}
_REFUSED = (
    "Spotify does not accept this server’s client id and secret{}: look at SPOTIFY_CLIENT_ID and "
    "SPOTIFY_CLIENT_SECRET, and start Earprint again."
)
_NOT_SPOTIFY = (
    "What answers at Spotify’s sign-in address is not Spotify’s sign-in (HTTP {}): perhaps a proxy "
    "or a firewall, or SPOTIFY_ACCOUNTS_URL is wrong."
)


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token; `value` never shows in a repr, and so in no log."""

    value: str = field(repr=False)
    expires_at: float
    renew_at: float = 0.0
    since: float = 0.0

    def is_good(self, now: float) -> bool:
        """Whether it can be used; nobody knows that of one from a clock that was wrong."""
        return now < self.expires_at and not is_ahead(self.since, now)


@dataclass(frozen=True, slots=True)
class SignInFailure:
    """Why there is no token, and since when."""

    error: SourceError
    since: float


@dataclass(frozen=True, slots=True)
class Granted:
    """What the token endpoint hands out. Without a new refresh token the old one still holds."""

    token: Token
    refresh_token: str | None = field(default=None, repr=False)
    scopes: tuple[str, ...] = ()


class GrantRefused(Exception):
    """The token endpoint says no; `code` is RFC 6749’s word for why, if it has one."""

    def __init__(self, code: str, status: int) -> None:
        super().__init__(code)
        self.code = code
        self.status = status


class NotTheEndpoint(Exception):
    """Something else than Spotify’s token endpoint has answered."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class TokenEndpoint:
    """Spotify's token endpoint, asked with this server's credentials."""

    def __init__(self, accounts: Upstream, *, client_id: str, secret: str, clock: Clock) -> None:
        self._accounts = accounts
        self._basic = b64encode(f"{client_id}:{secret}".encode()).decode()
        self._clock = clock

    async def granted(self, form: Mapping[str, str]) -> Granted:
        """A token for this form. Raises GrantRefused, NotTheEndpoint, SourceError."""
        reply = await self._accounts.send(
            UpstreamRequest(SIGN_IN, headers={"Authorization": f"Basic {self._basic}"}, form=form)
        )
        code = _error_code(reply)
        if code in _REFUSALS:
            raise GrantRefused(code or "", reply.status)
        if reply.status in _SUCCESS:
            return self._read(read_answer(SourceName.SPOTIFY, reply.body[:LARGE_BYTES]))
        if reply.status == UNAUTHORISED and code is not None:
            raise GrantRefused("", reply.status)
        raise NotTheEndpoint(reply.status)

    async def close(self) -> None:
        """Hang up."""
        await self._accounts.close()

    def _read(self, data: Any) -> Granted:  # noqa: ANN401  # whatever JSON says
        value = data.get("access_token") if isinstance(data, dict) else None
        if not isinstance(value, str) or not value:
            raise Garbled(SourceName.SPOTIFY, "Its sign-in answer has no token.")
        if not _VALUE.match(value):
            raise Garbled(SourceName.SPOTIFY, "Its sign-in answer has a token that none can be.")
        if str(data.get("token_type") or "bearer").lower() != "bearer":
            raise Garbled(SourceName.SPOTIFY, "Its sign-in answer has another kind of token.")
        now, lifetime_s = self._clock(), _lifetime_s(data.get("expires_in"))
        ahead_s = min(RENEW_AHEAD_S, lifetime_s / 2)
        token = Token(value, now + lifetime_s, now + lifetime_s - ahead_s, since=now)
        refresh, scope = data.get("refresh_token"), data.get("scope")
        return Granted(
            token,
            refresh if isinstance(refresh, str) and _VALUE.match(refresh) else None,
            tuple(scope.split()) if isinstance(scope, str) else (),
        )


class HeldTokens:
    """Tokens by whom they speak for; one renewal however many ask, begun before one runs out."""

    def __init__(self, renew: Callable[[str], Awaitable[Token]], clock: Clock) -> None:
        self._renew = renew
        self._clock = clock
        self._flights: SingleFlight[Token] = SingleFlight()
        self._tokens: dict[str, Token] = {}

    def good(self, who: str) -> Token | None:
        """The one that can be used now, if there is one."""
        held = self._tokens.get(who)
        return held if held is not None and held.is_good(self._clock()) else None

    async def token(self, who: str) -> str:
        """One that is good for now; one about to run out is renewed behind."""
        held = self.good(who)
        if held is None:
            return (await self._flights.join(who, lambda: self._renewed(who))).value
        if self._clock() > held.renew_at:
            self._flights.start(who, lambda: self._renewed(who))
        return held.value

    def reject(self, who: str, value: str) -> None:
        """Hand out another one than this; a newer one stays."""
        held = self._tokens.get(who)
        if held is not None and held.value == value:
            self.forget(who)

    def forget(self, who: str) -> None:
        """Nothing more is asked in their name with what is held."""
        self._tokens.pop(who, None)

    async def close(self) -> None:
        """Let renewals land."""
        await self._flights.close()

    async def _renewed(self, who: str) -> Token:
        token = self._tokens[who] = await self._renew(who)
        return token


class TokenKeeper:
    """Hands out a valid token. Raises NotConfigured where the credentials are refused."""

    def __init__(self, endpoint: TokenEndpoint, clock: Clock) -> None:
        self._endpoint = endpoint
        self._clock = clock
        self._held = HeldTokens(self._renew, clock)
        self._failure: SignInFailure | None = None
        self._quiet_until = 0.0

    @property
    def failure(self) -> SignInFailure | None:
        """Why nothing can be asked; None while there is a token, or none was asked for."""
        failure = self._failure
        if failure is None or self._held.good(PUBLIC) is not None:
            return None
        return None if is_ahead(failure.since, self._clock()) else failure

    async def token(self) -> str:
        """A token that is good for now, unless none could be had a moment ago."""
        quiet_s = self._quiet_until - self._clock()
        is_quiet = 0 < quiet_s <= REFUSED_FOR_S  # else it was set back
        if self._failure is not None and is_quiet and self._held.good(PUBLIC) is None:
            raise again(self._failure.error)
        return await self._held.token(PUBLIC)

    async def replace(self, rejected: str) -> str:
        """Another token than the one Spotify rejected; fifty who ask cause one POST."""
        self._held.reject(PUBLIC, rejected)
        return await self.token()

    async def close(self) -> None:
        """Let a renewal land, then hang up."""
        await self._held.close()
        await self._endpoint.close()

    async def _renew(self, _who: str) -> Token:
        try:
            token = await self._sign_in()
        except SourceError as error:
            same = self._failure is not None and type(self._failure.error) is type(error)
            now = self._clock()
            since = min(self._failure.since, now) if self._failure and same else now
            self._failure = SignInFailure(again(error), since)
            raise
        self._failure = None
        return token

    async def _sign_in(self) -> Token:
        try:
            return (await self._endpoint.granted({"grant_type": "client_credentials"})).token
        except GrantRefused as refused:
            self._quiet_until = self._clock() + REFUSED_FOR_S
            raise not_accepted(refused) from refused
        except NotTheEndpoint as other:
            self._quiet_until = self._clock() + SILENT_FOR_S
            raise elsewhere(other, retry_at=self._quiet_until) from other


def not_accepted(refused: GrantRefused) -> NotConfigured:
    """What it means for this server that its credentials are refused."""
    code = f" ({refused.code})" if refused.code else ""
    return NotConfigured(SourceName.SPOTIFY, _REFUSED.format(code), status=refused.status)


def elsewhere(other: NotTheEndpoint, *, retry_at: float) -> Unreachable:
    """What it means that something else answers in Spotify’s place."""
    detail = _NOT_SPOTIFY.format(other.status)
    return Unreachable(SourceName.SPOTIFY, detail, status=other.status, retry_at=retry_at)


def _error_code(reply: UpstreamReply) -> str | None:
    """What an error body names, "" where it names nothing; None where it is no such body."""
    if len(reply.body) > LARGE_BYTES:
        return None
    if not reply.body.strip():
        return ""
    try:
        data = read_json(SourceName.SPOTIFY, reply.body)
    except Garbled:
        return None
    if not isinstance(data, dict):
        return None
    code = data.get("error")
    return code if isinstance(code, str) else ""


def _lifetime_s(said: object) -> float:
    """Seconds that a token lives: an hour where nothing usable is said, a day at most."""
    if isinstance(said, str) and _NUMBER.match(said.strip()):
        said = float(said)
    if isinstance(said, bool) or not isinstance(said, int | float) or said <= 0:
        return USUAL_LIFETIME_S
    return min(float(said), LONGEST_LIFETIME_S)
