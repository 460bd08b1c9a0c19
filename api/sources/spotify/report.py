"""Say in plain words what Spotify answers to this server, from what it last answered."""

from __future__ import annotations

from api.clock import Clock
from api.problems.refusals import Limited, NotConfigured
from api.schemas.provenance import Capability
from api.schemas.sources import CapabilityReport, State
from api.sources.report import capability_report, from_verdict, limited, unreachable
from api.sources.spotify.client import CLOSED, REFUSED, TEMPLATES, Family
from api.sources.spotify.token import SIGN_IN, SignInFailure, TokenKeeper
from api.sources.upstream.client import EVERYTHING
from api.sources.upstream.gates import AccessVerdict, Breaker, Credential, Gates

SERVED_BY = {  # which calls serve it
    Capability.ARTIST: Family.ARTIST,
    Capability.RELATED: Family.RELATED,
    Capability.TOP_TRACKS: Family.TOP_TRACKS,
    Capability.ALBUMS: Family.ALBUMS,
    Capability.TRACK: Family.TRACK,
    Capability.FEATURES: Family.FEATURES,
    Capability.ANALYSIS: Family.ANALYSIS,
    Capability.PLAYLIST: Family.PLAYLIST,
    Capability.SEARCH: Family.SEARCH,
}
_CONTENTS = (Family.PLAYLIST_TRACKS, Family.PLAYLIST_ITEMS)
_STATES = {NotConfigured: State.NOT_CONFIGURED, Limited: State.LIMITED}
_WHO = "Spotify"
_UNTRIED = "Not asked yet; the first question will show whether Spotify answers it here."
_CONTENTS_CLOSED = "Spotify tells this server what a playlist is called, but not what is in it."


class Reporter:
    """Reads gates and breaker; asks nobody."""

    def __init__(
        self,
        credential: Credential,
        *,
        gates: Gates,
        breaker: Breaker,
        tokens: TokenKeeper,
        clock: Clock,
    ) -> None:
        self._credential = credential
        self._gates = gates
        self._breaker = breaker
        self._tokens = tokens
        self._clock = clock

    def __call__(self) -> tuple[CapabilityReport, ...]:
        """Every capability, as last found."""
        return tuple(self._capability(capability) for capability in SERVED_BY)

    def _capability(self, capability: Capability) -> CapabilityReport:
        family = SERVED_BY[capability]
        if (failure := self._tokens.failure) and not self._is_over(failure):
            return _signed_out_report(capability, failure)
        if refused := self._verdict(family, REFUSED):
            return from_verdict(capability, State.NOT_CONFIGURED, refused)
        closed = self._closed(Family.APP) or self._closed(family)
        if closed is not None:
            return from_verdict(capability, State.CLOSED, closed)
        for bucket in (EVERYTHING, SIGN_IN, TEMPLATES[family]):
            if gate := self._gates.gate(self._credential, bucket):
                return limited(capability, gate, _WHO)
        if self._breaker.since is not None:
            return unreachable(capability, self._breaker, _WHO)
        return self._open_report(capability, family)

    def _closed(self, family: Family) -> AccessVerdict | None:
        return self._verdict(family, CLOSED)

    def _verdict(self, family: Family, state: str) -> AccessVerdict | None:
        verdict = self._gates.verdict(self._credential, family)
        return verdict if verdict is not None and verdict.state == state else None

    def _is_over(self, failure: SignInFailure) -> bool:
        """Whether a wait that was asked for has passed, and nobody has tried since."""
        retry_at = failure.error.retry_at
        waits = isinstance(failure.error, Limited)
        return waits and retry_at is not None and retry_at <= self._clock()

    def _open_report(self, capability: Capability, family: Family) -> CapabilityReport:
        verdict = self._gates.verdict(self._credential, family)
        detail = _UNTRIED if verdict is None else "Spotify answers this."
        if capability is Capability.PLAYLIST and all(map(self._closed, _CONTENTS)):
            detail = _CONTENTS_CLOSED
        since = None if verdict is None else verdict.decided_at
        return capability_report(capability, State.OPEN, detail, since=since)


def _signed_out_report(capability: Capability, failure: SignInFailure) -> CapabilityReport:
    """Without a token nothing can be asked, and why there is none."""
    error = failure.error
    return capability_report(
        capability,
        _STATES.get(type(error), State.UNREACHABLE),
        f"This server cannot sign in at Spotify. {error.detail}",
        reason=f"HTTP {error.status}" if error.status else "no sign-in",
        since=failure.since,
        until=error.retry_at,
    )
