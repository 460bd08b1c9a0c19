"""What the address of a comparison names: `a=` to `e=`, each a link, an id, a URI or a name.

The page itself writes bare ids of songs, and ids with their kind of all else. What somebody pasted
is read by the API; words are searched for, and what is found is offered.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from string import ascii_lowercase
from urllib.parse import quote, urlencode

from api.music.ids import OWN_PREFIX, is_brand
from api.music.references import is_words
from api.schemas.artist import Artist
from api.schemas.lists import FoundAt, SearchResults
from api.schemas.playlist import Playlist
from api.schemas.reference import Kind, Reference
from api.schemas.track import Track
from web.client import ApiProblem
from web.pages.hits import hit
from web.request import PageRequest
from web.text import labels
from web.text.paste import pasted
from web.text.provenance import BAD_REFERENCE, trouble

LETTERS = "abcde"
BRANDS = "/brands/"  # where a brand’s own page is
PLACES = ("first", "second", "third", "fourth", "fifth")
UNPROCESSABLE, OK = 422, 200
MOST_WORDS, MOST_FOUND = 200, 5
NOTHING_FOUND = "Nothing that can be asked here is called that."
TOO_MANY = "Five is as many as stay readable; this is one more."
FEWER_WORDS = "Check the spelling, or paste a link. Own files are found by their title."


class SideKind(StrEnum):
    """What can be compared."""

    SONG = "track"
    ARTIST = "artist"
    LIST = "playlist"
    BRAND = "brand"


HEARD = (SideKind.SONG, SideKind.ARTIST, SideKind.LIST)
_VALUE = re.compile(rf"(?:({'|'.join(HEARD)}):)?((?:{OWN_PREFIX})?[0-9A-Za-z]{{22}})\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class NamedSide:
    """What one side is to be. A `bare` id does not say what it is of: first of all of a song."""

    kind: SideKind
    ident: str
    letter: str
    text: str
    bare: bool = False

    @property
    def value(self) -> str:
        """It, as this page’s address has it."""
        return value_of(self.kind, self.ident)

    @property
    def href(self) -> str:
        """Its own page."""
        return f"/{self.kind}s/{quote(self.ident, safe='')}"


@dataclass(frozen=True, slots=True)
class SideChoice:
    """Something that can be put beside the others, by the value it has in the address."""

    name: str
    about: str
    value: str


@dataclass(frozen=True, slots=True)
class UnreadSide:
    """What was given for a side and is none: why, and what to do; or `choices`, which it may mean.

    `status` is that of the page it is told on.
    """

    letter: str
    text: str
    says: str
    again: str | None = None
    hint: str | None = None
    way_on: tuple[str, str] | None = None
    choices: tuple[SideChoice, ...] = ()
    status: int = UNPROCESSABLE
    retry_after: int | None = None


def value_of(kind: SideKind, ident: str) -> str:
    """A side in the address: only songs and brands are known by their id alone."""
    return f"{kind}:{ident}" if kind in {SideKind.ARTIST, SideKind.LIST} else ident


def address(values: Iterable[str], path: str = "/compare") -> str:
    """The address of a comparison of these."""
    query = urlencode(list(zip(LETTERS, values, strict=False)), safe=":")
    return f"{path}?{query}" if query else path


async def read(request: PageRequest) -> tuple[list[NamedSide], list[UnreadSide]]:
    """The sides that the address names, each once, and what it says besides."""
    texts = [(letter, text) for letter in LETTERS if (text := pasted(request, letter))]
    beyond = [
        UnreadSide(letter, text, TOO_MANY)
        for letter in ascii_lowercase[len(LETTERS) :]
        if (text := pasted(request, letter))
    ]
    found = await asyncio.gather(*(_read(request, letter, text) for letter, text in texts))
    named: dict[str, NamedSide] = {}
    unread = beyond
    for one in found:
        if isinstance(one, UnreadSide):
            unread.append(one)
        elif one.value in named:
            place = PLACES[list(named).index(one.value)]
            unread.append(UnreadSide(one.letter, one.text, f"That is the {place} side already."))
        else:
            named[one.value] = one
    return list(named.values()), unread


async def _read(request: PageRequest, letter: str, text: str) -> NamedSide | UnreadSide:
    if is_brand(brand := text.removeprefix(BRANDS)):
        return NamedSide(SideKind.BRAND, brand, letter, text)
    if found := _VALUE.match(text):
        kind = SideKind(found[1] or SideKind.SONG)
        return NamedSide(kind, found[2], letter, text, bare=not found[1])
    try:
        reference = (await request.client.resolve(text)).value
    except ApiProblem as problem:
        return await _no_reference(request, UnreadSide(letter, text, ""), problem)
    return await _referred(request, UnreadSide(letter, text, ""), reference)


async def _no_reference(request: PageRequest, given: UnreadSide, problem: ApiProblem) -> UnreadSide:
    """Words are searched for; all else is refused as the API does."""
    if problem.problem.type == BAD_REFERENCE and is_words(given.text):
        return await _found(request, given, given.text)
    told = trouble(problem, request.base)
    return replace(
        given,
        says=told.detail,
        hint=told.hint,
        way_on=told.way_on,
        status=problem.problem.status,
        retry_after=problem.retry_after,
    )


async def _referred(
    request: PageRequest, given: UnreadSide, reference: Reference
) -> NamedSide | UnreadSide:
    kind = reference.kind
    if reference.id and kind in {Kind.TRACK, Kind.ARTIST, Kind.PLAYLIST, Kind.UNKNOWN}:
        bare = kind is Kind.UNKNOWN
        side = SideKind.SONG if bare else SideKind(kind)
        return NamedSide(side, reference.id, given.letter, given.text, bare=bare)
    if reference.isrc:
        return await _found(request, given, f"isrc:{reference.isrc}")
    hint = labels.INSTEAD.get(kind)
    return replace(given, says=f"That is {labels.KINDS[kind]}.", hint=hint)


async def _found(request: PageRequest, given: UnreadSide, words: str) -> UnreadSide:
    """What goes by these words, to choose from."""
    try:
        answer = await request.client.search(words[:MOST_WORDS], HEARD, limit=MOST_FOUND)
    except ApiProblem as problem:
        status = problem.problem.status
        told = trouble(problem, request.base).detail
        return replace(given, says=told, status=status, retry_after=problem.retry_after)
    pages = [getattr(one, f"{kind}s") for kind in HEARD for one in _answers(answer.value)]
    items = [item for page in pages if page for item in page.items]
    choices = {choice.value: choice for choice in (_choice(request, item) for item in items)}
    if not choices:
        return replace(given, says=NOTHING_FOUND, hint=FEWER_WORDS)
    return replace(
        given, says="Which of these do you mean?", choices=tuple(choices.values()), status=OK
    )


def _answers(found: SearchResults) -> Sequence[SearchResults | FoundAt]:
    """What each source found; where that is not told apart, what the first did."""
    return found.by_source or (found,)


def _choice(request: PageRequest, item: Artist | Track | Playlist) -> SideChoice:
    kind = SideKind(type(item).__name__.lower())
    shown = hit(request.site, item)
    return SideChoice(shown.name, shown.about or kind, value_of(kind, item.id))
