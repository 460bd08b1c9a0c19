"""A playlist from first to last: one number as a line, all as threads, and who stands apart.

Both are a part of a long list, the threads a smaller one: more than two hundred are a grey cloth.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter, Response

from api.schemas.playlist import Outlier
from api.schemas.track import Track
from web.charts.flow import Bundle, FlowLine, bundle, line, steepest
from web.client import ApiProblem, JobPending
from web.pages.jobs import ReadingNow
from web.pages.panel import Panel, add_panel
from web.pages.playlist_drawn import Drawn, FigureRow, Picked, by_fewer, drawn, picked
from web.pages.playlist_view import SHOWN, PlaylistView, shown_at, view_of
from web.pages.rows import titles
from web.render import Data
from web.request import PageRequest, PageRequestDep
from web.responses import drawing
from web.text import formatting, labels
from web.text.meanings import BY_FIELD, FeatureMeaning
from web.text.provenance import Head

router = APIRouter()
MOST_PATHS = 200
ALONG, TRACK = "along", "track"


@dataclass(frozen=True, slots=True)
class StandingApart:
    """A track that stands apart."""

    number: int
    name: str
    href: str
    distance: str
    because: str


@dataclass(frozen=True, slots=True)
class Threads:
    """All numbers of each track. `says`: the finding; `sampled`: that not all tracks are drawn."""

    drawn: Bundle
    says: str
    columns: tuple[str, ...]
    rows: tuple[FigureRow, ...]
    sampled: str
    svg: str


@dataclass(frozen=True, kw_only=True)
class FlowPanel(Data):
    """The list in its order. `ends`: the places of the first and the last entry of the line."""

    template: ClassVar[str] = "playlist_flow.html"

    view: PlaylistView
    along: Picked
    drawn: FlowLine
    ends: tuple[int, int]
    finding: str
    unlike: str
    stops: tuple[FigureRow, ...]
    threads: Threads
    outliers: tuple[StandingApart, ...]
    sampled: str
    reading: ReadingNow | None
    svg: str
    head: Head


@dataclass(frozen=True, kw_only=True)
class FlowDrawing(Data):
    """The line as a file of its own."""

    template: ClassVar[str] = "charts/flow_file.svg.j2"

    panel: FlowPanel


@dataclass(frozen=True, kw_only=True)
class BundleDrawing(Data):
    """The parallel scales as a file of its own."""

    template: ClassVar[str] = "charts/bundle_file.svg.j2"

    threads: Threads


async def _flow(request: PageRequest, ident: str) -> FlowPanel:
    found, outliers = await asyncio.gather(drawn(request, ident), _outliers(request, ident))
    view = view_of(request, ident)
    along = picked(view, ALONG)
    values = [getattr(row, along.field) for row in found.rows]
    places = [row.position + 1 for row in found.rows] or [1]
    return FlowPanel(
        shell=request.shell(),
        view=view,
        along=along,
        drawn=line(along.meaning, values, found.mine(along.field)),
        ends=(places[0], places[-1]),
        finding=_along(found, along, values),
        unlike=found.unlike((along.field,)),
        stops=tuple(
            found.in_figures(row, (along.field,))
            for row, value in zip(found.rows, values, strict=True)
            if value is not None
        ),
        threads=_threads(await by_fewer(request, found, MOST_PATHS), view),
        outliers=outliers,
        sampled=found.sampled,
        reading=found.reading(f"/fragments{view.at('/flow')}"),
        svg=view.song("/charts/flow.svg", along=along.field),
        head=request.head(labels.PANELS["flow"], found.answer.call, found.table),
    )


def _threads(found: Drawn, view: PlaylistView) -> Threads:
    meanings = tuple(BY_FIELD[field] for field in SHOWN)
    known = [row for row in found.rows if any(getattr(row, field) is not None for field in SHOWN)]
    tracks = [row.model_dump(include=set(SHOWN)) for row in known]
    mine = {field: found.mine(field) for field in SHOWN} if found.fit else None
    return Threads(
        drawn=bundle(meanings, tracks, mine),
        says=_alike(meanings, tracks),
        columns=tuple(labels.FIELDS[field] for field in SHOWN),
        rows=tuple(found.in_figures(row, SHOWN) for row in known),
        sampled=found.sampled,
        svg=view.song("/charts/parallel.svg"),
    )


def _along(found: Drawn, along: Picked, values: Sequence[float | None]) -> str:
    """Where the line begins and ends, and its largest step, between those that are drawn."""
    known = [value for value in values if value is not None]
    if len(known) < 2:  # noqa: PLR2004  # a line has two ends
        return "There is too little known for a line."

    def words(value: float) -> str:
        return found.figure(along.field, value)

    said = f"{along.meaning.label} begins at {words(known[0])} and ends at {words(known[-1])}"
    step = steepest(values)
    if step is None or words(abs(step[1])) == words(0.0):
        return f"{said}, and hardly moves."
    place, size = step
    way, of = "up" if size > 0 else "down", " of those drawn" if found.sampled else ""
    first, second = (found.rows[at].position + 1 for at in (place, place + 1))
    ends = f"from no. {first} to no. {second}"
    return f"{said}; the largest step{of} is {way} by {words(abs(size))}, {ends}."


def _alike(meanings: Sequence[FeatureMeaning], tracks: Sequence[Mapping[str, float | None]]) -> str:
    """In what the tracks are most and least alike, on the scales as drawn."""
    widths: list[tuple[float, str]] = []
    for meaning in meanings:
        places = sorted(
            meaning.place(value) for track in tracks if (value := track[meaning.field]) is not None
        )
        if len(places) > 3:  # noqa: PLR2004  # quarters
            middle = places[len(places) * 3 // 4] - places[len(places) // 4]
            widths.append((middle, meaning.label.lower()))
    if len(widths) < 2:  # noqa: PLR2004  # most and least
        return "There is too little known to compare them."
    return f"They are most alike in {min(widths)[1]} and differ most in {max(widths)[1]}."


async def _outliers(request: PageRequest, ident: str) -> tuple[StandingApart, ...]:
    try:
        found = (await request.client.playlist_profile(ident)).value.outliers
    except (ApiProblem, JobPending):
        return ()
    known = await titles(request.client, found)
    return tuple(_apart(one, known.get(one.id)) for one in found)


def _apart(found: Outlier, track: Track | None) -> StandingApart:
    return StandingApart(
        number=found.position + 1,
        name=(track.name if track else found.name) or labels.NAMELESS,
        href=f"/tracks/{found.id}",
        distance=formatting.decimal(found.distance, 1),
        because=found.because,
    )


@router.get("/playlists/{ident}/charts/flow.svg")
async def flow_file(ident: str, request: PageRequestDep) -> Response:
    """The line as a picture of its own."""
    panel = await _flow(request, ident)
    return drawing(request, FlowDrawing(shell=panel.shell, panel=panel))


@router.get("/playlists/{ident}/charts/parallel.svg")
async def bundle_file(ident: str, request: PageRequestDep) -> Response:
    """The parallel scales as a picture of their own."""
    panel = await _flow(request, ident)
    return drawing(request, BundleDrawing(shell=panel.shell, threads=panel.threads))


add_panel(
    router, Panel("flow", "playlists", "flow", _flow, options=(ALONG, TRACK), shown_at=shown_at)
)
