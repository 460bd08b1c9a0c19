"""What of an analysis has an address of its own: pictures, labels for Audacity, CSV, SVG."""

from __future__ import annotations

import asyncio
import csv
import io
from base64 import b64encode
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Response

from api.schemas.analysis import AudioAnalysis, Section
from web.charts import heatmap
from web.charts.lanes import TimeSpan
from web.charts.repetition import VIEWS, picture, repetition
from web.pages.analysis import (
    TITLE,
    Lanes,
    Square,
    draw,
    square_of,
    subject,
    track_if_known,
)
from web.pages.moment import duration, place_asked, stretch_asked
from web.render import Data
from web.request import PageRequest, PageRequestDep
from web.responses import drawing, etag, knows
from web.text import analysis as sentences
from web.text import formatting
from web.text.labels import PANELS

router = APIRouter()
LABEL = "text/plain; charset=utf-8"
COLUMNS = tuple(Section.model_fields)


@dataclass(frozen=True, kw_only=True)
class LanesDrawing(Data):
    """The lanes as one drawing that stands by itself; the heat maps as base64 of PNG."""

    template: ClassVar[str] = "charts/lanes_file.svg.j2"

    title: str
    about: str
    lanes: Lanes
    notes: str
    timbre: str
    source: str


@dataclass(frozen=True, kw_only=True)
class SquareDrawing(Data):
    """What comes back as a drawing that stands by itself; `picture` is base64 of PNG."""

    template: ClassVar[str] = "charts/square_file.svg.j2"

    title: str
    square: Square
    picture: str
    source: str


@router.get("/tracks/{ident}/analysis/lanes/{name}.png")
async def lane(ident: str, name: str, request: PageRequestDep) -> Response:
    """Which notes sound when, or the colour of the sound over time."""
    if name not in heatmap.MAPS:
        raise HTTPException(404)
    found = (await request.client.analysis(ident, "track,segments")).value
    end, drawn = duration(found), heatmap.MAPS[name]
    span = stretch_asked(request, end) or TimeSpan(0.0, end)
    body = await asyncio.to_thread(drawn.draw, found.segments or (), span, _theme(request))
    return _sent(request, body, "image/png")


@router.get("/tracks/{ident}/analysis/repetition/{view}.png")
async def square(ident: str, view: str, request: PageRequestDep) -> Response:
    """Every bar against every other."""
    if view not in VIEWS:
        raise HTTPException(404)
    found = (await request.client.analysis(ident, "track,bars,sections,segments")).value
    drawn = await asyncio.to_thread(repetition, found, duration(found), view)
    if drawn is None:
        raise HTTPException(404)
    return _sent(request, picture(drawn, _theme(request)), "image/png")


@router.get("/tracks/{ident}/analysis/repetition/{view}.svg")
async def square_file(ident: str, view: str, request: PageRequestDep) -> Response:
    """What comes back, with the borders of its sections and what they are called."""
    if view not in VIEWS:
        raise HTTPException(404)
    answer = await request.client.analysis(ident, "track,bars,sections,segments")
    found = square_of(answer.value, view)
    if found is None:
        raise HTTPException(404)
    data = SquareDrawing(
        shell=request.shell(),
        title=await _title(request, ident, PANELS["repetition"]),
        square=found,
        picture=b64encode(picture(found.drawn, "light")).decode(),
        source=request.head(TITLE, answer.call, answer.value).line,
    )
    return drawing(request, data)


@router.get("/tracks/{ident}/analysis/lanes.svg")
async def lanes_file(ident: str, request: PageRequestDep) -> Response:
    """The lanes of what is shown as one drawing, for a slide or a page."""
    answer = await request.client.analysis(ident)
    found = answer.value
    place = place_asked(request, found)
    notes, timbre = (
        heatmap.MAPS[name].draw(found.segments or (), place.span, "light")
        for name in ("notes", "timbre")
    )
    data = LanesDrawing(
        shell=request.shell(),
        title=await _title(request, ident, TITLE),
        about=sentences.lead(found, duration(found)),
        lanes=draw(found, place),
        notes=b64encode(notes).decode(),
        timbre=b64encode(timbre).decode(),
        source=request.head(TITLE, answer.call, found).line,
    )
    return drawing(request, data)


async def _title(request: PageRequest, ident: str, what: str) -> str:
    """`Lanterns over Water: second by second`; without a name what it shows alone."""
    name = subject(await track_if_known(request, ident)).title
    return f"{name}: {what[0].lower()}{what[1:]}" if name else what


@router.get("/tracks/{ident}/beats.txt")
async def beat_labels(ident: str, request: PageRequestDep) -> Response:
    """The beats as Audacity’s labels: bar and beat, such as `12.3`."""
    found = (await request.client.analysis(ident, "bars,beats")).value
    rows = zip(found.beats or (), _counted(found), strict=True)
    body = _labels((beat.start, beat.start, name) for beat, name in rows)
    return _sent(request, body, LABEL, name=f"{found.id} beats.txt")


@router.get("/tracks/{ident}/sections.txt")
async def section_labels(ident: str, request: PageRequestDep) -> Response:
    """The sections as Audacity’s labels, each with its key."""
    found = (await request.client.analysis(ident, "sections")).value
    body = _labels(
        (each.start, each.start + each.duration, _named(number, each))
        for number, each in enumerate(found.sections or (), 1)
    )
    return _sent(request, body, LABEL, name=f"{found.id} sections.txt")


@router.get("/tracks/{ident}/sections.csv")
async def section_table(ident: str, request: PageRequestDep) -> Response:
    """The sections with all that is known of them, as the API names it."""
    found = (await request.client.analysis(ident, "sections")).value
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("section", *COLUMNS))
    for number, each in enumerate(found.sections or (), 1):
        writer.writerow((number, *(getattr(each, name) for name in COLUMNS)))
    return _sent(request, text.getvalue().encode(), "text/csv", name=f"{found.id} sections.csv")


def _theme(request: PageRequest) -> str:
    return "dark" if request.text("theme") == "dark" else "light"


def _counted(found: AudioAnalysis) -> list[str]:
    """`2.3` for the third beat of the second bar; what comes before the first bar is `0.n`."""
    starts = [bar.start - 0.05 for bar in found.bars or ()]
    names: list[str] = []
    last, beat = -1, 0
    for each in found.beats or ():
        bar = bisect_right(starts, each.start)
        beat = beat + 1 if bar == last else 1
        last = bar
        names.append(f"{bar}.{beat}" if starts else str(len(names) + 1))
    return names


def _named(number: int, section: Section) -> str:
    return f"{number} {formatting.key(section.key, section.mode) or ''}".strip()


def _labels(rows: Iterable[tuple[float, float, str]]) -> bytes:
    return "".join(f"{start:.6f}\t{end:.6f}\t{name}\n" for start, end, name in rows).encode()


def _sent(request: PageRequest, body: bytes, kind: str, *, name: str | None = None) -> Response:
    """`body`, or 304 if the client has it; with a `name` it is a file to be kept."""
    headers = {"ETag": etag(body), "Cache-Control": "private, no-cache"}
    headers["X-Content-Type-Options"] = "nosniff"
    if name:
        headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    if knows(request.http, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=kind)
