"""Search own files, their artists and collections by words. Pure: rows in, pages out.

`isrc:`, `artist:`, `track:` and `album:` narrow a word (or "several words") to one field; all other
words may stand anywhere. Case and accents make no difference.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from api.db.collections import Counted
from api.db.models import LibraryTrackRow
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
class Wanted:
    """What is looked for: folded words by field; `ANYWHERE` for those without one."""

    words: Mapping[str, tuple[str, ...]]

    def rank(self, texts: Texts) -> int | None:
        """0 where the first field is just that, 1 where it begins so, 2 elsewhere; None: no fit."""
        everything = " ".join(texts.values())
        for field, words in self.words.items():
            text = everything if field == ANYWHERE else texts.get(field, "")
            if not all(word in text for word in words):
                return None
        title = next(iter(texts.values()), "")
        phrase = " ".join(word for words in self.words.values() for word in words)
        return 0 if title == phrase else 1 if title.startswith(phrase) else 2


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


def hits(query: Query, rows: Sequence[LibraryTrackRow], lists: Sequence[Counted]) -> Hits:
    """Everything that fits, of the types that are asked for."""
    words = wanted(query.text)
    return Hits(
        artists=artists(words, rows) if "artist" in query.types else (),
        tracks=tracks(words, rows) if "track" in query.types else (),
        playlists=collections(words, lists) if "playlist" in query.types else (),
    )


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
    words: dict[str, list[str]] = defaultdict(list)
    for field, quoted, bare in _TERM.findall(text):
        name = field.lower()
        said = quoted or bare
        if name == "isrc":
            words[name].append(fold(normalise_isrc(said) or said))
        elif name in FIELDS:
            words[name].append(fold(said))
        else:
            words[ANYWHERE] += [fold(word) for word in (field, said) if word]
    return Wanted({field: tuple(those) for field, those in words.items()})


def tracks(query: Wanted, rows: Iterable[LibraryTrackRow]) -> list[LibraryTrackRow]:
    """The files whose title, artist, album or ISRC fit."""
    return _best(query, rows, _texts)


def artists(query: Wanted, rows: Iterable[LibraryTrackRow]) -> list[Sequence[LibraryTrackRow]]:
    """The artists whose name fits, each as all of its files."""
    each: dict[str, list[LibraryTrackRow]] = defaultdict(list)
    for row in rows:
        each[row.artist_id].append(row)
    return _best(query, each.values(), lambda files: {"artist": fold(files[-1].artist)})


def collections(query: Wanted, lists: Iterable[Counted]) -> list[Counted]:
    """The collections whose name or description fits."""
    return _best(
        query,
        lists,
        lambda one: {"name": fold(one.row.name), "description": fold(one.row.description or "")},
    )


def _texts(row: LibraryTrackRow) -> Texts:
    return {
        "track": fold(row.title),
        "artist": fold(row.artist),
        "album": fold(row.album or ""),
        "isrc": fold(row.isrc or ""),
    }


def _best(query: Wanted, things: Iterable[T], texts: Callable[[T], Texts]) -> list[T]:
    ranked = [(rank, thing) for thing in things if (rank := query.rank(texts(thing))) is not None]
    ranked.sort(key=lambda pair: pair[0])
    return [thing for _, thing in ranked]
