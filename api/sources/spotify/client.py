"""Ask Spotify: token, verdicts that hold, and what each answer says about us.

Whether an app may ask something cannot be known beforehand; it shows in what comes back. A refusal
counts against a whole family of calls only where Spotify means the family, not this one playlist or
track.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Protocol

from pydantic import ValidationError

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
from api.sources.spotify.wire import WireError, WireRefusal
from api.sources.upstream.body import LARGE_BYTES, read_json
from api.sources.upstream.client import Upstream, UpstreamReply, UpstreamRequest
from api.sources.upstream.gates import AccessVerdict, Credential, Gates

SPOTIFY = SourceName.SPOTIFY
OPEN, CLOSED, REFUSED = "open", "closed", "refused"
_TOKEN_REJECTED = "Spotify rejects this server’s sign-in, also after signing in again."  # noqa: S105
_PERSON_REJECTED = "Spotify does not take this sign-in any more."


class Family(StrEnum):
    """Calls that Spotify opens and closes together."""

    ARTIST = "artist"
    RELATED = "related-artists"
    TOP_TRACKS = "top-tracks"
    ALBUMS = "artist-albums"
    TRACK = "track"
    TRACKS = "tracks-batch"
    FEATURES = "audio-features"
    FEATURES_BATCH = "audio-features-batch"
    ANALYSIS = "audio-analysis"
    PLAYLIST = "playlist"
    PLAYLIST_TRACKS = "playlist-tracks"
    PLAYLIST_ITEMS = "playlist-items"
    SEARCH = "search"
    ME = "me"
    MY_PLAYLISTS = "my-playlists"
    MY_TOP_ARTISTS = "my-top-artists"
    MY_TOP_TRACKS = "my-top-tracks"
    APP = "app"  # everything: a stop for the whole credential


TEMPLATES = {
    Family.ARTIST: "/artists/{id}",
    Family.RELATED: "/artists/{id}/related-artists",
    Family.TOP_TRACKS: "/artists/{id}/top-tracks",
    Family.ALBUMS: "/artists/{id}/albums",
    Family.TRACK: "/tracks/{id}",
    Family.TRACKS: "/tracks",
    Family.FEATURES: "/audio-features/{id}",
    Family.FEATURES_BATCH: "/audio-features",
    Family.ANALYSIS: "/audio-analysis/{id}",
    Family.PLAYLIST: "/playlists/{id}",
    Family.PLAYLIST_TRACKS: "/playlists/{id}/tracks",
    Family.PLAYLIST_ITEMS: "/playlists/{id}/items",
    Family.SEARCH: "/search",
    Family.ME: "/me",
    Family.MY_PLAYLISTS: "/me/playlists",
    Family.MY_TOP_ARTISTS: "/me/top/artists",
    Family.MY_TOP_TRACKS: "/me/top/tracks",
}
CLOSABLE = frozenset(
    {
        Family.RELATED,
        Family.TOP_TRACKS,
        Family.TRACKS,
        Family.FEATURES,
        Family.FEATURES_BATCH,
        Family.ANALYSIS,
        Family.PLAYLIST_TRACKS,  # the older address: newer apps never get it
    }
)
DAY_S = 86_400.0
HOUR_S = 3_600.0
LONGEST_MESSAGE = 500


class Meaning(StrEnum):
    """What a status below 500 means for the caller."""

    ANSWER = "answer"
    UNCHANGED = "unchanged"
    RENEW_TOKEN = "renew-token"  # noqa: S105  # not a password
    CLOSED = "closed"  # the family, for a day
    REFUSED = "refused"  # this one thing only
    APP_STOPPED = "app-stopped"  # everything, for an hour
    UNKNOWN = "unknown"  # the thing exists or may exist; Spotify has no such value for it
    MISSING = "missing"  # no such thing
    MAYBE_CLOSED = "maybe-closed"  # a 404 of related artists: closed, or no such artist
    BAD_REQUEST = "bad-request"


@dataclass(frozen=True, slots=True)
class Judgement:
    """The meaning, and the sentence a person is told."""

    meaning: Meaning
    detail: str = ""


NEEDS_USER = "Spotify shows this only to the person who owns it, after they sign in."
CLOSED_TO_APPS = (
    "Spotify answers this only to apps approved before 27 November 2024 (or, for some calls, "
    "before February 2026), and this server’s app is not one of them."
)
NOT_OURS = "Spotify shows this playlist’s contents only to its owner and collaborators."
NO_PREMIUM = "Spotify stops all calls: the owner of this server’s app has no Premium subscription."
NOT_LISTED = "Spotify stops all calls: the user is not on the allow-list of this server’s app."
NO_SCOPE = "When you signed in, this was not allowed. Sign in again and allow it."
NO_ANALYSIS = "Spotify has no audio data for this track."
NO_SUCH_THING = "Spotify says that there is nothing with this id."
BAD = "Spotify refuses the question as malformed."
_PREMIUM, _ALLOW_LIST = "premium subscription required", ("not registered", "not approved")


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


def message_of(body: Any) -> str:  # noqa: ANN401  # whatever JSON says
    """The message of an error body, or "" where there is none; bodies come in many shapes."""
    try:
        error = WireRefusal.model_validate(body).error
    except ValidationError:
        return ""
    said = (error.message or error.description) if isinstance(error, WireError) else error
    return (said or "")[:LONGEST_MESSAGE]


def judge(family: Family, status: int, message: str) -> Judgement:
    """What this answer to a call of this family means."""
    if status in {200, 201}:
        return Judgement(Meaning.ANSWER)
    by_status = {304: _not_modified, 401: _unauthorised, 403: _forbidden, 404: _not_found}
    return by_status.get(status, _bad_request)(family, message.lower())


def _not_modified(_family: Family, _message: str) -> Judgement:
    return Judgement(Meaning.UNCHANGED)


def _unauthorised(_family: Family, message: str) -> Judgement:
    if "user authentication required" in message:
        return Judgement(Meaning.CLOSED, NEEDS_USER)
    return Judgement(Meaning.RENEW_TOKEN)


def _forbidden(family: Family, message: str) -> Judgement:
    if _PREMIUM in message:
        return Judgement(Meaning.APP_STOPPED, NO_PREMIUM)
    if any(words in message for words in _ALLOW_LIST):
        return Judgement(Meaning.APP_STOPPED, NOT_LISTED)
    if "scope" in message:
        return Judgement(Meaning.REFUSED, NO_SCOPE)
    if family is Family.PLAYLIST_ITEMS:
        return Judgement(Meaning.REFUSED, NOT_OURS)
    if family in CLOSABLE:
        return Judgement(Meaning.CLOSED, CLOSED_TO_APPS)
    return Judgement(Meaning.REFUSED, CLOSED_TO_APPS)


def _not_found(family: Family, message: str) -> Judgement:
    if "analysis not found" in message:
        return Judgement(Meaning.UNKNOWN, NO_ANALYSIS)
    if family is Family.RELATED:
        return Judgement(Meaning.MAYBE_CLOSED, CLOSED_TO_APPS)
    return Judgement(Meaning.MISSING, NO_SUCH_THING)


def _bad_request(_family: Family, message: str) -> Judgement:
    return Judgement(Meaning.BAD_REQUEST, message or BAD)
