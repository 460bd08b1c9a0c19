"""The owner's own tracks beside a brand: as it is kept, or as somebody is just changing it.

The address holds the ranges that are not kept, so asking costs nothing and changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar
from urllib.parse import quote

from fastapi import APIRouter, Response

from api.schemas.brands import BrandDistance, Target, Targets
from api.schemas.library import LibraryTrack
from api.schemas.provenance import Provenance
from web.client import ApiCall, ApiProblem
from web.pages.brand_form import Typed, by_hand, mends
from web.pages.panel import Panel, TroublePanel, refused_fragment
from web.render import Data
from web.request import PageRequest, PageRequestDep, SaidOfSeveral
from web.responses import OK, fragment, page
from web.text import brands as words
from web.text import formatting, labels
from web.text.meanings import BY_FIELD
from web.text.provenance import Head, trouble

router = APIRouter()
NEW = "new"  # stands in the address for a brand that nobody has made yet
BESIDE, AT_ONCE = 20, 4  # of the library's newest files; those that are shown at once
UNPROCESSABLE = 422
PANEL = "matches"


@dataclass(frozen=True, slots=True)
class Match:
    """An own track beside a brand: all of it in a sentence, and each feature in one."""

    href: str
    name: str
    about: str
    says: str
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class MatchesPanel(Data):
    """The owner's newest tracks beside a brand, nearest first.

    `more` of them stand folded; `left_out`: those that cannot be told of. `mend`: what is no range,
    with where it stands; `aims`: whether there is any range; `kept`: whether they are kept.
    """

    template: ClassVar[str] = "brand_matches.html"

    name: str
    back: str
    finding: str
    mend: tuple[tuple[str, str], ...]
    aims: bool
    kept: bool
    matches: tuple[Match, ...]
    more: tuple[Match, ...]
    left_out: str | None
    head: Head


@dataclass(frozen=True, slots=True)
class Aimed:
    """What tracks are held beside. `ident`: whose ranges, None where nobody has made it."""

    ident: str | None
    name: str
    targets: Mapping[str, Target]
    kept: bool = False


UNMADE = Aimed(None, "", {})


@router.get("/brands/{ident}/preview")
async def preview_page(ident: str, request: PageRequestDep) -> Response:
    """The panel alone, as a page."""
    data, status = await _asked(request, ident)
    return page(request, data, status=status)


@router.get("/fragments/brands/{ident}/preview")
async def preview_fragment(ident: str, request: PageRequestDep) -> Response:
    """The panel alone, for htmx: it follows the ranges of a form while they change."""
    try:
        data, status = await _asked(request, ident)
    except ApiProblem as problem:
        return refused_fragment(request, PREVIEW, ident=ident, problem=problem)
    return fragment(request, data, status=status)


async def _asked(request: PageRequest, ident: str) -> tuple[MatchesPanel, int]:
    """The panel for the ranges of the address, or else for those that are kept."""
    query = request.http.query_params
    typed = Typed.of({name: [one.strip() for one in query.getlist(name)] for name in query})
    if ident == NEW:
        return await _typed(request, typed, UNMADE)
    brand = (await request.client.brands.one(ident)).value
    kept = Aimed(brand.id, brand.name, brand.targets.by_field, kept=True)
    if any(f"{field}-min" in query for field in BY_FIELD):
        return await _typed(request, typed, kept)
    return await _matches(request, kept), OK


async def preview_of(request: PageRequest, typed: Typed, ident: str | None = None) -> Data:
    """The panel for a form, which itself says what in it is no range; or why there is none."""
    try:
        data, _ = await _typed(request, typed, replace(UNMADE, ident=ident))
    except ApiProblem as problem:
        return TroublePanel(
            shell=request.shell(),
            panel=PANEL,
            title=labels.PANELS[PANEL],
            href=f"{brand_path(ident or NEW)}/preview",
            back=brand_path(ident or NEW),
            trouble=trouble(problem, request.base),
        )
    return replace(data, mend=())


async def _typed(request: PageRequest, typed: Typed, aimed: Aimed) -> tuple[MatchesPanel, int]:
    """The panel for what is typed in place of what is kept, and the status of that."""
    value, errors = by_hand(typed)
    wrong = {field: says for field, says in errors.items() if field in BY_FIELD}
    if wrong:
        listed = await request.client.library.tracks(limit=BESIDE)
        nothing = _bare(request, replace(aimed, targets={}), listed.call)
        return replace(nothing, mend=mends(wrong)), UNPROCESSABLE
    targets = Targets.model_validate(value["targets"]).by_field
    return await _matches(request, replace(aimed, targets=targets, kept=False)), OK


def brand_path(ident: str) -> str:
    """Where a brand is shown."""
    return f"/brands/{quote(ident, safe='')}"


def _bare(request: PageRequest, aimed: Aimed, call: ApiCall) -> MatchesPanel:
    return MatchesPanel(
        shell=request.shell(),
        name=aimed.name,
        back=brand_path(aimed.ident or NEW),
        finding="",
        mend=(),
        aims=bool(aimed.targets),
        kept=aimed.kept,
        matches=(),
        more=(),
        left_out=None,
        head=request.head(labels.PANELS[PANEL], call, SaidOfSeveral(())),
    )


async def _matches(request: PageRequest, aimed: Aimed) -> MatchesPanel:
    listed = await request.client.library.tracks(limit=BESIDE)
    own = listed.value.items
    if not own or not aimed.targets:
        return _bare(request, aimed, listed.call)
    answer = await request.client.brands.distances(
        aimed.targets, [one.id for one in own], aimed.ident
    )
    told = {one.id: one.value for one in answer.value.items}
    beside = [(track, one) for track in own if (one := told.get(track.id)) is not None]
    beside.sort(key=lambda pair: _how_far(pair[1]))
    matches = tuple(_match(*pair) for pair in beside)
    finding = _finding(beside)
    said = SaidOfSeveral(_said([one for _, one in beside]))
    head = request.head(labels.PANELS[PANEL], answer.call, said)
    return replace(
        _bare(request, aimed, answer.call),
        finding=finding,
        matches=matches[:AT_ONCE],
        more=matches[AT_ONCE:],
        left_out=_left_out(len(own) - len(beside)),
        head=replace(head, announce=finding),
    )


def _left_out(late: int) -> str | None:
    if not late:
        return None
    return f"{formatting.counted(late, 'file').capitalize()} left out: not analysed yet."


def _finding(beside: Sequence[tuple[LibraryTrack, BrandDistance]]) -> str:
    """How many lie in all of it; of one, or where none does of the nearest, what it is called."""
    inside = [track for track, one in beside if one.distance == 0]
    total = len(beside)
    if not total:
        return ""
    if not inside:
        return f"None of {total} lies in all of it; “{beside[0][0].title}” is nearest."
    if len(inside) == 1:
        return f"1 of {total} lies in all of it, or may well: “{inside[0].title}”."
    return f"{len(inside)} of {total} lie in all of it, or may well."


def _how_far(one: BrandDistance) -> tuple[float, int]:
    """Of those that may well lie in all of it, the ones that do are nearer."""
    beside = sum(1 for field in one.fields.values() if field.off)
    return float("inf") if one.distance is None else one.distance, beside


def _said(answers: Sequence[BrandDistance]) -> tuple[Provenance, ...]:
    """Who spoke, once each."""
    parts: dict[Any, Provenance] = {}
    for answer in answers:
        for said in answer.provenance:
            parts.setdefault((said.source, said.method), said)
    return tuple(parts.values())


def _match(track: LibraryTrack, answer: BrandDistance) -> Match:
    return Match(
        href=f"/tracks/{track.id}",
        name=track.title,
        about=track.artist,
        says=answer.says,
        fields=reasons(answer),
    )


def reasons(answer: BrandDistance) -> tuple[tuple[str, str], ...]:
    """Each feature that is aimed at with what it matters, and how the track lies to its range."""
    return tuple(
        (f"{BY_FIELD[field].label}, matters {words.weight_says(one.weight)}", one.says)
        for field, one in answer.fields.items()
    )


async def _kept(request: PageRequest, ident: str) -> Data:
    return (await _asked(request, ident))[0]


PREVIEW = Panel(PANEL, "brands", "preview", _kept)
