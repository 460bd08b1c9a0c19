"""One worksheet: read, written in and saved as one goes, printed, taken along, shared by a link."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from math import ceil
from typing import Any, ClassVar

from fastapi import APIRouter, Response

from api.schemas.provenance import SourceName
from api.schemas.worksheet import LONGEST_NOTE, Opinion, SubjectKind, Worksheet
from web.charts.sheet_card import SheetPicture, sheet_picture
from web.client import ApiProblem
from web.forms import UNSAFE, fields, refused, see
from web.pages.collections import complaint
from web.pages.worksheets import Fields, sheet_path
from web.render import Data
from web.request import PageRequest, PageRequestDep
from web.responses import drawing, fragment, page
from web.text import formatting
from web.text.labels import speaker
from web.text.provenance import ProblemNotice, trouble
from web.text.sheet_marks import Merged, kept, merge, prompt_key, stood_for
from web.text.walk import Look, Walk, walk
from web.text.worksheet import NOTHING_TYPED, SheetSection, TypedAnswer, sections

router = APIRouter()
MOST_BYTES = 2_000_000  # all notes at their longest, each letter escaped
TRIES = 5
CHANGED_MEANWHILE = "/problems/changed-meanwhile"
NOT_SAVED = "Not saved"
ALL_BUT_THIS = "All is saved but this:"
TOO_LONG = "Under “{}” stand {} letters, and {} fit: shorten it, or write the rest elsewhere."
PAGES_EACH, LETTERS_A_PAGE = 0.4, 1_500  # of paper: a thing with its questions, and long notes
LENGTH = "It takes about {}: all that you wrote is printed, and nothing is cut."
DONE = "Done? Print it, or send its link to somebody who knows your music."
PRINT = "Print one sheet"
BUSY = "Somebody else keeps changing this worksheet. Try again in a moment."
ONLY_HERE = frozenset({"localhost", "127.0.0.1", "::1"})  # names that lead nowhere elsewhere
PRIVATE = {
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}


@dataclass(frozen=True, slots=True)
class Contested:
    """A question that two have answered differently: what the other wrote."""

    asks: str
    place: str


@dataclass(frozen=True, slots=True)
class SavedLine:
    """What is said of saving, and what a form has to send back with it.

    `stood`: per question, by its key, a short name for what stood there; `named`: the name that the
    form goes on from. `both`: what two have written under `contested` questions stands side by side
    already.
    """

    says: str
    stood: tuple[tuple[str, str], ...]
    named: str
    contested: tuple[Contested, ...] = ()
    trouble: ProblemNotice | None = None
    both: bool = False


@dataclass(frozen=True, slots=True)
class SheetPaper:
    """A worksheet as it lies on paper, for its writer and for whoever has the link.

    `length`: about how many pages it takes.
    """

    name: str
    date: str
    sections: tuple[SheetSection, ...]
    sources: str
    length: str


@dataclass(frozen=True, kw_only=True)
class WorksheetPage(Data):
    """A worksheet to write in."""

    template: ClassVar[str] = "worksheet.html"

    name: str
    href: str
    sections: tuple[SheetSection, ...]
    saved: SavedLine
    looked: bool
    shared_since: str | None


@dataclass(frozen=True, kw_only=True)
class KeptPage(Data):
    """What was typed into a worksheet that can neither be saved nor shown; to be sent again."""

    template: ClassVar[str] = "worksheet_kept.html"

    href: str
    trouble: ProblemNotice
    typed: tuple[tuple[str, TypedAnswer], ...]


@dataclass(frozen=True, kw_only=True)
class SavedPanel(Data):
    """What became of saving, while somebody goes on writing."""

    template: ClassVar[str] = "worksheet_saved.html"

    saved: SavedLine


@dataclass(frozen=True, kw_only=True)
class ChangesPanel(Data):
    """What sources say otherwise today, each where its fact stands."""

    template: ClassVar[str] = "worksheet_changes.html"

    sections: tuple[SheetSection, ...]


@dataclass(frozen=True, kw_only=True)
class PaperPage(Data):
    """A worksheet to print. `href`: where it is written in."""

    template: ClassVar[str] = "worksheet_print.html"

    sheet: SheetPaper
    href: str
    address: str


@dataclass(frozen=True, kw_only=True)
class SharedPage(Data):
    """A worksheet for whoever has its link; or why there is none."""

    template: ClassVar[str] = "shared.html"

    sheet: SheetPaper | None
    trouble: ProblemNotice | None


@dataclass(frozen=True, kw_only=True)
class SheetLinkPage(Data):
    """A private link, shown once. `only_here`: no other machine can follow it."""

    template: ClassVar[str] = "worksheet_link.html"

    name: str
    href: str
    link: str
    only_here: bool


@dataclass(frozen=True, kw_only=True)
class SheetPicturePage(Data):
    """A worksheet as a picture to show around."""

    template: ClassVar[str] = "charts/sheet_card.svg.j2"

    picture: SheetPicture


@router.get("/worksheets/{ident}")
async def get_worksheet(ident: str, request: PageRequestDep) -> Response:
    """A worksheet; with `now` also what is said today."""
    client, looked = request.client.worksheets, bool(request.text("now"))
    answer = await (client.with_now(ident) if looked else client.one(ident))
    return page(request, _page(request, answer.value, looked=looked))


@router.post("/worksheets/{ident}")
async def post_worksheet(ident: str, request: PageRequestDep) -> Response:
    """Save all that was typed, and do what the button says; both texts where two have typed."""
    form = await fields(request, MOST_BYTES)
    typed = _typed(form)
    typed.pop(_one(form, "take"), None)  # of this one what the other wrote is to stay
    try:
        sheet, merged = await _saved(request, ident, typed, more=_more(form))
    except ApiProblem as problem:
        return await _unsaved(request, ident, problem, typed=typed)
    mine = {key: typed[key] for key in typed if key in merged.unsaved}
    if merged.too_long:
        refusal = _too_long(request, sheet, merged, typed=typed)
        told = trouble(refusal, request.base)
        data = _page(request, sheet, typed=mine, contested=merged.contested, told=told)
        return refused(request, data, refusal)
    if merged.contested:
        data = _page(request, sheet, typed=mine, contested=merged.contested)
        return page(request, data, status=412, headers=UNSAFE)
    return see(request, f"{sheet_path(ident)}{_anchor(sheet, form)}")


async def _unsaved(
    request: PageRequest, ident: str, problem: ApiProblem, *, typed: Mapping[str, TypedAnswer]
) -> Response:
    """The page with all that was typed, and why it was not saved; that alone if need be."""
    told = trouble(problem, request.base)
    try:
        sheet = (await request.client.worksheets.one(ident)).value
    except ApiProblem:
        data = KeptPage(
            shell=request.shell(),
            href=sheet_path(ident),
            trouble=told,
            typed=tuple(typed.items()),
        )
        return refused(request, data, problem)
    return refused(request, _page(request, sheet, typed=typed, told=told), problem)


@router.post("/fragments/worksheets/{ident}/note")
async def post_note(ident: str, request: PageRequestDep) -> Response:
    """Save what was typed, while somebody goes on typing: only the line about it is answered."""
    form = await fields(request, MOST_BYTES)
    typed = _typed(form)
    try:
        sheet, merged = await _saved(request, ident, typed, more=_renamed(form))
    except ApiProblem as problem:
        told = trouble(problem, request.base)
        stood = tuple((key, said.stood) for key, said in typed.items())
        line = SavedLine(f"{NOT_SAVED}.", stood, _one(form, "named"), trouble=told)
        data = SavedPanel(shell=request.shell(), saved=line)
        return refused(request, data, problem)
    line = _line(sheet, typed, merged)
    if merged.too_long:
        refusal = _too_long(request, sheet, merged, typed=typed)
        line = replace(line, says=f"{NOT_SAVED}.", trouble=trouble(refusal, request.base))
        data = SavedPanel(shell=request.shell(), saved=line)
        return refused(request, data, refusal)
    data = SavedPanel(shell=request.shell(), saved=line)
    return fragment(request, data, headers=UNSAFE)


@router.get("/fragments/worksheets/{ident}/changes")
async def get_changes(ident: str, request: PageRequestDep) -> Response:
    """What is said today that was said otherwise when it was frozen."""
    sheet = (await request.client.worksheets.with_now(ident)).value
    data = ChangesPanel(shell=request.shell(), sections=sections(sheet, request.web.clock()))
    return fragment(request, data)


@router.get("/worksheets/{ident}/print")
async def get_print(ident: str, request: PageRequestDep) -> Response:
    """A worksheet as it lies on paper."""
    sheet = (await request.client.worksheets.one(ident)).value
    data = PaperPage(
        shell=request.shell(),
        sheet=_paper(request, sheet),
        href=sheet_path(ident),
        address=f"{request.base}{sheet_path(ident)}",
    )
    return page(request, data)


@router.get("/worksheets/{ident}/card.svg")
async def get_card(ident: str, request: PageRequestDep) -> Response:
    """A worksheet as a picture; a script makes a PNG of it."""
    sheet = (await request.client.worksheets.one(ident)).value
    seen = sections(sheet, request.web.clock())
    data = SheetPicturePage(
        shell=request.shell(), picture=sheet_picture(sheet.name, seen, _date(sheet))
    )
    return drawing(request, data)


@router.post("/worksheets/{ident}/share")
async def post_share(ident: str, request: PageRequestDep) -> Response:
    """Make a private link, and show it this once."""
    sheet = (await request.client.worksheets.one(ident)).value
    link = (await request.client.worksheets.share(ident)).value
    data = SheetLinkPage(
        shell=request.shell(),
        name=sheet.name,
        href=sheet_path(ident),
        link=f"{request.base}{link.href}",
        only_here=request.http.url.hostname in ONLY_HERE,
    )
    return page(request, data, headers={**UNSAFE, "Referrer-Policy": "no-referrer"})


@router.post("/worksheets/{ident}/withdraw")
async def post_withdraw(ident: str, request: PageRequestDep) -> Response:
    """Let the link lead nowhere any more."""
    await request.client.worksheets.withdraw(ident)
    return see(request, f"{sheet_path(ident)}#share")


@router.get("/shared/{secret}")
async def get_shared(secret: str, request: PageRequestDep) -> Response:
    """A worksheet for whoever has its link."""
    try:
        sheet = (await request.client.worksheets.shared(secret)).value
    except ApiProblem as problem:
        told = trouble(problem, request.base)
        data = SharedPage(shell=request.shell(), sheet=None, trouble=told)
        headers = {**problem.headers, **PRIVATE}
        return page(request, data, status=problem.problem.status, headers=headers)
    data = SharedPage(shell=request.shell(), sheet=_paper(request, sheet), trouble=None)
    return page(request, data, headers=PRIVATE)


async def _saved(
    request: PageRequest, ident: str, typed: Mapping[str, TypedAnswer], *, more: Mapping[str, Any]
) -> tuple[Worksheet, Merged]:
    """The worksheet with what was typed, and what could not be saved over what others typed.

    Raises ApiProblem.
    """
    client = request.client.worksheets
    for _ in range(TRIES):
        now = await client.one(ident)
        merged = merge(now.value.answers, typed)
        change = {name: said for name, said in more.items() if said != now.value.name}
        if merged.changes:
            change["answers"] = merged.changes
        if not change:
            return now.value, merged
        try:
            after = await client.change(ident, change, seen=now.call.etag or "")
        except ApiProblem as problem:
            if problem.problem.type != CHANGED_MEANWHILE:
                raise
        else:
            return after.value, merged
    raise complaint(request, NOT_SAVED, BUSY)


def _too_long(
    request: PageRequest, sheet: Worksheet, merged: Merged, *, typed: Mapping[str, TypedAnswer]
) -> ApiProblem:
    """Which notes have too many letters, and how many."""
    asked = {prompt_key(one): one.prompt for one in sheet.answers}
    fit = formatting.count(LONGEST_NOTE)
    parts = (
        TOO_LONG.format(asked[key], formatting.count(len(typed[key].note)), fit)
        for key in merged.too_long
    )
    return complaint(request, NOT_SAVED, f"{ALL_BUT_THIS} {' '.join(parts)}")


def _typed(form: Fields) -> dict[str, TypedAnswer]:
    """What a form says of each question that it shows, by the question's key."""
    said = {}
    for name, [stood, *_] in form.items():
        place, _, key = name.partition(".")
        if place == "stood":
            note = _one(form, f"note.{key}").replace("\r\n", "\n")
            mark = _one(form, f"mark.{key}")
            known = Opinion(mark) if mark in set(Opinion) else None
            said[key] = TypedAnswer(note, known, stood)
    return said


def _more(form: Fields) -> dict[str, Any]:
    """What else is to be done: rename it, freeze a thing anew, take one away."""
    buttons = {name: [_one(form, name)] for name in ("renew", "remove") if _one(form, name)}
    return {**buttons, **_renamed(form)}


def _renamed(form: Fields) -> dict[str, str]:
    """Its new name, if one was typed: else the name that another window gave it would go."""
    name = _one(form, "name")
    return {"name": name} if name and name != _one(form, "named") else {}


def _one(form: Fields, name: str) -> str:
    return next(iter(form.get(name, ())), "")


def _anchor(sheet: Worksheet, form: Fields) -> str:
    """Where in the page somebody was."""
    about = [*dict.fromkeys(one.about for one in sheet.answers)]
    renewed = _one(form, "renew")
    return f"#s{about.index(renewed) + 1}" if renewed in about else ""


def _page(
    request: PageRequest,
    sheet: Worksheet,
    *,
    looked: bool = False,
    typed: Mapping[str, TypedAnswer] = NOTHING_TYPED,
    contested: Collection[str] = (),
    told: ProblemNotice | None = None,
) -> WorksheetPage:
    """The whole page. `typed`: what somebody typed that could not be saved."""
    seen = sections(sheet, request.web.clock(), typed=typed, contested=contested)
    both = tuple(
        Contested(prompt.asks, section.place)
        for section in seen
        for prompt in section.prompts
        if prompt.theirs is not None
    )
    stood = tuple((each.key, each.stood) for section in seen for each in section.prompts)
    says = f"{NOT_SAVED}." if told else ALL_BUT_THIS if both else _saved_at(sheet)
    return WorksheetPage(
        shell=request.shell(),
        walk=_walk(sheet),
        name=sheet.name,
        href=sheet_path(sheet.id),
        sections=seen,
        saved=SavedLine(says, stood, sheet.name, both, told, both=True),
        looked=looked,
        shared_since=None if sheet.share is None else _day(request, sheet.share.made_at),
    )


def _line(sheet: Worksheet, typed: Mapping[str, TypedAnswer], merged: Merged) -> SavedLine:
    """What is said to whoever goes on typing: their form goes on from what it shows.

    Only of what two have answered differently it goes on from what it had been sent.
    """
    stood, contested = [], []
    places = {about: f"s{at}" for at, about in enumerate(_subjects(sheet), 1)}
    for answer in sheet.answers:
        key = prompt_key(answer)
        said = typed.get(key)
        if said is None:
            stood.append((key, stood_for(answer.note, answer.mark)))
        elif key in merged.unsaved:
            stood.append((key, said.stood))
            if key in merged.contested:
                contested.append(Contested(answer.prompt, places[answer.about]))
        else:
            mine = kept(answer, said)
            stood.append((key, stood_for(mine.note, mine.mark)))
    says = ALL_BUT_THIS if merged.unsaved else _saved_at(sheet)
    return SavedLine(says, tuple(stood), sheet.name, tuple(contested))


def _saved_at(sheet: Worksheet) -> str:
    return f"Saved {formatting.moment(sheet.changed_at)}."


def _subjects(sheet: Worksheet) -> list[str]:
    return [*dict.fromkeys(one.about for one in sheet.answers)]


def _walk(sheet: Worksheet) -> Walk:
    """The end of the exercise: the looks that led here, and the way to paper."""
    kinds: dict[str, str] = {}
    for about in reversed(_subjects(sheet)):
        kind, _, ident = about.partition(":")
        kinds[SubjectKind.TRACK if kind == SubjectKind.ANALYSIS else kind] = ident
    path = walk(
        Look.WORKSHEET,
        artist=kinds.get(SubjectKind.ARTIST),
        track=kinds.get(SubjectKind.TRACK),
        playlist=kinds.get(SubjectKind.PLAYLIST),
    )
    return replace(path, question=DONE, following=(f"{sheet_path(sheet.id)}/print", PRINT))


def _paper(request: PageRequest, sheet: Worksheet) -> SheetPaper:
    said = dict.fromkeys(
        speaker(SourceName(source), fact.method)
        for fact in sheet.facts
        for source in fact.source.split(",")
        if source in set(SourceName) and fact.field != "name"
    )
    return SheetPaper(
        name=sheet.name,
        date=_date(sheet),
        sections=sections(sheet, request.web.clock()),
        sources=formatting.listed([*said]),
        length=_length(sheet),
    )


def _length(sheet: Worksheet) -> str:
    letters = sum(len(one.note) for one in sheet.answers)
    pages = ceil(PAGES_EACH * len(_subjects(sheet)) + letters / LETTERS_A_PAGE)
    return LENGTH.format(formatting.counted(pages, "page"))


def _date(sheet: Worksheet) -> str:
    """`22 November 2026`, when it was frozen."""
    return formatting.day(sheet.made_at, 0)


def _day(request: PageRequest, when: datetime) -> str:
    now = datetime.fromtimestamp(request.web.clock(), UTC)
    return formatting.day(when, now.year)
