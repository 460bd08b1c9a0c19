"""How an artist's known tracks sound together: their mean and spread, beside the chosen brand.

All numbers are of one source, that which describes the most of them; two sources never mix.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import fmean, stdev
from typing import ClassVar

from fastapi import APIRouter, HTTPException, Response

from api.schemas.features import AudioFeatures
from api.schemas.provenance import Provenance, SourceName
from web.charts.strip import Beside, Strip, strip
from web.client import ApiProblem
from web.pages.brand_choice import BrandBeside, BrandPick, brand_beside
from web.pages.panel import Panel, add_panel
from web.pages.rows import MOST_AT_ONCE
from web.render import Data
from web.request import PageRequest, PageRequestDep, SaidOfSeveral
from web.responses import drawing
from web.text import formatting, labels
from web.text.meanings import MEANINGS, FeatureMeaning, figure
from web.text.provenance import Head
from web.text.rank import IN_RANGE, verdict

router = APIRouter()
NOT_FOUND = 404
ALIKE = "all alike"
WHOLE = ("tempo", "loudness")  # a mean of several, to the beat and the decibel


@dataclass(frozen=True, slots=True)
class FingerprintRow:
    """One feature of all tracks: its mean, its spread, and how it lies to the range wished for.

    `stands`: how far apart the tracks are, in the words of the picture taken along.
    """

    meaning: FeatureMeaning
    figure: str
    word: str
    strip: Strip
    verdict: str | None
    stands: str


@dataclass(frozen=True, kw_only=True)
class FingerprintPanel(Data):
    """Mean and spread of the tracks that a source describes; `nothing`: why there are none.

    `brand`: the name of the range that is drawn beside them.
    """

    template: ClassVar[str] = "artist_fingerprint.html"

    ident: str
    count: int
    finding: str
    rows: tuple[FingerprintRow, ...]
    brand: str | None
    pick: BrandPick | None
    nothing: str
    head: Head | None


@dataclass(frozen=True, kw_only=True)
class FingerprintDrawing(Data):
    """The strips as a picture of their own."""

    template: ClassVar[str] = "charts/strips_file.svg.j2"

    title: str
    rows: tuple[FingerprintRow, ...]
    source: str


async def _fingerprint(request: PageRequest, ident: str) -> FingerprintPanel:
    tracks = (await request.client.top_tracks(ident)).value
    idents = [track.id for track in tracks.items][:MOST_AT_ONCE]
    if not idents:
        return _without(request, ident, "No track of this artist is known here yet.")
    answer, beside = await asyncio.gather(request.client.features_of(idents), brand_beside(request))
    heard = _of_one_source([one.value for one in answer.value.items if one.value is not None])
    if not heard:
        return _without(request, ident, "No source here has described a track of this artist.")
    rows, brand = _rows(heard, beside), beside.brand
    head = request.head(labels.PANELS["fingerprint"], answer.call, SaidOfSeveral(_said(heard)))
    return FingerprintPanel(
        shell=request.shell(),
        ident=tracks.id,
        count=len(heard),
        finding=_finding(rows, heard, len(idents)),
        rows=rows,
        brand=brand.name if brand and any(row.verdict for row in rows) else None,
        pick=beside.pick,
        nothing="",
        head=head,
    )


def _without(request: PageRequest, ident: str, why: str) -> FingerprintPanel:
    return FingerprintPanel(
        shell=request.shell(),
        ident=ident,
        count=0,
        finding="",
        rows=(),
        brand=None,
        pick=None,
        nothing=why,
        head=None,
    )


def _untold(request: PageRequest, ident: str, _problem: ApiProblem) -> FingerprintPanel | None:
    """Beside the panel of the tracks, which says why there are none, it need not say it again."""
    if request.http.url.path == f"/artists/{ident}/fingerprint":
        return None
    return _without(request, ident, "Its tracks, or their numbers, cannot be told just now.")


def _of_one_source(features: Sequence[AudioFeatures]) -> list[AudioFeatures]:
    """Those of the source that describes the most."""
    by_source: dict[SourceName, list[AudioFeatures]] = {}
    for one in features:
        by_source.setdefault(one.provenance[0].source, []).append(one)
    return max(by_source.values(), key=len, default=[])


def _said(heard: Sequence[AudioFeatures]) -> tuple[Provenance, ...]:
    """By method once, since when the last one was asked."""
    once = {one.method: one for features in heard for one in features.provenance}
    return tuple(replaced.model_copy(update={"url": None}) for replaced in once.values())


def _rows(heard: Sequence[AudioFeatures], beside: BrandBeside) -> tuple[FingerprintRow, ...]:
    found = (_row(meaning, heard, beside.band(meaning.field)) for meaning in MEANINGS)
    return tuple(row for row in found if row is not None)


def _row(
    meaning: FeatureMeaning,
    heard: Sequence[AudioFeatures],
    band: tuple[float, float] | None,
) -> FingerprintRow | None:
    field = meaning.field
    values: list[float] = [v for one in heard if (v := getattr(one, field)) is not None]
    if not values:
        return None
    mean = fmean(values)
    spread = stdev(values) if len(values) > 1 else None
    drawn = strip(meaning, mean, spread, beside=Beside(band=band, ticks=values))
    return FingerprintRow(
        meaning=meaning,
        figure=formatting.decimal(mean, 0 if field in WHOLE else 2),
        word=meaning.word(mean),
        strip=replace(drawn, says=drawn.says.replace("typically off by", "usual distance from it")),
        verdict=None if band is None else verdict(mean, None, band),
        stands=_apart(field, spread),
    )


def _apart(field: str, spread: float | None) -> str:
    """How far the tracks usually are from their mean, with the unit that the mean is in."""
    if spread is None:
        return "one track"
    said = figure(field, spread)
    return ALIKE if said == figure(field, 0) else f"± {said}"


def _finding(rows: Sequence[FingerprintRow], heard: Sequence[AudioFeatures], asked: int) -> str:
    """In what the tracks are most alike and least, each on its own scale; and how many fit."""
    first = heard[0].provenance[0]
    who = labels.speaker(first.source, first.method)
    some = f"{len(heard)} of {formatting.count(asked)} tracks are"
    every = "The one track is" if asked == 1 else f"All {formatting.counted(asked, 'track')} are"
    said = f"{every if len(heard) == asked else some} described by {who}."
    spread = sorted((row for row in rows if row.strip.error), key=_width)
    if len(spread) > 1 and spread[-1].stands != ALIKE:
        alike, apart = (row.meaning.label.lower() for row in (spread[0], spread[-1]))
        said += f" They are most alike in {alike} and differ most in {apart}."
    elif spread:
        said += " They are alike in all of it."
    wished = [row.verdict for row in rows if row.verdict]
    if wished:
        fitting = sum(each == IN_RANGE for each in wished)
        said += f" On average in your range in {fitting} of {len(wished)}."
    return said


def _width(row: FingerprintRow) -> float:
    return row.strip.error.width if row.strip.error else 0.0


@router.get("/artists/{ident}/fingerprint.svg")
async def fingerprint_file(ident: str, request: PageRequestDep) -> Response:
    """The strips, to take along."""
    data = await _fingerprint(request, ident)
    if data.head is None:
        raise HTTPException(NOT_FOUND)
    name = (await request.client.artist(ident)).value.name
    return drawing(
        request,
        FingerprintDrawing(
            shell=data.shell,
            title=f"{name}: {labels.PANELS['fingerprint'].lower()}",
            rows=data.rows,
            source=data.head.line,
        ),
    )


FINGERPRINT = Panel("fingerprint", "artists", "fingerprint", _fingerprint, instead=_untold)
add_panel(router, FINGERPRINT)
