"""A playlist, its entries page by page, and what it sounds like as a whole."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter, Response

from api.schemas.lists import Page
from api.schemas.playlist import PlaylistItem
from web.client import ApiProblem, ApiResponse, following
from web.pages import Entries, ItemsPanel, Pager, PlaylistPage
from web.request import PageRequest, PageRequestDep
from web.responses import page
from web.text.formatting import count
from web.text.provenance import Trouble, trouble
from web.views.panel import Panel, add_panel
from web.views.profile import build_profile
from web.views.rows import Numbers, item_row, numbers

router = APIRouter()
AT_ONCE = 25
ITEMS = "Tracks"
NO_NUMBERS = "There is no track on this page that could have numbers."


@router.get("/playlists/{ident}")
async def playlist(ident: str, request: PageRequestDep) -> Response:
    """A playlist and 25 of its entries; their numbers and the profile load beside it."""
    answer = await request.client.playlist(ident)
    found = answer.value
    entries, refused = await _plain_entries(request, found.id)
    data = PlaylistPage(
        shell=request.shell(),
        playlist=found,
        picture=request.site.picture(found.images),
        entries=entries,
        trouble=refused,
        head=request.head("Playlist", answer.call, found),
    )
    return page(request, data)


async def _plain_entries(request: PageRequest, ident: str) -> tuple[Entries | None, Trouble | None]:
    """The entries without numbers. Spotify may name a playlist and keep its contents to itself."""
    try:
        answer = await _asked(request, ident)
    except ApiProblem as problem:
        return None, trouble(problem, request.base)
    return _entries(request, ident, answer), None


async def _items(request: PageRequest, ident: str) -> ItemsPanel:
    answer = await _asked(request, ident)
    known, says = await numbers(
        request.client, (item.track.id for item in answer.value.items if item.track)
    )
    entries = _entries(request, ident, answer, known=known, says=says or NO_NUMBERS)
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
        head=request.head(ITEMS, answer.call, found),
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


add_panel(router, Panel("items", ITEMS, "playlists", "items", _items))
add_panel(router, Panel("profile", "How it sounds", "playlists", "profile", build_profile))
