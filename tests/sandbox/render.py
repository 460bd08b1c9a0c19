"""Artists, albums and tracks as JSON objects, with the fields an app class gets."""

from dataclasses import dataclass
from typing import Any

from tests.sandbox import landmarks
from tests.sandbox.catalogue import Album, Artist, Catalogue, Track
from tests.sandbox.rules import Genres, Rules

Json = dict[str, Any]
IMAGE_SIZES = (640, 300, 64)  # widest first
PLAYERS = "https://open.spotify.com"


@dataclass(frozen=True, slots=True)
class Render:
    """Write catalogue entries for one request: its class, its market, its genres."""

    base_url: str
    catalogue: Catalogue
    rules: Rules
    genres: Genres
    market: str | None = None

    def artist(self, artist: Artist) -> Json:
        """Write a full artist object."""
        more = {
            "followers": {"href": None, "total": artist.followers},
            **self._genres(artist),
            "images": self.images("artist", artist.n) if artist.pictured else [],
            "popularity": artist.popularity,
        }
        return self._fitted("artist", self.simple_artist(artist.n) | more)

    def simple_artist(self, n: int) -> Json:
        """Write the short artist object inside albums and tracks."""
        artist = self.catalogue.artists[n]
        return self.identity("artist", artist.id) | {"name": artist.name}

    def album(self, album: Album) -> Json:
        """Write a full album object, without its page of tracks."""
        more = {
            "copyrights": [{"text": f"{album.released[:4]} {album.label} (invented)", "type": "C"}],
            "external_ids": {"upc": album.upc},
            "genres": [],  # always empty in recorded answers
            "label": album.label,
            "popularity": album.popularity,
        }
        return self._fitted("album", self.simple_album(album) | more)

    def simple_album(self, album: Album) -> Json:
        """Write the album object inside tracks and lists."""
        return self._fitted(
            "album",
            self.identity("album", album.id)
            | {
                "album_type": album.kind,
                "total_tracks": len(album.tracks),
                "images": self.images("album", album.n) if album.pictured else [],
                "name": album.name,
                "release_date": album.released,
                "release_date_precision": album.precision,
                "artists": [self.simple_artist(album.artist)],
            }
            | self._markets(self.catalogue.tracks[album.tracks[0]].markets),
        )

    def track(self, track: Track) -> Json:
        """Write a full track object; with a market, a relinked track answers as its target."""
        if self._is_relinked(track):
            return self._relinked(track)
        album = self.catalogue.albums[track.album]
        more = {
            "album": self.simple_album(album),
            "external_ids": {"isrc": track.isrc},
            "popularity": track.popularity,
        }
        return self._fitted("track", self.simple_track(track) | more)

    def simple_track(self, track: Track) -> Json:
        """Write the track object inside an album."""
        named = self.identity("track", track.id) | {
            "artists": [self.simple_artist(n) for n in track.artists],
            "disc_number": track.disc,
            "duration_ms": track.duration_ms,
            "explicit": track.explicit,
            "name": track.name,
            "preview_url": None,
            "track_number": track.number,
            "is_local": False,
        }
        return self._fitted("track", named | self._markets(track.markets))

    def identity(self, kind: str, entity_id: str) -> Json:
        """Write the five keys that say which thing this is."""
        return {
            "external_urls": {"spotify": f"{PLAYERS}/{kind}/{entity_id}"},
            "href": f"{self.base_url}/v1/{kind}s/{entity_id}",
            "id": entity_id,
            "type": kind,
            "uri": f"spotify:{kind}:{entity_id}",
        }

    def images(self, kind: str, n: int) -> list[Json]:
        """Write an image list whose addresses the sandbox serves itself."""
        return [
            {"url": f"{self.base_url}/image/{kind}-{n}-{size}", "height": size, "width": size}
            for size in IMAGE_SIZES
        ]

    def _markets(self, markets: tuple[str, ...]) -> Json:
        """With a market: is it playable there. Without one: the list of markets."""
        barred = {} if markets else {"restrictions": {"reason": "market"}}
        if self.market is None:
            return {"available_markets": list(markets), **barred}
        if self.market in markets:
            return {"is_playable": True}
        return {"is_playable": False, "restrictions": {"reason": "market"}}

    def _is_relinked(self, track: Track) -> bool:
        return track.relinked_to is not None and self.market == landmarks.RELINK_MARKET

    def _relinked(self, track: Track) -> Json:
        target = self.catalogue.tracks[track.relinked_to or 0]
        linked = {"linked_from": self.identity("track", track.id)}
        return self._fitted("track", self.track(target) | linked)

    def _genres(self, artist: Artist) -> Json:
        spoken: dict[str, Json] = {
            "present": {"genres": list(artist.genres)},
            "absent": {},
            "null": {"genres": None},
            "empty": {"genres": []},
        }
        return spoken[self.rules.genres if self.genres == "class" else self.genres]

    def _fitted(self, kind: str, entity: Json) -> Json:
        left_out = self.rules.without.get(kind, frozenset())
        return {name: value for name, value in entity.items() if name not in left_out}
