"""How a source reports what it can be asked, in the words and moments that all share."""

from __future__ import annotations

from api.clock import moment
from api.schemas.provenance import Capability
from api.schemas.sources import CapabilityReport, State
from api.sources.upstream.gates import AccessVerdict, Breaker, Gate

_LIMITED = "{} asked this server to wait. Until then only cached answers are served."
_UNREACHABLE = "{} has not been answering. It is tried again every ten seconds."


def capability_report(
    capability: Capability,
    state: State,
    detail: str,
    *,
    reason: str | None = None,
    since: float | None = None,
    until: float | None = None,
) -> CapabilityReport:
    """One capability; `since` and `until` in unix seconds."""
    return CapabilityReport(
        capability=capability,
        state=state,
        reason=reason,
        since=None if since is None else moment(since),
        until=None if until is None else moment(until),
        detail=detail,
    )


def from_verdict(capability: Capability, state: State, verdict: AccessVerdict) -> CapabilityReport:
    """It was found to be so, and is held to be so for a while."""
    return capability_report(
        capability,
        state,
        verdict.detail,
        reason=f"HTTP {verdict.status}" if verdict.status else None,
        since=verdict.decided_at,
        until=verdict.until,
    )


def limited(capability: Capability, gate: Gate, who: str) -> CapabilityReport:
    """It asked us to wait: by a status, or inside an answer."""
    return capability_report(
        capability,
        State.LIMITED,
        _LIMITED.format(who),
        reason=f"HTTP {gate.refused_with}" if gate.refused_with else "asked to wait",
        since=gate.since,
        until=gate.until,
    )


def unreachable(capability: Capability, breaker: Breaker, who: str) -> CapabilityReport:
    """It does not answer."""
    return capability_report(
        capability,
        State.UNREACHABLE,
        _UNREACHABLE.format(who),
        reason="no answer",
        since=breaker.since,
        until=breaker.asks_again_at,
    )
