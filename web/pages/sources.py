"""Who is asked here, in which order, and what they answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter, Response

from api.schemas.provenance import SourceName
from api.schemas.sources import CapabilityReport, SourceStatus, State
from web.render import Data
from web.request import PageRequestDep
from web.responses import page
from web.text import formatting, labels
from web.text.provenance import CallShown, shown

router = APIRouter()


@dataclass(frozen=True, slots=True)
class CapabilityRow:
    """One thing a source can be asked, and whether it answers."""

    label: str
    state: str
    mark: str
    detail: str
    since: str | None
    until: str | None


@dataclass(frozen=True, slots=True)
class SourceCard:
    """One source."""

    slug: str
    name: str
    set_up: bool
    summary: str
    rows: tuple[CapabilityRow, ...]


@dataclass(frozen=True, kw_only=True)
class SourcesPage(Data):
    """Who is asked here, in which order, and what they answer."""

    template: ClassVar[str] = "sources.html"

    sources: tuple[SourceCard, ...]
    spotify_off: bool
    call: CallShown


@router.get("/sources")
async def sources(request: PageRequestDep) -> Response:
    """Each source in plain words."""
    answer = await request.client.sources()
    report = answer.value.sources
    off = not any(is_set_up(each) for each in report if each.source is SourceName.SPOTIFY)
    data = SourcesPage(
        shell=request.shell(),
        sources=tuple(_card(each) for each in report),
        spotify_off=off,
        call=shown(answer.call, request.base),
    )
    return page(request, data)


def _card(source: SourceStatus) -> SourceCard:
    return SourceCard(
        slug=source.source.value,
        name=labels.SOURCES[source.source],
        set_up=is_set_up(source),
        summary=_summary(source),
        rows=tuple(_row(alike) for alike in _alike(source.capabilities)),
    )


def is_set_up(source: SourceStatus) -> bool:
    """Whether it can be asked with the settings as they are, some of which it may refuse."""
    states = {each.state for each in source.capabilities}
    return source.configured and states != {State.NOT_CONFIGURED}


def _summary(source: SourceStatus) -> str:
    if not is_set_up(source):
        return "Not set up on this server."
    able = sum(each.state is State.OPEN for each in source.capabilities)
    return f"Open for {able} of {len(source.capabilities)} kinds of question."


def _alike(reports: Sequence[CapabilityReport]) -> Iterable[list[CapabilityReport]]:
    """Reports that would read the same, together."""
    groups: dict[object, list[CapabilityReport]] = {}
    for report in reports:
        groups.setdefault((report.state, report.detail, report.until), []).append(report)
    return groups.values()


def _row(alike: list[CapabilityReport]) -> CapabilityRow:
    report = alike[0]
    since = max((each.since for each in alike if each.since), default=None)
    return CapabilityRow(
        label=formatting.listed([labels.CAPABILITIES[each.capability] for each in alike]),
        state=labels.STATES[report.state],
        mark=report.state.value,
        detail=report.detail,
        since=formatting.moment(since) if since else None,
        until=formatting.moment(report.until) if report.until else None,
    )
