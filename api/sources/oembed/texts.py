"""What a link preview's values come under, and why those are absent that it does not send."""

from __future__ import annotations

from api.schemas.provenance import Capability, Reason
from api.sources.resource import Absences, Why

TITLE = "Spotify’s public link preview"
LICENCE = "Spotify Developer Terms: shown with a link back, cached for a while, never kept"
DETAIL = "Title and picture as Spotify shows them to anybody who links to this page."

NO_ID = "Spotify’s public link preview is asked by Spotify’s ids, and this is none."
DOES_NOT_EXIST = "Spotify has no such page."
CONTENTS_CLOSED = (
    "Spotify’s public link preview tells what a playlist is called, but not what is in it."
)
LIMITS = {  # what is not told, though it answers
    Capability.ARTIST: "It tells the name and shows a picture, no more.",
    Capability.TRACK: "It tells the title and shows a picture, no more.",
    Capability.PLAYLIST: "It tells what a playlist is called, but not what is in it.",
}
ELSEWHERE = "Spotify’s picture lies at an address from which none is shown here."
_UNREADABLE = "Spotify’s public link preview sent something that cannot be read here."
_SILENT = "Spotify’s public link preview tells the title and shows a picture, no more."

WHY_NOT: Why = {
    "images": (Reason.NOT_KNOWN, "Spotify’s public link preview has no picture of it."),
    "genres": (Reason.NOT_KNOWN, "Spotify’s public link preview names no genres."),
    "popularity": (
        Reason.NOT_KNOWN,
        "Spotify’s public link preview does not tell how much something is played.",
    ),
    "followers": (Reason.NOT_KNOWN, "Spotify’s public link preview does not count followers."),
    "artists": (
        Reason.NOT_KNOWN,
        "Spotify’s public link preview tells a track’s title, and not whose track it is.",
    ),
    "album": (Reason.NOT_KNOWN, "Spotify’s public link preview does not tell the album."),
}
ALBUM_UNNAMED: Why = {
    "name": (
        Reason.NOT_KNOWN,
        "Spotify’s public link preview shows the album’s picture, and does not tell its name.",
    ),
}
OWNER_UNNAMED: Why = {
    "name": (
        Reason.NOT_KNOWN,
        "Spotify’s public link preview does not tell whose playlist it is.",
    ),
}
MOVED = {r"^title$": "name"}
ABSENCES = Absences(_SILENT, WHY_NOT, _UNREADABLE, MOVED)
