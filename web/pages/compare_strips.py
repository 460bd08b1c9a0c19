"""What sets the sides of a comparison apart: every feature of all of them, laid over each other."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import ClassVar

from fastapi import APIRouter, Response

from api.schemas.provenance import Method, Missing, Provenance
from web.charts.strip import Strip, overlay
from web.client import ApiCall, ApiProblem
from web.pages.brand_choice import BrandBeside, BrandPick, brand_beside
from web.pages.side_names import SideKind, address, read
from web.pages.sides import Side, ask
from web.render import Data
from web.request import PageRequest, PageRequestDep
from web.responses import drawing, fragment, page
from web.text import formatting, labels, versus
from web.text.meanings import FeatureMeaning
from web.text.provenance import Head
from web.text.sounds import SideNumber
from web.text.versus import CLEAR, EQUAL, PLACES, Difference, Heard

router = APIRouter()
MARKS = ("●", "◆", "■", "▲", "★")
HEAD_PX, LINE_PX, GAP_PX, FOOT_PX = 64, 22, 22, 40  # of the picture to take along
NO_CALL = ApiCall("", None, None, None, None)


@dataclass(frozen=True, slots=True)
class StripValue:
    """One side’s number on a strip. `number`: which side, from 1; its `mark` is the shape."""

    number: int
    mark: str
    figure: str


@dataclass(frozen=True, slots=True)
class StripRow:
    """One feature of all sides: in words, figures and a picture, and how far apart they are."""

    meaning: FeatureMeaning
    words: str
    values: tuple[StripValue, ...]
    drawn: Strip
    verdict: str
    by: str


@dataclass(frozen=True, slots=True)
class Strips:
    """What sets the sides apart, the largest difference first.

    `names` of the sides with their marks; `note` tells what is drawn, `speaks` who says it;
    `picture` and `files` are to be taken along. `brand`: whose ranges are drawn behind all of them.
    """

    names: tuple[tuple[str, str], ...]
    finding: str
    note: str
    speaks: str
    rows: tuple[StripRow, ...]
    files: tuple[tuple[str, str], ...]
    picture: str
    brand: str | None
    pick: BrandPick | None


@dataclass(frozen=True, kw_only=True)
class StripsPanel(Data):
    """The strips of a comparison. `back`: the comparison they are of."""

    template: ClassVar[str] = "compare_strips.html"

    strips: Strips
    head: Head
    back: str


@dataclass(frozen=True, kw_only=True)
class OverlayDrawing(Data):
    """The strips as a picture to take along; `height` of all of it in px, `top` of each row."""

    template: ClassVar[str] = "charts/overlay_file.svg.j2"

    strips: Strips
    tops: tuple[int, ...]
    height: int
    line: str


@dataclass(frozen=True, slots=True)
class AllSaid:
    """All that was said of all sides."""

    provenance: tuple[Provenance, ...]
    missing: tuple[Missing, ...]


async def compared(request: PageRequest) -> tuple[Side, ...]:
    """The sides of a panel’s address; what is none is the page’s to tell. Raises ApiProblem."""
    named, _ = await read(request)
    found = await ask(request, named)
    sides = tuple(one for one in found if isinstance(one, Side))
    if not sides and found:
        raise next(one for one in found if isinstance(one, ApiProblem))
    return sides


@router.get("/compare/strips")
async def strips_page(request: PageRequestDep) -> Response:
    """The strips alone, as a page."""
    return page(request, await _panel(request))


@router.get("/fragments/compare/strips")
async def strips_fragment(request: PageRequestDep) -> Response:
    """The strips alone, for htmx."""
    return fragment(request, await _panel(request))


@router.get("/compare/export.svg")
async def strips_file(request: PageRequestDep) -> Response:
    """The strips as a picture to take along."""
    panel = await _panel(request)
    above = HEAD_PX + LINE_PX * len(panel.strips.names)
    heights = [
        max(row.drawn.height, LINE_PX * len(row.values)) + GAP_PX for row in panel.strips.rows
    ]
    data = OverlayDrawing(
        shell=panel.shell,
        strips=panel.strips,
        tops=tuple(accumulate(heights, initial=above)),
        height=above + sum(heights) + FOOT_PX,
        line=panel.head.line,
    )
    return drawing(request, data)


async def _panel(request: PageRequest) -> StripsPanel:
    sides, beside = await asyncio.gather(compared(request), brand_beside(request))
    return StripsPanel(
        shell=request.shell(),
        strips=strips_of(sides, beside),
        head=head_of(request, sides),
        back=address(side.named.value for side in sides),
    )


def head_of(request: PageRequest, sides: Sequence[Side]) -> Head:
    """Who says all of it, and the call that brought the first of it."""
    sounds = [side.sound for side in sides if side.sound]
    said = AllSaid(
        tuple(dict.fromkeys(each for sound in sounds for each in sound.provenance)),
        tuple(dict.fromkeys(each for sound in sounds for each in sound.missing)),
    )
    call = next((side.call for side in sides if side.call), NO_CALL)
    return request.head(labels.PANELS["strips"], call, said)


def strips_of(sides: Sequence[Side], beside: BrandBeside) -> Strips:
    """Every feature that two sides have, before the ranges of a brand unless one is a side."""
    if any(side.named.kind is SideKind.BRAND for side in sides):
        beside = BrandBeside()
    heard = [side.sound for side in sides]
    values = [side.named.value for side in sides]
    found = versus.differences(heard)
    rows = tuple(_row(one, heard, beside) for one in found)
    drawn = any(row.drawn.band for row in rows)
    return Strips(
        names=tuple(zip(MARKS, (side.name for side in sides), strict=False)),
        finding=_finding(found),
        note=versus.error_note(heard),
        speaks=speaks(sides),
        rows=rows,
        brand=beside.brand.name if beside.brand and drawn else None,
        pick=beside.pick,
        picture=address(values, "/compare/export.svg"),
        files=tuple(
            (address(values, f"/compare/export.{kind}"), kind.upper()) for kind in ("csv", "json")
        ),
    )


def _finding(found: Sequence[Difference]) -> str:
    if not found:
        return "No two of them have a number for the same feature."
    clear = [one for one in found if one.weight >= CLEAR and not one.wished]
    outside = [one for one in found if one.weight >= EQUAL and one.wished]
    said = [f"Clearly different in {_names(clear)}."] if clear else []
    if outside:
        said.append(f"Outside of the range in {_names(outside)}.")
    return " ".join(said) or "No difference is clear: none is twice as far as such numbers are off."


def _names(found: Sequence[Difference]) -> str:
    return formatting.listed([one.meaning.label.lower() for one in found])


def _row(apart: Difference, heard: Heard, beside: BrandBeside) -> StripRow:
    meaning = apart.meaning
    readings = [None if sound is None else sound.readings.get(meaning.field) for sound in heard]
    given = [(place, reading) for place, reading in enumerate(readings) if reading]
    figures = [StripValue(place + 1, MARKS[place], _figure(reading)) for place, reading in given]
    words = dict.fromkeys(
        meaning.word(reading.middle) for _, reading in given if not reading.wished
    )
    by = _by(apart, heard)
    said = ", ".join(
        f"{PLACES[place]} {value.figure}" for (place, _), value in zip(given, figures, strict=True)
    )
    return StripRow(
        meaning=meaning,
        words=" / ".join(words),
        values=tuple(figures),
        drawn=overlay(
            meaning,
            readings,
            says=f"{meaning.label}: {said}; {apart.word} {by}".strip(),
            band=beside.band(meaning.field),
        ),
        verdict=apart.word,
        by=by,
    )


def _by(apart: Difference, heard: Heard) -> str:
    """By how much, and of more than two between which; of a range who is outside of it."""
    by = f"by {formatting.decimal(apart.by)}"
    if apart.wished:
        who = next(place for place in apart.pair if (side := heard[place]) and side.source)
        return f"{PLACES[who]}, {by}" if apart.by else ""
    return by if len(heard) == 2 else f"{by} ({versus.together(apart.pair)})"  # noqa: PLR2004  # of two it goes without saying


def _figure(reading: SideNumber) -> str:
    return versus.ranged(reading) if reading.wished else formatting.decimal(reading.middle)


def speaks(sides: Sequence[Side]) -> str:
    """Who says it: one for all, or each for itself."""
    said = {
        place: labels.speaker(side.sound.source, Method.MEASURED)
        for place, side in enumerate(sides)
        if side.sound and side.sound.source
    }
    names = list(dict.fromkeys(said.values()))
    if len(names) == 1:
        return f"One source speaks for all of it, {names[0]}, so the numbers may be compared."
    each = [
        f"{versus.together([place for place, who in said.items() if who == name])} by {name}"
        for name in names
    ]
    return (
        f"No one source here has all of them: {formatting.listed(each)}. Where they differ by "
        "little, that may be the sources and not the music."
    )
