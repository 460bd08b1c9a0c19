"""Ask Spotify: token, verdicts that hold, and what each answer says about us."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

from api.caller import PUBLIC, caller
from api.clock import Clock
from api.problems.refusals import (
    BadQuestion,
    Closed,
    DoesNotExist,
    Garbled,
    NotConfigured,
    SignInEnded,
    SourceError,
    Unknown,
)
from api.schemas.provenance import SourceName
from api.sources.spotify.verdicts import (
    DAY_S,
    HOUR_S,
    NO_SCOPE,
    TEMPLATES,
    Family,
    Judgement,
    Meaning,
    judge,
    message_of,
)
from api.sources.upstream.body import LARGE_BYTES, read_json
from api.sources.upstream.client import Upstream, UpstreamReply, UpstreamRequest
from api.sources.upstream.gates import AccessVerdict, Credential, Gates

SPOTIFY = SourceName.SPOTIFY
OPEN, CLOSED, REFUSED = "open", "closed", "refused"
_TOKEN_REJECTED = "Spotify rejects this server’s sign-in, also after signing in again."  # noqa: S105
_PERSON_REJECTED = "Spotify does not take this sign-in any more."


def request_of(
    family: Family,
    ident: str | None = None,
    params: Mapping[str, str | None] | None = None,
    *,
    etag: str | None = None,
) -> UpstreamRequest:
    """One GET of this family."""
    values = {} if ident is None else {"id": ident}
    return UpstreamRequest(TEMPLATES[family], values, params or {}, etag, family)


class Tokens(Protocol):
    """Whoever signs what is asked, in the name of the caller (`api.caller`) if that has one."""

    async def token(self) -> str:
        """One that Spotify takes."""
        ...

    async def replace(self, token: str) -> str:
        """Another one, as Spotify takes this one no more."""
        ...

    async def close(self) -> None:
        """Hang up."""
        ...


class SpotifyClient:
    """Spotify's Web API as this server's credentials see it. Raises SourceError."""

    def __init__(
        self,
        api: Upstream,
        tokens: Tokens,
        *,
        gates: Gates,
        credential: Credential,
        clock: Clock,
    ) -> None:
        self._api = api
        self._tokens = tokens
        self._gates = gates
        self._credential = credential
        self._clock = clock

    async def get(self, request: UpstreamRequest) -> UpstreamReply:
        """The reply to what is open to us, its JSON parsed; none where what we hold still holds."""
        family = Family(request.family)
        self._check_verdicts(family)
        reply = await self._ask(request)
        judgement = judged(family, reply)
        if judgement.meaning is Meaning.MAYBE_CLOSED:
            judgement = await self._closed_or_missing(request, judgement)
        if judgement.meaning is Meaning.ANSWER:
            reply = await self._api.parsed(reply)
        await self._note(family, judgement, reply.status, now=self._clock())
        return reply

    async def close(self) -> None:
        """Hang up."""
        await self._tokens.close()
        await self._api.close()

    def _check_verdicts(self, family: Family) -> None:
        for asked in (Family.APP,) if _is_personal() else (Family.APP, family):
            verdict = self._gates.verdict(self._credential, asked)
            if verdict is not None and verdict.state == CLOSED:
                raise Closed(SPOTIFY, verdict.detail, status=verdict.status, retry_at=verdict.until)

    async def _ask(self, request: UpstreamRequest) -> UpstreamReply:
        token = await self._tokens.token()
        reply = await self._api.send(_signed(request, token))
        if judged(Family(request.family), reply).meaning is Meaning.RENEW_TOKEN:
            token = await self._tokens.replace(token)
            reply = await self._api.send(_signed(request, token))
        return reply

    async def _closed_or_missing(self, asked: UpstreamRequest, doubtful: Judgement) -> Judgement:
        """A 404 of related artists: if the artist exists, the endpoint is closed."""
        ident = asked.values["id"]
        try:
            artist = (await self.get(request_of(Family.ARTIST, ident))).data
        except DoesNotExist as error:
            return Judgement(Meaning.MISSING, error.detail)
        if not isinstance(artist, dict) or artist.get("id") != ident:
            raise Garbled(SPOTIFY, "It does not say whether there is such an artist.")
        return Judgement(Meaning.CLOSED, doubtful.detail)

    async def _note(self, family: Family, judgement: Judgement, status: int, *, now: float) -> None:
        """Remember what the answer says about us; raise unless it is an answer."""
        meaning, detail = judgement.meaning, judgement.detail
        if meaning in {Meaning.ANSWER, Meaning.UNCHANGED, Meaning.UNKNOWN}:
            await self._decide(family, OPEN, "It answers.", status=status, now=now)
        elif meaning is Meaning.CLOSED:
            await self._decide(family, CLOSED, detail, status=status, now=now, for_s=DAY_S)
            raise Closed(SPOTIFY, detail, status=status, retry_at=now + DAY_S)
        elif meaning is Meaning.APP_STOPPED:
            await self._decide(Family.APP, CLOSED, detail, status=status, now=now, for_s=HOUR_S)
            raise Closed(SPOTIFY, detail, status=status, retry_at=now + HOUR_S)
        elif meaning is Meaning.RENEW_TOKEN:
            await self._decide(family, REFUSED, detail, status=status, now=now)
        if _is_personal() and (meaning is Meaning.RENEW_TOKEN or detail == NO_SCOPE):
            raise SignInEnded(SPOTIFY, detail, status=status)
        if meaning in _REFUSALS:
            raise _REFUSALS[meaning](SPOTIFY, detail, status=status)

    async def _decide(
        self,
        family: Family,
        state: str,
        detail: str,
        *,
        status: int,
        now: float,
        for_s: float | None = None,
    ) -> None:
        if _is_personal() and family is not Family.APP:
            return  # what one person may see tells nothing of what the app may
        until = None if for_s is None else now + for_s
        await self._gates.decide(
            AccessVerdict(self._credential, family, state, detail, now, until, status)
        )


_REFUSALS: dict[Meaning, type[SourceError]] = {
    Meaning.REFUSED: Closed,
    Meaning.UNKNOWN: Unknown,
    Meaning.MISSING: DoesNotExist,
    Meaning.BAD_REQUEST: BadQuestion,
    Meaning.RENEW_TOKEN: NotConfigured,
}


def _is_personal() -> bool:
    """Whether it is asked in the name of somebody who has signed in."""
    return caller().principal != PUBLIC


def _signed(request: UpstreamRequest, token: str) -> UpstreamRequest:
    return replace(request, headers={"Authorization": f"Bearer {token}"})


def judged(family: Family, reply: UpstreamReply) -> Judgement:
    """The meaning of a reply; an error body may be empty, HTML or anything else."""
    message = ""
    if reply.status >= 400 and len(reply.body) <= LARGE_BYTES:  # noqa: PLR2004  # HTTP's own line
        try:
            message = message_of(read_json(SPOTIFY, reply.body))
        except Garbled:
            message = ""
    judgement = judge(family, reply.status, message)
    if judgement.meaning is Meaning.RENEW_TOKEN:
        told = _PERSON_REJECTED if _is_personal() else _TOKEN_REJECTED
        return Judgement(Meaning.RENEW_TOKEN, told)
    return judgement
