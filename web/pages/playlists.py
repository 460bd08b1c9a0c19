"""A playlist: what it is, whether one's own song would fit, its tracks; and the way to one.

The table waits for its numbers half a second. If they take longer, its entries stand there without
them and the table fetches itself; what is asked for in the address is waited for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, replace
from typing import ClassVar, TypeVar
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from api.schemas.artist import Image
from api.schemas.playlist import Playlist
from api.schemas.reference import Kind
from web.client import ApiProblem, JobPending, is_own
from web.pages.collecting import TypedList
from web.pages.library import CollectionCard, collection_cards
from web.pages.playlist_fit import (
    FitPanel,
    SongPicker,
    asking,
    song_meant,
    song_name,
    song_picker,
)
from web.pages.playlist_table import Table, plain_table, table_of
from web.pages.playlist_view import MOST_TEXT, PlaylistView, view_of
from web.pages.profile import summary
from web.render import Data
from web.request import PageRequest, PageRequestDep
from web.responses import OK, page
from web.text import formatting, labels
from web.text.paste import MOST_TEXT as MOST_PASTED
from web.text.provenance import Head, ProblemNotice, trouble
from web.text.walk import Look, walk, walk_past

router = APIRouter()
SEE_OTHER, WRONG = 303, 422
PATIENCE_S = 0.5
CLOSED = {  # and tracks can be brought instead
    "/problems/playlist-unavailable",
    "/problems/playlist-not-found",
    "/problems/sources-unavailable",
}
NO_SUCH_SONG = (
    "No song here goes by that. Paste its link, or write its title as the library has it."
)
WHICH_SONG = "Several songs go by that. Choose one:"
WHICH_LIST = "Where would you like your song to be heard?"
NO_PLAYLIST = "That names no playlist. Paste the link that “Share → Copy link to playlist” gives."
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class PlaylistPage(Data):
    """One playlist with a part of its entries.

    `edit`: where it can be changed, if it is the owner's own. `says`: what it is in a sentence.
    `fit`: the question after a song, where none is given yet.
    """

    template: ClassVar[str] = "playlist.html"

    playlist: Playlist
    edit: str | None
    picture: Image | None
    says: str
    view: PlaylistView
    fit: FitPanel | None
    song: str
    table: Table
    head: Head


@dataclass(frozen=True, kw_only=True)
class ClosedPlaylistPage(Data):
    """A playlist whose tracks nobody here can tell, and the one thing to do about it."""

    template: ClassVar[str] = "playlist_unavailable.html"

    name: str
    known: bool
    url: str | None
    trouble: ProblemNotice
    typed: TypedList
    here: str
    finished: str | None


@dataclass(frozen=True, kw_only=True)
class PlaylistsPage(Data):
    """Which playlist: one's own, the demo label's, one behind a link, or a new one of tracks.

    `written`, `complaint`: a link that leads nowhere, and why. `song`: what is to be compared.
    """

    template: ClassVar[str] = "playlists.html"

    track: str
    song: str
    own: tuple[CollectionCard, ...]
    demo: tuple[CollectionCard, ...]
    written: str
    complaint: str
    typed: TypedList


@router.get("/playlists")
async def choose_playlist(request: PageRequestDep) -> Response:
    """Choose a playlist, for one's song if one is named; a pasted link leads on to it."""
    written = request.text("q")[:MOST_PASTED]
    track = request.text("track")[:MOST_TEXT]
    complaint = ""
    if written:
        href, complaint = await _playlist_meant(request, written, track)
        if href is not None:
            return RedirectResponse(href, SEE_OTHER)
    cards, song = await asyncio.gather(collection_cards(request), _named(request, track))
    shown = [_with_song(card, track) for card in cards]
    data = PlaylistsPage(
        shell=request.shell(),
        track=track,
        song=song,
        own=tuple(card for card in shown if not card.demo),
        demo=tuple(card for card in shown if card.demo),
        written=written,
        complaint=complaint,
        typed=TypedList(track=track),
        walk=replace(walk(Look.PLAYLIST, track=track or None), question=WHICH_LIST),
    )
    return page(request, data, status=WRONG if complaint else OK)


async def _playlist_meant(request: PageRequest, written: str, track: str) -> tuple[str | None, str]:
    """Where a pasted link leads, or why it leads nowhere."""
    try:
        reference = (await request.client.resolve(written)).value
    except ApiProblem as problem:
        told = trouble(problem, request.base)
        return None, " ".join(filter(None, (told.detail, told.hint)))
    if reference.id and reference.kind in {Kind.PLAYLIST, Kind.UNKNOWN}:
        return _with_track(f"/playlists/{quote(reference.id, safe=':')}", track), ""
    return None, f"That is {labels.KINDS[reference.kind]}. {NO_PLAYLIST}"


def _with_track(path: str, track: str) -> str:
    return f"{path}?{urlencode({'track': track})}" if track else path


def _with_song(card: CollectionCard, track: str) -> CollectionCard:
    return CollectionCard(
        name=card.name,
        href=_with_track(card.href, track),
        about=card.about,
        demo=card.demo,
        delete=card.delete,
    )


async def _named(request: PageRequest, track: str) -> str:
    return await song_name(request, track) if track else ""


@router.get("/playlists/{ident}")
async def playlist(ident: str, request: PageRequestDep) -> Response:
    """A playlist, the question whether a song fits, its tracks; the pictures load beside it."""
    if words := request.text("song"):
        found, candidates = await song_meant(request, words)
        if found is not None:
            return RedirectResponse(view_of(request, ident).at(track=found), SEE_OTHER)
        complaint = WHICH_SONG if candidates else NO_SUCH_SONG
        picker = SongPicker(
            f"/playlists/{ident}", words[: MOST_TEXT * 5], (), complaint, candidates
        )
        return await _playlist(request, ident, picker)
    return await _playlist(request, ident, None)


async def _playlist(request: PageRequest, ident: str, picker: SongPicker | None) -> Response:
    view = view_of(request, ident)
    try:
        answer, table, says, fit, song = await asyncio.gather(
            request.client.playlist(ident),
            _table(request, view),
            _summary(request, ident),
            _question(request, view, picker),
            _named(request, view.track),
        )
    except ApiProblem as problem:
        if problem.problem.type not in CLOSED:
            raise
        return await _closed(request, ident, problem)
    found = answer.value
    data = PlaylistPage(
        shell=request.shell(),
        playlist=found,
        edit=f"/collections/{found.id}/edit" if is_own(found.id) else None,
        picture=request.site.picture(found.images),
        says=says or _counted(found),
        view=view,
        fit=fit,
        song=song,
        table=table,
        head=request.head("Playlist", answer.call, found),
        walk=walk(Look.PLAYLIST, track=view.track or None, playlist=found.id),
    )
    wrong = bool(table.complaints) or picker is not None
    return page(request, data, status=WRONG if wrong else OK)


async def _table(request: PageRequest, view: PlaylistView) -> Table:
    """The table; without numbers where those take long and nothing is asked of them."""
    if view.sort != "position" or view.is_filtered or view.fold:
        return await table_of(request, view)
    return await _soon(table_of(request, view)) or await plain_table(request, view)


async def _summary(request: PageRequest, ident: str) -> str:
    """What the list is in a sentence, where that is known by now."""
    try:
        answer = await _soon(request.client.playlist_profile(ident))
    except (ApiProblem, JobPending):
        return ""
    return "" if answer is None else summary(answer.value)


async def _soon(answer: Awaitable[T]) -> T | None:
    """The answer, if it comes within half a second."""
    task = asyncio.ensure_future(answer)
    try:
        await asyncio.wait([task], timeout=PATIENCE_S)
        return task.result() if task.done() else None
    finally:
        task.cancel()


async def _question(
    request: PageRequest, view: PlaylistView, picker: SongPicker | None
) -> FitPanel | None:
    """The question after a song, while none is given."""
    if view.track:
        return None
    return asking(request, view.ident, picker or await song_picker(request, view.ident))


def _counted(found: Playlist) -> str:
    if found.items_total is None:
        return ""
    return f"{formatting.counted(found.items_total, 'entry', 'entries').capitalize()}."


async def _closed(request: PageRequest, ident: str, problem: ApiProblem) -> Response:
    """Why its tracks are not here, and how to bring them."""
    try:
        known = (await request.client.playlist(ident)).value
    except ApiProblem:
        known = None
    told, cards = trouble(problem, request.base), await collection_cards(request)
    track = request.text("track")[:MOST_TEXT]
    data = ClosedPlaylistPage(
        shell=request.shell(),
        name=known.name if known else "A playlist",
        known=known is not None,
        url=_page_of(known, ident),
        trouble=told,
        typed=TypedList(name=known.name if known else "", track=track),
        here=_with_track(f"/playlists/{ident}", track),
        walk=walk_past(walk(Look.PLAYLIST, track=track or None)),
        finished=next((_with_track(card.href, track) for card in cards if card.demo), None),
    )
    status = OK if known else problem.problem.status
    return page(request, data, status=status, headers={} if known else problem.headers)


def _page_of(known: Playlist | None, ident: str) -> str | None:
    if known is not None:
        return formatting.safe_url(known.url)
    bare = ident.rpartition(":")[2]
    return None if is_own(bare) else f"https://open.spotify.com/playlist/{quote(bare, safe='')}"
