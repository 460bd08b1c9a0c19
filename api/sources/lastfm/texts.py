"""What Last.fm's values come under, and why those are absent that it does not send."""

from __future__ import annotations

from api.schemas.provenance import Missing, Reason
from api.sources.resource import Absences, Why
from api.text import LONGEST, one_line

LICENCE = (
    "powered by AudioScrobbler (https://www.last.fm): Last.fm’s API terms, not for commercial use"
)
NO_SUCH_ARTIST = "Last.fm knows no such artist."
NOBODY = "Last.fm knows of nobody who is similar to this artist."
NO_TOP_TRACKS = "Last.fm knows of no tracks by this artist."
TOP_ORDER = "In Last.fm’s order: by how many of its listeners have played them, in all its years."
LISTENERS = "Last.fm counts {:,} listeners of its own."
NO_MBID = "This is no MusicBrainz number, by which Last.fm is asked."
NO_NAME = "It does not say about whom it answers."
NOTHING = "Its answer has nothing of what was asked for."
KEY_REFUSED = "Last.fm does not take the key of this server: set LASTFM_API_KEY to a valid one."
KEY_SUSPENDED = (
    "Last.fm has suspended the key of this server: set LASTFM_API_KEY to another, or ask Last.fm "
    "why."
)
TROUBLE = "Last.fm says that it has a trouble of its own, for now."
SCORES = "Score = Last.fm’s “match”: how alike the listeners of both are, 1 for the most alike."
GENRES = "Genres are the words that listeners give most often, whatever those are."
_ANOTHER = "Last.fm answers about “{}” when asked for “{}”, who may be somebody else."
_SILENT = "Last.fm did not say."
_UNREADABLE = "Last.fm sent something that cannot be read here."

MOVED = {  # where a path on the wire leads to in the contract
    r"^similarartists\.artist(\[\d+\])$": r"items\1",
    r"^toptracks\.track(\[\d+\])$": r"items\1",
    r"^listeners$": "popularity",
    r"^toptags\.tag(\[\d+\])?(\.name)?$": "genres",
}

WHY_NOT: Why = {
    "genres": (Reason.NOT_KNOWN, "Last.fm’s listeners have given this artist no words to go by."),
    "popularity": (
        Reason.NOT_KNOWN,
        "Last.fm counts its own listeners, which cannot be put on this scale.",
    ),
    "isrc": (Reason.NOT_KNOWN, "Last.fm does not tell recordings’ numbers (ISRC)."),
    "followers": (Reason.NOT_KNOWN, "Artists are not followed at Last.fm."),
}
NEIGHBOURS_GENRES: Why = {
    "genres": (Reason.NOT_KNOWN, "Last.fm is asked for the genres of one artist at a time.")
}

ABSENCES = Absences(_SILENT, WHY_NOT, _UNREADABLE, MOVED)


def another(told: str, asked: str) -> str:
    """That it put another name in the place of the one it was asked for."""
    return _ANOTHER.format(*(one_line(name)[:LONGEST] for name in (told, asked)))


def without_match(count: int) -> Missing:
    """That some of the neighbours are not shown."""
    who = "one more artist" if count == 1 else f"{count} more artists"
    detail = f"Last.fm names {who} and does not say how similar, so not shown here."
    return Missing(field="items", reason=Reason.NOT_KNOWN, detail=detail)
