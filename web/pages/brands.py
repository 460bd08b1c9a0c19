"""Brands: what an artist wants to sound like, said in ranges, and their own tracks beside it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar
from urllib.parse import quote

from fastapi import APIRouter, Response

from api.schemas.brands import Brand, Target
from api.schemas.provenance import Method
from web.charts.band import band
from web.charts.strip import Reach
from web.client import ApiProblem, ApiResponse
from web.forms import UNSAFE, fields, is_here, refused, remembered, see
from web.forms import answered as done
from web.pages import brand_preview
from web.pages.brand_choice import COOKIE, NO_BRAND, chosen_brand
from web.pages.brand_form import (
    BrandForm,
    Errors,
    Typed,
    answered,
    by_hand,
    called,
    form,
    of_songs,
    told,
    tracks,
)
from web.pages.brand_preview import NEW, brand_path, preview_of
from web.pages.library import DeletePage
from web.pages.panel import Inlined, inlined
from web.render import Data
from web.request import PageRequest, PageRequestDep
from web.responses import page
from web.text import brands as words
from web.text import formatting, labels
from web.text.labels import PANELS
from web.text.meanings import BY_FIELD, FeatureMeaning
from web.text.provenance import CallShown, ProblemNotice, shown, trouble

router = APIRouter()
router.include_router(brand_preview.router)
CHANGED_MEANWHILE = "/problems/changed-meanwhile"
UNPROCESSABLE = 422
NOTHING_WRONG: Errors = {}
ReadForm = Callable[[Typed], tuple[dict[str, Any], Errors]]
FormPageOf = Callable[..., Awaitable[Data]]


@dataclass(frozen=True, slots=True)
class BrandCard:
    """A brand in a line. `chosen`: it stands beside tracks."""

    ident: str
    name: str
    href: str
    about: str
    chosen: bool


@dataclass(frozen=True, kw_only=True)
class BrandsPage(Data):
    """All brands, and five questions to begin one with."""

    template: ClassVar[str] = "brands.html"

    brands: tuple[BrandCard, ...]
    questions: tuple[words.BrandQuestion, ...]
    no_brand: str


@dataclass(frozen=True, kw_only=True)
class BrandFormPage(Data):
    """A brand to be made or changed. `seen`: the version that stands here.

    `stands`: what stands now, where somebody else has changed it meanwhile; `trouble`: why nothing
    was kept. `means`: own tracks beside what is typed, which follows it at `path`.
    """

    template: ClassVar[str] = "brand_form.html"

    title: str
    lead: str
    action: str
    back: str
    submit: str
    seen: str
    stands: tuple[str, ...]
    form: BrandForm
    trouble: ProblemNotice | None
    path: str
    means: Inlined


@dataclass(frozen=True, kw_only=True)
class BrandSongsPage(Data):
    """A brand to be made from songs. `trouble`: why none was made."""

    template: ClassVar[str] = "brand_songs.html"

    form: BrandForm
    trouble: ProblemNotice | None


@dataclass(frozen=True, slots=True)
class AimRow:
    """One range of a brand on its scale."""

    meaning: FeatureMeaning
    says: str
    weight: str
    band: Reach


@dataclass(frozen=True, slots=True)
class TrackLink:
    """A track that stands for a brand."""

    href: str
    name: str
    about: str


@dataclass(frozen=True, kw_only=True)
class BrandPage(Data):
    """One brand: its words, its ranges, what it was made from, the tracks that stand for it."""

    template: ClassVar[str] = "brand.html"

    ident: str
    name: str
    words: str | None
    path: str
    aims: tuple[AimRow, ...]
    made: str
    references: tuple[TrackLink, ...]
    chosen: bool
    call: CallShown


@router.get("/brands")
async def get_brands(request: PageRequestDep) -> Response:
    """All brands, newest first."""
    found, chosen = await asyncio.gather(request.client.brands.every(), chosen_brand(request))
    data = BrandsPage(
        shell=request.shell(),
        brands=tuple(_card(request, one, chosen) for one in found.value.items),
        questions=words.QUESTIONS,
        no_brand="" if chosen is None else NO_BRAND,
    )
    return page(request, data)


@router.post("/brands/choice")
async def choose(request: PageRequestDep) -> Response:
    """Keep which brand stands beside tracks, or that none does."""
    said = await fields(request)
    wanted = next(iter(said.get("brand", ())), "")
    if wanted != NO_BRAND:
        wanted = (await request.client.brands.one(wanted)).value.id
    return remembered(see(request, _back(request, said)), COOKIE, wanted)


def _back(request: PageRequest, said: Mapping[str, Sequence[str]]) -> str:
    """The page it was chosen on, at the panel it was chosen in; else where all brands are."""
    came = request.http.headers.get("referer", "").partition("://")[2]
    host, _, rest = came.partition("/")
    path = f"/{rest}"
    if host != request.http.headers.get("host") or not is_here(path):
        return "/brands"
    place = next(iter(said.get("at", ())), "")
    return f"{path}#{place}" if PANELS.get(place) else path


@router.get("/brands/new")
async def get_new(request: PageRequestDep) -> Response:
    """An empty brand, or one with the ranges that five answers fill in."""
    return page(request, await _new_page(request, answered(request)))


@router.post("/brands/new")
async def post_new(request: PageRequestDep) -> Response:
    """Make it, or show the form as it was with what has to be mended."""
    return await _make(request, by_hand, _new_page, tracks_in="references")


@router.get("/brands/new/songs")
async def get_songs(request: PageRequestDep) -> Response:
    """Songs to take the ranges of a brand from."""
    song = request.text("song")
    return page(request, await _songs_page(request, Typed(ticked=(song,) if song else ())))


@router.post("/brands/new/songs")
async def post_songs(request: PageRequestDep) -> Response:
    """Make a brand of them, or show the form as it was with what has to be mended."""
    return await _make(request, of_songs, _songs_page, tracks_in="from")


@router.post("/brands/new/preview")
async def post_new_preview(request: PageRequestDep) -> Response:
    """The form as it was typed, and what it would mean; nothing is kept."""
    typed = Typed.of(await fields(request))
    _, errors = by_hand(typed)
    return _looked(request, await _new_page(request, typed, errors=_of_ranges(errors)))


async def _make(
    request: PageRequest, read: ReadForm, form_page: FormPageOf, *, tracks_in: str
) -> Response:
    """A new brand as the form says; `tracks_in`: which part of it names tracks."""
    typed = Typed.of(await fields(request))
    value, errors = read(typed)
    if errors:
        return _to_mend(request, await form_page(request, typed, errors=errors))
    try:
        made = await request.client.brands.make(value)
    except ApiProblem as problem:
        errors = told(problem, value[tracks_in])
        notice = _notice(request, problem, errors)
        data = await form_page(request, typed, errors=errors, notice=notice)
        return refused(request, data, problem)
    return _made(request, made.value)


@router.get("/brands/{ident}")
async def get_brand(ident: str, request: PageRequestDep) -> Response:
    """One brand."""
    answer, chosen = await asyncio.gather(request.client.brands.one(ident), chosen_brand(request))
    return page(request, await _brand_page(request, answer, chosen))


@router.get("/brands/{ident}/edit")
async def get_edit(ident: str, request: PageRequestDep) -> Response:
    """A brand, to be changed."""
    answer = await request.client.brands.one(ident)
    return page(request, await _edit_page(request, answer, Typed.like(answer.value)))


@router.post("/brands/{ident}/edit")
async def post_edit(ident: str, request: PageRequestDep) -> Response:
    """Do all of it or nothing; what was typed stays, also beside what somebody else has saved."""
    said = await fields(request)
    typed, seen = Typed.of(said), next(iter(said.get("seen", ())), "")
    value, errors = by_hand(typed)
    if errors:
        now = await request.client.brands.one(ident)
        return _to_mend(request, await _edit_page(request, now, typed, errors=errors, seen=seen))
    try:
        known = seen.encode("ascii", "ignore").decode()
        await request.client.brands.change(ident, value, seen=known)
    except ApiProblem as problem:
        now = await request.client.brands.one(ident)
        errors = told(problem, value["references"])
        is_stale = problem.problem.type == CHANGED_MEANWHILE
        data = await _edit_page(
            request,
            now,
            typed,
            errors=errors,
            seen="" if is_stale else seen,
            stands=words.stands(now.value) if is_stale else (),
            notice=_notice(request, problem, errors),
        )
        return refused(request, data, problem)
    return see(request, brand_path(ident))


@router.post("/brands/{ident}/preview")
async def post_preview(ident: str, request: PageRequestDep) -> Response:
    """The same of a brand that is being changed."""
    said = await fields(request)
    typed, seen = Typed.of(said), next(iter(said.get("seen", ())), "")
    _, errors = by_hand(typed)
    now = await request.client.brands.one(ident)
    return _looked(
        request, await _edit_page(request, now, typed, errors=_of_ranges(errors), seen=seen)
    )


@router.get("/brands/{ident}/delete")
async def ask_to_delete(ident: str, request: PageRequestDep) -> Response:
    """The question before a brand is deleted."""
    found = (await request.client.brands.one(ident)).value
    data = DeletePage(
        shell=request.shell(),
        name=found.name,
        says="The brand is removed with its words and ranges. The tracks that stand for it stay.",
        action=f"{brand_path(found.id)}/delete",
        back=brand_path(found.id),
    )
    return page(request, data)


@router.post("/brands/{ident}/delete")
async def delete(ident: str, request: PageRequestDep) -> Response:
    """Delete a brand."""
    await request.client.brands.delete(ident)
    return see(request, "/brands")


def _made(request: PageRequest, made: Brand) -> Response:
    """Lead on to a new brand, which stands beside tracks from now on."""
    return remembered(see(request, brand_path(made.id)), COOKIE, made.id)


def _to_mend(request: PageRequest, data: Data) -> Response:
    return page(request, data, status=UNPROCESSABLE, headers=UNSAFE)


def _of_ranges(errors: Errors) -> Errors:
    """What is wrong with ranges; of a look at them nothing else has to be right."""
    return {name: says for name, says in errors.items() if name in BY_FIELD}


def _looked(request: PageRequest, data: BrandFormPage) -> Response:
    return _to_mend(request, data) if data.form.errors else done(request, data)


def _notice(request: PageRequest, problem: ApiProblem, errors: Errors) -> ProblemNotice | None:
    """What the problem says, unless it is said at the fields."""
    return None if errors else trouble(problem, request.base)


def _day(request: PageRequest, when: datetime) -> str:
    return formatting.day(when, datetime.fromtimestamp(request.web.clock(), UTC).year)


def _card(request: PageRequest, one: Brand, chosen: Brand | None) -> BrandCard:
    return BrandCard(
        ident=one.id,
        name=one.name,
        href=brand_path(one.id),
        about=f"Aims at {words.aims_say(one)}; made {_day(request, one.made_at)}",
        chosen=chosen is not None and chosen.id == one.id,
    )


async def _new_page(
    request: PageRequest,
    typed: Typed,
    *,
    errors: Errors = NOTHING_WRONG,
    notice: ProblemNotice | None = None,
) -> BrandFormPage:
    return BrandFormPage(
        shell=request.shell(),
        title="A brand by hand",
        lead="Say what you want to sound like: a range for each feature that matters to you.",
        action="/brands/new",
        back="/brands",
        submit="Make the brand",
        seen="",
        stands=(),
        form=await form(request, typed, errors),
        trouble=notice,
        path=brand_path(NEW),
        means=inlined(await preview_of(request, typed)),
    )


async def _songs_page(
    request: PageRequest,
    typed: Typed,
    *,
    errors: Errors = NOTHING_WRONG,
    notice: ProblemNotice | None = None,
) -> BrandSongsPage:
    made = await form(request, typed, errors)
    return BrandSongsPage(shell=request.shell(), form=made, trouble=notice)


async def _edit_page(
    request: PageRequest,
    answer: ApiResponse[Brand],
    typed: Typed,
    *,
    errors: Errors = NOTHING_WRONG,
    seen: str = "",
    stands: tuple[str, ...] = (),
    notice: ProblemNotice | None = None,
) -> BrandFormPage:
    found = answer.value
    return BrandFormPage(
        shell=request.shell(),
        title=f"Change “{found.name}”",
        lead="All of it is saved at once.",
        action=f"{brand_path(found.id)}/edit",
        back=brand_path(found.id),
        submit="Save the changes",
        seen=seen or answer.call.etag or "",
        stands=stands,
        form=await form(request, typed, errors),
        trouble=notice,
        path=brand_path(found.id),
        means=inlined(await preview_of(request, typed, found.id)),
    )


async def _brand_page(
    request: PageRequest, answer: ApiResponse[Brand], chosen: Brand | None
) -> BrandPage:
    found = answer.value
    idents = list(dict.fromkeys((*found.references, *(one.id for one in found.made_from))))
    known = await tracks(request, idents)
    return BrandPage(
        shell=request.shell(),
        ident=found.id,
        name=found.name,
        words=found.words,
        path=brand_path(found.id),
        aims=tuple(_aim(field, target) for field, target in found.targets.by_field.items()),
        made=_made_from(request, found),
        references=tuple(
            TrackLink(f"/tracks/{quote(one, safe='')}", *called(known.get(one), one))
            for one in found.references
        ),
        chosen=chosen is not None and chosen.id == found.id,
        call=shown(answer.call, request.base),
    )


def _aim(field: str, target: Target) -> AimRow:
    meaning = BY_FIELD[field]
    return AimRow(
        meaning=meaning,
        says=words.range_says(field, target),
        weight=words.weight_says(target.weight),
        band=band(meaning, target.min, target.max),
    )


def _made_from(request: PageRequest, found: Brand) -> str:
    """How its ranges came about, in a sentence."""
    when = _day(request, found.made_at)
    if not found.made_from:
        return f"Said by hand on {when}."
    sources = dict.fromkeys(one.source for one in found.made_from)
    names = [labels.speaker(source, Method.MEASURED) for source in sources]
    number = formatting.counted(len(found.made_from), "song")
    return (
        f"First taken on {when} from what {number} span ({formatting.listed(names)}); each range "
        "is wider by what its numbers are typically off by."
    )
