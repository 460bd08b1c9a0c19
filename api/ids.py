"""Read ids, URIs and links in every form people paste. Pure: nothing is ever fetched."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import parse_qs, unquote, unquote_plus, urlsplit

from api.errors import BadReference
from api.schemas.reference import Kind, Reference

ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
ID_LENGTH = 22
ID_LIMIT = 1 << 128  # an id is a 128-bit number; 22 base-62 digits could say more
OWN_PREFIX = "own_"
MAX_TEXT = 2_000

_SPANS = (("0", "9"), ("a", "z"), ("A", "Z"))
_DIGIT = {character: value for value, character in enumerate(ALPHABET)}
_ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}\Z")
_LINK = re.compile(r"[a-z][a-z0-9+.-]*://|[^/\s]+\.[a-z]+/", re.IGNORECASE)
_SPOTIFY_HOSTS = frozenset({"open.spotify.com", "play.spotify.com", "www.spotify.com"})
_SHORT_HOSTS = frozenset({"spotify.link", "spotify.app.link", "link.tospotify.com"})
_BASE62_KINDS = (Kind.ARTIST, Kind.TRACK, Kind.ALBUM, Kind.PLAYLIST, Kind.EPISODE, Kind.SHOW)
_KINDS = {kind.value: kind for kind in (*_BASE62_KINDS, Kind.USER)}
_HREF = {Kind.ARTIST: "artists", Kind.TRACK: "tracks", Kind.PLAYLIST: "playlists"}
_OWN_SCHEME = "earprint"
_OWN = {
    Kind.ARTIST: "An artist of this server’s own library.",
    Kind.TRACK: "A file of this server’s own library.",
    Kind.PLAYLIST: "A collection of this server’s own library.",
}
_PASTE_A_LINK = "Paste the link that Spotify’s “Share → Copy link” gives."
_SHORT_HINT = (
    "Open the short link in a browser and paste the long open.spotify.com address it leads to. "
    "Earprint never follows links by itself."
)


def own_id(digest: bytes) -> str:
    """The own id of what has this digest (16 bytes or more): the same bytes, the same id."""
    return OWN_PREFIX + encode(int.from_bytes(digest[:16], "big"))


def own_uri(kind: Kind, ident: str) -> str:
    """The URI of what is this server's own: `earprint:track:own_…`."""
    return f"{_OWN_SCHEME}:{kind}:{ident}"


def own_artist_id(name: str) -> str:
    """The own id of an artist: files whose artists differ in case alone have the same."""
    return own_id(hashlib.sha256(f"artist:{name.strip().casefold()}".encode()).digest())


def is_id(text: str) -> bool:
    """Whether this is a Spotify id: 22 base-62 digits that fit in 128 bits."""
    return _fault_of_id(text) is None


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
    bare = re.sub(r"[\s\-.:]", "", text, flags=re.ASCII).upper()
    candidates = (bare, bare.removeprefix("ISRC"))  # Iceland’s own numbers may begin with ISRC
    return next(filter(_ISRC.match, candidates), None)


def parse(text: str) -> Reference:
    """What a pasted text refers to; raises BadReference with a hint on how to mend it."""
    pasted = text.strip().strip("<>\"'“”‘’").strip()
    if not pasted:
        raise BadReference("There is no text here.", hint=_PASTE_A_LINK)
    if len(pasted) > MAX_TEXT:
        raise BadReference("The text is far too long for a link or an id.", hint=_PASTE_A_LINK)
    if pasted[:8].lower() == "spotify:":
        return _parse_uri(pasted)
    if pasted.startswith(f"{_OWN_SCHEME}:"):
        return _parse_own(pasted)
    if _LINK.match(pasted):
        return _parse_link(pasted)
    return _parse_bare(pasted)


def path_id(text: str, expected: Kind) -> str:
    """The id in a path of ours: bare, own, or a URI of the expected kind. Raises BadReference."""
    if text[:8].lower() != "spotify:" and not text.startswith(f"{_OWN_SCHEME}:"):
        bare = text.removeprefix(OWN_PREFIX)
        if fault := _fault_of_id(bare):
            raise BadReference(fault, hint=_PASTE_A_LINK)
        return text
    reference = parse(text)
    if reference.kind is not expected or reference.id is None:
        raise wrong_kind(reference.kind, expected)
    return reference.id


def wrong_kind(found: Kind, expected: Kind) -> BadReference:
    """The refusal for an album link where a track was asked for; names both kinds."""
    return BadReference(
        f"This is {_with_article(found)} id, and {_with_article(expected)} is asked for here.",
        hint=f"Pick {_with_article(expected)} and paste its link instead.",
    )


def _with_article(kind: Kind) -> str:
    word = {Kind.LOCAL: "local file"}.get(kind, kind.value)
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"


def _fault_of_id(text: str) -> str | None:
    if len(text) != ID_LENGTH:
        return f"An id has {ID_LENGTH} letters and digits; this has {len(text)} characters."
    if any(character not in _DIGIT for character in text):
        return "An id has only the letters a-z, A-Z and the digits 0-9."
    if decode(text) >= ID_LIMIT:
        return "This is too large a number to be an id: a letter must have changed on the way."
    return None


def _reference(kind: Kind, ident: str, *, detail: str | None = None) -> Reference:
    section = _HREF.get(kind)
    return Reference(
        kind=kind,
        id=ident,
        uri=f"spotify:{kind}:{ident}",
        url=f"https://open.spotify.com/{kind}/{ident}",
        isrc=None,
        href=f"/v1/{section}/{ident}" if section else None,
        detail=detail,
    )


def _typed(kind_name: str, ident: str) -> Reference:
    kind = _KINDS.get(kind_name.lower())
    if kind is None:
        raise BadReference(
            f"“{kind_name[:40]}” is not a kind of thing we know.",
            hint="Links to artists, tracks, albums and playlists are understood.",
        )
    if kind is Kind.USER:
        return _reference(kind, unquote(ident))
    if fault := _fault_of_id(ident):
        raise BadReference(f"The {kind} id in it is not right. {fault}", hint=_PASTE_A_LINK)
    return _reference(kind, ident)


def _parse_uri(text: str) -> Reference:
    match text.split("?", 1)[0].split(":")[1:]:
        case ["local", _artist, _album, _title, _seconds]:
            return _local(text)
        case ["user", _name, "playlist", ident]:
            return _typed("playlist", ident)
        case [kind, ident] if ident:
            return _typed(kind, ident)
    raise BadReference(
        "A Spotify URI reads spotify:track:ID, with artist, album or playlist in place of track.",
        hint=_PASTE_A_LINK,
    )


def _is_own(text: str) -> bool:
    return text.startswith(OWN_PREFIX) and is_id(text.removeprefix(OWN_PREFIX))


def _parse_own(text: str) -> Reference:
    match text.split(":"):
        case [_scheme, name, ident] if name in _HREF and _is_own(ident):
            kind = Kind(name)
            return _detached(
                kind, _OWN[kind], id=ident, uri=text, href=f"/v1/{_HREF[kind]}/{ident}"
            )
    raise BadReference(
        "What is this server’s own has a URI like earprint:track:own_….", hint=_PASTE_A_LINK
    )


def local_name(uri: str) -> str:
    """`spotify:local:artist:album:title:seconds` → `title by artist`, as far as it says them."""
    _spotify, _kind, artist, _album, title, *_ = uri.split(":")
    return " by ".join(unquote_plus(part) for part in (title, artist) if part)


def _local(uri: str) -> Reference:
    named = local_name(uri) or "unnamed"
    detail = f"A file on somebody’s own computer ({named}). Spotify knows nothing else of it."
    return _detached(Kind.LOCAL, detail, uri=uri)


def _detached(
    kind: Kind, detail: str, *, href: str | None = None, **names: str | None
) -> Reference:
    """What has no page at Spotify; `names` are `id`, `uri` or `isrc`."""
    unnamed: dict[str, str | None] = {"id": None, "uri": None, "isrc": None}
    return Reference(kind=kind, url=None, href=href, detail=detail, **unnamed | names)


def _parse_link(text: str) -> Reference:
    try:
        link = urlsplit(text if "://" in text else f"https://{text}")
        host = (link.hostname or "").lower()
    except ValueError as error:
        raise BadReference("This link cannot be read.", hint=_PASTE_A_LINK) from error
    parts = [part for part in link.path.split("/") if part]
    if host in _SHORT_HOSTS or (host in _SPOTIFY_HOSTS and parts[:1] == ["s"]):
        raise BadReference("This is a short link, which does not say what it is.", hint=_SHORT_HINT)
    if link.scheme not in {"http", "https"} or "@" in link.netloc:
        raise BadReference("This link cannot be read.", hint=_PASTE_A_LINK)
    if host == "embed.spotify.com":
        return parse("".join(parse_qs(link.query).get("uri", [""])))
    if host not in _SPOTIFY_HOSTS:
        raise BadReference("This is not a Spotify link.", hint=_PASTE_A_LINK)
    return _parse_path(parts)


def _parse_path(parts: list[str]) -> Reference:
    while parts and (parts[0].startswith("intl-") or parts[0] in {"embed", "embed-podcast"}):
        parts = parts[1:]
    match parts:
        case ["user", _name, "playlist", ident, *_]:
            return _typed("playlist", ident)
        case [kind, ident, *_]:
            return _typed(kind, ident)
    raise BadReference("This link does not lead to a piece of music.", hint=_PASTE_A_LINK)


def _parse_bare(text: str) -> Reference:
    if _is_own(text):
        return _detached(Kind.TRACK, _OWN[Kind.TRACK], id=text, href=f"/v1/tracks/{text}")
    if is_id(text):
        detail = "A bare id does not say whether it is a track, an artist or something else."
        return _detached(Kind.UNKNOWN, detail, id=text)
    if isrc := normalise_isrc(text):
        href = f"/v1/search?q=isrc:{isrc}&type=track"
        return _detached(Kind.ISRC, "The number of a recording (ISRC).", isrc=isrc, href=href)
    if len(text) == ID_LENGTH and (fault := _fault_of_id(text)):
        raise BadReference(fault, hint=_PASTE_A_LINK)
    raise BadReference(
        "This is neither a link, nor an id, nor an ISRC.",
        hint=f"To find music by name use /v1/search?q=…  {_PASTE_A_LINK}",
    )
