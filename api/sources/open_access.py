"""What those sources share that answer anybody: one way in, one meaning of a status, one report.

A folder of such a source is wire, texts, normalise and source; `make_upstream`, OpenClient and
OpenReport are what stands between it and the network.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from api.clock import Chance, Clock
from api.problems.refusals import BadQuestion, Closed, Garbled, SourceError, Unknown
from api.schemas.provenance import Capability, SourceName
from api.schemas.sources import CapabilityReport, State
from api.settings import Settings
from api.sources.report import capability_report, limited, unreachable
from api.sources.upstream.breaker import Breaker
from api.sources.upstream.client import (
    EVERYTHING,
    Endpoint,
    Upstream,
    UpstreamReply,
    UpstreamRequest,
    is_too_many,
)
from api.sources.upstream.gates import AccessVerdict, Credential, Gates
from api.sources.upstream.pacing import SlidingWindow

OPEN, CLOSED = "open", "closed"
DAY_S = 86_400.0
BAD_REQUEST, NOT_FOUND, FIRST_REFUSAL = 400, 404, 400
REFUSED = frozenset({401, 403, 410, 451})

Judge = Callable[[UpstreamReply], SourceError | None]


@dataclass(frozen=True, slots=True)
class Service:
    """Somebody who answers anybody: what it is called, and how often it may be asked.

    `pace`: at most so many calls in so many seconds. `judge`: what a reply refuses, if anything;
    `asks_to_wait`: whether it does so because it was asked too often. `key`: a name for the
    credentials, where there are any, that does not reveal them.
    """

    name: SourceName
    title: str
    pace: tuple[int, float]
    asks_to_wait: Callable[[UpstreamReply], bool] = is_too_many
    judge: Judge | None = None
    wants_contact: bool = False
    key: str = ""

    @property
    def credential(self) -> Credential:
        """In whose name it is asked."""
        return Credential(self.name, self.key)


def is_stand_in(url: str) -> bool:
    """Whether something on this machine answers in the source's place."""
    return urlsplit(url).scheme == "http"  # which the settings allow on this machine only


def divided(url: str) -> tuple[str, str]:
    """An address that is asked as it is, as a base and the one template below it."""
    parts = urlsplit(url)
    above, _, last = parts.path.rpartition("/")
    return f"{parts.scheme}://{parts.netloc}{above}", f"/{last}"


def make_upstream(
    service: Service, url: str, *, settings: Settings, gates: Gates, clock: Clock, chance: Chance
) -> Upstream:
    """The way to the service at this address, paced unless it is a stand-in."""
    pace = None if is_stand_in(url) else SlidingWindow(*service.pace, clock)
    endpoint = Endpoint(
        service.credential,
        url,
        settings.upstream_timeout_s,
        settings.contact if service.wants_contact else None,
        pace,
        service.asks_to_wait,
    )
    return Upstream(endpoint, gates, clock=clock, chance=chance)


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
    """

    def __init__(
        self,
        service: Service,
        requests: Mapping[Capability, UpstreamRequest],
        *,
        breakers: Mapping[Capability, Breaker] | Breaker,
        gates: Gates,
    ) -> None:
        self._service = service
        self._requests = requests
        self._breakers = breakers
        self._gates = gates

    def __call__(self) -> tuple[CapabilityReport, ...]:
        """Every capability, in the order of the contract."""
        return tuple(self._one(one) for one in Capability if one in self._requests)

    def _one(self, capability: Capability) -> CapabilityReport:
        who, request = self._service.credential, self._requests[capability]
        verdict = self._gates.verdict(who, request.family)
        if verdict is not None and verdict.state == CLOSED:
            return _closed(capability, verdict)
        for bucket in (EVERYTHING, request.template):
            if gate := self._gates.gate(who, bucket):
                return limited(capability, gate, self._service.title)
        breaker = self._breaker(capability)
        if breaker.since is not None:
            return unreachable(capability, breaker, self._service.title)
        since = None if verdict is None else verdict.decided_at
        words = _UNTRIED if verdict is None else _ANSWERS
        detail = words.format(self._service.title)
        return capability_report(capability, State.OPEN, detail, since=since)

    def _breaker(self, capability: Capability) -> Breaker:
        one = self._breakers
        return one if isinstance(one, Breaker) else one[capability]


_UNTRIED = "Not asked yet; the first question will show whether {} answers it here."
_ANSWERS = "{} answers this."


def _closed(capability: Capability, verdict: AccessVerdict) -> CapabilityReport:
    return capability_report(
        capability,
        State.CLOSED,
        verdict.detail,
        reason=f"HTTP {verdict.status}" if verdict.status else None,
        since=verdict.decided_at,
        until=verdict.until,
    )
