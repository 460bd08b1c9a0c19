"""MusicBrainz's artists and recordings as the contract has them. Pure: wire in, schema out."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from api.problems.refusals import Garbled, Unknown
from api.schemas.artist import Artist, ArtistCredit
from api.schemas.identity import IdScheme
from api.schemas.provenance import Missing, Reason, SourceName
from api.schemas.reference import Kind
from api.schemas.track import PRECISION_BY_LENGTH, AlbumCredit, Track
from api.sources.base import Link
from api.sources.genres import counted, voted
from api.sources.musicbrainz import texts
from api.sources.musicbrainz.texts import ABSENCES
from api.sources.musicbrainz.wire import (
    MusicBrainzArtist,
    MusicBrainzCredit,
    MusicBrainzIsrc,
    MusicBrainzRecording,
    MusicBrainzRelation,
    MusicBrainzRelease,
    MusicBrainzUrl,
)
from api.sources.resource import Origin
from api.sources.same_recording import MOST_APART_MS
from api.sources.wire import Listed, readable

UNDATED = "9999"
_PAGES = {
    IdScheme.WIKIDATA: re.compile(r"https?://www\.wikidata\.org/(?:wiki|entity)/(Q[1-9][0-9]*)/?"),
    IdScheme.DEEZER: re.compile(r"https?://www\.deezer\.com/artist/([1-9][0-9]*)/?"),
}


def artist(wire: MusicBrainzArtist, ident: str, origin: Origin, *, with_genres: bool) -> Artist:
    """An artist, under the id that was asked for."""
    url = f"https://musicbrainz.org/artist/{wire.id}"
    values: dict[str, Any] = {
        "id": ident,
        "uri": f"musicbrainz:artist:{wire.id}",
        "url": url,
        "name": wire.name,
        "images": (),
        "genres": tuple(genres(wire)) or None if with_genres else None,
        "popularity": None,
        "followers": None,
    }
    left_out = {} if with_genres else {"genres": (Reason.NOT_CONFIGURED, texts.NO_GENRES)}
    merged = None if wire.id == ident else texts.MERGED.format(wire.id)
    made = origin.resource(
        Artist,
        values,
        wire,
        url=url,
        why=left_out,
        detail=merged,
        also=(ABSENCES.of("images"),),
    )
    return voted(made, genres(wire))


def genres(wire: MusicBrainzArtist) -> dict[str, int]:
    """The votes for each genre, most first; those with more votes against them are none."""
    votes = ((one.name, one.count or 0) for one in readable(wire.genres))
    return counted((name, count) for name, count in votes if count >= 0)


def page_links(wire: MusicBrainzArtist) -> tuple[Link, ...]:
    """The artist's ids at those to whose pages it links."""
    pages = [relation.url.resource for relation in current(wire.relations) if relation.url]
    found = (
        Link(scheme, match[1])
        for scheme, pattern in _PAGES.items()
        for match in filter(None, map(pattern.fullmatch, pages))
    )
    return tuple(dict.fromkeys(found))


def owner_links(wire: MusicBrainzUrl, kind: Kind) -> tuple[Link, ...]:
    """The artists or recordings whose page this is; all of them, where it is several's."""
    owners = (
        relation.artist if kind is Kind.ARTIST else relation.recording
        for relation in current(wire.relations)
    )
    return tuple(dict.fromkeys(Link(IdScheme.MBID, owner.id) for owner in owners if owner))


def current(relations: Listed[MusicBrainzRelation] | None) -> Iterator[MusicBrainzRelation]:
    """Those of the relations that have not ended."""
    return (relation for relation in readable(relations) if not relation.ended)


def recording_links(wire: MusicBrainzIsrc) -> tuple[Link, ...]:
    """The recordings that bear the number."""
    recordings = earliest_first(readable(wire.recordings))
    return tuple(dict.fromkeys(Link(IdScheme.MBID, one.id) for one in recordings))


def earliest_first(recordings: Collection[MusicBrainzRecording]) -> list[MusicBrainzRecording]:
    """The same order whatever order they were sent in; those without a date come last."""
    return sorted(recordings, key=lambda one: (one.first_release_date or UNDATED, one.id))


def track(wire: MusicBrainzIsrc, ident: str, origin: Origin) -> Track:
    """The recording with this ISRC, under it. Raises Unknown where it may be one of several."""
    recordings = earliest_first(readable(wire.recordings))
    if not recordings:
        raise Unknown(SourceName.MUSICBRAINZ, texts.NONE_WITH_ISRC)
    if not _are_alike(recordings):
        titles = ", ".join(dict.fromkeys(f"“{one.title}”" for one in recordings))
        raise Unknown(SourceName.MUSICBRAINZ, texts.SEVERAL.format(titles))
    several = texts.ONE_OF.format(len(recordings)) if len(recordings) > 1 else None
    return _track(recordings[0], ident, origin, detail=several)


def _are_alike(recordings: Sequence[MusicBrainzRecording]) -> bool:
    titles = {one.title.strip().casefold() for one in recordings}
    lengths = [one.length for one in recordings if one.length]
    apart = max(lengths) - min(lengths) if lengths else 0
    return len(titles) == 1 and apart <= MOST_APART_MS


def _track(wire: MusicBrainzRecording, ident: str, origin: Origin, *, detail: str | None) -> Track:
    url = f"https://musicbrainz.org/recording/{wire.id}"
    album = _album(readable(wire.releases))
    values: dict[str, Any] = {
        "id": ident,
        "uri": f"musicbrainz:recording:{wire.id}",
        "url": url,
        "name": wire.title,
        "artists": tuple(map(_credit, readable(wire.artist_credit))),
        "album": album,
        "duration_ms": wire.length or None,
        "explicit": None,
        "isrc": ident,
        "popularity": None,
        "track_number": None,
        "disc_number": None,
        "is_playable": None,
        "linked_from": None,
    }
    undated: tuple[Missing, ...] = ()
    if album is not None and album.release_date is None:
        undated = (ABSENCES.of("album.release_date"),)
    return origin.resource(Track, values, wire, url=url, detail=detail, also=undated)


def _credit(wire: MusicBrainzCredit) -> ArtistCredit:
    """An artist by name: the id is MusicBrainz's own, and nobody here can be asked by it."""
    named = wire.artist
    return ArtistCredit(
        id=None,
        name=wire.name or (named.name if named else None) or "",
        uri=f"musicbrainz:artist:{named.id}" if named else None,
    )


def _album(releases: Collection[MusicBrainzRelease]) -> AlbumCredit | None:
    """The release that came out first."""
    if not releases:
        return None
    first = min(releases, key=lambda one: (one.date or UNDATED, one.id))
    date = first.date or None
    return AlbumCredit(
        id=None,
        name=first.title,
        release_date=date,
        release_date_precision=PRECISION_BY_LENGTH[len(date)] if date else None,
        images=(),
    )


def check_whole(wire: MusicBrainzArtist | MusicBrainzIsrc, links: Collection[Link]) -> None:
    """That there are none is believed only where all could be read. Raises Garbled."""
    if wire.is_odd and not links:
        raise Garbled(SourceName.MUSICBRAINZ, ABSENCES.unreadable)
