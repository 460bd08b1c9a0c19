"""One address of each operation, with ids that the sandbox knows, and the shape it answers."""

from api.schemas.analysis import AnalysisColumns, AudioAnalysis
from api.schemas.artist import Artist, RelatedArtists
from api.schemas.base import Model
from api.schemas.features import AudioFeatures, FeatureComparison
from api.schemas.lists import Batch, Page, SearchResults
from api.schemas.playlist import Playlist, PlaylistItem, PlaylistProfile
from api.schemas.track import Album, Track, TrackList
from tests.sandbox import id_of

SHAPES: dict[str, type[Model]] = {
    "artist": Artist,
    "related": RelatedArtists,
    "top-tracks": TrackList,
    "albums": Page[Album],
    "track": Track,
    "tracks": Batch[Track],
    "features": AudioFeatures,
    "compared": FeatureComparison,
    "many-features": Batch[AudioFeatures],
    "analysis": AudioAnalysis,
    "columns": AnalysisColumns,
    "playlist": Playlist,
    "items": Page[PlaylistItem],
    "profile": PlaylistProfile,
    "search": SearchResults,
}
BATCHES = {"tracks", "many-features"}
PURE = {"resolve": f"/v1/resolve?q={id_of('track', 1)}", "sources": "/v1/sources"}


def places_of(number: int, *, playlist: int, words: str) -> dict[str, str]:
    """Every operation that asks a source, about the artist and the tracks of this number."""
    artist = f"/v1/artists/{id_of('artist', number)}"
    track = f"/v1/tracks/{id_of('track', number)}"
    ids = ",".join(id_of("track", one) for one in (number, number + 1))
    listed = f"/v1/playlists/{id_of('playlist', playlist)}"
    return {
        "artist": artist,
        "related": f"{artist}/related",
        "top-tracks": f"{artist}/top-tracks?market=GB",
        "albums": f"{artist}/albums",
        "track": track,
        "tracks": f"/v1/tracks?ids={ids}",
        "features": f"{track}/features",
        "compared": f"{track}/features/sources",
        "many-features": f"/v1/features?ids={ids}",
        "analysis": f"{track}/analysis",
        "columns": f"{track}/analysis?view=columns&include=track,sections",
        "playlist": listed,
        "items": f"{listed}/items",
        "profile": f"{listed}/profile",
        "search": f"/v1/search?q={words}",
    }


PLACES = places_of(1, playlist=6, words="night")
OTHERS = places_of(5, playlist=3, words="rain")
ARTIST, TRACK = id_of("artist", 1), id_of("track", 1)
