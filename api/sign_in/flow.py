"""From “Sign in with Spotify” to a session: consent, a code, an account. Each sign-in works once.

What has to be known when the person comes back travels sealed in a cookie of their browser: the
`state`, the PKCE verifier and where they were. Nothing is kept here until they do.
"""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import dataclass

from pydantic import BaseModel

from api.caller import Person
from api.clock import Clock
from api.problems.errors import BadUpstreamAnswer, Refused, TryLater
from api.problems.refusals import Garbled, Limited, SourceError, Unreachable
from api.sign_in.people import People
from api.sign_in.sealer import CannotOpen, Sealer
from api.sources.spotify.authorization import Authorization, CodeRefused

VALID_S = 600.0
STATE_BYTES = 32
VERIFIER_BYTES = 48  # 64 characters; RFC 7636 wants 43 to 128
_PLACE = "sign-in cookie"
_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]{0,1000}\Z")  # of this site, without a backslash
_AGAIN = "Go to /sign-in and try once more, in this same browser."
_FOREIGN = "This sign-in was not begun in this browser, or its cookies are off."
_LATE = "This sign-in was begun more than ten minutes ago."
_SPENT = "This sign-in has been completed already."
_DENIED = "Nothing was allowed at Spotify, so nobody is signed in. Nothing has changed."
_CODE = "Spotify does not take the code that it has sent along."
_OFF = "Signing in with Spotify is not set up on this server."
_HOW = (
    "Whoever runs it can set SPOTIFY_CLIENT_ID, SPOTIFY_CLIENT_SECRET and EARPRINT_SECRET, and "
    "register SPOTIFY_REDIRECT_URL at Spotify; README says how."
)


class _Kept(BaseModel):
    """What the browser keeps, sealed, until the person comes back."""

    state: str
    verifier: str
    path: str
    at: float


@dataclass(frozen=True, slots=True)
class SignInStart:
    """Where to send a person, and what their browser has to keep meanwhile."""

    consent_url: str
    cookie: str


@dataclass(frozen=True, slots=True)
class SignInReturn:
    """What Spotify sends a person back with, and what their browser has kept."""

    cookie: str
    state: str
    code: str
    error: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What the session's cookie is to hold, and the path that the person came from."""

    secret: str
    path: str


class SignIn:
    """The sign-in; without `sealer` and `authorization` there is none. Raises ApiError."""

    def __init__(
        self,
        people: People,
        sealer: Sealer | None,
        authorization: Authorization | None,
        *,
        clock: Clock,
        redirect_url: str,
    ) -> None:
        self._people = people
        self._sealer = sealer
        self._authorization = authorization
        self._clock = clock
        self.redirect_url = redirect_url

    def start(self, path: str) -> SignInStart:
        """Begin one; afterwards the person is led to `path`, if that is one of this site."""
        sealer, authorization = self._parts()
        state, verifier = secrets.token_urlsafe(STATE_BYTES), secrets.token_urlsafe(VERIFIER_BYTES)
        kept = _Kept(
            state=state,
            verifier=verifier,
            path=path if _PATH.match(path) else "/",
            at=self._clock(),
        )
        cookie = sealer.seal(kept.model_dump_json(), place=_PLACE)
        return SignInStart(authorization.consent_url(state, verifier), cookie)

    async def complete(self, back: SignInReturn, *, who: Person | None) -> SignedIn:
        """End it: `who` was signed in in this browser is so no longer."""
        sealer, authorization = self._parts()
        kept = _kept(back.cookie, sealer)
        if not hmac.compare_digest(kept.state.encode(), back.state.encode()):
            raise Refused("sign-in-failed", _FOREIGN, hint=_AGAIN)
        since = self._clock() - VALID_S
        if not await self._people.spend(back.state, since=since):
            raise Refused("sign-in-failed", _SPENT, hint=_AGAIN)
        if not since <= kept.at <= self._clock():
            raise Refused("sign-in-failed", _LATE, hint=_AGAIN)
        if back.error or not back.code:
            raise Refused("sign-in-failed", _DENIED, hint=_AGAIN)
        try:
            account = await authorization.account(back.code, kept.verifier)
        except CodeRefused as refused:
            raise Refused("sign-in-failed", _CODE, hint=_AGAIN) from refused
        except SourceError as refusal:
            raise self._told(refusal) from refusal
        return SignedIn(await self._people.begin(account, ends=who), kept.path)

    def _parts(self) -> tuple[Sealer, Authorization]:
        if self._sealer is None or self._authorization is None:
            raise Refused("sign-in-unavailable", _OFF, hint=_HOW)
        return self._sealer, self._authorization

    def _told(self, refusal: SourceError) -> Refused | TryLater | BadUpstreamAnswer:
        attempts = (refusal.attempt(self._clock()),)
        if isinstance(refusal, Limited | Unreachable):
            return TryLater(attempts)
        if isinstance(refusal, Garbled):
            return BadUpstreamAnswer(attempts)
        return Refused("sign-in-failed", refusal.detail, hint=_AGAIN)


def _kept(cookie: str, sealer: Sealer) -> _Kept:
    try:
        return _Kept.model_validate_json(sealer.open(cookie, place=_PLACE))
    except CannotOpen as error:
        raise Refused("sign-in-failed", _FOREIGN, hint=_AGAIN) from error
