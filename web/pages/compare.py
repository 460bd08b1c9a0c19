"""Two to five things side by side: songs, artists, playlists.

The address holds all of it (`a=` to `e=`), so that Back, a bookmark and a shared link keep the
sides; the box adds to it by sending the sides along. What cannot be read takes no other with it.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter, Response

from api.schemas.artist import Image
from api.schemas.library import Collection, LibraryTrack
from api.schemas.provenance import Method
from api.schemas.track import Track
from web.client import ApiProblem
from web.pages import compare_files, compare_lanes, compare_strips
from web.pages.brand_choice import BrandBeside, brand_beside
from web.pages.compare_strips import MARKS, Strips, head_of, speaks, strips_of
from web.pages.side_names import (
    LETTERS,
    PLACES,
    NamedSide,
    SideKind,
    UnreadSide,
    address,
    read,
    value_of,
)
from web.pages.sides import Side, ask
from web.render import Data
from web.request import PageRequest, PageRequestDep
from web.responses import OK, page
from web.text import formatting, labels, versus
from web.text.facts import FactRow, facts
from web.text.provenance import Head, own_file_of, trouble
from web.text.walk import Look, Walk, walk

router = APIRouter()
router.include_router(compare_strips.router)
router.include_router(compare_lanes.router)
router.include_router(compare_files.router)
UNPROCESSABLE, SERVER_ERROR = 422, 500
OFFERED, LOOKED_AT = 5, 50
NOUNS = {
    SideKind.SONG: "song",
    SideKind.ARTIST: "artist",
    SideKind.LIST: "playlist",
    SideKind.BRAND: "brand",
}


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that can be put beside the others, and the address of that."""

    name: str
    about: str
    href: str


@dataclass(frozen=True, slots=True)
class Offers:
    """Offers of one kind."""

    title: str
    items: tuple[Offer, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """What was given for a side and is none, and what it may have meant."""

    text: str
    says: str
    again: str | None
    wait: int | None
    hint: str | None
    way_on: tuple[str, str] | None
    choices: tuple[Offer, ...]


@dataclass(frozen=True, slots=True)
class SideHead:
    """A column’s head. `number` counts from 1; `without`: the comparison without it.

    `speaker`: who describes it; `coverage`: of a list how many songs are described.
    """

    number: int
    mark: str
    name: str
    about: str
    href: str
    picture: Image | None
    coverage: str
    speaker: str
    url: str | None
    without: str
    note: str | None
    way_on: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class AddBox:
    """The box for one more side. `kept`: what it sends along; no `letter` means no room.

    `second`: the letter of another box beside it, where there is no side yet.
    """

    title: str
    kept: tuple[tuple[str, str], ...]
    letter: str | None
    second: str | None
    text: str


@dataclass(frozen=True, kw_only=True)
class ComparePage(Data):
    """The comparison as far as there is one; with fewer than two sides, what to begin with."""

    template: ClassVar[str] = "compare.html"

    title: str
    lead: str
    heads: tuple[SideHead, ...]
    facts: tuple[FactRow, ...]
    mixed: str | None
    strips: Strips | None
    lanes: str | None
    questions: tuple[Question, ...]
    box: AddBox
    offers: tuple[Offers, ...]
    brand: Offer | None
    head: Head
    walk: Walk | None


@router.get("/compare")
async def compare(request: PageRequestDep) -> Response:
    """Facts side by side and what they mean together; then every feature, laid over each other."""
    named, unread = await read(request)
    found = await ask(request, named)
    sides = [one for one in found if isinstance(one, Side)]
    refused = [
        _refused(request, one, problem)
        for one, problem in zip(named, found, strict=True)
        if isinstance(problem, ApiProblem)
    ]
    unread = [*unread, *refused]
    wait = next((one.retry_after for one in unread if one.retry_after), None)
    return page(
        request,
        await _page(request, sides, unread),
        status=max((one.status for one in unread), default=OK),
        headers={} if wait is None else {"Retry-After": str(wait)},
    )


def _refused(request: PageRequest, named: NamedSide, problem: ApiProblem) -> UnreadSide:
    """What is named rightly, and no source here has."""
    told = trouble(problem, request.base)
    status = told.status if told.status >= SERVER_ERROR else UNPROCESSABLE
    is_song = named.kind is SideKind.SONG
    return UnreadSide(
        letter=named.letter,
        text=named.text,
        says=told.detail,
        again=told.again,
        hint=told.hint,
        way_on=own_file_of(named.ident) if told.way_on and is_song else told.way_on,
        status=status,
        retry_after=problem.retry_after,
    )


async def _page(
    request: PageRequest, sides: Sequence[Side], unread: Sequence[UnreadSide]
) -> ComparePage:
    values = [side.named.value for side in sides]
    heard = [side.sound for side in sides]
    two = sum(sound is not None for sound in heard) > 1
    sources = {sound.source for sound in heard if sound and sound.source}
    offers, beside = await asyncio.gather(_offers(request, sides), brand_beside(request))
    return ComparePage(
        shell=request.shell(),
        title=_title(sides),
        lead=versus.summary(heard),
        heads=tuple(_head(place, side, values) for place, side in enumerate(sides)),
        facts=facts(heard) if any(heard) else (),
        mixed=speaks(sides) if len(sources) > 1 else None,
        strips=strips_of(sides, beside) if two else None,
        lanes=_lanes(sides),
        questions=tuple(_question(one, values) for one in unread),
        box=_box(sides, unread),
        offers=offers,
        brand=_brand(sides, beside),
        head=head_of(request, sides),
        walk=_walk(sides),
    )


def _title(sides: Sequence[Side]) -> str:
    """`Two songs and an artist, side by side`."""
    if not sides:
        return "Compare"
    if len(sides) == 1:
        return "Compare it with what?"
    numbers = Counter(NOUNS[side.named.kind] for side in sides)
    several = len(numbers) > 1
    parts = [_counted(number, noun, alone=not several) for noun, number in numbers.items()]
    said = formatting.listed(parts)
    return f"{said[:1].upper()}{said[1:]}, side by side"


def _counted(number: int, noun: str, *, alone: bool) -> str:
    if number > 1 or alone:
        return formatting.counted(number, noun)
    return f"an {noun}" if noun.startswith("a") else f"a {noun}"


def _head(place: int, side: Side, values: Sequence[str]) -> SideHead:
    heard = side.sound.heard if side.sound else None
    source = side.sound.source if side.sound else None
    return SideHead(
        number=place + 1,
        mark=MARKS[place],
        name=side.name,
        about=side.about,
        href=side.named.href,
        picture=side.picture,
        speaker=labels.speaker(source, Method.MEASURED) if source else "",
        coverage="" if heard is None else f"{heard[0]} of {heard[1]} songs have numbers",
        url=side.url,
        without=address(value for at, value in enumerate(values) if at != place),
        note=side.note,
        way_on=side.way_on,
    )


def _lanes(sides: Sequence[Side]) -> str | None:
    """Where the songs are drawn second by second, if there are any."""
    songs = any(side.named.kind is SideKind.SONG for side in sides)
    every = address((side.named.value for side in sides), "/compare/lanes")
    return every if songs and len(sides) > 1 else None


def _question(one: UnreadSide, values: Sequence[str]) -> Question:
    return Question(
        text=one.text,
        says=one.says,
        again=one.again,
        wait=one.retry_after,
        hint=one.hint,
        way_on=one.way_on,
        choices=tuple(
            Offer(choice.name, choice.about, address([*values, choice.value]))
            for choice in one.choices
        ),
    )


def _box(sides: Sequence[Side], unread: Sequence[UnreadSide]) -> AddBox:
    place = len(sides)
    text = next((one.text for one in unread), "")
    kept = tuple(zip(LETTERS, (side.named.value for side in sides), strict=False))
    if place == len(LETTERS):
        return AddBox("Five is as many as stay readable", kept, None, None, text)
    titles = ("Put two things side by side", "Add the second")
    title = titles[place] if place < len(titles) else f"Add a {PLACES[place]}"
    return AddBox(title, kept, LETTERS[place], None if sides else LETTERS[1], text)


async def _offers(request: PageRequest, sides: Sequence[Side]) -> tuple[Offers, ...]:
    """What could stand beside it: songs by the same artist, of the library, the demo label; lists.

    Where two are there already, nobody needs to be told.
    """
    if len(sides) > 1:
        return ()
    values = [side.named.value for side in sides]
    taken = set(values)
    artist = next((side.artist for side in sides if side.named.kind is SideKind.SONG), None)
    theirs, files, lists = await asyncio.gather(
        _by(request, artist), _files(request), _lists(request)
    )
    groups = {
        "From this artist": [(one.id, one.name, _artists(one)) for one in theirs],
        "From your library": [(one.id, one.title, one.artist) for one in files if not one.demo],
        "From the demo label": [(one.id, one.title, one.artist) for one in files if one.demo],
        "Playlists here": [
            (
                value_of(SideKind.LIST, one.id),
                one.name,
                formatting.counted(one.items_total, "track"),
            )
            for one in lists
        ],
    }
    return tuple(
        Offers(title, offers)
        for title, items in groups.items()
        if (offers := tuple(_offered(items, taken, values)))
    )


def _brand(sides: Sequence[Side], beside: BrandBeside) -> Offer | None:
    """The chosen brand, as long as there is room for it and none yet."""
    kinds = [side.named.kind for side in sides]
    if len(sides) == len(LETTERS) or SideKind.BRAND in kinds:
        return None
    if (brand := beside.brand) is None:
        return None
    return Offer(brand.name, "", address([*(side.named.value for side in sides), brand.id]))


def _offered(
    items: Iterable[tuple[str, str, str]], taken: set[str], values: Sequence[str]
) -> Iterable[Offer]:
    left = [item for item in items if item[0] not in taken]
    for value, name, about in left[:OFFERED]:
        taken.add(value)
        yield Offer(name, about, address([*values, value]))


async def _by(request: PageRequest, artist: str | None) -> tuple[Track, ...]:
    if artist is None:
        return ()
    try:
        return (await request.client.top_tracks(artist)).value.items
    except ApiProblem:
        return ()


def _artists(track: Track) -> str:
    return formatting.listed([artist.name for artist in track.artists])


async def _files(request: PageRequest) -> tuple[LibraryTrack, ...]:
    try:
        return (await request.client.library.tracks(limit=LOOKED_AT)).value.items
    except ApiProblem:
        return ()


async def _lists(request: PageRequest) -> tuple[Collection, ...]:
    try:
        return (await request.client.library.collections()).value.items
    except ApiProblem:
        return ()


def _walk(sides: Sequence[Side]) -> Walk | None:
    songs = [side for side in sides if side.named.kind is SideKind.SONG]
    lists = [side for side in sides if side.named.kind is SideKind.LIST]
    artist = next((side.artist for side in sides if side.artist), None)
    return walk(
        Look.COMPARE,
        artist=artist,
        track=songs[0].named.ident if songs else None,
        playlist=lists[0].named.ident if lists else None,
        about=[f"{side.named.kind}:{side.named.ident}" for side in sides],
    )
