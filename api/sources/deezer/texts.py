"""What Deezer's values come under, and why those are absent that it does not send."""

from __future__ import annotations

from api.schemas.provenance import Reason
from api.sources.resource import Absences, Why

LICENCE = "Deezer (www.deezer.com): its API’s terms, not for commercial use, with a link back"
_BY_COUNTRY = (
    "What Deezer has differs from country to country, so this is no proof that there is none."
)
NOTHING_HERE = f"Deezer has nothing under this number here. {_BY_COUNTRY}"
NOBODY = f"Deezer names nobody who is related to this artist. {_BY_COUNTRY}"
NO_TOP_TRACKS = f"Deezer lists no tracks of this artist. {_BY_COUNTRY}"
TOP_ORDER = (
    "In Deezer’s order: by a rank of its own, from what is played there. Lengths are in whole "
    "seconds."
)
NO_HIT = f"Deezer finds nothing that fits these words. {_BY_COUNTRY}"
NO_PLAYLISTS = "Deezer is asked for artists and tracks only."
FANS = "Deezer counts {:,} fans of its own."
ELSE = "Deezer lists tracks of somebody else."
NO_ID = "This is no number by which Deezer could know an artist."
NO_ISRC = "This is no recording’s number (ISRC), by which Deezer is asked."
_SILENT = "Deezer did not say."
UNREADABLE = "Deezer sent something that cannot be read here."

MOVED = {  # where a path on the wire leads to in the contract
    r"^data(\[\d+\])$": r"items\1",
    r"^data(\[\d+\])\.nb_fan$": r"items\1.followers",
    r"^data(\[\d+\])\.link$": r"items\1.artist.url",
    r"^data(\[\d+\])\.picture_\w+$": r"items\1.artist.images",
    r"^link$": "url",
    r"^duration$": "duration_ms",
    r"^explicit_lyrics$": "explicit",
    r"^track_position$": "track_number",
    r"^disk_number$": "disc_number",
    r"^(contributors|artist)(\[\d+\])?(\.name)?$": "artists",
    r"^album\.cover_\w+$": "album.images",
    r"^album\.title$": "album.name",
}

WHY_NOT: Why = {
    "genres": (Reason.NOT_KNOWN, "Deezer names genres of albums only, not of artists."),
    "popularity": (
        Reason.NOT_KNOWN,
        "Deezer counts by a rank of its own, which cannot be put on this scale.",
    ),
    "followers": (Reason.NOT_KNOWN, "Deezer counts fans of its own, which are not followers."),
    "isrc": (
        Reason.NOT_KNOWN,
        "Deezer’s lists do not tell the recording’s number (ISRC) of a track.",
    ),
    "is_playable": (
        Reason.NOT_KNOWN,
        "Deezer says this for the country of this server only, which says little to others.",
    ),
    "linked_from": (Reason.NOT_KNOWN, "Deezer names no other copy of it."),
}

ABSENCES = Absences(_SILENT, WHY_NOT, UNREADABLE, MOVED)
