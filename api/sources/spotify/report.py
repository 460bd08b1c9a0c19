"""Say in plain words what Spotify answers to this server, from what it last answered."""

from __future__ import annotations

from api.clock import Clock, moment
from api.schemas.provenance import Capability
from api.schemas.sources import CapabilityReport, State
from api.sources.breaker import Breaker
from api.sources.http import EVERYTHING
from api.sources.spotify.client import CLOSED
from api.sources.spotify.verdicts import Family
from api.sources.standing import Credential, Gate, Standing, StandingVerdict

SERVED_BY: dict[Capability, tuple[Family, str]] = {  # which calls serve it
    Capability.ARTIST: (Family.ARTIST, "/artists/{id}"),
    Capability.RELATED: (Family.RELATED, "/artists/{id}/related-artists"),
    Capability.TOP_TRACKS: (Family.TOP_TRACKS, "/artists/{id}/top-tracks"),
    Capability.ALBUMS: (Family.ALBUMS, "/artists/{id}/albums"),
    Capability.TRACK: (Family.TRACK, "/tracks/{id}"),
    Capability.FEATURES: (Family.FEATURES, "/audio-features/{id}"),
    Capability.ANALYSIS: (Family.ANALYSIS, "/audio-analysis/{id}"),
    Capability.PLAYLIST: (Family.PLAYLIST, "/playlists/{id}"),
    Capability.SEARCH: (Family.SEARCH, "/search"),
}
_CONTENTS = (Family.PLAYLIST_TRACKS, Family.PLAYLIST_ITEMS)
_UNTRIED = "Not asked yet; the first question will show whether Spotify answers it here."
_CONTENTS_CLOSED = "Spotify tells this server what a playlist is called, but not what is in it."


class Reporter:
    """Reads standing and breaker; asks nobody."""

    def __init__(
        self, credential: Credential, *, standing: Standing, breaker: Breaker, clock: Clock
    ) -> None:
        self._credential = credential
        self._standing = standing
        self._breaker = breaker
        self._clock = clock

    def __call__(self) -> tuple[CapabilityReport, ...]:
        """Every capability, as last found."""
        return tuple(self._capability(capability) for capability in SERVED_BY)

    def _capability(self, capability: Capability) -> CapabilityReport:
        family, template = SERVED_BY[capability]
        closed = self._closed(Family.APP) or self._closed(family)
        if closed is not None:
            return _closed_report(capability, closed)
        gate = self._standing.gate(self._credential, EVERYTHING) or self._standing.gate(
            self._credential, template
        )
        if gate is not None:
            return _limited_report(capability, gate)
        if self._breaker.since is not None:
            return self._unreachable_report(capability)
        return self._open_report(capability, family)

    def _closed(self, family: Family) -> StandingVerdict | None:
        verdict = self._standing.verdict(self._credential, family)
        return verdict if verdict is not None and verdict.state == CLOSED else None

    def _unreachable_report(self, capability: Capability) -> CapabilityReport:
        since, until = self._breaker.since, self._breaker.next_probe
        return CapabilityReport(
            capability=capability,
            state=State.UNREACHABLE,
            reason="no answer",
            since=None if since is None else moment(since),
            until=None if until is None else moment(until),
            detail="Spotify has not been answering. It is tried again every ten seconds.",
        )

    def _open_report(self, capability: Capability, family: Family) -> CapabilityReport:
        verdict = self._standing.verdict(self._credential, family)
        detail = _UNTRIED if verdict is None else "Spotify answers this."
        if capability is Capability.PLAYLIST and all(map(self._closed, _CONTENTS)):
            detail = _CONTENTS_CLOSED
        return CapabilityReport(
            capability=capability,
            state=State.OPEN,
            reason=None,
            since=None if verdict is None else moment(verdict.decided_at),
            until=None,
            detail=detail,
        )


def _closed_report(capability: Capability, verdict: StandingVerdict) -> CapabilityReport:
    return CapabilityReport(
        capability=capability,
        state=State.CLOSED,
        reason=f"HTTP {verdict.status}" if verdict.status else None,
        since=moment(verdict.decided_at),
        until=None if verdict.until is None else moment(verdict.until),
        detail=verdict.detail,
    )


def _limited_report(capability: Capability, gate: Gate) -> CapabilityReport:
    return CapabilityReport(
        capability=capability,
        state=State.LIMITED,
        reason="HTTP 429",
        since=moment(gate.since),
        until=moment(gate.until),
        detail="Spotify asked this server to wait. Until then only cached answers are served.",
    )
