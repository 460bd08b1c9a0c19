"""Pictures of a playlist's tracks: two numbers at once, its keys, and its way from first to last.

Each is drawn from the table of the list, of its first five hundred tracks.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter, HTTPException, Response

from api.music.key_names import camelot, key_name
from api.schemas.playlist import Fit, Outlier, PlaylistTable, SoundingEntry
from api.schemas.track import Track
from web.charts.flow import Bundle, FlowLine, bundle, line, steepest
from web.charts.scatter import Axes, Scatter, ScatterMarks, Spot, finding, scatter
from web.charts.wheel import Cell, wheel
from web.client import ApiCall, ApiProblem, JobPending
from web.pages.brand_choice import chosen_brand
from web.pages.panel import Panel, add_panel
from web.pages.playlist_view import PlaylistView, view_of
from web.pages.profile import SHOWN, own_song, wishes_of
from web.pages.rows import titles
from web.render import Data
from web.request import PageRequest, PageRequestDep
from web.responses import drawing
from web.text import formatting, labels
from web.text.meanings import BY_FIELD, FeatureMeaning, figure
from web.text.provenance import Head

router = APIRouter()
MOST_POINTS = 500
MOST_PATHS = 200
X, Y, ALONG, TRACK = "x", "y", "along", "track"
USUAL_X, USUAL_Y, USUAL_ALONG = "energy", "valence", "energy"
CHOICES = tuple((field, labels.FIELDS[field]) for field in SHOWN)
KEY_NAMES = {camelot(key, mode): key_name(key, mode) for key in range(12) for mode in (0, 1)}
NO_KEYS = "No key of these tracks is known."


@dataclass(frozen=True, slots=True)
class KeyCell:
    """A cell of the wheel: how many tracks are in it, and where they are shown alone.

    `weight` 0 is empty, 1 has some, 2 has the most.
    """

    cell: Cell
    count: int
    weight: int
    href: str
    name: str
    says: str


@dataclass(frozen=True, slots=True)
class PointRow:
    """A point of the scatter in figures."""

    number: int
    name: str
    href: str
    x: str
    y: str


@dataclass(frozen=True, slots=True)
class StandingApart:
    """A track that stands apart."""

    number: int
    name: str
    href: str
    distance: str
    because: str


@dataclass(frozen=True, slots=True)
class Picked:
    """A number that a picture shows, and those that may be chosen instead."""

    field: str
    meaning: FeatureMeaning
    choices: tuple[tuple[str, str], ...] = CHOICES


@dataclass(frozen=True, kw_only=True)
class ScatterPanel(Data):
    """Two numbers of each track, and the keys. `sampled`: that not all are drawn."""

    template: ClassVar[str] = "playlist_scatter.html"

    view: PlaylistView
    across: Picked
    up: Picked
    drawn: Scatter
    finding: str
    points: tuple[PointRow, ...]
    sampled: str
    keys: tuple[KeyCell, ...]
    keys_say: str
    svg: str
    keys_svg: str
    head: Head


@dataclass(frozen=True, kw_only=True)
class FlowPanel(Data):
    """The list in its order, all numbers of each track, and who stands apart."""

    template: ClassVar[str] = "playlist_flow.html"

    view: PlaylistView
    along: Picked
    drawn: FlowLine
    finding: str
    stops: tuple[PointRow, ...]
    bundle: Bundle
    bundle_says: str
    outliers: tuple[StandingApart, ...]
    sampled: str
    svg: str
    bundle_svg: str
    head: Head


@dataclass(frozen=True, kw_only=True)
class ScatterDrawing(Data):
    """The scatter as a file of its own."""

    template: ClassVar[str] = "charts/scatter_file.svg.j2"

    panel: ScatterPanel


@dataclass(frozen=True, kw_only=True)
class KeysDrawing(Data):
    """The wheel as a file of its own."""

    template: ClassVar[str] = "charts/keys_file.svg.j2"

    panel: ScatterPanel


@dataclass(frozen=True, kw_only=True)
class FlowDrawing(Data):
    """The line as a file of its own."""

    template: ClassVar[str] = "charts/flow_file.svg.j2"

    panel: FlowPanel


@dataclass(frozen=True, kw_only=True)
class BundleDrawing(Data):
    """The parallel scales as a file of its own."""

    template: ClassVar[str] = "charts/bundle_file.svg.j2"

    panel: FlowPanel


@dataclass(frozen=True, slots=True)
class Drawn:
    """What the pictures of a list are made of. `sampled`: that not all tracks are among these."""

    rows: Sequence[SoundingEntry]
    names: Mapping[str, Track]
    fit: Fit | None
    wishes: Mapping[str, tuple[float, float]]
    sampled: str
    table: PlaylistTable
    call: ApiCall

    def name(self, entry: SoundingEntry) -> str:
        """What an entry is called."""
        track = self.names.get(entry.id or "")
        return (track.name if track else entry.name) or labels.NAMELESS

    def mine(self, field: str) -> float | None:
        """What one's own song has of it, where the two can be compared."""
        if self.fit is None or self.fit.percentile.get(field) is None:
            return None
        return self.fit.values.get(field)


async def _drawn(request: PageRequest, ident: str) -> Drawn:
    answer, fit, brand = await asyncio.gather(
        request.client.playlist_table(ident, {"limit": MOST_POINTS}),
        own_song(request, ident),
        chosen_brand(request),
    )
    found = answer.value
    total, shown = found.items_total, len(found.items)
    sampled = "" if shown >= total else f"Only the first {shown:,} of {total:,} are drawn."
    return Drawn(
        rows=found.items,
        names=await titles(request.client, found.items),
        fit=fit,
        wishes=wishes_of(brand, found.source),
        sampled=sampled,
        table=found,
        call=answer.call,
    )


async def _scatter(request: PageRequest, ident: str) -> ScatterPanel:
    drawn, view = await _drawn(request, ident), view_of(request, ident)
    across, up = _picked(request, X, USUAL_X), _picked(request, Y, USUAL_Y)
    axes = (across.meaning, up.meaning)
    spots = _spots(drawn, axes)
    beside = ScatterMarks(
        mine=(drawn.mine(across.field), drawn.mine(up.field)),
        wish=(drawn.wishes.get(across.field), drawn.wishes.get(up.field)),
    )
    keys = _keys(drawn, view)
    return ScatterPanel(
        shell=request.shell(),
        view=view,
        across=across,
        up=up,
        drawn=scatter(axes, spots, beside),
        finding=finding(axes, spots),
        points=tuple(_point_row(axes, spot) for spot in spots),
        sampled=drawn.sampled,
        keys=keys,
        keys_say=_keys_say(keys, drawn.fit),
        svg=view.song("/charts/scatter.svg", x=across.field, y=up.field),
        keys_svg=view.song("/charts/keys.svg"),
        head=request.head(labels.PANELS["scatter"], drawn.call, drawn.table),
    )


def _picked(request: PageRequest, name: str, usual: str) -> Picked:
    said = request.text(name)
    field = said if said in SHOWN else usual
    return Picked(field, BY_FIELD[field])


def _spots(drawn: Drawn, axes: Axes) -> list[Spot]:
    pairs = ((row, getattr(row, axes[0].field), getattr(row, axes[1].field)) for row in drawn.rows)
    return [
        Spot(x, y, row.position + 1, f"/tracks/{row.id}", drawn.name(row))
        for row, x, y in pairs
        if x is not None and y is not None
    ]


def _point_row(axes: Axes, spot: Spot) -> PointRow:
    return PointRow(
        number=spot.number,
        name=spot.name,
        href=spot.href,
        x=figure(axes[0].field, spot.x),
        y=figure(axes[1].field, spot.y),
    )


def _keys(drawn: Drawn, view: PlaylistView) -> tuple[KeyCell, ...]:
    counts = Counter(row.camelot for row in drawn.rows if row.camelot)
    if not counts:
        return ()
    most = max(counts.values())
    own = drawn.fit.camelot if drawn.fit else None
    return tuple(_key_cell(cell, counts[cell.code], most, view=view) for cell in wheel(own or ""))


def _key_cell(cell: Cell, count: int, most: int, *, view: PlaylistView) -> KeyCell:
    weight = 0 if not count else 2 if count == most and most > 1 else 1
    tracks = formatting.counted(count, "track")
    mine = ", your song’s key" if cell.role == "own" else ""
    return KeyCell(
        cell=cell,
        count=count,
        weight=weight,
        href=f"{view.at(key=cell.code, offset=0)}#table" if count else "",
        name=KEY_NAMES[cell.code],
        says=f"{cell.code}: {tracks}{mine}",
    )


def _keys_say(keys: Sequence[KeyCell], fit: Fit | None) -> str:
    if not keys:
        return NO_KEYS
    minor, major = (sum(key.count for key in keys if key.cell.code[-1] == side) for side in "AB")
    song = " The outlined cell is your song’s." if fit and fit.camelot else ""
    return (
        f"{minor} in minor (A), {major} in major (B). Neighbours on the wheel blend.{song} Each "
        "filled cell filters the table."
    )


async def _flow(request: PageRequest, ident: str) -> FlowPanel:
    drawn, view = await _drawn(request, ident), view_of(request, ident)
    along = _picked(request, ALONG, USUAL_ALONG)
    values = [getattr(row, along.field) for row in drawn.rows]
    meanings = tuple(BY_FIELD[field] for field in SHOWN)
    tracks = [row.model_dump(include=set(SHOWN)) for row in drawn.rows if row.id][:MOST_PATHS]
    mine = {field: drawn.mine(field) for field in SHOWN} if drawn.fit else None
    return FlowPanel(
        shell=request.shell(),
        view=view,
        along=along,
        drawn=line(along.meaning, values, drawn.mine(along.field)),
        finding=_along(along, values),
        stops=tuple(
            PointRow(
                row.position + 1,
                drawn.name(row),
                f"/tracks/{row.id}",
                "",
                figure(along.field, value),
            )
            for row, value in zip(drawn.rows, values, strict=True)
            if value is not None
        ),
        bundle=bundle(meanings, tracks, mine),
        bundle_says=_alike(meanings, tracks),
        outliers=await _outliers(request, ident),
        sampled=drawn.sampled,
        svg=view.song("/charts/flow.svg", along=along.field),
        bundle_svg=view.song("/charts/parallel.svg"),
        head=request.head(labels.PANELS["flow"], drawn.call, drawn.table),
    )


def _along(along: Picked, values: Sequence[float | None]) -> str:
    """Where the line begins and ends, and its largest step."""
    known = [value for value in values if value is not None]
    if len(known) < 2:  # noqa: PLR2004  # a line has two ends
        return "There is too little known for a line."
    first, last = figure(along.field, known[0]), figure(along.field, known[-1])
    said = f"{along.meaning.label} begins at {first} and ends at {last}"
    step = steepest(values)
    if step is None:
        return f"{said}."
    place, size = step
    way = "up" if size > 0 else "down"
    by = figure(along.field, abs(size))
    return f"{said}; the largest step is {way} by {by}, from no. {place + 1} to no. {place + 2}."


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


@router.get("/playlists/{ident}/charts/scatter.svg")
async def scatter_file(ident: str, request: PageRequestDep) -> Response:
    """The scatter as a picture of its own."""
    panel = await _scatter(request, ident)
    return drawing(request, ScatterDrawing(shell=panel.shell, panel=panel))


@router.get("/playlists/{ident}/charts/keys.svg")
async def keys_file(ident: str, request: PageRequestDep) -> Response:
    """The wheel as a picture of its own."""
    panel = await _scatter(request, ident)
    if not panel.keys:
        raise HTTPException(404)
    return drawing(request, KeysDrawing(shell=panel.shell, panel=panel))


@router.get("/playlists/{ident}/charts/flow.svg")
async def flow_file(ident: str, request: PageRequestDep) -> Response:
    """The line as a picture of its own."""
    panel = await _flow(request, ident)
    return drawing(request, FlowDrawing(shell=panel.shell, panel=panel))


@router.get("/playlists/{ident}/charts/parallel.svg")
async def bundle_file(ident: str, request: PageRequestDep) -> Response:
    """The parallel scales as a picture of their own."""
    panel = await _flow(request, ident)
    return drawing(request, BundleDrawing(shell=panel.shell, panel=panel))


add_panel(router, Panel("scatter", "playlists", "scatter", _scatter, options=(X, Y, TRACK)))
add_panel(router, Panel("flow", "playlists", "flow", _flow, options=(ALONG, TRACK)))
