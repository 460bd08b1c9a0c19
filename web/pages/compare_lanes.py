"""The songs of a comparison second by second: their loudness under each other, on one time axis."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import ClassVar

from fastapi import APIRouter, Response

from api.schemas.analysis import AudioAnalysis, Section
from api.schemas.track import Track
from web.charts import lanes
from web.charts.lanes import Tick, TimeSpan
from web.client import ApiCall, ApiProblem, ApiResponse, JobPending
from web.pages.compare_strips import MARKS, NO_CALL, AllSaid
from web.pages.jobs import job_path
from web.pages.side_names import NamedSide, SideKind, address, read
from web.pages.sides import answers_of
from web.render import Data
from web.request import PageRequest, PageRequestDep
from web.responses import fragment, page
from web.text import formatting, labels, versus
from web.text.provenance import Head, trouble

router = APIRouter()
PARTS = "track,sections,segments"  # neither bars, beats nor tatums are drawn here
LAST_TICK_AT = 83.0  # percent: on a phone, the end of the axis needs the rest for itself
STEP_DB = 3.0  # from one section to the next: what is clearly heard


@dataclass(frozen=True, slots=True)
class Course:
    """One song over the time axis: `width` in percent of it; or why there is nothing to draw.

    `edges`: where its sections begin, in percent of its own width; `sections` in figures: from
    when, how long, how loud and in which key.
    """

    number: int
    mark: str
    name: str
    href: str
    about: str = ""
    width: float = 0.0
    path: str = ""
    edges: tuple[float, ...] = ()
    sections: tuple[tuple[str, str, str, str], ...] = ()
    note: str | None = None
    way_on: tuple[str, str] | None = None


@dataclass(frozen=True, kw_only=True)
class LanesPanel(Data):
    """The songs of a comparison on one time axis, which ends with the longest."""

    template: ClassVar[str] = "compare_lanes.html"

    finding: str
    courses: tuple[Course, ...]
    ticks: tuple[Tick, ...]
    end: str
    head: Head
    back: str


@router.get("/compare/lanes")
async def lanes_page(request: PageRequestDep) -> Response:
    """The lanes alone, as a page."""
    return page(request, await _panel(request))


@router.get("/fragments/compare/lanes")
async def lanes_fragment(request: PageRequestDep) -> Response:
    """The lanes alone, for htmx."""
    return fragment(request, await _panel(request))


async def _panel(request: PageRequest) -> LanesPanel:
    named, _ = await read(request)
    songs = [(place, one) for place, one in enumerate(named) if one.kind is SideKind.SONG]
    tracks, found = await asyncio.gather(
        answers_of(request.client.tracks_of, [one.ident for _, one in songs]),
        asyncio.gather(*(_analysis(request, one) for _, one in songs)),
    )
    known = [one for one in found if isinstance(one, ApiResponse)]
    longest = max((_length(one.value) for one in known), default=0.0)
    courses = [
        _course(request, _Song(place, one, tracks.get(one.ident), answer), longest)
        for (place, one), answer in zip(songs, found, strict=True)
    ]
    return LanesPanel(
        shell=request.shell(),
        finding=_finding(
            [
                (place, answer.value)
                for (place, _), answer in zip(songs, found, strict=True)
                if isinstance(answer, ApiResponse)
            ]
        ),
        courses=tuple(courses),
        ticks=tuple(tick for tick in lanes.ticks(TimeSpan(0.0, longest)) if tick.x <= LAST_TICK_AT),
        end=formatting.length(longest),
        head=request.head(labels.PANELS["lanes"], *_said(known)),
        back=address(one.value for one in named),
    )


async def _analysis(
    request: PageRequest, named: NamedSide
) -> ApiResponse[AudioAnalysis] | JobPending | ApiProblem:
    try:
        return await request.client.analysis(named.ident, PARTS)
    except (ApiProblem, JobPending) as none:
        return none


@dataclass(frozen=True, slots=True)
class _Song:
    """One song, with what its name and its analysis were answered."""

    place: int
    named: NamedSide
    track: ApiResponse[Track] | ApiProblem | None
    analysis: ApiResponse[AudioAnalysis] | JobPending | ApiProblem

    @property
    def name(self) -> str:
        """What it is called, or else its id."""
        known = self.track.value.name if isinstance(self.track, ApiResponse) else ""
        return known or self.named.ident


def _course(request: PageRequest, song: _Song, longest: float) -> Course:
    answer = song.analysis
    bare = Course(song.place + 1, MARKS[song.place], song.name, song.named.href)
    if isinstance(answer, JobPending):
        note = f"It is being heard, {answer.job.percent:.0f} % so far."
        return replace(bare, note=note, way_on=(job_path(answer.job), "Watch the analysis"))
    if isinstance(answer, ApiProblem):
        told = trouble(answer, request.base)
        return replace(bare, note=told.detail, way_on=told.way_on)
    found = answer.value
    length, sections = _length(found), found.sections or ()
    counted = formatting.counted(len(sections), "section")
    return replace(
        bare,
        about=f"{counted}, {formatting.length(length)}",
        width=round(length / longest * 100, 2) if longest else 0.0,
        path=lanes.loudness(found.segments or (), TimeSpan(0.0, length)),
        edges=tuple(round(each.start / length * 100, 2) for each in sections[1:] if length),
        sections=tuple(_figures(each) for each in sections),
    )


def _figures(section: Section) -> tuple[str, str, str, str]:
    level = section.loudness
    return (
        formatting.length(section.start),
        formatting.length(section.duration),
        "not known" if level is None else formatting.decibels(level),
        formatting.key(section.key, section.mode) or "not known",
    )


def _length(found: AudioAnalysis) -> float:
    return found.track.duration if found.track else 0.0


def _said(known: Sequence[ApiResponse[AudioAnalysis]]) -> tuple[ApiCall, AllSaid]:
    """The first call, and all that was said in any of them."""
    call = known[0].call if known else NO_CALL
    return call, AllSaid(
        tuple(dict.fromkeys(each for one in known for each in one.value.provenance)),
        tuple(dict.fromkeys(each for one in known for each in one.value.missing)),
    )


def _finding(heard: Sequence[tuple[int, AudioAnalysis]]) -> str:
    """Where each takes its largest step up from one section to the next."""
    steps = [(place, step) for place, one in heard if (step := _step(one.sections or ()))]
    if not steps:
        return "None of them grows much louder from one section to the next." if heard else ""
    places = [f"{versus.PLACES[place]} at {formatting.length(when)}" for place, when in steps]
    said = formatting.listed(places)
    rest = "" if len(steps) == len(heard) else ", the others none"
    return f"The largest step up in loudness: {said}{rest}."


def _step(sections: Sequence[Section]) -> float | None:
    """When the largest step up begins; None where none is clearly heard."""
    steps = [
        (after.loudness - before.loudness, after.start)
        for before, after in pairwise(sections)
        if before.loudness is not None and after.loudness is not None
    ]
    by, when = max(steps, default=(0.0, 0.0))
    return when if by >= STEP_DB else None
