"""A playlist, its entries page by page, and what it sounds like as a whole."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter, Response

from api.schemas.lists import Page
from api.schemas.playlist import PlaylistItem
from web.client import Answer
from web.deps import Ask, AskDep
from web.formatting import count
from web.pages import ItemsPanel, Pager, PlaylistPage
from web.panels import Head
from web.respond import page
from web.views.panel import Panel, add_panel
from web.views.profile import build_profile
from web.views.rows import item_row, numbers

router = APIRouter()
AT_ONCE = 25
ITEMS = "Tracks"


@router.get("/playlists/{ident}")
async def playlist(ident: str, ask: AskDep) -> Response:
    """A playlist and 25 of its entries; their numbers and the profile load beside it."""
    answer = await ask.client.playlist(ident)
    found = answer.value
    offset = ask.offset()
    items = await ask.client.playlist_items(ident, limit=AT_ONCE, offset=offset)
    data = PlaylistPage(
        shell=ask.shell(),
        playlist=found,
        picture=ask.site.picture(found.images),
        ident=found.id,
        rows=tuple(item_row(item, {}) for item in items.value.items),
        numbers=None,
        pager=_pager(found.id, items.value),
        offset=offset,
        items_head=_items_head(ask, items),
        head=ask.head("Playlist", answer.call, found),
    )
    return page(ask.request, ask.site, data)


async def _items(ask: Ask, ident: str) -> ItemsPanel:
    answer = await ask.client.playlist_items(ident, limit=AT_ONCE, offset=ask.offset())
    found = answer.value
    known, says = await numbers(ask.client, (item.track.id for item in found.items if item.track))
    return ItemsPanel(
        shell=ask.shell(),
        ident=ident,
        rows=tuple(item_row(item, known) for item in found.items),
        numbers=says or "There is no track on this page that could have numbers.",
        pager=_pager(ident, found),
        items_head=_items_head(ask, answer),
    )


def _items_head(ask: Ask, answer: Answer[Page[PlaylistItem]]) -> Head:
    return ask.head(ITEMS, answer.call, answer.value)


def _pager(ident: str, found: Page[PlaylistItem]) -> Pager:
    last = found.offset + len(found.items)
    whole = "" if found.total is None else f" of {count(found.total)}"
    says = f"{found.offset + 1} to {last}{whole}" if found.items else f"nothing here{whole}"
    return Pager(
        says=says,
        previous=_links(ident, max(0, found.offset - found.limit)) if found.offset else None,
        next=_links(ident, found.offset + found.limit) if found.next else None,
    )


def _links(ident: str, offset: int) -> tuple[str, str]:
    """The page and the fragment that begin at `offset`."""
    path = f"/playlists/{quote(ident, safe=':')}"
    ending = f"?offset={offset}" if offset else ""
    return f"{path}{ending}", f"/fragments{path}/items{ending}"


add_panel(router, Panel("items", ITEMS, "playlists", "items", _items))
add_panel(router, Panel("profile", "How it sounds", "playlists", "profile", build_profile))
