"""What each source can be asked on this server, in plain words."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from api.schemas.base import Model, Moment
from api.schemas.provenance import Capability, SourceName


class State(StrEnum):
    """Whether a source can be asked for one thing, now."""

    OPEN = "open"
    CLOSED = "closed"
    LIMITED = "limited"
    UNREACHABLE = "unreachable"
    NOT_CONFIGURED = "not-configured"


class CapabilityReport(Model):
    """One thing a source can be asked, and whether it answers."""

    capability: Capability
    state: State
    reason: Annotated[str | None, Field(description="What the source said, in short.")]
    since: Annotated[Moment | None, Field(description="When this was last found to be so.")]
    until: Annotated[Moment | None, Field(description="When it will be tried again.")]
    detail: Annotated[str, Field(description="In plain words.")]


class SourceStatus(Model):
    """One source, as this server sees it."""

    source: SourceName
    configured: bool
    capabilities: tuple[CapabilityReport, ...]


class SourceReport(Model):
    """Every source in the order in which this server asks them."""

    sources: tuple[SourceStatus, ...]


class Health(Model):
    """Whether the server lives, and whether each part it needs is ready."""

    status: Annotated[str, Field(examples=["ok"])]
    checks: Annotated[
        dict[str, str],
        Field(default_factory=dict, description="Each part, `ok` or what is wrong with it."),
    ]


class CacheFigures(Model):
    """How large the cache of answers is, and how often it is enough."""

    entries: Annotated[int, Field(description="Answers held in memory.")]
    memory_bytes: int
    disk_bytes: Annotated[int | None, Field(description="`null` where none can be kept there.")]
    hits: Annotated[int, Field(description="Questions since the start that were answered by it.")]
    fetches: Annotated[int, Field(description="Those for which a source was asked.")]


class JobFigures(Model):
    """How much work goes on behind: files that are heard, long playlists that are read."""

    waiting: int
    running: int


class ServerHealth(Health):
    """The parts of the server, and how busy it is."""

    cache: CacheFigures
    jobs: Annotated[JobFigures | None, Field(description="`null` where they cannot be counted.")]
