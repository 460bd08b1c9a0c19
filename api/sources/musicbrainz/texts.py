"""What MusicBrainz's values come under, and why those are absent that it does not send."""

from __future__ import annotations

from api.schemas.provenance import Reason
from api.sources.resource import Absences, Why

LICENCE = "MusicBrainz: names, dates and links CC0; genres CC BY-NC-SA 3.0"
FREE_LICENCE = "MusicBrainz: CC0"
NO_GENRES = (
    "EARPRINT_USAGE is commercial, which the terms of MusicBrainz’s genres forbid: they are not "
    "asked for."
)
NO_ID = "This is no id as MusicBrainz writes it."
NO_ISRC = "This is no ISRC, the number by which MusicBrainz is asked for a recording."
NONE_WITH_ISRC = "MusicBrainz knows no recording with this ISRC."
SEVERAL = (
    "MusicBrainz has several recordings with this ISRC that differ in title or length ({}), so "
    "nobody can tell which one is meant."
)
ONE_OF = "MusicBrainz has {} recordings with this ISRC, alike in title and length: the earliest."
MERGED = "MusicBrainz answers under another id ({}), with which it has merged the one asked for."

MOVED = {  # where a path on the wire leads to in the contract
    r"^length$": "duration_ms",
    r"^artist-credit": "artists",
    r"^releases.*$": "album",
    r"^date$": "release_date",
}
WHY_NOT: Why = {
    "genres": (
        Reason.NOT_KNOWN,
        "MusicBrainz names no genre for this artist; that never means that there is none.",
    ),
    "images": (Reason.NOT_KNOWN, "MusicBrainz keeps no pictures of artists."),
    "popularity": (Reason.NOT_KNOWN, "MusicBrainz does not count how much anything is played."),
    "followers": (Reason.NOT_KNOWN, "Nobody follows artists at MusicBrainz."),
    "album": (Reason.NOT_KNOWN, "MusicBrainz names no release on which it stands."),
    "explicit": (Reason.NOT_KNOWN, "MusicBrainz does not say what is explicit."),
    "track_number": (
        Reason.NOT_KNOWN,
        "A recording may stand at another place on each release, so MusicBrainz names none.",
    ),
    "disc_number": (
        Reason.NOT_KNOWN,
        "A recording may stand on another disc of each release, so MusicBrainz names none.",
    ),
    "is_playable": (Reason.NOT_KNOWN, "MusicBrainz describes music and plays none."),
    "linked_from": (Reason.NOT_KNOWN, "MusicBrainz names no other copy of it."),
}
ABSENCES = Absences(
    "MusicBrainz did not say.",
    WHY_NOT,
    "MusicBrainz sent something that cannot be read here.",
    MOVED,
)
