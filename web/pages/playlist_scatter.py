"""Two numbers of each track at once, with a third and a fourth if wanted; and the keys.

The points are a part of a long list; the keys are counted over all of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter, HTTPException, Response

from api.music.key_names import camelot, key_name
from api.schemas.playlist import Fit, KeyCount, SoundingEntry
from web.charts.scatter import Axes, Scatter, ScatterMarks, Spot, finding, scatter
from web.charts.wheel import Cell, wheel
from web.client import ApiProblem, JobPending
from web.pages.jobs import ReadingNow
from web.pages.panel import Panel, add_panel
from web.pages.playlist_drawn import CHOICES, Drawn, FigureRow, Picked, drawn, picked
from web.pages.playlist_view import PlaylistView, shown_at, view_of
from web.pages.profile import known_profile
from web.render import Data
from web.request import PageRequest, PageRequestDep
from web.responses import drawing
from web.text import formatting, labels
from web.text.meanings import BY_FIELD, FeatureMeaning
from web.text.provenance import Head

router = APIRouter()
X, Y, COLOR, SIZE, TRACK = "x", "y", "color", "size", "track"
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
class Extra:
    """What fill and shape, or size, say beside the two axes: a number, or nothing."""

    name: str
    label: str
    field: str
    meaning: FeatureMeaning | None
    choices: tuple[tuple[str, str], ...] = (("", "nothing"), *CHOICES)


@dataclass(frozen=True, kw_only=True)
class ScatterPanel(Data):
    """Two numbers of each track, and the keys. `columns`: of the table in figures."""

    template: ClassVar[str] = "playlist_scatter.html"

    view: PlaylistView
    across: Picked
    up: Picked
    extras: tuple[Extra, ...]
    drawn: Scatter
    finding: str
    unlike: str
    columns: tuple[str, ...]
    points: tuple[FigureRow, ...]
    sampled: str
    reading: ReadingNow | None
    keys: tuple[KeyCell, ...]
    keys_say: str
    svg: str
    keys_svg: str
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


async def _scatter(request: PageRequest, ident: str) -> ScatterPanel:
    found, counts = await asyncio.gather(drawn(request, ident), _counted(request, ident))
    view = view_of(request, ident)
    across, up = picked(view, X), picked(view, Y)
    color, size = _extra(view, COLOR, "Fill and shape"), _extra(view, SIZE, "Size")
    axes = (across.meaning, up.meaning)
    fields = tuple(dict.fromkeys(filter(None, (across.field, up.field, color.field, size.field))))
    spots = _spots(found, axes, (color, size), fields=fields)
    placed = {spot.number for spot in spots}
    beside = ScatterMarks(
        mine=(found.mine(across.field), found.mine(up.field)),
        wish=(found.wishes.get(across.field), found.wishes.get(up.field)),
        color=color.meaning,
        size=size.meaning,
    )
    keys = _keys(counts, found.fit, view)
    return ScatterPanel(
        shell=request.shell(),
        view=view,
        across=across,
        up=up,
        extras=(color, size),
        drawn=scatter(axes, spots, beside),
        finding=finding(axes, spots),
        unlike=found.unlike((across.field, up.field)),
        columns=tuple(labels.FIELDS[field] for field in fields),
        points=tuple(
            found.in_figures(row, fields) for row in found.rows if row.position + 1 in placed
        ),
        sampled=found.sampled,
        reading=found.reading(f"/fragments{view.at('/scatter')}"),
        keys=keys,
        keys_say=_keys_say(keys, found.fit),
        svg=view.song(
            "/charts/scatter.svg", x=across.field, y=up.field, color=color.field, size=size.field
        ),
        keys_svg=view.song("/charts/keys.svg"),
        head=request.head(labels.PANELS["scatter"], found.answer.call, found.table),
    )


def _extra(view: PlaylistView, name: str, label: str) -> Extra:
    """The number that the view wants it to say, or nothing."""
    field = view.pictured(name)
    return Extra(name, label, field, BY_FIELD.get(field))


def _spots(
    found: Drawn, axes: Axes, extras: tuple[Extra, Extra], *, fields: Sequence[str]
) -> list[Spot]:
    """Those entries that have both numbers; `fields`: what is said of each."""
    spots = []
    for row in found.rows:
        x, y = (getattr(row, axis.field) for axis in axes)
        if x is not None and y is not None:
            color, size = (getattr(row, one.field) if one.field else None for one in extras)
            at, words = row.position + 1, _words(found, row, fields)
            spots.append(Spot(x, y, at, f"/tracks/{row.id}", words, color=color, size=size))
    return spots


def _words(found: Drawn, row: SoundingEntry, fields: Sequence[str]) -> str:
    """A track with its figures."""
    values = ((field, getattr(row, field)) for field in fields)
    told = (
        f"{labels.FIELDS[field].lower()} {found.figure(field, value)}"
        for field, value in values
        if value is not None
    )
    return f"{found.name(row)}: {', '.join(told)}"


async def _counted(request: PageRequest, ident: str) -> tuple[KeyCount, ...]:
    """How often each key occurs in all of the list; nothing where nobody knows."""
    try:
        return (await known_profile(request, ident))[0].value.keys
    except (ApiProblem, JobPending):
        return ()


def _keys(counted: Sequence[KeyCount], fit: Fit | None, view: PlaylistView) -> tuple[KeyCell, ...]:
    counts = {each.camelot: each.count for each in counted}
    if not counts:
        return ()
    most, own = max(counts.values()), fit.camelot if fit else None
    return tuple(
        _key_cell(cell, counts.get(cell.code, 0), most, view=view) for cell in wheel(own or "")
    )


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


OPTIONS = (X, Y, COLOR, SIZE, TRACK)
add_panel(
    router, Panel("scatter", "playlists", "scatter", _scatter, options=OPTIONS, shown_at=shown_at)
)
