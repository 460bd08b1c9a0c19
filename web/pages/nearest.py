"""Which tracks of this library sound most like one, and why: all of them, or those in some keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter

from api.schemas.nearest import NearestTracks, NearTrack
from api.schemas.provenance import SourceName
from web.charts.wheel import NAMES
from web.client import ApiProblem
from web.pages.panel import Panel, add_panel
from web.render import Data
from web.request import PageRequest
from web.text import formatting
from web.text.labels import PANELS, SOURCES
from web.text.provenance import Head, own_file_of

router = APIRouter()
SHOWN = 10
NAMED = 3
HEARD_HERE = "/problems/features-unavailable"
BRING = ("/upload", "Bring a file of yours")
OTHERS = (
    "The numbers of this track are from {}, those of the files here from their own analysis: two "
    "who measure need not mean the same, so read these distances as hints."
)


@dataclass(frozen=True, slots=True)
class NearRow:
    """One track of the library, with what it shares and what sets it apart."""

    name: str
    href: str
    artists: str
    tempo: str
    key: str
    camelot: str | None
    distance: str
    says: str


@dataclass(frozen=True, kw_only=True)
class SimilarPanel(Data):
    """The nearest by sound. `first`: the names of a few; `nothing`: why there is none.

    `folded`: it stands in the track's page, where its first line is enough until it is opened.
    """

    template: ClassVar[str] = "track_similar.html"

    ident: str
    folded: bool
    first: str
    finding: str
    nothing: str
    way_on: tuple[str, str]
    keys: str
    notes: tuple[str, ...]
    rows: tuple[NearRow, ...]
    head: Head | None


async def _similar(request: PageRequest, ident: str) -> SimilarPanel:
    codes = tuple(code for code in request.text("camelot").split(",") if code in NAMES)
    answer = await request.client.library.nearest(ident, codes, limit=SHOWN)
    found = answer.value
    keys = formatting.listed([f"{code} ({NAMES[code]})" for code in codes]) if codes else ""
    return SimilarPanel(
        shell=request.shell(),
        ident=found.id,
        folded=folded(request),
        first=", ".join(near.name for near in found.items[:NAMED]),
        finding=_finding(found.by, found.compared),
        nothing=_nothing(found.compared, keys) if not found.items else "",
        way_on=BRING,
        keys=keys,
        notes=_notes(found),
        rows=tuple(_row(near) for near in found.items),
        head=request.head(PANELS["similar"], answer.call, found),
    )


def folded(request: PageRequest) -> bool:
    """Whether a panel is asked for by the page that it is a part of."""
    return request.http.url.path.startswith("/fragments/")


def _finding(by: tuple[str, ...], compared: int) -> str:
    others = formatting.counted(compared, "other track")
    names = formatting.listed([name.replace("_", " ") for name in by])
    return (
        f"Compared with {others} by {names}. Each weighs the same: a difference counts in what is "
        "usual among these tracks, or in the typical error where that is more."
    )


def _notes(found: NearestTracks) -> tuple[str, ...]:
    """What was left out of the comparison, and whose numbers stand against whose."""
    mine = next(iter(found.provenance), None)
    left_out = tuple(each.detail for each in found.missing if each.field.startswith("ranks."))
    if mine is None or mine.source is SourceName.LIBRARY or not found.items:
        return left_out
    return (OTHERS.format(SOURCES[mine.source]), *left_out)


def _nothing(compared: int, keys: str) -> str:
    if compared and keys:
        return f"No other track of this library is in {keys}."
    return (
        "No other track of this library has been heard yet. Bring a few of yours, and see which "
        "are near."
    )


def _row(near: NearTrack) -> NearRow:
    return NearRow(
        name=near.name,
        href=f"/tracks/{near.id}",
        artists=formatting.listed(near.artists),
        tempo="" if near.tempo is None else formatting.bpm(near.tempo),
        key=near.key_name or "",
        camelot=near.camelot,
        distance=formatting.decimal(near.distance, 1),
        says=near.says,
    )


def _unheard(request: PageRequest, ident: str, problem: ApiProblem) -> SimilarPanel | None:
    """Without numbers of the track there is nothing to compare; its page says how to get some."""
    if problem.problem.type != HEARD_HERE:
        return None
    return SimilarPanel(
        shell=request.shell(),
        ident=ident,
        folded=folded(request),
        first="",
        finding="",
        nothing="No source here has described this track, so nothing can be near it.",
        way_on=own_file_of(ident.rpartition(":")[2]),
        keys="",
        notes=(),
        rows=(),
        head=None,
    )


add_panel(
    router,
    Panel("similar", "tracks", "similar", _similar, options=("camelot",), instead=_unheard),
)
