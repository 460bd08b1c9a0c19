"""What Spotify's values come under, and why those are absent that it does not send."""

from __future__ import annotations

from api.schemas.provenance import Reason
from api.sources.resource import Absences, Why

LICENCE = "Spotify Developer Terms: shown with a link back, cached for a while, never kept"
STAND_IN_LICENCE = "Invented: a stand-in answers here in Spotify’s place"
_SILENT = "Spotify did not say."
UNREADABLE = "Spotify sent something that cannot be read here."
ELSE = "Spotify sent something else than what it was asked for."
_REMOVED = "Spotify did not send it: it stopped sending it to new apps in February 2026."

MOVED = {  # where a path on the wire leads to in the contract
    r"external_urls(\.spotify)?$": "url",
    r"external_ids(\.isrc)?$": "isrc",
    r"followers\.total$": "followers",
    r"^owner\.display_name$": "owner.name",
    r"^(items|tracks)(\.total)?$": "items_total",
    r"^show(\.name)?$": "artists",
}

WHY_NOT: Why = {
    "popularity": (Reason.REMOVED, _REMOVED),
    "followers": (Reason.REMOVED, _REMOVED),
    "genres": (
        Reason.NOT_KNOWN,
        "Spotify names no genre for this artist; that never means that there is none.",
    ),
    "url": (Reason.NOT_KNOWN, "Spotify gives no page for it that may be linked to."),
    "is_playable": (
        Reason.NOT_KNOWN,
        "Spotify says so only for a country: ask again with market=, such as market=GB.",
    ),
    "linked_from": (
        Reason.NOT_KNOWN,
        "Spotify names no other copy: this is the very track that was asked for.",
    ),
    "description": (Reason.NOT_KNOWN, "Its owner has written none."),
    "tempo": (Reason.NOT_DETECTED, "Spotify’s analysis found no steady tempo."),
    "key": (Reason.NOT_DETECTED, "Spotify’s analysis could not decide on a key."),
    "mode": (Reason.NOT_DETECTED, "Spotify’s analysis could not tell major from minor."),
    "key_name": (Reason.NOT_DETECTED, "There is no name without a key and a mode."),
    "camelot": (Reason.NOT_DETECTED, "There is no Camelot code without a key and a mode."),
    "loudness_end": (
        Reason.NOT_KNOWN,
        "Spotify does not say how this segment ends, and no next one tells it.",
    ),
    "album_group": (Reason.REMOVED, _REMOVED),
}


ABSENCES = Absences(_SILENT, WHY_NOT, UNREADABLE, MOVED)
