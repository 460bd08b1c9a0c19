"""Spotify's artists, tracks and albums as the contract has them. Pure: wire in, schema out."""

from __future__ import annotations

from typing import Any

from api.schemas.artist import (
    Artist,
    ArtistCredit,
    Image,
    RelatedArtist,
    RelatedArtists,
    RelatedVote,
    Relation,
)
from api.schemas.provenance import Missing, SourceName
from api.schemas.track import Album, AlbumCredit, DatePrecision, LinkedFrom, Track, TrackList
from api.sources.spotify.texts import Origin, absence
from api.sources.spotify.wire import (
    WireAlbum,
    WireAlbumCredit,
    WireArtist,
    WireImages,
    WireRelated,
    WireThing,
    WireTopTracks,
    WireTrack,
    WireUrls,
)
from api.sources.wire import Listed, readable

_RELATED = {r"^artists(\[\d+\])$": r"items\1", r"^artists(\[\d+\])\.": r"items\1.artist."}
_TOP_TRACKS = {r"^tracks": "items"}
_OLD_PAGES = "http://open.spotify.com/"
_PRECISION_BY_LENGTH: dict[int, DatePrecision] = {4: "year", 7: "month", 10: "day"}


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
    detail = "Spotify gives an order only; score = 1 − (rank − 1) ÷ number of artists."
    silent = tuple(
        absence(f"items[{place}].artist.genres", "genres")
        for place, item in enumerate(items)
        if item.artist.genres is None
    )
    values = {"id": ident, "items": items}
    url = f"https://open.spotify.com/artist/{ident}/related"
    return origin.resource(
        RelatedArtists, values, wire, url=url, detail=detail, also=silent, moved=_RELATED
    )


def _relation(wire: WireArtist, rank: int, count: int) -> Relation:
    score = 1 - (rank - 1) / count
    return Relation(
        artist=RelatedArtist(
            id=wire.id,
            name=wire.name,
            uri=wire.uri,
            url=page_of(wire.external_urls),
            images=images(wire.images),
            genres=genres(wire),
        ),
        score=score,
        agreement=1,
        sources=(RelatedVote(source=SourceName.SPOTIFY, rank=rank, score=score),),
    )


def release(wire: WireAlbumCredit) -> tuple[str | None, DatePrecision | None]:
    """The release date and how exact it is, which not all shapes say."""
    date = wire.release_date or None
    return date, _PRECISION_BY_LENGTH[len(date)] if date else None


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
    return (absence("album.release_date", "release_date"),)


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
