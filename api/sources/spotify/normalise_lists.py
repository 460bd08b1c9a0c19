"""Spotify's playlists, pages and searches as the contract has them. Pure: wire in, schema out."""

from __future__ import annotations

import html
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

import nh3

from api.links import Listing
from api.schemas.artist import Artist
from api.schemas.base import Model
from api.schemas.lists import Page, SearchResults
from api.schemas.playlist import ItemKind, Owner, Playlist, PlaylistItem
from api.schemas.provenance import Missing, Reason
from api.schemas.track import Album, Track
from api.sources.spotify import normalise
from api.sources.spotify.said import Origin, absence
from api.sources.spotify.stretch import Part, Stretch, placed, stretch
from api.sources.spotify.wire import (
    Paging,
    WireAlbum,
    WireEntry,
    WireEpisode,
    WirePlaylist,
    WireSearch,
    WireTrack,
)

GONE = "Spotify no longer says what stood here; it was removed or is hidden in this market."
ON_A_COMPUTER = "A file on the owner’s own computer; Spotify knows only its name."
PODCAST = "An episode of a podcast; it has no audio features."
HIDDEN = "of this part are hidden by Spotify, which sends nothing in their place."
_UNPLAYABLE = {
    "market": "It cannot be played in this market.",
    "product": "It cannot be played with this kind of subscription.",
    "explicit": "It is hidden because explicit content is switched off.",
}
M = TypeVar("M", bound=Model)


def plain_text(markup: str | None) -> str | None:
    """A description without markup, unescaped once; None where there is none."""
    return html.unescape(nh3.clean(markup or "", tags=set())).strip() or None


def playlist(wire: WirePlaylist, ident: str, origin: Origin) -> Playlist:
    """What a playlist says of itself, under `items` or, before 2026, `tracks`."""
    url = normalise.page_of(wire.external_urls)
    entries = wire.items or wire.tracks
    owner = wire.owner
    values: dict[str, Any] = {
        "id": wire.id or ident,
        "uri": wire.uri or f"spotify:playlist:{ident}",
        "url": url,
        "name": wire.name or "",
        "description": plain_text(wire.description),
        "owner": Owner(
            id=(owner.id if owner else None) or "", name=owner.display_name if owner else None
        ),
        "images": normalise.images(wire.images),
        "public": wire.public,
        "collaborative": bool(wire.collaborative),
        "snapshot_id": wire.snapshot_id,
        "items_total": entries.total if entries else None,
    }
    nameless = () if values["owner"].name else (absence("owner.name", "name"),)
    return origin.resource(Playlist, values, url=url, also=nameless)


def playlist_items(
    part: Stretch[WireEntry], listing: Listing, origin: Origin
) -> Page[PlaylistItem]:
    """A part of a playlist's entries. None is skipped, so that positions stay true."""
    items = tuple(_entry(entry, position, origin) for position, entry in part.entries)
    return _page(Page[PlaylistItem], items, part, listing=listing, origin=origin)


def _entry(entry: WireEntry | None, position: int, origin: Origin) -> PlaylistItem:
    item = (entry.item or entry.track) if entry else None
    values: dict[str, Any] = {
        "position": position,
        "added_at": _moment(entry.added_at) if entry else None,
        "track": None,
    }
    if entry is None or item is None:
        return PlaylistItem(
            **values, kind=ItemKind.REMOVED, name="", artists=(), duration_ms=None, reason=GONE
        )
    values |= {"name": item.name or "", "duration_ms": item.duration_ms}
    if isinstance(item, WireEpisode):
        show = item.show.get("name") if isinstance(item.show, dict) else None
        names = (show,) if isinstance(show, str) else ()
        return PlaylistItem(**values, kind=ItemKind.EPISODE, artists=names, reason=PODCAST)
    values["artists"] = tuple(one.name for one in normalise.credits_of(item.artists))
    return PlaylistItem(**values | _track_part(entry, item, origin))


def _track_part(entry: WireEntry, item: WireTrack, origin: Origin) -> dict[str, Any]:
    if entry.is_local or item.is_local or (item.uri or "").startswith("spotify:local:"):
        return {"kind": ItemKind.LOCAL, "reason": ON_A_COMPUTER}
    if not item.id:
        return {"kind": ItemKind.REMOVED, "reason": GONE}
    return {
        "kind": ItemKind.TRACK,
        "track": normalise.track(item, item.id, origin),
        "reason": _why_unplayable(item),
    }


def _why_unplayable(item: WireTrack) -> str | None:
    said = item.restrictions.reason if item.restrictions else None
    if said is None and item.is_playable is not False:
        return None
    return _UNPLAYABLE.get(said or "market", f"It cannot be played: {said}.")


def _moment(text: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def albums(part: Stretch[WireAlbum], listing: Listing, origin: Origin) -> Page[Album]:
    """A part of an artist's releases."""
    items = tuple(normalise.album(one, origin) for one in placed(part) if one.id)
    return _page(Page[Album], items, part, listing=listing, origin=origin)


def search(wire: WireSearch, listing: Callable[[str], Listing], origin: Origin) -> SearchResults:
    """A page per type. Nulls among the hits (hidden editorial playlists) are skipped."""
    return SearchResults(
        artists=_hits(
            Page[Artist], wire.artists, normalise.artist, listing=listing("artist"), origin=origin
        ),
        tracks=_hits(
            Page[Track], wire.tracks, normalise.track, listing=listing("track"), origin=origin
        ),
        playlists=_hits(
            Page[Playlist], wire.playlists, playlist, listing=listing("playlist"), origin=origin
        ),
    )


def _hits(
    model: type[Page[M]],
    paging: Paging[Any] | None,
    make: Callable[[Any, str, Origin], M],
    *,
    listing: Listing,
    origin: Origin,
) -> Page[M] | None:
    """The hits of one kind; None where that kind was not asked for."""
    if paging is None:
        return None
    window = listing.window
    part = stretch([Part(window.offset, window.limit, paging)], window)
    items = tuple(make(one, one.id, origin) for one in placed(part) if one.id)
    return _page(model, items, part, listing=listing, origin=origin)


def _page(
    model: type[Page[M]],
    items: tuple[M, ...],
    part: Stretch[Any],
    *,
    listing: Listing,
    origin: Origin,
) -> Page[M]:
    hidden: tuple[Missing, ...] = ()
    if count := len(part.entries) + part.left_out - len(items):
        hidden = (Missing(field="items", reason=Reason.CLOSED, detail=f"{count} {HIDDEN}"),)
    values = {
        **listing.links(following=part.following),
        "items": items,
        "limit": listing.window.limit,
        "offset": listing.window.offset,
        "total": part.total,
    }
    why = {"total": (Reason.NOT_KNOWN, part.doubt)} if part.doubt else None
    return origin.resource(model, values, url=None, why=why, also=hidden)
