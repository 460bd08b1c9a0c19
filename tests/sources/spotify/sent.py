"""What Spotify sends, invented: whole answers of today, any field of which a test may change."""

from datetime import UTC, datetime
from typing import Any

from api.music.ids import encode
from api.schemas.provenance import SourceName
from api.sources.resource import Origin
from api.sources.spotify.texts import ABSENCES, LICENCE

AT = datetime(2026, 11, 22, 16, 4, 5, tzinfo=UTC)
ORIGIN = Origin(SourceName.SPOTIFY, AT, LICENCE, ABSENCES)
A, B, C = encode(10), encode(11), encode(12)
API = "https://api.spotify.com/v1"


def artist(ident: str = A, **fields: Any) -> dict[str, Any]:
    """An artist, whole."""
    return named("artist", ident) | {
        "followers": {"href": None, "total": 1_234},
        "genres": ["slow rain", "dust"],
        "images": [{"url": "https://i.scdn.co/image/x", "width": 640, "height": 480}],
        "popularity": 0,
        **fields,
    }


def named(kind: str, ident: str, **fields: Any) -> dict[str, Any]:
    """A thing as it is named inside another."""
    return {
        "id": ident,
        "uri": f"spotify:{kind}:{ident}",
        "type": kind,
        "href": f"{API}/{kind}s/{ident}",
        "name": f"The {kind}",
        "external_urls": {"spotify": f"https://open.spotify.com/{kind}/{ident}"},
        **fields,
    }


def album(ident: str = B, **fields: Any) -> dict[str, Any]:
    """An album as it stands in a list or on a track."""
    return named("album", ident) | {
        "album_type": "single",
        "album_group": "appears_on",
        "artists": [named("artist", A)],
        "images": [],
        "release_date": "1999-03",
        "release_date_precision": "month",
        "total_tracks": 3,
        **fields,
    }


def track(ident: str = C, **fields: Any) -> dict[str, Any]:
    """A track, whole."""
    return named("track", ident) | {
        "album": album(),
        "artists": [named("artist", A)],
        "disc_number": 1,
        "duration_ms": 200_001,
        "explicit": False,
        "external_ids": {"isrc": "XXABC2400001"},
        "is_local": False,
        "popularity": 7,
        "preview_url": "https://p.scdn.co/mp3-preview/x",
        "track_number": 2,
        **fields,
    }


def features(ident: str = C, **fields: Any) -> dict[str, Any]:
    """Audio features, whole."""
    scores = ("acousticness", "danceability", "energy", "instrumentalness", "liveness")
    return {
        **{name: 0.1 + place / 10 for place, name in enumerate(scores)},
        "id": ident,
        "uri": f"spotify:track:{ident}",
        "type": "audio_features",
        "duration_ms": 200_001,
        "key": 6,
        "loudness": -7.25,
        "mode": 0,
        "speechiness": 0.04,
        "tempo": 121.006,
        "time_signature": 4,
        "valence": 0.9,
        **fields,
    }


def playlist(ident: str = A, **fields: Any) -> dict[str, Any]:
    """A playlist, without its entries."""
    return named("playlist", ident) | {
        "collaborative": False,
        "description": "Rain &amp; dust",
        "images": None,
        "owner": {"id": "somebody", "type": "user", "display_name": "Somebody"},
        "public": None,
        "snapshot_id": "one",
        "tracks": {"href": f"{API}/playlists/{ident}/tracks", "total": 3},
        **fields,
    }


def entry(item: Any, /, **fields: Any) -> dict[str, Any]:
    """An entry of a playlist, in the shape before 2026."""
    return {"added_at": "2024-05-17T10:00:00Z", "is_local": False, "track": item, **fields}


def local(**fields: Any) -> dict[str, Any]:
    """A file on somebody's own computer, in the full shape."""
    return {
        "id": None,
        "uri": "spotify:local:The+Band::A+Song:253",
        "type": "track",
        "name": "A Song",
        "artists": [{"id": None, "name": "The Band", "type": "artist"}],
        "album": {"id": None, "name": "", "images": []},
        "duration_ms": 253_000,
        "is_local": True,
        "popularity": 0,
        **fields,
    }


def episode(**fields: Any) -> dict[str, Any]:
    """An episode of a podcast."""
    return named("episode", B) | {
        "duration_ms": 1_800_000,
        "show": {"name": "The Show"},
        "track": False,
        **fields,
    }


def interval(start: float, **fields: Any) -> dict[str, Any]:
    """A bar, beat, tatum, section or segment begins."""
    return {"start": start, "duration": 0.5, "confidence": 0.25, **fields}


def segment(start: float, **fields: Any) -> dict[str, Any]:
    """A segment; its `loudness_end` is absent unless given."""
    return interval(start) | {
        "loudness_start": -20.0 - start,
        "loudness_max": 1.5,
        "loudness_max_time": 0.01,
        "pitches": [1.0] + [0.5] * 11,
        "timbre": [-287.125] + [0.0] * 11,
        **fields,
    }


def analysis(**parts: Any) -> dict[str, Any]:
    """An analysis of two segments."""
    summary = {
        "duration": 1.0,
        "tempo": 90.5,
        "key": 0,
        "mode": 1,
        "time_signature": 1,
        "loudness": -9.0,
    }
    return {
        "meta": {"analyzer_version": "4.0.0"},
        "track": summary,
        "bars": [interval(0.0)],
        "beats": [interval(0.0), interval(0.5)],
        "tatums": [interval(0.25 * n) for n in range(4)],
        "sections": [interval(0.0, key=-1, mode=-1, tempo=0, time_signature=5)],
        "segments": [segment(0.0), segment(0.5, loudness_end=-60.0)],
        **parts,
    }
