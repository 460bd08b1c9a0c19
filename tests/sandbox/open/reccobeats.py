"""ReccoBeats: rows about those of the asked tracks that it knows, in an order of its own.

Refusals are worded as recorded; that of a wrong path and the guard's are as described.
"""

import random
import uuid
from collections.abc import Callable
from functools import cache
from typing import Any

from tests.sandbox import ids, naming
from tests.sandbox.answers import Answer, Refusal, Request, of
from tests.sandbox.catalogue import Track, catalogue
from tests.sandbox.landmarks import TWIN_TRACKS
from tests.sandbox.open.service import OpenService
from tests.sandbox.sound import sound_of

Json = dict[str, Any]
MOST_IDS = 40
KNOWN_SHARE = 0.6
PLAYERS = "https://open.spotify.com"
FEATURES, TRACKS = "/reccobeats/v1/audio-features", "/reccobeats/v1/track"
SOUND = (
    *("acousticness", "danceability", "energy", "instrumentalness", "key", "liveness"),
    *("mode", "speechiness", "valence"),
)


@cache
def known_tracks() -> frozenset[str]:
    """Answer the ids of the tracks it knows; of the twins, which share an ISRC, the first alone."""
    first, second = TWIN_TRACKS
    drawn = {n for n, _ in enumerate(catalogue().tracks) if _is_known(n)}
    return frozenset(catalogue().tracks[n].id for n in (drawn | {first}) - {second})


def _is_known(n: int) -> bool:
    return naming.seeded("reccobeats", n).random() < KNOWN_SHARE


def answer(request: Request, _base_url: str) -> Answer:
    """Answer one call; never raises."""
    try:
        return _answer(request)
    except Refusal as refusal:
        return refusal.answer


def _answer(request: Request) -> Answer:
    if request.headers.get("user-agent", "Python-urllib").startswith("Python-urllib"):
        return Answer(403, b"error code: 1010", {"content-type": "text/plain; charset=UTF-8"})
    rows: dict[str, tuple[str, Callable[[Track], Json]]] = {
        FEATURES: ("getAudioFeatures", _features),
        TRACKS: ("getTracks", _track),
    }
    if request.path not in rows:
        return _refused(404, 4042, request.path, "Not found")
    name, write = rows[request.path]
    found = _asked(request, f"{name}.ids")
    return of({"content": [write(track) for track in found]})


def _asked(request: Request, path: str) -> list[Track]:
    """The tracks that are asked for and known, shuffled; raises Refusal."""
    idents = [one for text in request.every("ids") for one in text.split(",")]
    if not idents:
        raise Refusal(_refused(400, 4001, path, "must not be null"))
    if len(idents) > MOST_IDS:
        raise Refusal(_refused(400, 4004, path, f"size must be between 1 and {MOST_IDS}"))
    if not all(ids.is_id(one) or len(one) == len("QZA012345678") for one in idents):
        raise Refusal(_refused(400, 4002, path, "must be well-formed"))
    found = [
        track
        for track in catalogue().tracks
        if track.id in known_tracks() and (track.id in idents or track.isrc in idents)
    ]
    random.Random(",".join(idents)).shuffle(found)
    return found


def _refused(status: int, code: int, path: str, message: str) -> Answer:
    return of({"status": code, "errors": [{"path": path, "message": message}]}, status=status)


def _identity(track: Track) -> Json:
    return {
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, track.id)),
        "href": f"{PLAYERS}/track/{track.id}",
        "isrc": track.isrc,
    }


def _features(track: Track) -> Json:
    sound = sound_of(track)
    numbers = {name: getattr(sound, name) for name in SOUND}
    return _identity(track) | numbers | {"loudness": sound.loudness_db, "tempo": sound.tempo_bpm}


def _track(track: Track) -> Json:
    artists = [catalogue().artists[n] for n in track.artists]
    return _identity(track) | {
        "trackTitle": track.name,
        "artists": [
            {
                "id": str(uuid.uuid5(uuid.NAMESPACE_URL, artist.id)),
                "name": artist.name,
                "href": f"{PLAYERS}/artist/{artist.id}",
            }
            for artist in artists
        ],
        "durationMs": track.duration_ms,
        "ean": None,
        "upc": None,
        "availableCountries": ",".join(track.markets),
        "popularity": (track.popularity * 7) % 101,  # its own, unlike Spotify's
    }


def _lie(answered: Any) -> Any:
    """Give every row to a track that nobody asked for."""
    stranger = f"{PLAYERS}/track/{ids.id_of('stranger', 0)}"
    return {"content": [row | {"href": stranger} for row in answered["content"]]}


SERVICE = OpenService(
    "reccobeats",
    {"RECCOBEATS_URL": "/reccobeats/v1"},
    (FEATURES, TRACKS),
    answer,
    _lie,
)
