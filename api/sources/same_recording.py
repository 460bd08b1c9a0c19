"""Whether two tracks can be one recording: a shared ISRC alone has been wrong before. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from api.music.names import loosely

MOST_APART_MS = 1_500
_ADDED = re.compile(  # by some services: guests, and which remaster it is
    r"[(\[]\s*(?:feat|ft|featuring|with)\b[^)\]]*[)\]]|\s(?:feat|ft)\.\s.*$"
    r"|[(\[][^)\]]*\bremaster(?:ed)?\b[^)\]]*[)\]]|\s-\s[^-]*\bremaster(?:ed)?\b[^-]*$"
)


class NamedArtist(Protocol):
    """Somebody who plays on a recording."""

    @property
    def id(self) -> str | None:
        """By which the artist is known, if at all."""
        ...

    @property
    def name(self) -> str | None:
        """As written."""
        ...


class Comparable(Protocol):
    """What two descriptions of a recording are compared by; a Track is one."""

    @property
    def name(self) -> str:
        """The title."""
        ...

    @property
    def artists(self) -> Sequence[NamedArtist]:
        """Who plays."""
        ...

    @property
    def duration_ms(self) -> int | None:
        """How long it is."""
        ...


class CreditedArtist(NamedTuple):
    """A NamedArtist and no more."""

    id: str | None
    name: str | None


class NumberedRecording(NamedTuple):
    """A recording’s number (ISRC), and a Comparable of little memory."""

    isrc: str
    name: str
    artists: tuple[CreditedArtist, ...]
    duration_ms: int | None


def agreement(one: Comparable, other: Comparable) -> tuple[str, ...] | None:
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


def _share_an_artist(one: Comparable, other: Comparable) -> bool | None:
    """Whether they name one artist in common; None where one of them names nobody."""
    ours, theirs = _artists(one), _artists(other)
    return not ours.isdisjoint(theirs) if ours and theirs else None


def _artists(track: Comparable) -> set[str]:
    """Ids and names: an id has capitals, a plain name has none."""
    ids = {credit.id for credit in track.artists if credit.id}
    return ids | {plain_title(credit.name) for credit in track.artists if credit.name}


def _are_as_long(one: Comparable, other: Comparable) -> bool | None:
    """Whether their lengths fit; None where one of them has none."""
    if one.duration_ms is None or other.duration_ms is None:
        return None
    return abs(one.duration_ms - other.duration_ms) <= MOST_APART_MS
