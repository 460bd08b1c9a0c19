"""Read what a pasted text refers to: a link, a URI, an id or an ISRC, alone or in other words.

The text is cut into pieces that look like a reference, each piece is read by its kind, and what
names the same thing counts once. A text that names exactly one thing refers to it. Pure: nothing
is ever fetched. At most MAX_TEXT characters are looked at, each a bounded number of times.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise
from urllib.parse import unquote, unquote_plus, urlsplit

from api.music.ids import (
    DASHES,
    ID_LENGTH,
    OWN_PREFIX,
    OWN_SCHEME,
    fault_of_id,
    is_id,
    normalise_isrc,
)
from api.problems.errors import BadReference
from api.schemas.reference import Kind, Reference
from api.system.hosts import OwnHosts

MAX_TEXT = 2_000

_KINDS = {
    **{kind.value: kind for kind in (Kind.ARTIST, Kind.TRACK, Kind.ALBUM, Kind.PLAYLIST)},
    **{kind.value: kind for kind in (Kind.EPISODE, Kind.SHOW, Kind.USER)},
}
_WORDS = {  # as they stand in front of an id: in URIs, in the web player, in Spotify's API, in ours
    **_KINDS,
    **{f"{name}s": kind for name, kind in _KINDS.items()},
    **dict.fromkeys(("song", "features", "audio-features", "audio-analysis"), Kind.TRACK),
    "choose": Kind.UNKNOWN,
    "collections": Kind.PLAYLIST,
    "library": Kind.TRACK,
}
_HREF = {Kind.ARTIST: "artists", Kind.TRACK: "tracks", Kind.PLAYLIST: "playlists"}
_OWN = {
    Kind.ARTIST: "An artist of this server’s own library.",
    Kind.ALBUM: "A release in this server’s own library.",
    Kind.TRACK: "A file of this server’s own library.",
    Kind.PLAYLIST: "A collection of this server’s own library.",
    Kind.UNKNOWN: "An id of this server’s own does not say whether it is a file, an artist or a "
    "collection.",
}
_SHORT_HOSTS = frozenset({"spotify.link", "spoti.fi", "spotify.app.link", "link.tospotify.com"})
_SHORT_HOSTS |= {"spotify-alternate.app.link", "tospotify.com", "sptfy.com"}
_SHORT_PATH = "s"  # open.spotify.com/s/…
_BARE_IN = frozenset({"id", "ids", "q", "track", "uri", "url"})  # parameters that hold bare ids
_HERE = OwnHosts(())
_DEEPEST = 3  # links within links within links
_DECODINGS = 3  # a link that was escaped three times is no longer somebody's

_PASTE_A_LINK = "Paste the link that Spotify’s “Share → Copy link” gives."
_SHORT_HINT = (
    "Open the short link in a browser and paste the long open.spotify.com address it leads to. "
    "Earprint never follows links by itself."
)
_NAMES = {  # how things are counted in a text that names several
    Kind.SHOW: "podcast",
    Kind.EPISODE: "podcast episode",
    Kind.USER: "person",
    Kind.LOCAL: "local file",
    Kind.ISRC: "ISRC",
    Kind.UNKNOWN: "id",
}
_SHORT_NAME = "short link"
_PLURALS = {"person": "people"}

_IDENT = rf"(?:(?-i:{OWN_PREFIX}))?[0-9A-Za-z]{{{ID_LENGTH}}}(?![0-9A-Za-z])"
_KIND = "|".join(sorted(_WORDS, key=len, reverse=True))
_ENDS = r"\s<>\"'`“”‘’„\u201a«»\u2039\u203a()\[\]{}|\\^,;"  # they stand around links, never in them
# A link ends where the next one begins, unless that one is the value of a parameter.
_REST = rf"(?:(?!(?<!=)(?:https?://|spotify:))[^{_ENDS}])"
_PIECE = re.compile(
    rf"""
      (?P<local>spotify:local:(?:[^:\n]*:){{3}}\d*)
    | (?P<uri>(?:spotify:(?={_REST})|{OWN_SCHEME}:){_REST}*)
    | (?P<link>(?:https?://(?:\[[0-9a-z:.%]*\])?            # even glued to the word before it
        | (?<![0-9a-z+.-])[a-z][a-z0-9+.-]*(?<!http)(?<!https)(?<!spotify)://
        | (?<![0-9a-z.@-])(?=(?:(?:[a-z0-9-]+\.)+[a-z0-9-]+|localhost)(?::\d+)?[/?\#])){_REST}*)
    | (?<![0-9a-z_/.@%+\\-])(?P<path>/?(?:v1/)?(?:library/)?(?:{_KIND})[/:][ ]?{_IDENT}{_REST}*)
    | (?<![0-9a-z/%\\])(?<!{OWN_PREFIX})(?P<id>{_IDENT}(?:[?\#&/]{_REST}*)?)
    | (?<![0-9a-z_/%])(?P<broken>{OWN_PREFIX}[0-9a-z]*)
    | (?<![0-9a-z])isrc(?:\s(?:code|number|no))?[\s:.\#-]{{0,3}}
        (?P<called>[a-z]{{2}}[\s.{DASHES}]?[a-z0-9]{{3}}[\s.{DASHES}]?\d{{2}}[\s.{DASHES}]?\d{{5}})
        (?![0-9a-z])
    | (?<![0-9a-z])(?P<isrc>(?-i:[A-Z]{{2}}[A-Z0-9]{{3}}\d{{7}})
        | [a-z]{{2}}[{DASHES}][a-z0-9]{{3}}[{DASHES}]\d{{2}}[{DASHES}]\d{{5}})(?![0-9a-z])
    """,
    re.ASCII | re.IGNORECASE | re.VERBOSE,
)
_PLAIN = re.compile(  # what Spotify’s “Share” gives: nearly every line of nearly every list
    rf"(?:https://open\.spotify\.com/|spotify:)({'|'.join(_KINDS)})[/:]([0-9A-Za-z]{{{ID_LENGTH}}})"
    r"(?:\?si=[0-9A-Za-z_-]*)?\Z"
)
_SCHEME = re.compile(r"[a-z0-9+.-]+://", re.IGNORECASE)
_RUN = re.compile(rf"(?:{OWN_PREFIX})?[0-9A-Za-z]*")
_HIGHLIGHT = re.compile(r"(?:^|&)highlight=spotify:track:([0-9A-Za-z]+)")
_WHOLE_LINK = re.compile(rf"https?://|spotify:|{OWN_SCHEME}:", re.IGNORECASE)
_SLASH = re.compile(r"\\(?:/|u002f)", re.IGNORECASE)  # as JSON and scripts write it
_ENDINGS = re.compile(  # of ids, of ISRCs however they are spelt, of local files
    rf"(?<![0-9A-Za-z])[0-9A-Za-z]{{{ID_LENGTH}}}(?![0-9A-Za-z])|\d{{5}}(?![0-9A-Za-z])|spotify:local:"
)
_PARTS = re.compile(r".{1,10000}(?:\s|\Z)|\S+", re.DOTALL)  # so that no long line holds up others
_BREAK = re.compile(r"(?<=[:/])<w?br */?>", re.IGNORECASE)  # within a link or a URI
_ENTITY = re.compile(r"&#?\w{1,8};")
_NUMBER = re.compile(r"\d{1,4}[.):\s]\W*")  # of a line in a list
_TELLING = re.compile(
    rf"[/:#?%&\\_]|[0-9A-Za-z]{{18}}|[0-9](?:[\s.:{DASHES}]*[0-9]){{6}}", re.ASCII
)
"""Of this something stands in every text that names or tries to name anything: most lines of most
texts are words, and are known as such without being taken apart."""
_ALNUM = re.compile(r"[^\W_]")
_NEAR_ID = re.compile(r"(?=.*[0-9])(?=.*[a-z])(?=.*[A-Z])[0-9A-Za-z]{18,}\Z")
_BROKEN = re.compile(  # an id on the line below its kind, and an id cut in two by the end of a line
    rf"""
      (?P<head>(?:spotify|{OWN_SCHEME})\s*:\s*(?:{_KIND})\s*:|/\s*(?:{_KIND})\s*/)
        \s*(?P<id>{_IDENT})
    | (?P<start>[:/](?:{_KIND})[:/][0-9A-Za-z]{{1,21}})(?P<cut>=?\s+)
        (?P<end>[0-9A-Za-z]{{1,21}})(?![0-9A-Za-z])
    """,
    re.ASCII | re.IGNORECASE | re.VERBOSE,
)


class _ShortLink(BadReference):
    """A link that leads to something, without saying to what."""

    def __init__(self) -> None:
        super().__init__("This is a short link, which does not say what it is.", hint=_SHORT_HINT)


class _Words(BadReference):
    """Nothing that tries to be a reference."""

    def __init__(self) -> None:
        super().__init__(
            "This is neither a link, nor an id, nor an ISRC.",
            hint=f"To find music by name use /v1/search?q=…  {_PASTE_A_LINK}",
        )


@dataclass(slots=True)
class _Found:
    """What the pieces of a text are: what they name, and why others name nothing."""

    references: list[tuple[Reference, str]] = field(default_factory=list)
    faults: list[BadReference] = field(default_factory=list)

    @property
    def things(self) -> dict[tuple[Kind, str | None], tuple[Reference, str]]:
        """Each thing once, with the text that names it first; an id of no kind gives way."""
        once: dict[tuple[Kind, str | None], tuple[Reference, str]] = {}
        for one, text in self.references:
            once.setdefault((one.kind, one.id or one.isrc or one.uri), (one, text))
        typed = {ident for kind, ident in once if kind is not Kind.UNKNOWN}
        return {
            key: named
            for key, named in once.items()
            if key[0] is not Kind.UNKNOWN or key[1] not in typed
        }

    @property
    def short_links(self) -> list[BadReference]:
        """Those that would have to be followed."""
        return [fault for fault in self.faults if isinstance(fault, _ShortLink)]


def read(text: str, *, ours: OwnHosts = _HERE) -> Reference:
    """The one thing that a text refers to; raises BadReference with a hint on how to mend it."""
    if (plain := _PLAIN.match(text)) and plain[1] != Kind.USER and is_id(plain[2]):
        return _spotify(_KINDS[plain[1]], plain[2])
    if not text.strip():
        raise BadReference("There is no text here.", hint=_PASTE_A_LINK)
    if len(text) > MAX_TEXT:
        hint = f"Paste one link. Up to {MAX_TEXT:,} characters around it are read."
        raise BadReference("The text is far too long for a link or an id.", hint=hint)
    found = _look(text, ours)
    things = list(found.things.values())
    if len(things) + len(found.short_links) > 1 and things:
        raise _several(found)
    if things:
        return things[0][0]
    for fault in (*found.short_links, *found.faults):
        raise fault
    raise _Words


def is_words(text: str) -> bool:
    """Whether a text is something to search for: nothing in it tries to be a reference."""
    try:
        read(text)
    except _Words:
        return True
    except BadReference:
        return text.strip().isalpha()
    return False


def lines(text: str) -> Iterator[str]:
    """The lines of a list; an id on the line below its kind is put back, and leaves that empty."""
    first, *others = text.splitlines() or [""]
    for other in others:
        if first and other:
            first, other = _unbroken(f"{first}\n{other}").split("\n", 1)  # noqa: PLW2901
        yield first
        first = other
    yield first


def at_most(line: str) -> int:
    """How many things a line of a list may name, found without reading them: never too few."""
    return sum(1 for _ in _ENDINGS.finditer(line))


def each(line: str) -> list[str]:
    """A line of a list as texts that `read` takes: one for each thing that it names, else itself.

    An ISRC beside a link is left out: it is the number of what the link leads to.
    """
    if len(list(islice(_ENDINGS.finditer(line), 2))) < 2:  # noqa: PLR2004  # one thing at most
        return [line]
    found = _Found()
    for part in _PARTS.findall(line):
        found.references += _look(part, _HERE).references
    things = list(found.things.values())
    linked = [one for one in things if one[0].kind is not Kind.ISRC] or things
    return [text for _, text in linked] if len(linked) > 1 else [line]


def path_id(text: str, expected: Kind) -> str:
    """The id in a path of ours: bare, own, or a reference of this kind. Raises BadReference."""
    if is_id(text.removeprefix(OWN_PREFIX)):
        return text
    try:
        reference = read(text)
    except _Words as error:
        raise _bad_id(text.removeprefix(OWN_PREFIX)) from error
    if reference.kind not in {expected, Kind.UNKNOWN} or reference.id is None:
        raise wrong_kind(reference.kind, expected)
    return reference.id


def wrong_kind(found: Kind, expected: Kind) -> BadReference:
    """The refusal for an album link where a track was asked for; names both kinds."""
    return BadReference(
        f"This is {_with_article(found)} id, and {_with_article(expected)} is asked for here.",
        hint=f"Pick {_with_article(expected)} and paste its link instead.",
    )


def local_name(uri: str) -> str:
    """`spotify:local:artist:album:title:seconds` → `title by artist`, as far as it says them."""
    _spotify, _kind, artist, _album, title, *_ = uri.split(":")
    return " by ".join(unquote_plus(part) for part in (title, artist) if part)


def _with_article(kind: Kind) -> str:
    word = {Kind.LOCAL: "local file", Kind.ISRC: "ISRC"}.get(kind, kind.value)
    return f"{'an' if word[0].lower() in 'aeiou' else 'a'} {word}"


def _several(found: _Found) -> BadReference:
    names = [_NAMES.get(one.kind, one.kind.value) for one, _ in found.things.values()]
    counts = Counter(names + [_SHORT_NAME] * len(found.short_links))
    bag = ", ".join(_counted(number, name) for name, number in counts.most_common())
    return BadReference(
        "This names several things, and one is asked for.",
        hint=f"It names {bag}. Paste one of them alone; a whole list of tracks can be brought in "
        "as a collection.",
    )


def _counted(number: int, name: str) -> str:
    return f"{number} {name if number == 1 else _PLURALS.get(name, f'{name}s')}"


def _bad_id(ident: str, kind: str = "") -> BadReference:
    fault = fault_of_id(ident) or ""
    detail = f"The {kind} id in it is not right. {fault}" if kind else fault
    return BadReference(detail, hint=_PASTE_A_LINK)


# How a text is cut into pieces.


def _look(text: str, ours: OwnHosts, depth: int = 0) -> _Found:
    """What a text names as it stands; if nothing, then what it names once escapes are undone."""
    seen = _Found()
    for plain in _decoded(_clean(text), 0 if depth else _DECODINGS):
        if not _TELLING.search(plain):
            continue
        found, reading = _Found(), _Reading(ours, depth, _bare(plain))
        for place in _PIECE.finditer(plain):
            _take(place, found, reading)
        if not found.references and not found.faults:
            _take_alone(reading.alone, found)
        if found.references:
            return found
        seen.faults += found.faults
    return seen


def _clean(text: str) -> str:
    """Without what nobody sees: marks of direction and of order, joiners, soft hyphens."""
    if text.isascii() and text.isprintable():
        visible = text
    else:
        visible = "".join(_visible(character) for character in text)
    if "&" in visible:
        visible = _ENTITY.sub(lambda entity: html.unescape(entity[0]), visible)
    return _unbroken(_BREAK.sub("", visible) if "<" in visible else visible)


def _visible(character: str) -> str:
    if character in "\n\x85\u2028\u2029":
        return "\n"
    if character.isspace() or (kind := unicodedata.category(character)) == "Cc":
        return " "
    return "" if kind in {"Cf", "Cs"} else character


def _decoded(text: str, times: int) -> Iterator[str]:
    """The text, then as often as it helps the text with its escapes undone."""
    yield text
    for _ in range(times):
        plain = _clean(_SLASH.sub("/", unquote(text)))
        if plain == text:
            return
        yield (text := plain)


def _unbroken(text: str) -> str:
    """The text with ids that begin on the next line put back; it keeps its number of lines."""
    return _BROKEN.sub(_joined, text) if ":" in text or "/" in text else text


def _joined(place: re.Match[str]) -> str:
    if place["head"]:
        return re.sub(r"\s", "", place["head"]) + place["id"] + _lines(place[0])
    whole = place["start"] + place["end"]
    is_cut = is_id(re.split("[:/]", whole)[-1])
    return whole + _lines(place[0]) if is_cut else place[0]


def _lines(text: str) -> str:
    """A line break for each in the text, so that lines keep their numbers."""
    return "\n" * text.count("\n")


def _bare(text: str) -> str:
    """The text without a list's number, quotation marks and full stop around it."""
    first = _ALNUM.search(text)
    last = _ALNUM.search(text[::-1]) if first else None
    inner = text[first.start() : len(text) - last.start()] if first and last else ""
    return _NUMBER.sub("", inner, count=1) if _NUMBER.match(inner) else inner


# What a piece is.


@dataclass(frozen=True, slots=True)
class _Reading:
    """How a piece is read: at which hosts we are, how deep in links, and all that there is."""

    ours: OwnHosts
    depth: int
    alone: str


def _take(place: re.Match[str], found: _Found, reading: _Reading) -> None:
    """Read one piece of a text into what was found."""
    text = place[0]
    try:
        if place["link"]:
            _take_link(text, found, reading)
        elif reference := _simple(place, reading):
            found.references.append((reference, text))
    except BadReference as fault:
        found.faults.append(fault)


def _simple(place: re.Match[str], reading: _Reading) -> Reference | None:
    """What a piece other than a link names; None of an id-like word in a sentence."""
    text = place[0]
    match place.lastgroup:
        case "local":
            return _local(text)
        case "uri":
            return _uri(text)
        case "path":
            return _named(re.split("[/:?#] ?", text), own=True, spotify=True)
        case "id":
            return _kindless(_run(text), alone=_bare(text) == reading.alone)
        case "broken":
            raise _bad_id(text.removeprefix(OWN_PREFIX), "own")
        case group:
            return _isrc(normalise_isrc(place[group or 0]) or "")


def _take_alone(text: str, found: _Found) -> None:
    """Read a text that is nothing but an ISRC in any spelling, or an id that was mangled."""
    if isrc := normalise_isrc(text):
        found.references.append((_isrc(isrc), isrc))
    elif _NEAR_ID.match(text):
        found.faults.append(_bad_id(text))


def _kindless(ident: str, *, alone: bool) -> Reference | None:
    """An id without a kind; among other words it has to look unlike a word or a number."""
    if _is_own(ident):
        return _own(Kind.UNKNOWN, ident)
    if ident.startswith(OWN_PREFIX):
        raise _bad_id(ident.removeprefix(OWN_PREFIX), "own")
    if alone and not is_id(ident):
        raise _bad_id(ident)
    if not is_id(ident) or not (alone or _NEAR_ID.match(ident)):
        return None
    return _unsaid(ident)


def _uri(text: str) -> Reference:
    scheme, _, rest = text.partition(":")
    path, _, query = rest.partition("#")[0].partition("?")
    own = scheme.lower() == OWN_SCHEME
    parts = [unquote(part).strip() for part in re.split("[:/]", path) if part]
    named = _named(parts, own=own, spotify=not own)
    if named is not None:
        return _marked(named, query)
    if own:
        raise BadReference(
            "What is this server’s own has a URI like earprint:track:own_….", hint=_PASTE_A_LINK
        )
    raise BadReference(
        "A Spotify URI reads spotify:track:ID, with artist, album or playlist in place of track.",
        hint=_PASTE_A_LINK,
    )


def _take_link(text: str, found: _Found, reading: _Reading) -> None:
    """Read a link: by its path, else by what its parameters hold. Raises BadReference."""
    try:
        link = urlsplit(text if _SCHEME.match(text) else f"//{text}")
        host = (link.hostname or "").rstrip(".").removeprefix("www.")
    except ValueError as error:
        raise _unreadable(readable=False, known=False) from error
    query = link.query
    steps = (*re.split("[/:]", link.path), *_ids(query), *link.fragment.split("/"))
    parts = [unquote(step).strip() for step in steps if step]
    if host in _SHORT_HOSTS or (_is_spotify(host) and _SHORT_PATH in parts[:1]):
        raise _ShortLink
    theirs, own = _is_spotify(host), host in reading.ours
    readable = "@" not in link.netloc and (link.scheme or "http") in {"http", "https"}
    named = None
    if readable:
        named = _named(parts, own=not theirs, spotify=theirs or own)
    if named is not None:
        found.references.append((_marked(named, query), text))
        return
    held = query if theirs or own or query else link.path
    inner = _inside(held, reading, bare=own or host.startswith("api."))
    found.references += [(one, text) for one, _ in inner.references]
    found.faults += inner.faults
    if inner.references or inner.faults or not (link.scheme or theirs or own):
        return  # what has no scheme and is nobody's we know may be words: AC/DC, Mr.Children/Hero
    raise _unreadable(readable=readable, known=theirs or own)


def _unreadable(*, readable: bool, known: bool) -> BadReference:
    if not readable:
        return BadReference("This link cannot be read.", hint=_PASTE_A_LINK)
    if known:
        return BadReference("This link does not lead to a piece of music.", hint=_PASTE_A_LINK)
    return BadReference("This is not a Spotify link.", hint=_PASTE_A_LINK)


def _is_spotify(host: str) -> bool:
    return host == "spotify.com" or host.endswith(".spotify.com")


def _parameters(query: str) -> Iterator[tuple[str, str]]:
    for parameter in query.split("&"):
        name, _, value = parameter.partition("=")
        yield name.lower(), unquote(unquote(value))


def _ids(query: str) -> list[str]:
    """`/v1/tracks?ids=…`: an id after its kind, although not in the path."""
    return [value for name, value in _parameters(query) if name == "ids"]


def _marked(named: Reference, query: str) -> Reference:
    """The track that a link to an album marks, else what the link names."""
    mark = _HIGHLIGHT.search(unquote(unquote(query))) if named.kind is Kind.ALBUM else None
    if mark is None or not is_id(mark[1]):
        return named
    return _spotify(Kind.TRACK, mark[1], detail="The link opens an album and marks this track.")


def _inside(text: str, reading: _Reading, *, bare: bool) -> _Found:
    """What stands in the parameters of a link: whole links, and where we know them bare ids."""
    found = _Found()
    if reading.depth == _DEEPEST:
        return found
    for name, value in _parameters(text):
        if _WHOLE_LINK.match(value) or (bare and name in _BARE_IN):
            inner = _look(value, reading.ours, reading.depth + 1)
            found.references += inner.references
            found.faults += inner.faults
    return found


def _named(parts: Sequence[str], *, own: bool, spotify: bool) -> Reference | None:
    """What an address names: the last id in it that stands after a kind.

    `user/…/playlist/ID` is the playlist. Raises BadReference of Spotify's, where no id is right.
    """
    named, fault = None, None
    for word, after in pairwise(parts):
        kind, ident = _WORDS.get(word.lower()), _run(after)
        if kind is Kind.USER and spotify and named is None:
            named = _user(after)
        elif kind in _OWN and own and _is_own(ident):
            named = _own(kind, ident)
        elif kind is not None and spotify and is_id(ident):
            named = _unsaid(ident) if kind is Kind.UNKNOWN else _spotify(kind, ident)
        elif kind is not None and spotify and after:
            fault = _bad_id(ident or after, kind.value)
    if fault is not None and (named is None or named.kind is Kind.USER):
        raise fault
    return named


def _run(text: str) -> str:
    """The letters and digits with which a text begins, `own_` included."""
    found = _RUN.match(text)
    return found[0] if found else ""


def _user(name: str) -> Reference | None:
    name = name.rstrip(".,;:!?)*")
    return _spotify(Kind.USER, name) if name else None


def _spotify(kind: Kind, ident: str, *, detail: str | None = None) -> Reference:
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


def _unsaid(ident: str) -> Reference:
    detail = "A bare id does not say whether it is a track, an artist or something else."
    return _detached(Kind.UNKNOWN, detail, id=ident)


def _is_own(ident: str) -> bool:
    return ident.startswith(OWN_PREFIX) and is_id(ident.removeprefix(OWN_PREFIX))


def _own(kind: Kind, ident: str) -> Reference:
    section = _HREF.get(kind)
    return _detached(
        kind,
        _OWN[kind],
        id=ident,
        uri=None if kind is Kind.UNKNOWN else f"{OWN_SCHEME}:{kind}:{ident}",
        href=f"/v1/{section}/{ident}" if section else None,
    )


def _local(uri: str) -> Reference:
    named = local_name(uri) or "unnamed"
    detail = f"A file on somebody’s own computer ({named}). Spotify knows nothing else of it."
    return _detached(Kind.LOCAL, detail, uri=uri)


def _isrc(isrc: str) -> Reference:
    href = f"/v1/search?q=isrc:{isrc}&type=track"
    return _detached(Kind.ISRC, "The number of a recording (ISRC).", isrc=isrc, href=href)


def _detached(
    kind: Kind, detail: str, *, href: str | None = None, **names: str | None
) -> Reference:
    """What has no page at Spotify; `names` are `id`, `uri` or `isrc`."""
    unnamed: dict[str, str | None] = {"id": None, "uri": None, "isrc": None}
    return Reference(kind=kind, url=None, href=href, detail=detail, **unnamed | names)
