"""Search: every word must occur in the names, filters such as `isrc:` narrow it down."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from tests.sandbox import entries, landmarks, playlists
from tests.sandbox.answers import Answer, Refusal, error, of
from tests.sandbox.asking import Ask, Page, Window
from tests.sandbox.catalogue import Album, Artist, Track
from tests.sandbox.render import Json

TYPES = ("album", "artist", "playlist", "track", "show", "episode", "audiobook")
LAST_OFFSET = 1000
FILTER = re.compile(r'(artist|track|album|year|isrc|upc|genre):("[^"]*"|\S+)')

Writer = Callable[[], Json | None]


@dataclass(frozen=True, slots=True)
class Query:
    """What `q` asks for: loose words, and filters by name; all case-folded."""

    words: tuple[str, ...]
    filters: dict[str, str]

    def fits(self, *names: str, **filtered: str) -> bool:
        """Tell whether the names hold every word and each filter is found in its text."""
        text = " ".join(names).casefold()
        texts = {name: value.casefold() for name, value in filtered.items()}
        return all(word in text for word in self.words) and all(
            name in texts and value in texts[name] for name, value in self.filters.items()
        )


def search(ask: Ask) -> Answer:
    """Answer a page per type asked for. Messages of its 400s but `Invalid limit`: unverified."""
    text = ask.request.query.get("q", "")
    kinds = ask.request.query.get("type", "").split(",")
    if not text.strip():
        raise Refusal(error(400, "No search query"))
    for kind in kinds:
        if kind not in TYPES:
            raise Refusal(error(400, f"Bad search type field {kind}"))
    page = ask.page(ask.rules.search, last_offset=LAST_OFFSET)
    return of({f"{kind}s": _results(ask, kind, page) for kind in kinds})


def parse(text: str) -> Query:
    """Split `q` into words and filters; a year filter keeps its first year only."""
    filters = {name: value.strip('"').casefold() for name, value in FILTER.findall(text)}
    if "year" in filters:
        filters["year"] = filters["year"][:4]
    words = FILTER.sub(" ", text).replace('"', " ").casefold().split()
    return Query(tuple(words), filters)


def _results(ask: Ask, kind: str, page: Page) -> Json:
    text = ask.request.query["q"]
    writers = _FINDERS[kind](ask, parse(text)) if kind in _FINDERS else []
    items = [write() for write in writers[page.part]]
    return ask.paging(items, Window(page, len(writers), {"type": kind}))


def _artists(ask: Ask, query: Query) -> list[Writer]:
    def fits(artist: Artist) -> bool:
        return query.fits(artist.name, artist=artist.name, genre=" ".join(artist.genres))

    return [partial(ask.render.artist, row) for row in ask.catalogue.artists if fits(row)]


def _albums(ask: Ask, query: Query) -> list[Writer]:
    def fits(album: Album) -> bool:
        artist = ask.catalogue.artists[album.artist].name
        year = album.released[:4]
        return query.fits(
            album.name, artist, album=album.name, artist=artist, upc=album.upc, year=year
        )

    found = [row for row in ask.catalogue.albums if row.name and fits(row)]
    return [partial(ask.render.simple_album, row) for row in found]


def _tracks(ask: Ask, query: Query) -> list[Writer]:
    def fits(track: Track) -> bool:
        artists = " ".join(ask.catalogue.artists[n].name for n in track.artists)
        album = ask.catalogue.albums[track.album]
        return query.fits(
            track.name,
            artists,
            track=track.name,
            artist=artists,
            album=album.name,
            isrc=track.isrc,
            year=album.released[:4],
        )

    return [partial(ask.render.track, row) for row in ask.catalogue.tracks if fits(row)]


def _playlists(ask: Ask, query: Query) -> list[Writer]:
    """Find playlists; editorial ones are null for apps that may not see them."""

    def write(n: int) -> Json | None:
        row = playlists.playlists()[n]
        if n == landmarks.EDITORIAL_PLAYLIST:
            return None
        summary = {"href": f"{ask.base_url}/v1/playlists/{row.id}", "total": len(row.entries)}
        name = "tracks" if ask.rules.twins else "items"
        return entries.playlist(ask.render, row) | {name: summary}

    found = [row.n for row in playlists.playlists() if query.fits(row.name)]
    return [partial(write, n) for n in found]


_FINDERS: dict[str, Callable[[Ask, Query], list[Writer]]] = {
    "artist": _artists,
    "album": _albums,
    "track": _tracks,
    "playlist": _playlists,
}
