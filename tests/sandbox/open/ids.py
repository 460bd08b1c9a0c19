"""The ids that the invented artists and tracks have elsewhere, and which of them are linked.

Every artist and track has an id everywhere; only of those in `is_linked` does MusicBrainz or
Wikidata say which of Spotify's they are. Numbers are those of tests/sandbox/catalogue.py.
"""

import hashlib
import uuid
from collections import defaultdict
from collections.abc import Callable
from functools import cache

from tests.sandbox.landmarks import ARTISTS

TWO_MBIDS_ARTIST = 13  # MusicBrainz has it twice, both with its page at Spotify
SHARED_DEEZER_ARTISTS = (20, 22)  # Deezer has one page for the two
SHARED_MBID_ARTISTS = (30, 31)  # one artist to MusicBrainz, with two pages at Spotify
MERGED_MBID = str(uuid.UUID(int=0xFACE, version=4))  # of artist 0, until MusicBrainz merged it
FIRST_QID, FIRST_DEEZER = 999_000_000, 880_000_000  # above all that are in use


def uuid_of(kind: str, n: int) -> str:
    """An MBID of whatever kind: artist, recording, release, genre, url."""
    digest = hashlib.sha256(f"earprint-sandbox:mbid:{kind}:{n}".encode()).digest()
    return str(uuid.UUID(bytes=digest[:16], version=4))


def mbid_of(n: int) -> str:
    """The artist's MBID; of two, the older."""
    return uuid_of("artist", SHARED_MBID_ARTISTS[0] if n in SHARED_MBID_ARTISTS else n)


def mbids_of(n: int) -> tuple[str, ...]:
    """All the MBIDs of an artist."""
    second = (uuid_of("second artist", n),) if n == TWO_MBIDS_ARTIST else ()
    return (mbid_of(n), *second)


def recording_of(n: int) -> str:
    """The MBID of a track's recording."""
    return uuid_of("recording", n)


def qid_of(n: int) -> str:
    """The artist's item at Wikidata."""
    return f"Q{FIRST_QID + n}"


def deezer_of(n: int) -> str:
    """The artist's id at Deezer."""
    shared = SHARED_DEEZER_ARTISTS
    return str(FIRST_DEEZER + (shared[0] if n in shared else n))


def is_linked(n: int) -> bool:
    """Whether anybody says which of Spotify's artists (or tracks) it is: 55 of 64 artists."""
    return n % 7 != 5


@cache
def artists_by(ids_of: Callable[[int], str | tuple[str, ...]]) -> dict[str, tuple[int, ...]]:
    """The artists' numbers by their ids: `artists_by(mbids_of)`, `artists_by(deezer_of)`."""
    numbers: dict[str, list[int]] = defaultdict(list)
    for n in range(ARTISTS):
        ids = ids_of(n)
        for ident in (ids,) if isinstance(ids, str) else ids:
            numbers[ident].append(n)
    return {ident: tuple(found) for ident, found in numbers.items()}
