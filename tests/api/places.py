"""One address of each operation that asks a source, with ids that the sandbox knows."""

from tests.sandbox import id_of

ARTIST, TRACK, OTHER = id_of("artist", 1), id_of("track", 1), id_of("track", 2)
PLAYLIST = id_of("playlist", 6)

PLACES = {
    "artist": f"/v1/artists/{ARTIST}",
    "related": f"/v1/artists/{ARTIST}/related",
    "top-tracks": f"/v1/artists/{ARTIST}/top-tracks?market=GB",
    "albums": f"/v1/artists/{ARTIST}/albums",
    "track": f"/v1/tracks/{TRACK}",
    "tracks": f"/v1/tracks?ids={TRACK},{OTHER}",
    "features": f"/v1/tracks/{TRACK}/features",
    "compared": f"/v1/tracks/{TRACK}/features/sources",
    "many-features": f"/v1/features?ids={TRACK},{OTHER}",
    "analysis": f"/v1/tracks/{TRACK}/analysis",
    "columns": f"/v1/tracks/{TRACK}/analysis?view=columns&include=track,sections",
    "playlist": f"/v1/playlists/{PLAYLIST}",
    "items": f"/v1/playlists/{PLAYLIST}/items",
    "profile": f"/v1/playlists/{PLAYLIST}/profile",
    "search": "/v1/search?q=night",
}
PURE = {"resolve": f"/v1/resolve?q={TRACK}", "sources": "/v1/sources"}
