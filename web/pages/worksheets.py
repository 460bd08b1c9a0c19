"""Worksheets: those there are, where one begins, and the question whether to delete one."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import ClassVar
from urllib.parse import quote

from fastapi import APIRouter, Response
from pydantic import TypeAdapter, ValidationError

from api.schemas.reference import Kind
from api.schemas.worksheet import MOST_SUBJECTS, Subject, SubjectKind, Worksheet
from web.client import ApiProblem
from web.forms import fields, refused, see
from web.pages.brand_choice import chosen_brand
from web.pages.collections import complaint
from web.pages.library import DeletePage
from web.render import Data
from web.request import PageRequest, PageRequestDep
from web.responses import page
from web.text import formatting
from web.text.labels import KINDS
from web.text.provenance import ProblemNotice, trouble
from web.text.worksheet import SUBJECTS

router = APIRouter()
AT_ONCE, TO_CHOOSE_FROM = 20, 50
NOT_BEGUN = "No worksheet was begun"
ABOUT_NOTHING = "Say what it is to be about: tick one of the things, or paste a link."
NO_NAME = "A worksheet needs a name."
NOT_KIND = "A worksheet can be about an artist, a track or a playlist. This is {}."
ASKED = (Kind.ARTIST, Kind.TRACK, Kind.PLAYLIST)
SONGS = (SubjectKind.TRACK, SubjectKind.ANALYSIS)
Fields = Mapping[str, Sequence[str]]
NOTHING_SAID: Fields = MappingProxyType({})
_SUBJECT = TypeAdapter(Subject)


@dataclass(frozen=True, slots=True)
class SheetCard:
    """A worksheet in the list."""

    href: str
    name: str
    about: str
    answered: str
    changed: str
    shared: bool


@dataclass(frozen=True, slots=True)
class SubjectChoice:
    """Something that a worksheet may be about."""

    about: str
    kind: str
    name: str
    ticked: bool


@dataclass(frozen=True, slots=True)
class SheetChoice:
    """A worksheet that something can be added to."""

    ident: str
    name: str
    chosen: bool


@dataclass(frozen=True, kw_only=True)
class WorksheetsPage(Data):
    """All worksheets, and where one begins."""

    template: ClassVar[str] = "worksheets.html"

    cards: tuple[SheetCard, ...]
    says: str
    previous: str | None
    next: str | None


@dataclass(frozen=True, kw_only=True)
class NewWorksheetPage(Data):
    """What a worksheet is to be about, and whether it is a new one."""

    template: ClassVar[str] = "worksheet_new.html"

    subjects: tuple[SubjectChoice, ...]
    sheets: tuple[SheetChoice, ...]
    name: str
    link: str
    trouble: ProblemNotice | None


@router.get("/worksheets")
async def get_worksheets(request: PageRequestDep) -> Response:
    """The worksheets, the last changed first."""
    offset = request.offset()
    answer = await request.client.worksheets.some(limit=AT_ONCE, offset=offset)
    found, after = answer.value, offset + AT_ONCE
    number = formatting.counted(found.total, "worksheet").capitalize()
    data = WorksheetsPage(
        shell=request.shell(),
        cards=tuple(_card(request, one) for one in found.items),
        says=f"{number}, the last changed first." if found.total else "",
        previous=_at(max(0, offset - AT_ONCE)) if offset else None,
        next=_at(after) if after < found.total else None,
    )
    return page(request, data)


@router.get("/worksheets/new")
async def get_new(request: PageRequestDep) -> Response:
    """What it is to be about: `about` (several) or a pasted link."""
    about = request.http.query_params.getlist("about")
    try:
        about = [*about, *await _linked(request, request.text("link"))]
    except ApiProblem as problem:
        data = await _new_page(request, about, problem=problem)
        return page(request, data, status=problem.problem.status, headers=problem.headers)
    return page(request, await _new_page(request, about))


@router.post("/worksheets/new")
async def post_new(request: PageRequestDep) -> Response:
    """Begin one, or add to one, and lead to it."""
    form = await fields(request)
    about, name, chosen = form.get("about", []), _one(form, "name"), _one(form, "sheet")
    client = request.client.worksheets
    try:
        about = [*dict.fromkeys([*about, *await _linked(request, _one(form, "link"))])]
        if not about:
            raise complaint(request, NOT_BEGUN, ABOUT_NOTHING)
        if chosen:
            seen = (await client.one(chosen)).call.etag or ""
            made = (await client.change(chosen, {"add": about}, seen=seen)).value
        elif name:
            made = (await client.make(name, about)).value
        else:
            raise complaint(request, NOT_BEGUN, NO_NAME)
    except ApiProblem as problem:
        data = await _new_page(request, about, said=form, problem=problem)
        return refused(request, data, problem)
    return see(request, sheet_path(made.id))


@router.get("/worksheets/{ident}/delete")
async def get_delete(ident: str, request: PageRequestDep) -> Response:
    """Ask before a worksheet is deleted."""
    sheet = (await request.client.worksheets.one(ident)).value
    data = DeletePage(
        shell=request.shell(),
        name=sheet.name,
        says="What was frozen and what you wrote are gone then, and its private link leads nowhere."
        " The music itself stays.",
        action=f"{sheet_path(ident)}/delete",
        back=sheet_path(ident),
    )
    return page(request, data)


@router.post("/worksheets/{ident}/delete")
async def post_delete(ident: str, request: PageRequestDep) -> Response:
    """Delete it, and lead to those that are left."""
    await request.client.worksheets.delete(ident)
    return see(request, "/worksheets")


def sheet_path(ident: str) -> str:
    """Where a worksheet is read and written."""
    return f"/worksheets/{quote(ident, safe='')}"


def _one(form: Fields, name: str) -> str:
    return next(iter(form.get(name, ())), "")


def _at(offset: int) -> str:
    return f"/worksheets?offset={offset}" if offset else "/worksheets"


def _card(request: PageRequest, sheet: Worksheet) -> SheetCard:
    names = dict.fromkeys(str(one.value) for one in sheet.facts if one.field == "name")
    answered = sum(1 for one in sheet.answers if one.note or one.mark)
    now = datetime.fromtimestamp(request.web.clock(), UTC)
    return SheetCard(
        href=sheet_path(sheet.id),
        name=sheet.name,
        about=", ".join(names),
        answered=f"{answered} of {len(sheet.answers)} answered",
        changed=formatting.day(sheet.changed_at, now.year),
        shared=sheet.share is not None,
    )


async def _linked(request: PageRequest, link: str) -> list[str]:
    """What a pasted link is about; nothing where none is pasted. Raises ApiProblem."""
    if not link:
        return []
    found = (await request.client.resolve(link)).value
    if found.kind not in ASKED or found.id is None:
        raise complaint(request, NOT_BEGUN, NOT_KIND.format(KINDS[found.kind]))
    return [f"{found.kind}:{found.id}"]


async def _new_page(
    request: PageRequest,
    about: Sequence[str],
    *,
    said: Fields = NOTHING_SAID,
    problem: ApiProblem | None = None,
) -> NewWorksheetPage:
    """The things by name, those that go with them, and the worksheets there are.

    `said`: what a form said that was refused.
    """
    wanted = [*dict.fromkeys(one for one in about if _is_subject(one))][:MOST_SUBJECTS]
    beside, sheets = await asyncio.gather(_beside(request, wanted), _sheets(request))
    kinds = list(SubjectKind)  # in the order of the exercise
    subjects = sorted([*wanted, *beside][:MOST_SUBJECTS], key=lambda one: kinds.index(_kind(one)))
    names = await asyncio.gather(*(_name(request, one) for one in subjects))
    tracks = [name for one, name in zip(subjects, names, strict=True) if _kind(one) in SONGS]
    songs = list(dict.fromkeys(filter(None, tracks))) or [*filter(None, names)][:1]
    chosen = _one(said, "sheet") if said else request.text("sheet")
    them = "them" if len(songs) > 1 else "it"
    begun = f"{formatting.listed(songs)[:150]}, as machines hear {them}" if songs else ""
    return NewWorksheetPage(
        shell=request.shell(),
        subjects=tuple(
            SubjectChoice(one, SUBJECTS[_kind(one)], name, ticked=one in wanted or not said)
            for one, name in zip(subjects, names, strict=True)
        ),
        sheets=tuple(SheetChoice(one.id, one.name, one.id == chosen) for one in sheets),
        name=_one(said, "name") if said else begun,
        link=_one(said, "link") or request.text("link"),
        trouble=None if problem is None else trouble(problem, request.base),
    )


def _is_subject(text: str) -> bool:
    try:
        _SUBJECT.validate_python(text)
    except ValidationError:
        return False
    return True


def _kind(about: str) -> SubjectKind:
    return SubjectKind(about.partition(":")[0])


async def _beside(request: PageRequest, wanted: Sequence[str]) -> list[str]:
    """What the exercise looks at beside a track: its artist, its analysis, and the brand.

    Of several tracks that are compared it looks at no more than those, and at the brand.
    """
    tracks = [one.partition(":")[2] for one in wanted if _kind(one) is SubjectKind.TRACK]
    if not tracks:
        return []
    found = []
    if len(tracks) == 1:
        found.append(f"{SubjectKind.ANALYSIS}:{tracks[0]}")
        with suppress(ApiProblem):
            credits_ = (await request.client.track(tracks[0])).value.artists
            found += [f"{SubjectKind.ARTIST}:{one.id}" for one in credits_[:1] if one.id]
    has_brand = any(_kind(one) is SubjectKind.BRAND for one in wanted)
    if not has_brand and (brand := await chosen_brand(request)) is not None:
        found.append(f"{SubjectKind.BRAND}:{brand.id}")
    return [one for one in found if one not in wanted and _is_subject(one)]


async def _name(request: PageRequest, about: str) -> str:
    """What it is called; empty where nobody can tell."""
    ident, client = about.partition(":")[2], request.client
    try:
        match _kind(about):
            case SubjectKind.ARTIST:
                return (await client.artist(ident)).value.name
            case SubjectKind.PLAYLIST:
                return (await client.playlist(ident)).value.name
            case SubjectKind.BRAND:
                return (await client.brands.one(ident)).value.name
            case _:
                return (await client.track(ident)).value.name
    except ApiProblem:
        return ""


async def _sheets(request: PageRequest) -> tuple[Worksheet, ...]:
    """Those that it can be added to; none where they cannot be told."""
    try:
        return (await request.client.worksheets.some(limit=TO_CHOOSE_FROM)).value.items
    except ApiProblem:
        return ()
