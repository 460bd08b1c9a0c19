"""The owner's own files and collections, and the way to get rid of a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import quote

from fastapi import APIRouter, Response

from api.schemas.artist import Image
from api.schemas.library import Collection, LibraryTrack, LibraryTracks, UnreadPart
from web.client import ApiProblem
from web.forms import see
from web.pages.files import MOVING, NOBODY, about, cover, delete_path, edit_path
from web.pages.jobs import job_path, job_state, job_to_follow
from web.pages.rows import Numbers, length, numbers, tempo
from web.render import Data
from web.request import PageRequest, PageRequestDep
from web.responses import page
from web.text import formatting, versions
from web.text.provenance import Head

router = APIRouter()
AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file of the library in a line. `state` is None once it is analysed.

    `gone`: the entry is here, and its file is not on the disk any more.
    """

    picture: Image | None
    release: str
    name: str
    artist: str
    artist_href: str
    href: str
    about: str
    demo: bool
    length: str
    tempo: str | None
    key: str | None
    camelot: str | None
    state: str | None
    job: str | None
    gone: bool
    edit: str | None
    delete: str


@dataclass(frozen=True, slots=True)
class CollectionCard:
    """A collection in a line."""

    name: str
    href: str
    about: str
    demo: bool
    delete: str


@dataclass(frozen=True, slots=True)
class Outdated:
    """That an older version of the analyser has heard files here.

    `hears`: what the newer one does; `at_it`: whether they are being heard again; `lost`: that some
    cannot be.
    """

    says: str
    hears: str
    at_it: bool
    lost: str | None


@dataclass(frozen=True, kw_only=True)
class LibraryPage(Data):
    """The owner's files and collections. `outdated`: None where the newest has heard them all."""

    template: ClassVar[str] = "library.html"

    own: tuple[FileRow, ...]
    demo: tuple[FileRow, ...]
    says: str
    previous: str | None
    next: str | None
    collections: tuple[CollectionCard, ...]
    no_collections: str | None
    outdated: Outdated | None
    head: Head


@dataclass(frozen=True, slots=True)
class UnreadRow:
    """Something in a spreadsheet that was not understood: `where` is a line, a column or both."""

    where: str
    text: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class DeletePage(Data):
    """The question before a file or a collection is deleted; `says` what goes with it."""

    template: ClassVar[str] = "delete.html"

    name: str
    says: str
    action: str
    back: str


@router.get("/library")
async def get_library(request: PageRequestDep) -> Response:
    """Files and collections, newest first."""
    return page(request, await _library(request))


@router.get("/library/demo/delete")
async def ask_to_remove_demo(request: PageRequestDep) -> Response:
    """The question before the demo label is removed."""
    data = DeletePage(
        shell=request.shell(),
        name="The demo label",
        says="All its pieces and lists are removed from this server at once, for good. Your own "
        "files and lists stay, but entries of your lists that are demo pieces become empty.",
        action="/library/demo/delete",
        back="/library#demo",
    )
    return page(request, data)


@router.post("/library/demo/delete")
async def remove_demo(request: PageRequestDep) -> Response:
    """Remove the demo label."""
    await request.client.library.remove_demo()
    return see(request, "/library")


@router.post("/library/analyse")
async def renew_all(request: PageRequestDep) -> Response:
    """Have all files heard again that an older version of the analyser has heard."""
    await request.client.library.renew_all()
    return see(request, "/library")


@router.post("/library/analyse/stop")
async def stop_renewal(request: PageRequestDep) -> Response:
    """Begin no more of them."""
    await request.client.library.stop_renewal()
    return see(request, "/library")


@router.post("/library/{ident}/analyse")
async def renew(ident: str, request: PageRequestDep) -> Response:
    """Have a file heard again, and show how far that is; where it is done, the track."""
    track = (await request.client.library.renew(ident)).value
    followed = track.job if track.job and track.job.state in MOVING else None
    return see(request, job_path(followed) if followed else f"/tracks/{track.id}")


@router.get("/library/{ident}/delete")
async def ask_to_delete(ident: str, request: PageRequestDep) -> Response:
    """The question before a file is deleted."""
    track = (await request.client.library.track(ident)).value
    data = DeletePage(
        shell=request.shell(),
        name=track.title,
        says=f"The file by {track.artist or NOBODY} ({about(track)}) and all that was heard in it "
        "are removed from this server at once. This cannot be undone; you can send it again.",
        action=delete_path(track.id),
        back=f"/tracks/{track.id}",
    )
    return page(request, data)


@router.post("/library/{ident}/delete")
async def delete(ident: str, request: PageRequestDep) -> Response:
    """Delete a file and all that was heard in it."""
    await request.client.library.delete(ident)
    return see(request, "/library")


@router.get("/collections/{ident}/delete")
async def ask_to_forget(ident: str, request: PageRequestDep) -> Response:
    """The question before a collection is deleted."""
    found = (await request.client.library.collection(ident)).value
    data = DeletePage(
        shell=request.shell(),
        name=found.name,
        says="The list is removed, with the features that were imported with it alone. The tracks "
        "and files in it stay.",
        action=forget_path(found),
        back=list_path(found),
    )
    return page(request, data)


@router.post("/collections/{ident}/delete")
async def forget(ident: str, request: PageRequestDep) -> Response:
    """Delete a collection; what it lists stays."""
    await request.client.library.forget(ident)
    return see(request, "/library#collections")


async def _library(request: PageRequest) -> LibraryPage:
    answer = await request.client.library.tracks(limit=AT_ONCE, offset=request.offset())
    found = answer.value
    known, _ = await numbers(request.client, (track.id for track in found.items))
    rows = [_file_row(request, track, known) for track in found.items]
    collections, why = await _collections(request)
    before, after = max(0, request.offset() - AT_ONCE), request.offset() + AT_ONCE
    return LibraryPage(
        shell=request.shell(),
        own=tuple(row for row in rows if not row.demo),
        demo=tuple(row for row in rows if row.demo),
        says=_says(found, request.offset()),
        previous=_at(before) if request.offset() else None,
        next=_at(after) if after < found.total else None,
        collections=collections,
        no_collections=why,
        outdated=await _outdated(request),
        head=request.head("Library", answer.call, found),
    )


async def _outdated(request: PageRequest) -> Outdated | None:
    """What an older version has heard; the files stand here whether or not that can be told."""
    try:
        found = (await request.client.library.renewal()).value
    except ApiProblem:
        return None
    says = versions.in_library(found)
    if says is None:
        return None
    hears = versions.hears(found.analyser - 1, found.analyser)
    return Outdated(says, hears, found.asked_at is not None, versions.lost(found))


def _file_row(request: PageRequest, track: LibraryTrack, known: Numbers) -> FileRow:
    """A file of the library in a line."""
    features = known.get(track.id)
    return FileRow(
        picture=cover(request, track),
        release=track.album or track.title,
        name=track.title,
        artist=track.artist or NOBODY,
        artist_href=f"/artists/{track.artist_id}",
        href=f"/tracks/{track.id}",
        about=about(track),
        demo=track.demo,
        length=length(track.duration_ms),
        tempo=tempo(features),
        key=features.key_name if features else None,
        camelot=features.camelot if features else None,
        state=job_state(track.job),
        job=job_to_follow(track.job),
        gone=track.audio is None,
        edit=None if track.demo else edit_path(track.id),
        delete=delete_path(track.id),
    )


def _says(found: LibraryTracks, offset: int) -> str:
    if len(found.items) == found.total:
        return formatting.counted(found.total, "file")
    return f"{offset + 1} to {offset + len(found.items)} of {formatting.count(found.total)} files"


def _at(offset: int) -> str:
    return f"/library?offset={offset}" if offset else "/library"


async def collection_cards(request: PageRequest) -> tuple[CollectionCard, ...]:
    """The collections, newest first; none where they cannot be told."""
    cards, _ = await _collections(request)
    return cards


async def _collections(request: PageRequest) -> tuple[tuple[CollectionCard, ...], str | None]:
    """The collections, or why they cannot be shown; the files stay either way."""
    try:
        found = (await request.client.library.collections()).value.items
    except ApiProblem as problem:
        return (), problem.problem.detail
    return tuple(_collection(each) for each in found), None


def _collection(found: Collection) -> CollectionCard:
    made = formatting.moment(found.made_at)
    return CollectionCard(
        name=found.name,
        href=list_path(found),
        about=f"{formatting.counted(found.items_total, 'track')}, made {made}",
        demo=found.demo,
        delete=forget_path(found),
    )


def forget_path(found: Collection) -> str:
    """Where the question is asked whether to delete a collection."""
    return f"/collections/{quote(found.id, safe='')}/delete"


def list_path(found: Collection) -> str:
    """Where a collection is shown."""
    return f"/playlists/{quote(found.id, safe='')}"


def unread_rows(found: Collection) -> tuple[UnreadRow, ...]:
    """What of a collection's file was not understood."""
    return tuple(UnreadRow(_where(each), each.text, each.reason) for each in found.unread)


def _where(part: UnreadPart) -> str:
    """`“Energy”, line 7`: the column, the line, or the whole file."""
    column = f"“{part.column}”" if part.column else None
    line = f"line {part.line}" if part.line else None
    return ", ".join(filter(None, (column, line))) or "the file"
