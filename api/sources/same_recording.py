"""Whether two tracks can be one recording: a shared ISRC alone has been wrong before. Pure."""

from __future__ import annotations

import re

from api.music.names import loosely
from api.schemas.track import Track

MOST_APART_MS = 1_500
_ADDED = re.compile(  # by some services: guests, and which remaster it is
    r"[(\[]\s*(?:feat|ft|featuring|with)\b[^)\]]*[)\]]|\s(?:feat|ft)\.\s.*$"
    r"|[(\[][^)\]]*\bremaster(?:ed)?\b[^)\]]*[)\]]|\s-\s[^-]*\bremaster(?:ed)?\b[^-]*$"
)


def agreement(one: Track, other: Track) -> tuple[str, ...] | None:
    """In which of title, artist and length they agree, where both tell; None if they differ."""
    compared = {
        "title": plain_title(one.name) == plain_title(other.name),
        "artist": _share_an_artist(one, other),
        "length": _are_as_long(one, other),
    }
    if False in compared.values():
        return None
    return tuple(name for name, agrees in compared.items() if agrees)


def plain_title(title: str) -> str:
    """A title without what services write differently: guests, remasters, case, accents, marks."""
    bare = loosely(title)
    words = "".join(sign if sign.isalnum() else " " for sign in _ADDED.sub("", bare))
    return " ".join(words.split()) or bare.strip()


def _share_an_artist(one: Track, other: Track) -> bool | None:
    """Whether they name one artist in common; None where one of them names nobody."""
    ours, theirs = _artists(one), _artists(other)
    return not ours.isdisjoint(theirs) if ours and theirs else None


def _artists(track: Track) -> set[str]:
    """Ids and names: an id has capitals, a plain name has none."""
    ids = {credit.id for credit in track.artists if credit.id}
    return ids | {plain_title(credit.name) for credit in track.artists if credit.name}


def _are_as_long(one: Track, other: Track) -> bool | None:
    """Whether their lengths fit; None where one of them has none."""
    if one.duration_ms is None or other.duration_ms is None:
        return None
    return abs(one.duration_ms - other.duration_ms) <= MOST_APART_MS
