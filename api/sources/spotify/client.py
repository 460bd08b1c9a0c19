"""Ask Spotify: token, standing verdicts, and what each answer says about us."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from api.clock import Clock
from api.problems.refusals import (
    BadQuestion,
    Closed,
    DoesNotExist,
    Garbled,
    NotConfigured,
    SourceError,
    Unknown,
)
from api.schemas.provenance import SourceName
from api.sources.spotify.token import TokenKeeper
from api.sources.spotify.verdicts import (
    DAY_S,
    HOUR_S,
    Family,
    Judgement,
    Meaning,
    judge,
    message_of,
)
from api.sources.upstream.body import LARGE_BYTES, Aside, read_answer, read_json
from api.sources.upstream.client import Call, Reply, Upstream
from api.sources.upstream.gates import AccessVerdict, Credential, Gates

SPOTIFY = SourceName.SPOTIFY
OPEN, CLOSED, REFUSED = "open", "closed", "refused"
_ETAG = re.compile(r"[\x21-\x7e]{1,512}")  # any other could not be sent back
_TOKEN_REJECTED = "Spotify rejects this server’s sign-in, also after signing in again."  # noqa: S105


@dataclass(frozen=True, slots=True)
class Question:
    """One GET: which family, which address, and the ETag of what we hold."""

    family: Family
    template: str
    values: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, str | None] = field(default_factory=dict)
    etag: str | None = None

    def call(self, token: str) -> Call:
        """The question as it goes out."""
        headers = {"Authorization": f"Bearer {token}"}
        if self.etag is not None:
            headers["If-None-Match"] = self.etag
        return Call(
            bucket=self.template,
            path=self.template.format(**self.values),
            params={name: value for name, value in self.params.items() if value is not None},
            headers=headers,
        )

    def windowed(self, limit: int, offset: int) -> Question:
        """The same question for a part of the list."""
        return replace(self, params={**self.params, "limit": str(limit), "offset": str(offset)})


@dataclass(frozen=True, slots=True)
class Answer:
    """Parsed JSON and its ETag; `data` is None where the value we hold is still good."""

    data: Any
    etag: str | None
    size: int = 0
    """Bytes of JSON."""


class SpotifyClient:
    """Spotify's Web API as this server's credentials see it. Raises SourceError."""

    def __init__(
        self,
        api: Upstream,
        tokens: TokenKeeper,
        *,
        gates: Gates,
        credential: Credential,
    ) -> None:
        self._api = api
        self._tokens = tokens
        self._gates = gates
        self._credential = credential
        self._aside = Aside()

    async def get(self, question: Question, *, clock: Clock) -> Answer:
        """The answer to a question that is open to us."""
        self._check_verdicts(question.family)
        reply = await self._ask(question)
        judgement = _judge(question.family, reply)
        if judgement.meaning is Meaning.MAYBE_CLOSED:
            judgement = await self._closed_or_missing(question, judgement, clock=clock)
        data: Any = None
        if judgement.meaning is Meaning.ANSWER:
            data = await self._aside(len(reply.body), partial(read_answer, SPOTIFY, reply.body))
        await self._note(question.family, judgement, reply.status, now=clock())
        if judgement.meaning is Meaning.UNCHANGED:
            return Answer(None, question.etag)
        etag = reply.headers.get("etag", "")
        return Answer(data, etag if _ETAG.fullmatch(etag) else None, len(reply.body))

    async def close(self) -> None:
        """Hang up."""
        await self._tokens.close()
        await self._api.close()

    def _check_verdicts(self, family: Family) -> None:
        for asked in (Family.APP, family):
            verdict = self._gates.verdict(self._credential, asked)
            if verdict is not None and verdict.state == CLOSED:
                raise Closed(SPOTIFY, verdict.detail, status=verdict.status, retry_at=verdict.until)

    async def _ask(self, question: Question) -> Reply:
        token = await self._tokens.token()
        reply = await self._api.send(question.call(token))
        if _judge(question.family, reply).meaning is Meaning.RENEW_TOKEN:
            token = await self._tokens.replace(token)
            reply = await self._api.send(question.call(token))
        return reply

    async def _closed_or_missing(
        self, question: Question, doubtful: Judgement, *, clock: Clock
    ) -> Judgement:
        """A 404 of related artists: if the artist exists, the endpoint is closed."""
        artist = Question(Family.ARTIST, "/artists/{id}", question.values)
        try:
            answer = await self.get(artist, clock=clock)
        except DoesNotExist as error:
            return Judgement(Meaning.MISSING, error.detail)
        if not isinstance(answer.data, dict) or answer.data.get("id") != question.values["id"]:
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


def _judge(family: Family, reply: Reply) -> Judgement:
    """The meaning of a reply; an error body may be empty, HTML or anything else."""
    message = ""
    if reply.status >= 400 and len(reply.body) <= LARGE_BYTES:  # noqa: PLR2004  # HTTP's own line
        try:
            message = message_of(read_json(SPOTIFY, reply.body))
        except Garbled:
            message = ""
    judgement = judge(family, reply.status, message)
    if judgement.meaning is Meaning.RENEW_TOKEN:
        return Judgement(Meaning.RENEW_TOKEN, _TOKEN_REJECTED)
    return judgement
