"""What `make doctor` found out: which source answers what, and what has changed."""

from __future__ import annotations

from enum import StrEnum

from api.schemas.base import Model, Moment
from api.schemas.provenance import Capability, SourceName


class Outcome(StrEnum):
    """What came of one question."""

    ANSWERED = "answered"
    KNOWS_NONE = "knows none"
    CLOSED = "closed to us"
    LIMITED = "asked us to wait"
    UNREACHABLE = "could not be asked"
    CHANGED = "answered something that cannot be read"
    NOT_CONFIGURED = "not set up"


class Checked(Model):
    """One question, and what came back; without a capability it stands for all of them."""

    capability: Capability | None
    outcome: Outcome
    detail: str
    do: str | None
    seconds: float | None = None


class CheckedSource(Model):
    """One source; `changed`: what it sends that Earprint does not know, or cannot read."""

    source: SourceName
    checks: tuple[Checked, ...]
    changed: tuple[str, ...] = ()


class Checkup(Model):
    """All sources outside, asked once. Holds no secret, so it can be pasted into a report."""

    version: str
    asked_at: Moment
    sources: tuple[CheckedSource, ...]
