"""Which path is answered by whom, under which name it is counted and closed. A table."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.sandbox import endpoints, lists, personal, search
from tests.sandbox.answers import Answer
from tests.sandbox.asking import Ask

TOKEN_PATH = "/api/token"
CONSENT_PATH = "/authorize"
UNKNOWN = "(unknown path)"


@dataclass(frozen=True, slots=True)
class Route:
    """One endpoint: its template, its family, its function."""

    template: str
    family: str
    answer: Callable[[Ask], Answer]


@dataclass(frozen=True, slots=True)
class Match:
    """A route and the id found in the path."""

    route: Route
    path_id: str = ""


ROUTES = (
    Route("/v1/artists", "batch_get", endpoints.artists),
    Route("/v1/artists/{id}", "artist", endpoints.artist),
    Route("/v1/artists/{id}/related-artists", "related_artists", endpoints.related_artists),
    Route("/v1/artists/{id}/top-tracks", "top_tracks", endpoints.top_tracks),
    Route("/v1/artists/{id}/albums", "artist_albums", endpoints.artist_albums),
    Route("/v1/albums", "batch_get", endpoints.albums),
    Route("/v1/albums/{id}", "album", endpoints.album),
    Route("/v1/albums/{id}/tracks", "album_tracks", endpoints.album_tracks),
    Route("/v1/tracks", "batch_get", endpoints.tracks),
    Route("/v1/tracks/{id}", "track", endpoints.track),
    Route("/v1/audio-features", "audio_features", endpoints.many_audio_features),
    Route("/v1/audio-features/{id}", "audio_features", endpoints.audio_features),
    Route("/v1/audio-analysis/{id}", "audio_analysis", endpoints.audio_analysis),
    Route("/v1/playlists/{id}", "playlist_meta", lists.playlist),
    Route("/v1/playlists/{id}/tracks", "playlist_tracks", lists.playlist_tracks),
    Route("/v1/playlists/{id}/items", "playlist_items", lists.playlist_items),
    Route("/v1/search", "search", search.search),
    Route("/v1/me", "me", personal.me),
    Route("/v1/me/playlists", "me", personal.playlists),
    Route("/v1/me/top/artists", "me", personal.top_artists),
    Route("/v1/me/top/tracks", "me", personal.top_tracks),
)


def match(path: str) -> Match | None:
    """Find the route of a path; None when no endpoint lives there."""
    parts = path.strip("/").split("/")
    for route in ROUTES:
        pattern = route.template.strip("/").split("/")
        if len(pattern) == len(parts) and all(
            wanted in (part, "{id}") for wanted, part in zip(pattern, parts, strict=True)
        ):
            return Match(route, parts[2] if "{id}" in pattern else "")
    return None


def template_of(path: str) -> str:
    """Answer the name a path is counted under."""
    if path in {TOKEN_PATH, CONSENT_PATH}:
        return path
    found = match(path)
    return found.route.template if found else UNKNOWN
