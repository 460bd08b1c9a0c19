"""What each class of app may ask, and which fields it gets. Data, not control flow.

Sources: the platform's changelog of November 2024 and February 2026, and bug reports. The
bodies of the 403s are known from bug reports only.
"""

from dataclasses import dataclass, field
from typing import Literal

AppClass = Literal["extended", "extended-late", "old-dev", "new-dev"]
Genres = Literal["class", "present", "absent", "null", "empty"]
Closed = Literal["silent", "forbidden", "not-found"]

SILENT: Closed = "silent"  # 403 without a message: features and analysis
FORBIDDEN: Closed = "forbidden"  # 403 "Forbidden"
NOT_FOUND: Closed = "not-found"  # 404 "Not Found": related artists in 2024


@dataclass(frozen=True, slots=True)
class Limits:
    """The largest and the usual page of one endpoint."""

    most: int
    usual: int


@dataclass(frozen=True, slots=True)
class Rules:
    """One app class: closed endpoint families, page sizes, and fields left out per type."""

    closed: dict[str, Closed] = field(default_factory=dict)
    search: Limits = Limits(50, 20)
    artist_albums: Limits = Limits(50, 20)
    album_tracks: Limits = Limits(50, 20)
    playlist_tracks: Limits = Limits(100, 100)
    playlist_items: Limits = Limits(50, 20)
    without: dict[str, frozenset[str]] = field(default_factory=dict)
    twins: bool = True  # sends `tracks` beside `items` and `track` beside `item`
    strangers: bool = True  # shows the entries of other people's playlists
    genres: Genres = "present"


NOVEMBER_2024: dict[str, Closed] = {
    "related_artists": NOT_FOUND,
    "audio_features": SILENT,
    "audio_analysis": SILENT,
}
FEBRUARY_2026: dict[str, Closed] = {
    "related_artists": FORBIDDEN,
    "audio_features": SILENT,
    "audio_analysis": SILENT,
    "top_tracks": FORBIDDEN,
    "batch_get": FORBIDDEN,
    "playlist_tracks": FORBIDDEN,
}

RULES: dict[AppClass, Rules] = {
    "extended": Rules(),
    "extended-late": Rules(closed=NOVEMBER_2024),
    "old-dev": Rules(closed=NOVEMBER_2024 | {"related_artists": SILENT}, strangers=False),
    "new-dev": Rules(
        closed=FEBRUARY_2026,
        search=Limits(10, 5),
        artist_albums=Limits(10, 5),
        without={
            "artist": frozenset({"followers", "popularity"}),
            "album": frozenset({"available_markets", "album_group", "label", "popularity"}),
            "track": frozenset({"available_markets", "linked_from", "popularity"}),
        },
        twins=False,
        strangers=False,
        genres="absent",
    ),
}
