"""Search own files, their artists and collections by words. Pure: rows in, pages out.

`isrc:`, `artist:`, `track:` and `album:` narrow a word (or "several words") to one field; all other
words may stand anywhere. Case and accents make no difference.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from api.db.collections import Counted
from api.db.library import FileNames
from api.music.ids import normalise_isrc
from api.paging import FURTHEST_HIT, Listing
from api.schemas.artist import Artist
from api.schemas.lists import Page, SearchResults
from api.schemas.playlist import Playlist
from api.schemas.track import Track
from api.sources.base import Query
from api.sources.library import normalise
from api.sources.library.texts import origin

ANYWHERE = ""
HOW = "The words were looked for in the titles, artists, albums and ISRCs of your own files."
FIELDS = frozenset({"isrc", "artist", "track", "album"})
_TERM = re.compile(r'\s*(?:([a-z]+):\s*)?(?:"([^"]*)"|(\S+))', re.IGNORECASE)
T = TypeVar("T")

Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Searchable(Generic[T]):
    """Something that may be found, and its folded texts by field, the one it is called by first."""

    found: T
    texts: Texts
    name: str
    everything: str

    @classmethod
    def of(cls, found: T, texts: Texts) -> Searchable[T]:
        """By its texts."""
        return cls(found, texts, next(iter(texts.values())), " ".join(texts.values()))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: folded words, each with the field it must stand in, or `ANYWHERE`."""

    words: tuple[tuple[str, str], ...]

    def best(self, things: Iterable[Searchable[T]]) -> list[T]:
        """Those that fit: first those that are called just that, then those that begin so."""
        phrase = " ".join(word for _, word in self.words)
        fitting = [one for one in things if self._fits(one)]
        fitting.sort(key=lambda one: (one.name != phrase, not one.name.startswith(phrase)))
        return [one.found for one in fitting]

    def _fits(self, one: Searchable[Any]) -> bool:
        for place, word in self.words:  # written out: a library has ten thousand files
            if word not in (one.everything if place == ANYWHERE else one.texts.get(place, "")):
                return False
        return True


@dataclass(frozen=True, slots=True)
class SearchIndex:
    """Files and their artists by own id, folded: that takes far longer than to look into them."""

    files: Mapping[FileNames, Searchable[str]] = field(default_factory=dict)
    artists: tuple[Searchable[str], ...] = ()

    def renewed(self, named: Iterable[FileNames]) -> SearchIndex:
        """The same for these files, of which those that are known already are not folded again."""
        files = {names: self.files.get(names) or _searchable(names) for names in named}
        latest = {names.artist_id: one.texts["artist"] for names, one in files.items()}
        artists = (Searchable.of(ident, {"artist": name}) for ident, name in latest.items())
        return SearchIndex(files, tuple(artists))


def _searchable(names: FileNames) -> Searchable[str]:
    texts = {
        "track": fold(names.title),
        "artist": fold(names.artist),
        "album": fold(names.album or ""),
        "isrc": fold(names.isrc or ""),
    }
    return Searchable.of(names.id, texts)


@dataclass(frozen=True, slots=True)
class Hits:
    """What fits a query, the best first: files and artists by own id."""

    artists: Sequence[str]
    tracks: Sequence[str]
    playlists: Sequence[Counted]


@dataclass(frozen=True, slots=True)
class Shown:
    """The part of the hits that is shown, made into what the contract has."""

    artists: tuple[Artist, ...]
    tracks: tuple[Track, ...]
    playlists: tuple[Playlist, ...]


def hits(query: Query, index: SearchIndex, lists: Sequence[Counted]) -> Hits:
    """Everything that fits, of the types that are asked for."""
    words = wanted(query.text)
    return Hits(
        artists=words.best(index.artists) if "artist" in query.types else (),
        tracks=words.best(index.files.values()) if "track" in query.types else (),
        playlists=words.best(map(_collection, lists)) if "playlist" in query.types else (),
    )


def _collection(one: Counted) -> Searchable[Counted]:
    texts = {"name": fold(one.row.name), "description": fold(one.row.description or "")}
    return Searchable.of(one, texts)


def window_of(query: Query, every: Hits) -> Hits:
    """The part of each list that is asked for."""
    part = slice(query.window.offset, query.window.offset + query.window.limit)
    return Hits(every.artists[part], every.tracks[part], every.playlists[part])


def results(query: Query, every: Hits, shown: Shown, *, at: datetime) -> SearchResults:
    """A page per type that was asked for; an empty one where nothing fits."""
    searched = origin(at, detail=HOW)

    def page(model: Any, name: str, items: tuple[Any, ...]) -> Any:  # noqa: ANN401  # any Page
        if name not in query.types:
            return None
        total = len(getattr(every, f"{name}s"))
        listing = Listing("/v1/search", query.window, {"q": query.text, "type": name}, FURTHEST_HIT)
        return normalise.page(model, items, total, listing=listing, origin=searched)

    return SearchResults(
        artists=page(Page[Artist], "artist", shown.artists),
        tracks=page(Page[Track], "track", shown.tracks),
        playlists=page(Page[Playlist], "playlist", shown.playlists),
    )


def fold(text: str) -> str:
    """`Café` → `cafe`."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in apart if not unicodedata.combining(c)).split())


def wanted(text: str) -> Wanted:
    """The words of a query and where they must stand."""
    words: list[tuple[str, str]] = []
    for prefix, quoted, bare in _TERM.findall(text):
        name, said = prefix.lower(), quoted or bare
        if name == "isrc":
            words.append((name, fold(normalise_isrc(said) or said)))
        elif name in FIELDS:
            words.append((name, fold(said)))
        else:
            words += [(ANYWHERE, fold(word)) for word in (prefix, said) if word]
    return Wanted(tuple(words))
