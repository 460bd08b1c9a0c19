"""What those sources share that answer anybody: one way in, one meaning of a status, one report.

A folder of such a source is wire, texts, normalise and source: an OpenSource with its capabilities.
`way_in` makes what stands between it and the network.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Generic, Protocol, TypeVar
from urllib.parse import urlsplit, urlunsplit

from api.clock import Chance, Clock
from api.problems.refusals import BadQuestion, Closed, Garbled, SourceError, Unknown
from api.schemas.provenance import Capability, SourceName
from api.schemas.sources import CapabilityReport, State
from api.settings import Settings
from api.sources.report import capability_report, from_verdict, limited, unreachable
from api.sources.resource import ResourceReader
from api.sources.upstream.body import read_json
from api.sources.upstream.client import (
    EVERYTHING,
    Endpoint,
    Upstream,
    UpstreamReply,
    UpstreamRequest,
    is_too_many,
)
from api.sources.upstream.gates import (
    AT_ONCE,
    FIRST_REFUSAL,
    AccessVerdict,
    Breaker,
    Credential,
    Gate,
    Gates,
    SlidingWindow,
)

OPEN, CLOSED = "open", "closed"
DAY_S = 86_400.0
LARGEST_REFUSAL = 2_000  # bytes: what is larger is read once only, as an answer
BAD_REQUEST, NOT_FOUND, UNAVAILABLE = 400, 404, 503
REFUSED = frozenset({401, 403, 410, 451})

C = TypeVar("C", bound="Connected")
Judge = Callable[[UpstreamReply], SourceError | None]
NO_SECRETS: Mapping[str, str] = MappingProxyType({})
NO_LIMITS: Mapping[Capability, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Service:
    """Somebody who answers anybody: what it is called, and how often it may be asked.

    `pace`: at most so many calls in so many seconds. `judge`: what a reply refuses, if anything;
    `asks_to_wait`: whether it does so because it was asked too often; `rests_for_s`: how long it
    is to be left alone after an answer. `key`: a name for the credentials, where there are any,
    that does not reveal them. `at_once`, `waits_whole`: as an Endpoint has them.
    """

    name: SourceName
    title: str
    pace: tuple[int, float]
    asks_to_wait: Callable[[UpstreamReply], bool] = is_too_many
    rests_for_s: Callable[[UpstreamReply], float | None] | None = None
    judge: Judge | None = None
    wants_contact: bool = False
    key: str = ""
    at_once: int = AT_ONCE
    waits_whole: bool = False

    @property
    def credential(self) -> Credential:
        """In whose name it is asked."""
        return Credential(self.name, self.key)


def is_stand_in(url: str) -> bool:
    """Whether something on this machine answers in the source's place."""
    return urlsplit(url).scheme == "http"  # which the settings allow on this machine only


def licence_at(url: str, licence: str, whose: str) -> str:
    """The terms that what comes from this address is under; in `whose` place a stand-in may be."""
    return f"Invented: a stand-in answers here in {whose} place" if is_stand_in(url) else licence


def divided(url: str) -> tuple[str, str]:
    """An address that is asked as it is, as a base and the one template below it."""
    parts = urlsplit(url)
    above, _, last = parts.path.rpartition("/")
    return urlunsplit(parts._replace(path=above)), f"/{last}"


def is_away_until(reply: UpstreamReply) -> bool:
    """Whether it is out of service, and says for how long."""
    return reply.status == UNAVAILABLE and "retry-after" in reply.headers


def small_json(reply: UpstreamReply, source: SourceName) -> dict[str, Any]:
    """What a reply says that is small enough for a refusal, and JSON; else nothing."""
    if len(reply.body) > LARGEST_REFUSAL:
        return {}
    try:
        said = read_json(source, reply.body)
    except Garbled:
        return {}
    return said if isinstance(said, dict) else {}


def as_number(code: object) -> int | None:
    """The number of an error, which may come as a text; None if it has none."""
    return int(str(code)) if str(code).isdecimal() else None


def by_status(reply: UpstreamReply, service: Service) -> SourceError | None:
    """What a status means wherever a source says nothing else."""
    who, status = service.title, reply.status
    if status < FIRST_REFUSAL:
        return None
    if status == NOT_FOUND:
        return Unknown(service.name, f"{who} knows nothing of this.", status=status)
    if status == BAD_REQUEST:
        return BadQuestion(service.name, f"{who} calls the question malformed.", status=status)
    if status in REFUSED:
        return Closed(service.name, f"{who} refuses to answer this.", status=status)
    return Garbled(service.name, f"{who} gives an answer that makes no sense here.", status=status)


class OpenClient:
    """Asks the service what is open to us. Raises SourceError.

    A family of calls that was found closed is not asked again for a day.
    """

    def __init__(self, service: Service, upstream: Upstream, gates: Gates, *, clock: Clock) -> None:
        self._service = service
        self._upstream = upstream
        self._gates = gates
        self._clock = clock

    async def get(self, request: UpstreamRequest) -> UpstreamReply:
        """The reply with its parsed JSON; without any where what we hold is still good."""
        who = self._service.credential
        verdict = self._gates.verdict(who, request.family)
        if verdict is not None and verdict.state == CLOSED:
            raise Closed(who.source, verdict.detail, status=verdict.status, retry_at=verdict.until)
        reply = await self._upstream.send(request)
        await self._let_rest(reply)
        refusal = self._judged(reply)
        if isinstance(refusal, Closed):
            refusal.retry_at = self._clock() + DAY_S
            await self._decide(
                request, reply, CLOSED, detail=refusal.detail, until=refusal.retry_at
            )
        if refusal is not None and not isinstance(refusal, Unknown):
            raise refusal
        await self._decide(request, reply, OPEN, detail="It answers.")
        if refusal is not None:
            raise refusal
        return reply if reply.is_unchanged else await self._upstream.parsed(reply)

    async def close(self) -> None:
        """Hang up."""
        await self._upstream.close()

    async def _let_rest(self, reply: UpstreamReply) -> None:
        """Ask nothing more for as long as the reply says that nothing more may be asked."""
        rest_s = self._service.rests_for_s(reply) if self._service.rests_for_s else None
        if rest_s is not None:
            now = self._clock()
            who, until = self._service.credential, now + rest_s
            gate = Gate(who, EVERYTHING, since=now, until=until, status=reply.status)
            await self._gates.shut(gate)

    def _judged(self, reply: UpstreamReply) -> SourceError | None:
        own = self._service.judge(reply) if self._service.judge is not None else None
        return own or by_status(reply, self._service)

    async def _decide(
        self,
        request: UpstreamRequest,
        reply: UpstreamReply,
        state: str,
        *,
        detail: str,
        until: float | None = None,
    ) -> None:
        who, now = self._service.credential, self._clock()
        await self._gates.decide(
            AccessVerdict(who, request.family, state, detail, now, until, reply.status)
        )


class OpenReport:
    """What the service can be asked, as last found; asks nobody.

    `requests`: by capability, one of the requests that serve it, for its family and template.
    `limits`: what it does not tell, though it answers.
    """

    def __init__(
        self,
        service: Service,
        requests: Mapping[Capability, UpstreamRequest],
        *,
        breaker: Breaker,
        gates: Gates,
        limits: Mapping[Capability, str] = NO_LIMITS,
    ) -> None:
        self._service = service
        self._requests = requests
        self._breaker = breaker
        self._gates = gates
        self._limits = limits

    def __call__(self) -> tuple[CapabilityReport, ...]:
        """Every capability, in the order of the contract."""
        return tuple(self._one(one) for one in Capability if one in self._requests)

    def _one(self, capability: Capability) -> CapabilityReport:
        who, request = self._service.credential, self._requests[capability]
        verdict = self._gates.verdict(who, request.family)
        if verdict is not None and verdict.state == CLOSED:
            return from_verdict(capability, State.CLOSED, verdict)
        for bucket in (EVERYTHING, request.template):
            if gate := self._gates.gate(who, bucket):
                return limited(capability, gate, self._service.title)
        if self._breaker.since is not None:
            return unreachable(capability, self._breaker, self._service.title)
        since = None if verdict is None else verdict.decided_at
        words = _UNTRIED if verdict is None else _ANSWERS
        told = words.format(self._service.title), self._limits.get(capability, "")
        detail = " ".join(filter(None, told))
        return capability_report(capability, State.OPEN, detail, since=since)


_UNTRIED = "Not asked yet; the first question will show whether {} answers it here."
_ANSWERS = "{} answers this."


@dataclass(frozen=True, slots=True)
class WayIn:
    """How one service is asked, and what is told of that."""

    client: OpenClient
    report: Callable[[], tuple[CapabilityReport, ...]]


def way_in(
    service: Service,
    url: str,
    requests: Mapping[Capability, UpstreamRequest],
    *,
    settings: Settings,
    gates: Gates,
    clock: Clock,
    chance: Chance,
    secret_params: Mapping[str, str] = NO_SECRETS,
    limits: Mapping[Capability, str] = NO_LIMITS,
) -> WayIn:
    """The way to the service at this address, paced unless a stand-in answers there.

    `requests`, `limits`: as OpenReport has them.
    """
    endpoint = Endpoint(
        service.credential,
        url,
        settings.upstream_timeout_s,
        settings.contact if service.wants_contact else None,
        None if is_stand_in(url) else SlidingWindow(*service.pace, clock),
        lambda reply: service.asks_to_wait(reply) or is_away_until(reply),
        secret_params=secret_params,
        at_once=service.at_once,
        waits_whole=service.waits_whole,
    )
    upstream = Upstream(endpoint, gates, clock=clock, chance=chance)
    return WayIn(
        OpenClient(service, upstream, gates, clock=clock),
        OpenReport(service, requests, breaker=upstream.breaker, gates=gates, limits=limits),
    )


class Connected(Protocol):
    """Whoever has connections to hang up."""

    async def close(self) -> None:
        """Hang up."""
        ...


class OpenSource(Generic[C]):
    """What a source that answers anybody has beside its capabilities."""

    version = 1
    market: str | None = None
    at_home = False

    def __init__(
        self,
        client: C,
        reader: ResourceReader,
        *,
        report: Callable[[], tuple[CapabilityReport, ...]],
    ) -> None:
        self._client = client
        self._reader = reader
        self._report = report

    def report(self) -> tuple[CapabilityReport, ...]:
        """What is open and what is not, as last found."""
        return self._report()

    async def close(self) -> None:
        """Hang up."""
        await self._client.close()


_ODD = "Part of its answer cannot be read, so nobody can tell what it does not know."
_ELSE = "Its answer is about something else."


def check_told(
    source: SourceName, asked: Collection[str], told: Collection[str], *, rows: int, is_odd: bool
) -> None:
    """That the ids asked about but not told of are unknown to it, and not lost. Raises Garbled.

    `rows`: how many entries its answer has. `is_odd`: whether any of it could not be read.
    """
    if rows and not told:
        raise Garbled(source, _ELSE)
    if is_odd and set(asked) - set(told):
        raise Garbled(source, _ODD)
