"""Link previews as the contract has artists, tracks and playlists. Pure: wire in, schema out."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from api.schemas.artist import Artist, Image
from api.schemas.playlist import Owner, Playlist
from api.schemas.provenance import Missing, Reason
from api.schemas.track import AlbumCredit, Track
from api.sources.oembed.texts import ABSENCES, ALBUM_UNNAMED, ELSEWHERE, OWNER_UNNAMED
from api.sources.oembed.wire import WirePreview
from api.sources.resource import Origin

PICTURES = frozenset(
    f"https://{host}"
    for host in ("i.scdn.co", "image-cdn-ak.spotifycdn.com", "image-cdn-fa.spotifycdn.com")
)
_URL, _SIDES = r"^thumbnail_url$", r"^thumbnail_(width|height)$"
_OF_IMAGES = {_URL: "images", _SIDES: r"images[0].\1"}
_OF_ALBUM = {_URL: "album", _SIDES: r"album.images[0].\1"}
_OF_NAMELESS = (
    ABSENCES.of("album.name", ALBUM_UNNAMED),
    ABSENCES.of("album.id"),
    ABSENCES.of("album.release_date"),
)
_UNTOLD = (
    *("duration_ms", "explicit", "isrc", "popularity", "track_number", "disc_number"),
    *("is_playable", "linked_from"),
)


class Previews:
    """Makes values of previews; `stand_in` is an address whose pictures may be shown, too."""

    def __init__(self, stand_in: str | None = None) -> None:
        self._pictures = PICTURES | ({_origin_of(stand_in)} if stand_in else set())

    def artist(self, wire: WirePreview, ident: str, origin: Origin) -> Artist:
        """An artist: name and picture."""
        values = {
            **_named(wire, "artist", ident),
            "images": self._images(wire),
            "genres": None,
            "popularity": None,
            "followers": None,
        }
        also = self._unpictured(wire)
        return origin.resource(Artist, values, wire, url=values["url"], also=also, moved=_OF_IMAGES)

    def track(self, wire: WirePreview, ident: str, origin: Origin) -> Track:
        """A track: its title, and the picture of the album whose name is not told."""
        images = self._images(wire)
        values = {
            **_named(wire, "track", ident),
            "artists": (),
            "album": _nameless(images) if images else None,
            **dict.fromkeys(_UNTOLD),
        }
        of_album = _OF_NAMELESS if images else self._elsewhere(wire, "album")
        also = (ABSENCES.of("artists"), *of_album)
        return origin.resource(Track, values, wire, url=values["url"], also=also, moved=_OF_ALBUM)

    def playlist(self, wire: WirePreview, ident: str, origin: Origin) -> Playlist:
        """A playlist: name and picture."""
        values = {
            **_named(wire, "playlist", ident),
            "description": None,
            "owner": Owner(id="", name=None),
            "images": self._images(wire),
            "public": None,
            "collaborative": None,
            "snapshot_id": None,
            "items_total": None,
        }
        also = (ABSENCES.of("owner.name", OWNER_UNNAMED), *self._unpictured(wire))
        return origin.resource(
            Playlist, values, wire, url=values["url"], also=also, moved=_OF_IMAGES
        )

    def _images(self, wire: WirePreview) -> tuple[Image, ...]:
        """The picture, if it lies where Spotify's pictures lie."""
        url = wire.thumbnail_url
        if not url or _origin_of(url) not in self._pictures:
            return ()
        return (Image(url=url, width=wire.thumbnail_width, height=wire.thumbnail_height),)

    def _unpictured(self, wire: WirePreview) -> tuple[Missing, ...]:
        """Why there is no picture, if there is none."""
        return self._elsewhere(wire, "images") if wire.thumbnail_url else (ABSENCES.of("images"),)

    def _elsewhere(self, wire: WirePreview, field: str) -> tuple[Missing, ...]:
        """That a picture was left out, if one was."""
        if not wire.thumbnail_url or self._images(wire):
            return ()
        return (Missing(field=field, reason=Reason.NOT_KNOWN, detail=ELSEWHERE),)


def _named(wire: WirePreview, kind: str, ident: str) -> dict[str, Any]:
    """What a preview tells of anything."""
    return {
        "id": ident,
        "uri": f"spotify:{kind}:{ident}",
        "url": f"https://open.spotify.com/{kind}/{ident}",
        "name": wire.title,
    }


def _nameless(images: tuple[Image, ...]) -> AlbumCredit:
    return AlbumCredit(
        id=None, name="", release_date=None, release_date_precision=None, images=images
    )


def _origin_of(url: str) -> str | None:
    """Scheme, host and port of an address; None of what is none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return f"{parts.scheme}://{parts.netloc}"
