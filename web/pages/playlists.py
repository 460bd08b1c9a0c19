"""A playlist, its entries page by page, and what it sounds like as a whole."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar
from urllib.parse import quote

from fastapi import APIRouter, Response

from api.schemas.artist import Image
from api.schemas.lists import Page
from api.schemas.playlist import Playlist, PlaylistItem
from web.client import ApiProblem, ApiResponse, following, is_own
from web.pages.panel import Panel, add_panel
from web.pages.rows import Numbers, TrackRow, item_row, named, numbers
from web.render import Data
from web.request import PageRequest, PageRequestDep
from web.responses import page
from web.text.formatting import count
from web.text.labels import PANELS
from web.text.provenance import Head, ProblemNotice, trouble

router = APIRouter()
AT_ONCE = 25
NO_NUMBERS = "There is no track on this page that could have numbers."


@dataclass(frozen=True, slots=True)
class Pager:
    """Where in a longer list this is, and the links to its neighbours (page, fragment)."""

    says: str
    previous: tuple[str, str] | None
    next: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class Entries:
    """A part of a playlist's entries. `numbers`: what is known of their tempo, key and energy.

    While `numbers` is None, the same part with numbers is at `page` and `fragment`.
    """

    rows: tuple[TrackRow, ...]
    numbers: str | None
    pager: Pager
    page: str
    fragment: str
    head: Head


@dataclass(frozen=True, kw_only=True)
class PlaylistPage(Data):
    """One playlist with a part of its entries, or why they cannot be shown.

    `edit`: where it can be changed, if it is the owner's own.
    """

    template: ClassVar[str] = "playlist.html"

    playlist: Playlist
    edit: str | None
    picture: Image | None
    entries: Entries | None
    trouble: ProblemNotice | None
    head: Head


@dataclass(frozen=True, kw_only=True)
class ItemsPanel(Data):
    """A part of a playlist's entries, with tempo, key and energy where known."""

    template: ClassVar[str] = "playlist_items.html"

    ident: str
    entries: Entries


@router.get("/playlists/{ident}")
async def playlist(ident: str, request: PageRequestDep) -> Response:
    """A playlist and 25 of its entries; their numbers and the profile load beside it."""
    answer = await request.client.playlist(ident)
    found = answer.value
    entries, refused = await _plain_entries(request, found.id)
    data = PlaylistPage(
        shell=request.shell(),
        playlist=found,
        edit=f"/collections/{found.id}/edit" if is_own(found.id) else None,
        picture=request.site.picture(found.images),
        entries=entries,
        trouble=refused,
        head=request.head("Playlist", answer.call, found),
    )
    return page(request, data)


async def _plain_entries(
    request: PageRequest, ident: str
) -> tuple[Entries | None, ProblemNotice | None]:
    """The entries without numbers. Spotify may name a playlist and keep its contents to itself."""
    try:
        answer = await _asked(request, ident)
    except ApiProblem as problem:
        return None, trouble(problem, request.base)
    return _entries(request, ident, answer), None


async def _items(request: PageRequest, ident: str) -> ItemsPanel:
    answer = await _asked(request, ident)
    items = await named(request.client, answer.value.items)
    known, says = await numbers(request.client, (item.track.id for item in items if item.track))
    page_of = replace(answer, value=answer.value.model_copy(update={"items": items}))
    entries = _entries(request, ident, page_of, known=known, says=says or NO_NUMBERS)
    return ItemsPanel(shell=request.shell(), ident=ident, entries=entries)


async def _asked(request: PageRequest, ident: str) -> ApiResponse[Page[PlaylistItem]]:
    return await request.client.playlist_items(ident, limit=AT_ONCE, offset=request.offset())


def _entries(
    request: PageRequest,
    ident: str,
    answer: ApiResponse[Page[PlaylistItem]],
    *,
    known: Numbers | None = None,
    says: str | None = None,
) -> Entries:
    found = answer.value
    ending = f"?offset={found.offset}" if found.offset else ""
    path = f"/playlists/{quote(ident, safe=':')}/items{ending}"
    return Entries(
        rows=tuple(item_row(item, known or {}) for item in found.items),
        numbers=says,
        pager=_pager(ident, found),
        page=path,
        fragment=f"/fragments{path}",
        head=request.head(PANELS["items"], answer.call, found),
    )


def _pager(ident: str, found: Page[PlaylistItem]) -> Pager:
    after, last = following(found), found.offset + len(found.items)
    whole = "" if found.total is None else f" of {count(found.total)}"
    says = f"{found.offset + 1} to {last}{whole}" if found.items else f"nothing here{whole}"
    return Pager(
        says=says,
        previous=_links(ident, max(0, found.offset - found.limit)) if found.offset else None,
        next=None if after is None else _links(ident, after),
    )


def _links(ident: str, offset: int) -> tuple[str, str]:
    """The page and the fragment that begin at `offset`."""
    path = f"/playlists/{quote(ident, safe=':')}"
    ending = f"?offset={offset}" if offset else ""
    return f"{path}{ending}", f"/fragments{path}/items{ending}"


add_panel(router, Panel("items", "playlists", "items", _items))
