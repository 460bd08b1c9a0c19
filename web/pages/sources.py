"""Who is asked here, in which order, what they answer, and how this server itself is.

The only page that speaks of settings: whoever reads it may be the one who runs the server.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter, Response

from api.schemas.provenance import SourceName
from api.schemas.sources import CapabilityReport, ServerHealth, SourceStatus, State
from web.client import ApiProblem
from web.render import Data
from web.request import PageRequest, PageRequestDep
from web.responses import fragment, page
from web.standing import UNTRIED, all_down, in_short, is_set_up, mark_of, state_of
from web.text import formatting, labels
from web.text.provenance import CallShown, shown

router = APIRouter()
PARTS = {
    "database": "Database",
    "cache": "Cache of answers",
    "worker": "Hearing own files",
    "decoding": "Opening own files",
    "library": "Folder of own files",
    "room": "Room on the disk",
    "descriptors": "Open connections",
}
FINE = ("ok", "in a sandbox")  # how the words of a part that is well begin


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
    mark: str
    summary: str
    rows: tuple[CapabilityRow, ...]


@dataclass(frozen=True, slots=True)
class ServerPart:
    """A part of this server, and what it says of itself."""

    name: str
    fine: bool
    says: str
    more: str


@dataclass(frozen=True, kw_only=True)
class SourcesPage(Data):
    """Who is asked here, in which order, and what they answer."""

    template: ClassVar[str] = "sources.html"

    sources: tuple[SourceCard, ...]
    finding: str
    all_down: str | None
    spotify_off: bool
    parts: tuple[ServerPart, ...]
    call: CallShown


@router.get("/sources")
async def sources(request: PageRequestDep) -> Response:
    """Each source in plain words."""
    return page(request, await _asked(request))


@router.get("/fragments/sources")
async def sources_again(request: PageRequestDep) -> Response:
    """The same as it is now, for a page that stays open."""
    return fragment(request, await _asked(request))


async def _asked(request: PageRequest) -> SourcesPage:
    answer = await request.client.sources()
    request.watch.learn(answer.value)
    report = answer.value.sources
    off = not any(is_set_up(each) for each in report if each.source is SourceName.SPOTIFY)
    return SourcesPage(
        shell=request.shell(),
        sources=tuple(_card(each) for each in report),
        finding=in_short(report),
        all_down=all_down(report),
        spotify_off=off,
        parts=await _parts(request),
        call=shown(answer.call, request.base),
    )


async def _parts(request: PageRequest) -> tuple[ServerPart, ...]:
    """Every part of the server; none where it cannot say."""
    try:
        health: ServerHealth = (await request.client.health()).value
    except ApiProblem:
        return ()
    checks = health.checks
    more = {"cache": _cache_says(health), "worker": _jobs_say(health)}
    return tuple(
        ServerPart(name, checks[part].startswith(FINE), _in_words(checks[part]), more.get(part, ""))
        for part, name in PARTS.items()
        if part in checks
    )


def _cache_says(health: ServerHealth) -> str:
    """How large the cache is, and how often it was enough."""
    cache = health.cache
    sizes = f"{formatting.size(cache.memory_bytes)} in memory"
    if cache.disk_bytes is not None:
        sizes += f", {formatting.size(cache.disk_bytes)} on disk"
    asked = cache.hits + cache.fetches
    if not asked:
        return f"{sizes}. Nothing was asked of it since the start."
    share = f"{100 * cache.hits // asked} %"
    times = formatting.counted(asked, "question")
    return f"{sizes}. It answered {share} of {times} since the start."


def _jobs_say(health: ServerHealth) -> str:
    """How much work goes on behind."""
    jobs = health.jobs
    if jobs is None:
        return "How many jobs there are cannot be told just now."
    if not jobs.running and not jobs.waiting:
        return "No job waits or runs."
    running = formatting.counted(jobs.running, "job").capitalize()
    return f"{running} running, {formatting.count(jobs.waiting)} waiting."


def _in_words(state: str) -> str:
    return "works" if state == "ok" else state


def _card(source: SourceStatus) -> SourceCard:
    return SourceCard(
        slug=source.source.value,
        name=labels.SOURCES[source.source],
        mark=mark_of(source, state_of(source), source.capabilities),
        summary=_summary(source),
        rows=tuple(_row(source, alike) for alike in _alike(source.capabilities)),
    )


def _summary(source: SourceStatus) -> str:
    if not is_set_up(source):
        return "Not set up on this server."
    able = [each for each in source.capabilities if each.state is State.OPEN]
    if not able:
        return f"{labels.STATES[state_of(source)].capitalize()}."
    if mark_of(source, State.OPEN, able) == UNTRIED:
        return "Not asked yet."
    if len(able) == len(source.capabilities):
        return "Open for all that it knows."
    return f"Open for {len(able)} of {len(source.capabilities)} kinds of question."


def _alike(reports: Sequence[CapabilityReport]) -> Iterable[list[CapabilityReport]]:
    """Reports that would read the same, together."""
    groups: dict[object, list[CapabilityReport]] = {}
    for report in reports:
        groups.setdefault((report.state, report.detail, report.until), []).append(report)
    return groups.values()


def _row(source: SourceStatus, alike: list[CapabilityReport]) -> CapabilityRow:
    report = alike[0]
    since = max((each.since for each in alike if each.since), default=None)
    return CapabilityRow(
        label=formatting.listed([labels.CAPABILITIES[each.capability] for each in alike]),
        state=labels.STATES[report.state],
        mark=mark_of(source, report.state, alike),
        detail=report.detail,
        since=formatting.moment(since) if since else None,
        until=formatting.moment(report.until) if report.until else None,
    )
