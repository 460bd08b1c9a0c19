"""What a search finds among own files, their artists and collections, as pages. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.db.collections import Counted
from api.db.models import LibraryTrackRow
from api.paging import FURTHEST_HIT, Listing
from api.schemas.artist import Artist
from api.schemas.lists import Page, SearchResults
from api.schemas.playlist import Playlist
from api.schemas.track import Track
from api.sources.base import Query
from api.sources.library import normalise, seeking
from api.sources.library.texts import Origin

HOW = "The words were looked for in the titles, artists, albums and ISRCs of your own files."


@dataclass(frozen=True, slots=True)
class Hits:
    """What fits a query, the best first; artists as all of their files."""

    artists: Sequence[Sequence[LibraryTrackRow]]
    tracks: Sequence[LibraryTrackRow]
    playlists: Sequence[Counted]


@dataclass(frozen=True, slots=True)
class Shown:
    """The part of the hits that is shown, made into what the contract has."""

    artists: tuple[Artist, ...]
    tracks: tuple[Track, ...]
    playlists: tuple[Playlist, ...]


def hits(query: Query, rows: Sequence[LibraryTrackRow], shelf: Sequence[Counted]) -> Hits:
    """Everything that fits, of the types that are asked for."""
    words = seeking.wanted(query.text)
    return Hits(
        artists=seeking.artists(words, rows) if "artist" in query.types else (),
        tracks=seeking.tracks(words, rows) if "track" in query.types else (),
        playlists=seeking.collections(words, shelf) if "playlist" in query.types else (),
    )


def window_of(query: Query, found: Hits) -> Hits:
    """The part of each list that is asked for."""
    part = slice(query.window.offset, query.window.offset + query.window.limit)
    return Hits(found.artists[part], found.tracks[part], found.playlists[part])


def results(query: Query, found: Hits, shown: Shown, *, at: datetime) -> SearchResults:
    """A page per type that was asked for; an empty one where nothing fits."""
    origin = Origin(at, detail=HOW)

    def page(model: Any, name: str, items: tuple[Any, ...]) -> Any:  # noqa: ANN401  # any Page
        if name not in query.types:
            return None
        total = len(getattr(found, f"{name}s"))
        listing = Listing("/v1/search", query.window, {"q": query.text, "type": name}, FURTHEST_HIT)
        return normalise.page(model, items, total, listing=listing, origin=origin)

    return SearchResults(
        artists=page(Page[Artist], "artist", shown.artists),
        tracks=page(Page[Track], "track", shown.tracks),
        playlists=page(Page[Playlist], "playlist", shown.playlists),
    )
