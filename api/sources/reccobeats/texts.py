"""What ReccoBeats' values come under, and why those are absent that it does not send."""

from __future__ import annotations

from api.schemas.provenance import Reason
from api.sources.resource import Absences, Why
from api.sources.sound import LOUDNESS_REFERENCE

LICENCE = "Data from ReccoBeats (reccobeats.com), free for personal and commercial use"
REPEATS = (
    f"Loudness is {LOUDNESS_REFERENCE}, as Spotify’s: ReccoBeats passes on the numbers that "
    "Spotify once gave, as far as anybody has compared them."
)
BY_ISRC = (
    "Found by the recording’s number (ISRC) {isrc}, as ReccoBeats has it for Spotify’s track "
    "{ident}; {checked}."
)
AGREES = "{} agree"
AGREES_ALONE = "its {} agrees"
UNCHECKED = "nothing was known to check it by"

NO_ID = "ReccoBeats is asked by Spotify’s ids, and this is none."
NO_ISRC = "This is no recording’s number (ISRC), by which ReccoBeats could be asked."
UNKNOWN_TRACK = "ReccoBeats does not know this track."
UNKNOWN_SOUND = "ReccoBeats has no numbers for the sound of this track."
UNKNOWN_ISRC = "ReccoBeats knows no track with this recording’s number (ISRC)."
NONE_FITS = (
    "ReccoBeats has this recording’s number (ISRC) for something else: title, artist or length "
    "do not fit."
)
SEVERAL = (
    "ReccoBeats has this recording’s number (ISRC) for several different tracks, and nothing "
    "tells which is meant."
)
UNREADABLE = "ReccoBeats sent something that cannot be read here."
ELSE = "ReccoBeats sent something else than what it was asked for."
CONTRADICTS = "ReccoBeats sent this track more than once, with different numbers."
_SILENT = "ReccoBeats did not say."
UNSENT = "ReccoBeats did not send it."
_NEVER = "ReccoBeats does not tell this of any track."

WHY_NOT: Why = {
    "time_signature": (Reason.NOT_KNOWN, "ReccoBeats does not tell the metre of any track."),
    "duration_ms": (Reason.NOT_KNOWN, "ReccoBeats did not tell the length here."),
    "tempo": (Reason.NOT_DETECTED, "The analysis behind ReccoBeats found no steady tempo."),
    "key": (Reason.NOT_DETECTED, "The analysis behind ReccoBeats could not decide on a key."),
    "mode": (
        Reason.NOT_DETECTED,
        "The analysis behind ReccoBeats could not tell major from minor.",
    ),
    "key_name": (Reason.NOT_DETECTED, "There is no name without a key and a mode."),
    "camelot": (Reason.NOT_DETECTED, "There is no Camelot code without a key and a mode."),
    "popularity": (
        Reason.NOT_KNOWN,
        "ReccoBeats has a popularity of its own, which is not Spotify’s and is not shown as such.",
    ),
    "isrc": (Reason.NOT_KNOWN, "ReccoBeats has no recording’s number (ISRC) for this track."),
    "artists": (Reason.NOT_KNOWN, "ReccoBeats names no artist for this track."),
    **dict.fromkeys(
        ("album", "explicit", "track_number", "disc_number", "is_playable"),
        (Reason.NOT_KNOWN, _NEVER),
    ),
    "linked_from": (Reason.NOT_KNOWN, "ReccoBeats names no other copy of this track."),
}
MOVED = {
    r"^trackTitle$": "name",
    r"^durationMs$": "duration_ms",
    r"^(artists\[\d+\])\.href$": r"\1.id",
}
ABSENCES = Absences(_SILENT, WHY_NOT, UNREADABLE, MOVED)
