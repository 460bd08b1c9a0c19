"""Lists of the owner's own: change one, and put tracks into one from their or an artist's page."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Response

from api.schemas.library import Collection, RefusedLine
from api.schemas.lists import Page
from api.schemas.playlist import PlaylistItem
from api.schemas.problem import Problem
from web.client import ApiCall, ApiProblem, ApiResponse, following
from web.forms import fields, refused, see
from web.pages.library import UnreadRow, forget_path, list_path, unread_rows
from web.pages.panel import Panel, add_panel
from web.pages.rows import TrackRow, item_row, named
from web.render import Data
from web.request import PageRequest, PageRequestDep
from web.responses import page
from web.text import formatting
from web.text.provenance import ProblemNotice, trouble

router = APIRouter()
AT_ONCE = 100
CHANGED_MEANWHILE = "/problems/changed-meanwhile"
NO_NAME = "A list needs a name."
NOT_ADDED = "Nothing was added"
NO_LIST = "Choose one of your lists, or write what the new one is to be called."
TWO_LISTS = "You chose a list and named a new one. Leave one of the two out."
_CAME_FROM = re.compile(r"/(artist|track)s/[\w:%-]{1,80}\Z", re.ASCII)
Fields = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class ListChoice:
    """A list that tracks can be added to."""

    ident: str
    name: str


@dataclass(frozen=True, slots=True)
class ListForm:
    """Which list tracks are to be added to: those there are, and what was chosen, typed, ticked.

    `trouble`: why they were not added.
    """

    lists: tuple[ListChoice, ...]
    chosen: str = ""
    name: str = ""
    ticked: tuple[str, ...] = ()
    trouble: ProblemNotice | None = None


@dataclass(frozen=True, slots=True)
class Back:
    """Where somebody came from: an address of this site, and its link's words."""

    href: str
    says: str


@dataclass(frozen=True, kw_only=True)
class ListsPanel(Data):
    """The lists that a track can be added to."""

    template: ClassVar[str] = "track_lists.html"

    ident: str
    form: ListForm


@dataclass(frozen=True, kw_only=True)
class AddedPage(Data):
    """Tracks were added to a list."""

    template: ClassVar[str] = "collection_added.html"

    name: str
    says: str
    href: str
    edit: str
    back: str
    back_says: str


@dataclass(frozen=True, kw_only=True)
class EditPage(Data):
    """A list to be changed: its name, its description, a part of its entries.

    `seen`: the version that stands here. `ticked`: positions that are to go. `says`: what was
    changed; `trouble`: why nothing was.
    """

    template: ClassVar[str] = "collection_edit.html"

    title: str
    name: str
    description: str
    seen: str
    rows: tuple[TrackRow, ...]
    ticked: tuple[str, ...]
    part_says: str
    previous: str | None
    next: str | None
    href: str
    action: str
    delete: str
    says: tuple[str, ...]
    trouble: ProblemNotice | None
    refused: tuple[RefusedLine, ...]
    unread: tuple[UnreadRow, ...]


@router.get("/collections/{ident}/edit")
async def get_edit(ident: str, request: PageRequestDep) -> Response:
    """A list, to be changed; its address says what has just been done."""
    return page(request, await _edit_page(request, ident))


@router.post("/collections/{ident}/edit")
async def post_edit(ident: str, request: PageRequestDep) -> Response:
    """Do all of it or nothing, and say what was done."""
    form = await fields(request)
    before = (await request.client.library.collection(ident)).value
    change = _change(form)
    try:
        if not change["name"]:
            raise complaint(request, "Nothing was changed", NO_NAME)
        seen = _one(form, "seen").encode("ascii", "ignore").decode()
        after = await request.client.library.change(ident, change, seen=seen)
    except ApiProblem as problem:
        told = trouble(problem, request.base)
        typed = {} if problem.problem.type == CHANGED_MEANWHILE else change
        data = await _edit_page(request, ident, typed=typed, told=told)
        return refused(request, data, problem)
    done = _done(before, after.value, gone=len(change["remove"]))
    given = urlencode(done | ({"offset": request.offset()} if request.offset() else {}))
    return see(request, f"/collections/{quote(ident, safe='')}/edit?{given}")


def _one(form: Fields, name: str) -> str:
    return next(iter(form.get(name, ())), "")


def _change(form: Fields) -> dict[str, str | list[int]]:
    ticked = [int(one) for one in form.get("remove", ()) if one.isascii() and one.isdigit()]
    return {
        "name": _one(form, "name"),
        "description": _one(form, "description"),
        "remove": ticked,
    }


def _done(before: Collection, after: Collection, *, gone: int) -> dict[str, str | int]:
    """What was done, as the address of the answer says it: reloading repeats nothing."""
    done: dict[str, str | int] = {}
    if after.name != before.name:
        done["renamed"] = 1
    if after.description != before.description:
        done["described"] = 1
    if gone:
        done["gone"] = gone
    return done or {"same": 1}


def _says(request: PageRequest, found: Collection) -> tuple[str, ...]:
    """What was done, in sentences."""
    said = []
    if request.text("renamed"):
        said.append(f"It is called “{found.name}” now.")
    if request.text("described"):
        verb = "changed" if found.description else "taken away"
        said.append(f"Its description is {verb}.")
    if gone := request.whole("gone"):
        verb = "is" if gone == 1 else "are"
        entries = formatting.counted(gone, "entry", "entries").capitalize()
        held = formatting.counted(found.items_total, "entry", "entries")
        said.append(f"{entries} {verb} gone; it holds {held} now.")
    if request.text("same"):
        said.append("Nothing was different, so nothing was changed.")
    return tuple(said)


async def _edit_page(
    request: PageRequest,
    ident: str,
    *,
    typed: Mapping[str, str | list[int]] = {},
    told: ProblemNotice | None = None,
) -> EditPage:
    """The list as it stands now; what somebody typed stays, if it may still be sent."""
    head = await request.client.library.collection(ident)  # first: what comes later may be newer
    answer = await request.client.playlist_items(ident, limit=AT_ONCE, offset=request.offset())
    items = await named(request.client, answer.value.items)
    found, shown = head.value, answer.value
    after, action = following(shown), f"/collections/{found.id}/edit"
    return EditPage(
        shell=request.shell(),
        title=found.name,
        name=str(typed.get("name", found.name)),
        description=str(typed.get("description", found.description or "")),
        seen=head.call.etag or "",
        rows=tuple(item_row(item, {}) for item in items),
        ticked=tuple(map(str, typed.get("remove", ()))),
        part_says=_part(shown, found.items_total),
        previous=_at(action, max(0, shown.offset - AT_ONCE)) if shown.offset else None,
        next=None if after is None else _at(action, after),
        href=list_path(found),
        action=_at(action, shown.offset),
        delete=forget_path(found),
        says=_says(request, found) if told is None else (),
        trouble=told,
        refused=found.refused,
        unread=unread_rows(found),
    )


def _part(shown: Page[PlaylistItem], total: int) -> str:
    if len(shown.items) == total:
        return formatting.counted(total, "entry", "entries").capitalize()
    first, last = shown.offset + 1, shown.offset + len(shown.items)
    return f"Entries {first:,} to {last:,} of {formatting.count(total)}"


def _at(path: str, offset: int) -> str:
    return f"{path}?offset={offset}" if offset else path


async def _lists(request: PageRequest, ident: str) -> ListsPanel:
    return ListsPanel(shell=request.shell(), ident=ident, form=await list_form(request))


@router.post("/tracks/{ident}/lists")
async def post_track(ident: str, request: PageRequestDep) -> Response:
    """Add a track to a list, and say so."""
    said = await fields(request)
    back = Back(f"/tracks/{quote(ident, safe=':')}", "Back to the track")
    try:
        return await added(request, said, (ident,), back=back)
    except ApiProblem as problem:
        form = await list_form(request, said, problem)
        return refused(request, ListsPanel(shell=request.shell(), ident=ident, form=form), problem)


async def list_form(
    request: PageRequest,
    said: Mapping[str, Sequence[str]] = {},
    problem: ApiProblem | None = None,
) -> ListForm:
    """All lists, newest first, none where they cannot be told; with what a form said before."""
    try:
        found = (await request.client.library.collections()).value.items
    except ApiProblem:
        found = ()
    return ListForm(
        lists=tuple(ListChoice(one.id, one.name) for one in found),
        chosen=_one(said, "list"),
        name=_one(said, "name"),
        ticked=tuple(said.get("track", ())),
        trouble=None if problem is None else trouble(problem, request.base),
    )


async def added(
    request: PageRequest, form: Fields, tracks: Sequence[str], *, back: Back
) -> Response:
    """Lead to the page that says which list the tracks are in now. Raises ApiProblem."""
    ident, name = _one(form, "list"), _one(form, "name")
    if bool(ident) == bool(name):
        raise complaint(request, NOT_ADDED, TWO_LISTS if ident else NO_LIST)
    library = request.client.library
    answer: ApiResponse[Collection] = (
        await library.change(ident, {"add": tracks}) if ident else await library.make(name, tracks)
    )
    given = urlencode({"tracks": len(tracks), "from": back.href})
    return see(request, f"/collections/{quote(answer.value.id, safe='')}/added?{given}")


@router.get("/collections/{ident}/added")
async def get_added(ident: str, request: PageRequestDep) -> Response:
    """Tracks were added to a list, as its address says."""
    found = (await request.client.library.collection(ident)).value
    number = formatting.counted(request.whole("tracks"), "track").capitalize()
    back = _back(request.text("from"))
    data = AddedPage(
        shell=request.shell(),
        name=found.name,
        says=f"{number} added at its end. The list holds "
        f"{formatting.counted(found.items_total, 'entry', 'entries')} now.",
        href=list_path(found),
        edit=f"/collections/{found.id}/edit",
        back=back.href,
        back_says=back.says,
    )
    return page(request, data)


def _back(text: str) -> Back:
    """Where somebody came from; no address but that of a track or an artist is taken."""
    came = _CAME_FROM.match(text)
    return Back("/library", "Library") if came is None else Back(text, f"Back to the {came[1]}")


def complaint(request: PageRequest, title: str, detail: str) -> ApiProblem:
    """What of a form has to be mended, where the API need not be asked."""
    path = request.http.scope["path"]
    problem = Problem(
        type="/problems/invalid-request",
        title=title,
        status=422,
        detail=detail,
        instance=path,
        request_id="none",
    )
    return ApiProblem(problem, ApiCall(path, None, None, None, None))


add_panel(router, Panel("lists", "tracks", "lists", _lists))
