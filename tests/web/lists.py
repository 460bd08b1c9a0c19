"""Invented answers of /v1 about playlists."""

from __future__ import annotations

from typing import Any

from api.schemas.lists import Page
from api.schemas.playlist import (
    Blending,
    Distribution,
    Excluded,
    Fit,
    Histogram,
    ItemKind,
    KeyCount,
    Neighbour,
    Outlier,
    Owner,
    Playlist,
    PlaylistItem,
    PlaylistProfile,
    PlaylistTable,
    SoundingEntry,
)
from api.schemas.problem import Problem
from api.schemas.provenance import SourceName
from tests.web import music

CLOSED = "7" * 22  # a playlist that nobody here can read


def closed(path: str) -> Problem | None:
    """What is answered for all that is asked of it."""
    return music.problem(404, "playlist-unavailable") if CLOSED in path else None


def playlist(**more: Any) -> Playlist:
    """A playlist."""
    given: dict[str, Any] = {
        "id": music.PLAYLIST,
        "uri": f"spotify:playlist:{music.PLAYLIST}",
        "url": f"https://open.spotify.com/playlist/{music.PLAYLIST}",
        "name": "Quiet Mornings",
        "description": "Slow songs for the first coffee.",
        "owner": Owner(id="ada", name="Ada"),
        "images": (),
        "public": True,
        "collaborative": False,
        "snapshot_id": "s1",
        "items_total": 60,
        "provenance": music.said(),
    }
    return Playlist(**given | more)


def entries(offset: int = 0, limit: int = 25, total: int = 60) -> Page[PlaylistItem]:
    """Entries of a playlist; every seventh is no track."""
    places = range(offset, min(offset + limit, total))
    return Page[PlaylistItem](
        href=f"/v1/playlists/{music.PLAYLIST}/items",
        items=tuple(_entry(place) for place in places),
        limit=limit,
        offset=offset,
        total=total,
        provenance=music.said(),
        next="/v1/next" if offset + limit < total else None,
        previous="/v1/previous" if offset else None,
    )


def _entry(place: int) -> PlaylistItem:
    if place % 7 == 6:
        return PlaylistItem(
            position=place,
            kind=ItemKind.LOCAL,
            added_at=None,
            name="Demo from the kitchen",
            artists=("Ada",),
            duration_ms=None,
            track=None,
            reason="A local file; Spotify has not heard it.",
        )
    one = music.track(music.numbered(place), name=f"Song {place}")
    return PlaylistItem(
        position=place,
        kind=ItemKind.TRACK,
        added_at=music.THEN,
        name=one.name,
        artists=("Marble Harbour",),
        duration_ms=one.duration_ms,
        track=one,
        reason=None,
    )


def profile(**more: Any) -> PlaylistProfile:
    """How a playlist sounds."""
    given: dict[str, Any] = {
        "id": music.PLAYLIST,
        "name": "Quiet Mornings",
        "source": SourceName.RECCOBEATS,
        "items_total": 60,
        "described": 48,
        "excluded": Excluded(local=8, episode=0, removed=1, no_features=3),
        "by_source": {SourceName.RECCOBEATS: 48},
        "features": {
            "energy": _spread(0, 1),
            "valence": _spread(0, 1),
            "danceability": _spread(0, 1),
            "acousticness": _spread(0, 1),
            "loudness": _spread(-30, 0),
            "tempo": _spread(60, 180),
        },
        "keys": (
            KeyCount(camelot="8B", key_name="C major", count=9),
            KeyCount(camelot="11A", key_name="F♯ minor", count=12),
        ),
        "time_signatures": {"3": 5, "4": 43},
        "outliers": (
            Outlier(
                position=4,
                id=music.TRACK,
                name="Lanterns over Water",
                distance=2.61,
                because="energy is far above the rest",
            ),
        ),
        "provenance": music.said(SourceName.RECCOBEATS),
    }
    return PlaylistProfile(**given | more)


def _spread(low: float, high: float) -> Distribution:
    def at(part: float) -> float:
        return low + (high - low) * part

    edges = tuple(at(step / 12) for step in range(13))
    counts = (1, 2, 4, 7, 9, 10, 7, 4, 2, 1, 1, 0)
    return Distribution(
        n=48,
        mean=at(0.42),
        sd=(high - low) * 0.2,
        min=at(0.05),
        p10=at(0.2),
        p25=at(0.3),
        median=at(0.41),
        p75=at(0.55),
        p90=at(0.7),
        max=at(0.9),
        histogram=Histogram(edges=edges, counts=counts),
    )


def table(offset: int = 0, limit: int = 25, total: int = 60, **more: Any) -> PlaylistTable:
    """Entries with their numbers; what is no track has none, nor has every tenth track."""
    places = range(offset, min(offset + limit, total))
    given: dict[str, Any] = {
        "id": music.PLAYLIST,
        "source": SourceName.RECCOBEATS,
        "items_total": total,
        "described": 48,
        "total": total,
        "unjudged": 0,
        "averages": {"tempo": 104.4, "energy": 0.52, "valence": 0.43, "loudness": -10.4},
        "limit": limit,
        "offset": offset,
        "href": "/v1/here",
        "items": tuple(sounding(place) for place in places),
        "next": "/v1/next" if offset + limit < total else None,
        "previous": "/v1/previous" if offset else None,
        "provenance": music.said(SourceName.RECCOBEATS),
    }
    return PlaylistTable(**given | more)


def sounding(place: int, **more: Any) -> SoundingEntry:
    """An entry with its numbers, where it has any."""
    said = _entry(place)
    given: dict[str, Any] = {
        "position": place,
        "kind": said.kind,
        "id": said.track.id if said.track else None,
        "name": said.name,
        "artists": said.artists,
        "duration_ms": said.duration_ms,
        "reason": said.reason,
    }
    if place % 10 == 9 and said.track:
        given["reason"] = "The source does not know this track."
    elif said.track:
        given |= {
            "energy": place % 11 / 10,
            "valence": place % 7 / 7,
            "danceability": 0.5,
            "acousticness": 0.25,
            "instrumentalness": 0.1,
            "liveness": None,
            "speechiness": 0.04,
            "loudness": -10.4,
            "tempo": 80.0 + place,
            "key_name": "F♯ minor" if place % 2 else "C major",
            "camelot": "11A" if place % 2 else "8B",
            "time_signature": 4,
        }
    return SoundingEntry(**given | more)


def fit(**more: Any) -> Fit:
    """A song that sits well in the list but for its tempo; its key blends with two."""
    fields = ("energy", "valence", "danceability", "acousticness", "loudness", "tempo")
    near: dict[str, Any] = {"id": music.numbered(1), "name": "Song 1", "position": 1}
    far: dict[str, Any] = {"id": music.numbered(2), "name": "Song 2", "position": 2}
    given: dict[str, Any] = {
        "id": music.PLAYLIST,
        "track": music.TRACK,
        "source": SourceName.RECCOBEATS,
        "described": 48,
        "distance": 0.9,
        "percentile": {**dict.fromkeys(fields, 50.0), "tempo": 100.0, "liveness": None},
        "because": (),
        "nearest": (Neighbour(distance=0.31, **near),),
        "farthest": (Neighbour(distance=2.6, **far),),
        "values": {
            **dict.fromkeys(fields, 0.4),
            "loudness": -17.0,
            "tempo": 178.0,
            "liveness": None,
        },
        "uncertainty": {"energy": 0.1},
        "key_name": "F♯ minor",
        "camelot": "11A",
        "blending": (Blending(camelot="11A", **near), Blending(camelot="12A", **far)),
        "blending_total": 2,
        "provenance": music.said(SourceName.RECCOBEATS),
    }
    return Fit(**given | more)


def part(kind: str, offset: int, limit: int, *, ident: str) -> Page[PlaylistItem] | PlaylistTable:
    """A part of a playlist's entries, with their numbers or without."""
    return entries(offset, limit) if kind == "items" else table(offset, limit, id=ident)
