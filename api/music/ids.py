"""Ids: 22 base-62 digits of a 128-bit number, Spotify's or this server's own; and ISRCs. Pure."""

from __future__ import annotations

import hashlib
import re

from api.schemas.reference import Kind

ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
ID_LENGTH = 22
ID_LIMIT = 1 << 128  # an id is a 128-bit number; 22 base-62 digits could say more
OWN_PREFIX = "own_"
BRAND_PREFIX = "brd_"
OWN_SCHEME = "earprint"
WORKSHEET_PREFIX = "wks_"
DASHES = "\u2010\u2011\u2012–—−-"  # as word processors write the hyphens of an ISRC

_SPANS = (("0", "9"), ("a", "z"), ("A", "Z"))
_DIGIT = {character: value for value, character in enumerate(ALPHABET)}
ISRC_PATTERN = r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}"
MBID_PATTERN = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
DEEZER_ID_PATTERN = r"[1-9][0-9]{0,14}"
QID_PATTERN = r"Q[1-9][0-9]{0,11}"
_ISRC = re.compile(ISRC_PATTERN)
_MBID = re.compile(MBID_PATTERN)
_DEEZER_ID = re.compile(DEEZER_ID_PATTERN)
_QID = re.compile(QID_PATTERN)
_MARKS = re.compile(rf"[\s.:{DASHES}]")


def own_id(digest: bytes) -> str:
    """The own id of what has this digest (16 bytes or more): the same bytes, the same id."""
    return OWN_PREFIX + encode(int.from_bytes(digest[:16], "big"))


def own_uri(kind: Kind, ident: str) -> str:
    """The URI of what is this server's own: `earprint:track:own_…`."""
    return f"{OWN_SCHEME}:{kind}:{ident}"


def own_artist_id(name: str) -> str:
    """The own id of an artist: files whose artists differ in case alone have the same."""
    return own_id(hashlib.sha256(f"artist:{name.strip().casefold()}".encode()).digest())


def is_id(text: str) -> bool:
    """Whether this is a Spotify id: 22 base-62 digits that fit in 128 bits."""
    return fault_of_id(text) is None


def is_brand(text: str) -> bool:
    """Whether this is the id of a brand."""
    return text.startswith(BRAND_PREFIX) and is_id(text.removeprefix(BRAND_PREFIX))


def fault_of_id(text: str) -> str | None:
    """Why this is no id, in a sentence; None of an id."""
    if len(text) != ID_LENGTH:
        return f"An id has {ID_LENGTH} letters and digits; this has {len(text)}."
    if any(character not in _DIGIT for character in text):
        return "An id has only the letters a-z, A-Z and the digits 0-9."
    if decode(text) >= ID_LIMIT:
        return "This is too large a number to be an id: a letter must have changed on the way."
    return None


def is_mbid(text: str) -> bool:
    """Whether this is an id as MusicBrainz writes it: a UUID in small letters."""
    return _MBID.fullmatch(text) is not None


def is_deezer_id(text: str) -> bool:
    """Whether this is an id of Deezer’s: a number."""
    return _DEEZER_ID.fullmatch(text) is not None


def is_qid(text: str) -> bool:
    """Whether this is an item of Wikidata’s."""
    return _QID.fullmatch(text) is not None


def decode(text: str) -> int:
    """The number a valid id stands for."""
    number = 0
    for character in text:
        number = number * 62 + _DIGIT[character]
    return number


def encode(number: int) -> str:
    """The id of a number below 2^128."""
    digits = []
    for _ in range(ID_LENGTH):
        number, digit = divmod(number, 62)
        digits.append(ALPHABET[digit])
    return "".join(reversed(digits))


def id_pattern() -> str:
    """A regular expression of exactly the valid ids, for the OpenAPI document."""
    largest = encode(ID_LIMIT - 1)
    smaller = [
        f"{largest[:place]}{_below(digit)}[0-9a-zA-Z]{{{ID_LENGTH - place - 1}}}"
        for place, digit in enumerate(largest)
        if digit != ALPHABET[0]
    ]
    return f"(?:{'|'.join([*smaller, largest])})"


def _below(digit: str) -> str:
    count = _DIGIT[digit]
    spans = []
    for first, last in _SPANS:
        end = min(_DIGIT[last], count - 1)
        if end >= _DIGIT[first]:
            spans.append(f"{first}-{ALPHABET[end]}")
    return f"[{''.join(spans)}]"


def normalise_isrc(text: str) -> str | None:
    """`gb-smu-24-01851` → `GBSMU2401851`; None if this is no ISRC."""
    bare = _MARKS.sub("", text).upper()
    candidates = (bare, bare.removeprefix("ISRC"))  # Iceland’s own numbers may begin with ISRC
    return next(filter(_ISRC.fullmatch, candidates), None)


def is_isrc(text: str) -> bool:
    """Whether this is an ISRC as it stands in an address."""
    return normalise_isrc(text) == text
