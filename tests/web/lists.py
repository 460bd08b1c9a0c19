"""Invented answers of /v1 about playlists."""

from __future__ import annotations

from typing import Any

from api.schemas.lists import Page
from api.schemas.playlist import (
    Distribution,
    Excluded,
    Histogram,
    ItemKind,
    KeyCount,
    Outlier,
    Owner,
    Playlist,
    PlaylistItem,
    PlaylistProfile,
)
from api.schemas.provenance import SourceName
from tests.web import music


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
