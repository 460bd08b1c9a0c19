"""Spotify's artists, tracks and lists as the contract has them. Pure: wire in, schema out."""

from __future__ import annotations

import html
from collections.abc import Callable, Collection
from typing import Any, TypeVar

import nh3

from api.paging import Listing
from api.problems.refusals import Garbled
from api.schemas.artist import (
    Artist,
    ArtistCredit,
    Image,
    RelatedArtist,
    RelatedArtists,
    Relation,
)
from api.schemas.base import Model
from api.schemas.lists import Page, SearchResults
from api.schemas.playlist import ItemKind, Owner, Playlist, PlaylistItem
from api.schemas.provenance import Missing, Reason, SourceName
from api.schemas.track import (
    PRECISION_BY_LENGTH,
    Album,
    AlbumCredit,
    DatePrecision,
    LinkedFrom,
    Track,
    TrackList,
)
from api.sources.relations import relation, score_of_rank, scores_from_ranks
from api.sources.resource import Origin
from api.sources.spotify.list_window import ListPart, ListWindow, joined, readable_entries
from api.sources.spotify.texts import ABSENCES, UNREADABLE
from api.sources.spotify.wire import (
    Paging,
    WireAlbum,
    WireAlbumCredit,
    WireArtist,
    WireEntry,
    WireEpisode,
    WireImages,
    WireOther,
    WirePlaylist,
    WireRelated,
    WireSearch,
    WireThing,
    WireTopTracks,
    WireTrack,
    WireUnlinked,
    WireUrls,
)
from api.sources.wire import Listed, Unreadable, readable

GONE = "Spotify no longer says what stood here; it was removed or is hidden in this market."
ON_A_COMPUTER = "A file on the owner’s own computer; Spotify knows only its name."
PODCAST = "An episode of a podcast; it has no audio features."
STRANGE = "Spotify calls it “{}”: an entry of a kind that is not known here."
LONGEST_KIND = 80
HIDDEN = "of this part are hidden by Spotify, which sends nothing in their place."
_UNPLAYABLE = {
    "market": "It cannot be played in this market.",
    "product": "It cannot be played with this kind of subscription.",
    "explicit": "It is hidden because explicit content is switched off.",
}
_ENTRY = {r"^(item|track)(\.|$)": ""}  # an entry has the fields of what stands there
_RELATED = {r"^artists(\[\d+\])$": r"items\1", r"^artists(\[\d+\])\.": r"items\1.artist."}
_TOP_TRACKS = {r"^tracks": "items"}
_OLD_PAGES = "http://open.spotify.com/"
M = TypeVar("M", bound=Model)


def page_of(urls: WireUrls | None) -> str | None:
    """The page at Spotify, if it is a link that may be shown; old answers have it as http."""
    url = (urls.spotify if urls else None) or ""
    if url.startswith(_OLD_PAGES):
        url = url.replace("http:", "https:", 1)
    return url if url.startswith("https://") else None


def images(wire: WireImages) -> tuple[Image, ...]:
    """Pictures in the order sent."""
    return tuple(
        Image(url=image.url, width=image.width, height=image.height) for image in readable(wire)
    )


def genres(wire: WireArtist) -> tuple[str, ...] | None:
    """Absent, null and [] all mean that Spotify does not say."""
    return readable(wire.genres) or None


def artist(wire: WireArtist, ident: str, origin: Origin) -> Artist:
    """An artist, whole or as little as new apps get."""
    url = page_of(wire.external_urls)
    values = {
        "id": wire.id,
        "uri": wire.uri or f"spotify:artist:{ident}",
        "url": url,
        "name": wire.name,
        "images": images(wire.images),
        "genres": genres(wire),
        "popularity": wire.popularity,
        "followers": wire.followers.total if wire.followers else None,
    }
    return origin.resource(Artist, values, wire, url=url)


def credits_of(artists: Listed[WireThing] | None) -> tuple[ArtistCredit, ...]:
    """Artists as named on a track or album."""
    return tuple(
        ArtistCredit(id=one.id, name=one.name or "", uri=one.uri) for one in readable(artists)
    )


def related(wire: WireRelated, ident: str, origin: Origin) -> RelatedArtists:
    """Related artists in Spotify's order, which is all it says: the score comes from the rank."""
    artists = readable(wire.artists)
    items = tuple(_relation(one, rank, len(artists)) for rank, one in enumerate(artists, start=1))
    silent = tuple(
        ABSENCES.of(f"items[{place}].artist.genres")
        for place, item in enumerate(items)
        if item.artist.genres is None
    )
    values = {"id": ident, "items": items}
    url = f"https://open.spotify.com/artist/{ident}/related"
    return origin.resource(
        RelatedArtists,
        values,
        wire,
        url=url,
        detail=scores_from_ranks("Spotify"),
        also=silent,
        moved=_RELATED,
    )


def _relation(wire: WireArtist, rank: int, count: int) -> Relation:
    artist = RelatedArtist(
        id=wire.id,
        name=wire.name,
        uri=wire.uri,
        url=page_of(wire.external_urls),
        images=images(wire.images),
        genres=genres(wire),
    )
    return relation(SourceName.SPOTIFY, artist, rank=rank, score=score_of_rank(rank, count))


def release(wire: WireAlbumCredit) -> tuple[str | None, DatePrecision | None]:
    """The release date and how exact it is, which not all shapes say."""
    date = wire.release_date or None
    return date, PRECISION_BY_LENGTH[len(date)] if date else None


def _album_credit(wire: WireAlbumCredit | None) -> AlbumCredit | None:
    if wire is None:
        return None
    date, precision = release(wire)
    return AlbumCredit(
        id=wire.id,
        name=wire.name or "",
        release_date=date,
        release_date_precision=precision,
        images=images(wire.images),
    )


def track(wire: WireTrack, ident: str, origin: Origin) -> Track:
    """A track, under the id that is answered; `linked_from` names the one asked for."""
    url = page_of(wire.external_urls)
    values: dict[str, Any] = {
        "id": wire.id,
        "uri": wire.uri or f"spotify:track:{ident}",
        "url": url,
        "name": wire.name,
        "artists": credits_of(wire.artists),
        "album": _album_credit(wire.album),
        "duration_ms": wire.duration_ms,
        "explicit": wire.explicit,
        "isrc": wire.external_ids.isrc if wire.external_ids else None,
        "popularity": wire.popularity,
        "track_number": wire.track_number,
        "disc_number": wire.disc_number,
        "is_playable": wire.is_playable,
        "linked_from": _linked_from(wire, ident),
    }
    return origin.resource(Track, values, wire, url=url, also=_undated(values["album"]))


def _undated(album: AlbumCredit | None) -> tuple[Missing, ...]:
    if album is None or album.release_date is not None:
        return ()
    return (ABSENCES.of("album.release_date"),)


def _linked_from(wire: WireTrack, ident: str) -> LinkedFrom | None:
    """Newer apps are not told of the other id: then it shows in the answer's own."""
    link = wire.linked_from
    if link is not None and link.id is not None:
        return LinkedFrom(id=link.id, uri=link.uri or f"spotify:track:{link.id}")
    if wire.id != ident:
        return LinkedFrom(id=ident, uri=f"spotify:track:{ident}")
    return None


def track_list(wire: WireTopTracks, ident: str, origin: Origin) -> TrackList:
    """An artist's top tracks."""
    values = {
        "id": ident,
        "items": tuple(track(one, one.id, origin) for one in readable(wire.tracks)),
    }
    url = f"https://open.spotify.com/artist/{ident}"
    return origin.resource(TrackList, values, wire, url=url, moved=_TOP_TRACKS)


def album(wire: WireAlbum, origin: Origin) -> Album:
    """A release as it stands in an artist's list."""
    url = page_of(wire.external_urls)
    date, precision = release(wire)
    values = {
        "id": wire.id,
        "uri": wire.uri or f"spotify:album:{wire.id}",
        "url": url,
        "name": wire.name,
        "album_type": wire.album_type,
        "album_group": wire.album_group,
        "artists": credits_of(wire.artists),
        "release_date": date,
        "release_date_precision": precision,
        "total_tracks": wire.total_tracks,
        "images": images(wire.images),
    }
    return origin.resource(Album, values, wire, url=url)


def plain_text(markup: str | None) -> str | None:
    """A description without markup, unescaped once; None where there is none."""
    return html.unescape(nh3.clean(markup or "", tags=set())).strip() or None


def playlist(wire: WirePlaylist, ident: str, origin: Origin) -> Playlist:
    """What a playlist says of itself, under `items` or, before 2026, `tracks`."""
    url = page_of(wire.external_urls)
    entries = [part.total for part in (wire.items, wire.tracks) if part]
    owner = wire.owner
    values: dict[str, Any] = {
        "id": ident,
        "uri": wire.uri or f"spotify:playlist:{ident}",
        "url": url,
        "name": wire.name,
        "description": plain_text(wire.description),
        "owner": Owner(
            id=(owner.id if owner else None) or "", name=owner.display_name if owner else None
        ),
        "images": images(wire.images),
        "public": wire.public,
        "collaborative": wire.collaborative,
        "snapshot_id": wire.snapshot_id,
        "items_total": next((total for total in entries if total is not None), None),
    }
    nameless = () if values["owner"].name else (ABSENCES.of("owner.name"),)
    return origin.resource(Playlist, values, wire, url=url, also=nameless)


def playlist_items(
    part: ListWindow[WireEntry], listing: Listing, origin: Origin
) -> Page[PlaylistItem]:
    """A part of a playlist's entries. None is skipped, so that positions stay true."""
    items = tuple(_entry(entry, position, origin) for position, entry in part.entries)
    odd = tuple(
        gap
        for place, ((_, entry), item) in enumerate(zip(part.entries, items, strict=True))
        if isinstance(entry, WireEntry)
        for gap in ABSENCES.lost(entry, item, _ENTRY, within=f"items[{place}].")
    )
    return _page(Page[PlaylistItem], items, part, listing=listing, origin=origin, also=odd)


def _entry(entry: WireEntry | Unreadable | None, position: int, origin: Origin) -> PlaylistItem:
    values: dict[str, Any] = {
        "position": position,
        "kind": ItemKind.REMOVED,
        "added_at": None,
        "name": "",
        "artists": (),
        "duration_ms": None,
        "track": None,
        "reason": UNREADABLE if isinstance(entry, Unreadable) else GONE,
    }
    if isinstance(entry, WireEntry):
        values |= {"added_at": entry.added_at, **_content(entry, origin)}
    return PlaylistItem(**values)


def _content(entry: WireEntry, origin: Origin) -> dict[str, Any]:
    """What stands at a position, as far as it can be told."""
    item = entry.item or entry.track
    if item is None:
        return {"reason": UNREADABLE} if entry.unreadable & {"item", "track"} else {}
    told = {"name": item.name or "", "duration_ms": item.duration_ms}
    if isinstance(item, WireEpisode):
        show = item.show.name if item.show else None
        shows = () if show is None else (show,)
        return {**told, "kind": ItemKind.EPISODE, "artists": shows, "reason": PODCAST}
    if isinstance(item, WireOther):
        reason = STRANGE.format(item.kind[:LONGEST_KIND])
        return {**told, "kind": ItemKind.OTHER, "reason": reason}
    artists = tuple(one.name for one in credits_of(item.artists))
    return {**told, "artists": artists, **_track_part(entry, item, origin)}


def _track_part(entry: WireEntry, item: WireUnlinked, origin: Origin) -> dict[str, Any]:
    if entry.is_local or item.is_local or (item.uri or "").startswith("spotify:local:"):
        return {"kind": ItemKind.LOCAL, "reason": ON_A_COMPUTER}
    if not isinstance(item, WireTrack):
        return {"kind": ItemKind.REMOVED, "reason": GONE}
    return {
        "kind": ItemKind.TRACK,
        "track": track(item, item.id, origin),
        "reason": _why_unplayable(item),
    }


def _why_unplayable(item: WireTrack) -> str | None:
    said = item.restrictions.reason if item.restrictions else None
    if said is None and item.is_playable is not False:
        return None
    return _UNPLAYABLE.get(said or "market", f"It cannot be played: {said}.")


def albums(part: ListWindow[WireAlbum], listing: Listing, origin: Origin) -> Page[Album]:
    """A part of an artist's releases."""
    items = tuple(album(one, origin) for one in readable_entries(part))
    return _page(Page[Album], items, part, listing=listing, origin=origin)


def listing_page(
    model: type[Page[M]],
    make: Callable[[Any, str, Origin], M],
    part: ListWindow[Any],
    *,
    listing: Listing,
    origin: Origin,
) -> Page[M]:
    """A part of a list of things that have an id each."""
    items = tuple(make(one, one.id, origin) for one in readable_entries(part))
    return _page(model, items, part, listing=listing, origin=origin)


def search(
    wire: WireSearch,
    listing: Callable[[str], Listing],
    origin: Origin,
    *,
    types: Collection[str],
) -> SearchResults:
    """A page per type asked for. Nulls among the hits (hidden editorial playlists) are skipped.

    Raises Garbled where there is none of these pages.
    """
    asked = {f"{kind}s" for kind in types}
    pages = asked | {"albums"}  # a search for these alone, which nobody asks here, has no others
    if not any(getattr(wire, name, None) or name in wire.unreadable for name in pages):
        raise Garbled(SourceName.SPOTIFY, "Its answer has none of what was looked for.")

    def hits(
        name: str, model: type[Page[M]], make: Callable[[Any, str, Origin], M]
    ) -> Page[M] | None:
        """The hits of one kind; None where that kind was not asked for."""
        if name not in asked:
            return None
        paging: Paging[Any] | None = getattr(wire, name)
        listed = listing(name.removesuffix("s"))
        if paging is None:
            return _unread(model, listed, origin) if name in wire.unreadable else None
        part = joined([ListPart(listed.window.offset, listed.window.limit, paging)], listed.window)
        return listing_page(model, make, part, listing=listed, origin=origin)

    return SearchResults(
        artists=hits("artists", Page[Artist], artist),
        tracks=hits("tracks", Page[Track], track),
        playlists=hits("playlists", Page[Playlist], playlist),
    )


def _page(
    model: type[Page[M]],
    items: tuple[M, ...],
    part: ListWindow[Any],
    *,
    listing: Listing,
    origin: Origin,
    also: tuple[Missing, ...] = (),
) -> Page[M]:
    """A page of the contract; it says how many entries are hidden, and which cannot be read."""
    empty = sum(entry is None for _, entry in part.entries) if len(items) < len(part.entries) else 0
    if count := empty + part.left_out:
        detail = f"{count} {HIDDEN}"
        also = (*also, Missing(field="items", reason=Reason.CLOSED, detail=detail))
    values = {
        **listing.links(following=part.following),
        "items": items,
        "limit": listing.window.limit,
        "offset": listing.window.offset,
        "total": part.total,
    }
    why = {"total": (Reason.NOT_KNOWN, part.doubt)} if part.doubt else {}
    return origin.resource(model, values, part.wire, why=why, also=also)


def _unread(model: type[Page[M]], listing: Listing, origin: Origin) -> Page[M]:
    """A page of which nothing can be read."""
    values = {
        **listing.links(following=None),
        "items": (),
        "limit": listing.window.limit,
        "offset": listing.window.offset,
        "total": None,
    }
    also = tuple(map(ABSENCES.of_unreadable, ("items", "total")))
    return origin.resource(model, values, also=also)
