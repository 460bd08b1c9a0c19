"""Last.fm's artists as the contract has them. Pure: wire in, schema out."""

from __future__ import annotations

from urllib.parse import quote_plus

from api.music.ids import is_mbid
from api.problems.refusals import Garbled, Unknown
from api.schemas.artist import Artist, ArtistCredit, RelatedArtist, RelatedArtists
from api.schemas.identity import IdScheme
from api.schemas.provenance import SourceName
from api.schemas.track import Track, TrackList
from api.sources.lastfm import texts
from api.sources.lastfm.wire import (
    LastFmNeighbour,
    LastFmSimilar,
    LastFmSubject,
    LastFmTags,
    LastFmTopTags,
    LastFmTopTracks,
    LastFmTrack,
)
from api.sources.relations import relation, told
from api.sources.resource import Origin
from api.sources.wire import readable

PAGES = "https://www.last.fm/music/"
FEWEST = 10  # of 100: below that one listener’s joke is a word
NOBODY = "[unknown]"  # the name that Last.fm gives to whom it does not know
_UNTOLD = (
    *("album", "duration_ms", "explicit", "isrc", "popularity", "track_number", "disc_number"),
    *("is_playable", "linked_from"),
)
_OLD_PAGES = "http://www.last.fm/"


def related(wire: LastFmSimilar, mbid: str, origin: Origin, *, name: str | None) -> RelatedArtists:
    """The neighbours, most similar first; `name`: by which they were asked for, if by one."""
    said = wire.similarartists
    subject = _subject(said.subject)
    _check(subject, name)
    if not (said.artist or subject or said.text):
        raise Garbled(SourceName.LASTFM, texts.NO_NAME)
    rows = told(SourceName.LASTFM, said.artist, texts.NOBODY)
    matched = [(row, row.match) for row in rows if row.match is not None]
    if not matched:
        raise Garbled(SourceName.LASTFM, texts.NOTHING)
    matched.sort(key=lambda one: -one[1])
    items = tuple(
        relation(SourceName.LASTFM, _neighbour(row), rank=rank, score=match)
        for rank, (row, match) in enumerate(matched, start=1)
    )
    dropped = len(rows) - len(matched)
    fields = (f"items[{place}].artist.genres" for place in range(len(items)))
    return origin.resource(
        RelatedArtists,
        {"id": mbid, "items": items},
        wire,
        url=f"{_page(subject)}/+similar" if subject else None,
        detail=texts.SCORES,
        also=(
            *((texts.without_match(dropped),) if dropped else ()),
            *(texts.ABSENCES.of(field, texts.NEIGHBOURS_GENRES) for field in fields),
        ),
    )


def _neighbour(row: LastFmNeighbour) -> RelatedArtist:
    mbid = row.mbid or ""
    return RelatedArtist(
        id=None,
        name=row.name,
        uri=None,
        url=_linked(row.url),
        images=(),  # all that it has is one grey star for everybody
        genres=None,
        ids={IdScheme.MBID: mbid} if is_mbid(mbid) else {},
    )


def artist(wire: LastFmTopTags, mbid: str, origin: Origin, *, name: str | None) -> Artist:
    """An artist, of whom these answers have the name and the words; `name`: as in `related`."""
    said = wire.toptags
    subject = _subject(said.subject) or said.artist
    _check(subject, name)
    if not subject:
        raise Garbled(SourceName.LASTFM, texts.NO_NAME)
    url = _page(subject)
    values = {
        "id": mbid,
        "uri": f"lastfm:artist:{mbid}",
        "url": url,
        "name": subject,
        "images": (),
        "genres": _genres(said),
        "popularity": None,
        "followers": None,
    }
    return origin.resource(Artist, values, wire, url=url, detail=texts.GENRES)


def top_tracks(wire: LastFmTopTracks, mbid: str, origin: Origin, *, name: str | None) -> TrackList:
    """The tracks with most listeners, under Last.fm’s own names; `name`: as in `related`."""
    said = wire.toptracks
    subject = _subject(said.subject)
    _check(subject, name)
    if not (said.track or subject or said.text):
        raise Garbled(SourceName.LASTFM, texts.NO_NAME)
    rows = told(SourceName.LASTFM, said.track, texts.NO_TOP_TRACKS)
    items = tuple(_track(row, subject, origin) for row in rows)
    values = {"id": mbid, "items": items}
    url = f"{_page(subject)}/+tracks" if subject else None
    return origin.resource(TrackList, values, wire, url=url, detail=texts.TOP_ORDER)


def _track(row: LastFmTrack, subject: str | None, origin: Origin) -> Track:
    by = (row.artist and row.artist.name) or subject
    ident, url = row.mbid or quote_plus(row.name), _linked(row.url)
    values = {
        "id": ident,
        "uri": f"lastfm:track:{ident}",
        "url": url,
        "name": row.name,
        "artists": (ArtistCredit(id=None, name=by, uri=None),) if by else (),
        **dict.fromkeys(_UNTOLD),
    }
    counted = None if row.listeners is None else texts.LISTENERS.format(row.listeners)
    also = () if by else (texts.ABSENCES.of("artists"),)
    return origin.resource(Track, values, row, url=url, detail=counted, also=also)


def _genres(said: LastFmTags) -> tuple[str, ...] | None:
    """The words that are given often enough, most often first."""
    tags = [tag for tag in readable(said.tag) if tag.name]
    often = [tag for tag in tags if tag.count is None or tag.count >= FEWEST]
    often.sort(key=lambda tag: -(tag.count or 0))
    return tuple(dict.fromkeys(tag.name for tag in often if tag.name)) or None


def _subject(said: LastFmSubject | None) -> str | None:
    return said.artist if said else None


def _check(subject: str | None, name: str | None) -> None:
    """Raises Unknown where Last.fm knows nobody, or somebody of another name than asked for."""
    if subject == NOBODY:
        raise Unknown(SourceName.LASTFM, texts.NO_SUCH_ARTIST)
    if name is None:
        return
    if not subject:
        raise Garbled(SourceName.LASTFM, texts.NO_NAME)
    if subject.casefold() != name.casefold():
        raise Unknown(SourceName.LASTFM, texts.another(subject, name))


def _page(name: str) -> str:
    return f"{PAGES}{quote_plus(name)}"


def _linked(url: str | None) -> str | None:
    """A page at Last.fm, in its present form."""
    page = (url or "").replace(_OLD_PAGES, "https://www.last.fm/", 1)
    return page if page.startswith(PAGES) else None
