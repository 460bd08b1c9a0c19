"""Who is related to an artist: a picture and a list that say the same, and files to take along.

An order is no distance: whom a source only ranks is named without being placed, and Spotify's own
list stands apart.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import ClassVar
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Response

from api.schemas.artist import (
    MatchedBy,
    RankedArtist,
    RelatedArtist,
    RelatedArtists,
    RelatedVote,
    Relation,
)
from api.schemas.provenance import Capability, SourceName
from api.schemas.sources import State
from web.charts.radial import MOST_NODES, Node, Ring, core_lines, radial, ring_word, shortened
from web.client import ApiProblem, is_own
from web.pages.panel import Panel, add_panel
from web.pages.trail import longer, trail
from web.render import Data
from web.request import PageRequest, PageRequestDep
from web.responses import drawing
from web.text import formatting, labels
from web.text.paste import search_for
from web.text.provenance import Head
from web.text.spreadsheet import spreadsheet

router = APIRouter()
MOST_GENRES = 3
MOST_WORDS = 200  # of a search, as the API takes them
ORDER_ONLY = frozenset({SourceName.DEEZER, SourceName.SPOTIFY})
TRY_LATER = frozenset({State.LIMITED, State.UNREACHABLE})
HERE = "by sound here"
COLUMNS = (
    *("Place", "Artist", "Closeness", "Score", "Sources Naming", "Sources Answering", "Named By"),
    *("Genres", "Artist URI", "Page"),
)


@dataclass(frozen=True, slots=True)
class RelatedCard:
    """One related artist: where it leads, how close it is, and which of the sources name it.

    `named`: for each source in its order, whether it does; empty where only one was there to ask.
    """

    number: int
    name: str
    href: str
    url: str | None
    genres: str
    word: str
    agreed: bool
    named: tuple[bool, ...]
    says: str


@dataclass(frozen=True, slots=True)
class RelatedNode:
    """An artist in the picture: where it stands, and its name as far as there is room."""

    at: Node
    number: int
    name: str
    href: str
    label: str
    agreed: bool
    named: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class RelatedPicture:
    """Artists around one, `width` by `height` in units of its own."""

    width: float
    height: float
    x: float
    y: float
    rings: tuple[Ring, ...]
    nodes: tuple[RelatedNode, ...]


@dataclass(frozen=True, kw_only=True)
class RelatedPanel(Data):
    """Artists related to one artist. `by_sound`: found by comparing own files.

    `voices`: the sources whose dots stand beside each, in order. `first` stand beside the picture,
    `more` below. `spotify`: Spotify’s own list, which stands apart. `silent`: who did not answer.
    """

    template: ClassVar[str] = "artist_related.html"

    ident: str
    name: str
    core: tuple[str, str, str]
    by_sound: bool
    finding: str
    orders: str
    voices: tuple[str, ...]
    picture: RelatedPicture | None
    first: tuple[RelatedCard, ...]
    more: tuple[RelatedCard, ...]
    spotify: tuple[RelatedCard, ...]
    silent: str
    head: Head


@dataclass(frozen=True, kw_only=True)
class RelatedDrawing(Data):
    """The picture as a file. `base`: the address that its links begin with."""

    template: ClassVar[str] = "charts/radial_file.svg.j2"

    name: str
    core: tuple[str, str, str]
    picture: RelatedPicture
    voices: tuple[str, ...]
    source: str
    base: str


async def _related(request: PageRequest, ident: str) -> RelatedPanel:
    answer = await request.client.related(ident)
    found = answer.value
    name, silent = await asyncio.gather(_name(request, ident), _silent(request, found))
    voices, way = _voices(found), longer(trail(request), answer.value.id)
    of_all = () if is_own(found.id) else tuple(gap for gap in found.missing if "[" not in gap.field)
    shown = found.model_copy(update={"missing": of_all})
    cards = tuple(
        _card(relation, voices, way, number=number)
        for number, relation in enumerate(found.items, 1)
    )
    return RelatedPanel(
        shell=request.shell(),
        ident=found.id,
        name=name,
        core=core_lines(name),
        by_sound=is_own(found.id),
        finding=_finding(found, cards, voices),
        orders=formatting.listed([labels.SOURCES[one] for one in voices if one in ORDER_ONLY]),
        voices=_voice_words(voices),
        picture=_picture(found, cards) if cards else None,
        first=cards[:MOST_NODES],
        more=cards[MOST_NODES:],
        spotify=tuple(_ranked(ranked, way) for ranked in found.spotify or ()),
        silent=silent,
        head=request.head(labels.PANELS["related"], answer.call, shown),
    )


async def _silent(request: PageRequest, found: RelatedArtists) -> str:
    """Who could have named others and did not answer, with what is the matter; empty if none."""
    if is_own(found.id):
        return ""
    try:
        report = (await request.client.sources()).value
    except ApiProblem:
        return ""
    heard = {said.source for said in found.provenance}
    return formatting.listed(
        [
            f"{labels.SOURCES[each.source]} ({labels.STATES[one.state]})"
            for each in report.sources
            for one in each.capabilities
            if one.capability is Capability.RELATED
            and one.state in TRY_LATER
            and each.source not in heard
        ]
    )


async def _name(request: PageRequest, ident: str) -> str:
    """Whoever stands in the middle; others may be told though nobody tells that."""
    try:
        return (await request.client.artist(ident)).value.name
    except ApiProblem:
        return "this artist"


def _voices(found: RelatedArtists) -> tuple[SourceName, ...]:
    """Whoever says whom they find near, in the order of asking."""
    answered = [said.source for said in found.provenance]
    voted = [vote.source for item in found.items for vote in item.sources]
    named = dict.fromkeys((*answered, *voted))
    return tuple(one for one in named if one is not SourceName.SPOTIFY)


def _voice_words(voices: Sequence[SourceName]) -> tuple[str, ...]:
    return tuple(HERE if one is SourceName.LIBRARY else labels.SOURCES[one] for one in voices)


def closeness(relation: Relation) -> float:
    """From 0 to 1, by those who tell more than an order; 0 where nobody does."""
    told = [vote.score for vote in relation.sources if vote.source not in ORDER_ONLY]
    return fmean(told) if told else 0.0


def _card(
    relation: Relation, voices: Sequence[SourceName], way: str, *, number: int
) -> RelatedCard:
    artist, word = relation.artist, ring_word(closeness(relation))
    naming = {vote.source for vote in relation.sources}
    alone = any(vote.matched_by is MatchedBy.NAME for vote in relation.sources)
    several = len(voices) > 1
    said = f"{word}, named by {formatting.listed([_vote(vote) for vote in relation.sources])}"
    return RelatedCard(
        number=number,
        name=artist.name,
        href=_href(artist, way),
        url=formatting.safe_url(artist.url) if artist.id is None else None,
        genres=", ".join((artist.genres or ())[:MOST_GENRES]),
        word=word,
        agreed=relation.agreement > 1,
        named=tuple(one in naming for one in voices) if several else (),
        says=(said if several else word) + (", matched by name alone" if alone else ""),
    )


def _href(artist: RelatedArtist, way: str) -> str:
    """Its page, which remembers the way; of whom nobody knows an id, a search for the name."""
    if artist.id is None:
        return search_for(artist.name[:MOST_WORDS], "artist")
    return f"/artists/{quote(artist.id, safe=':')}?{urlencode({'via': way})}"


def _vote(vote: RelatedVote) -> str:
    """Who names the artist at which place."""
    return f"{_voice_words((vote.source,))[0]} (no. {formatting.count(vote.rank)})"


def _ranked(ranked: RankedArtist, way: str) -> RelatedCard:
    artist = ranked.artist
    return RelatedCard(
        number=ranked.rank,
        name=artist.name,
        href=_href(artist, way),
        url=None,
        genres=", ".join((artist.genres or ())[:MOST_GENRES]),
        word="",
        agreed=False,
        named=(),
        says="",
    )


def _picture(found: RelatedArtists, cards: Sequence[RelatedCard]) -> RelatedPicture:
    drawn = radial([closeness(relation) for relation in found.items])
    return RelatedPicture(
        width=drawn.width,
        height=drawn.height,
        x=drawn.x,
        y=drawn.y,
        rings=drawn.rings,
        nodes=tuple(_node(node, cards[node.place]) for node in drawn.nodes),
    )


def _node(node: Node, card: RelatedCard) -> RelatedNode:
    return RelatedNode(
        at=node,
        number=card.number,
        name=shortened(card.name, node.letters),
        href=card.href,
        label=f"{card.number}. {card.name}, {card.says}",
        agreed=card.agreed,
        named=card.named,
    )


def _finding(
    found: RelatedArtists, cards: Sequence[RelatedCard], voices: Sequence[SourceName]
) -> str:
    """Who stands nearest, and how far the sources agree; empty where there is nobody."""
    if not cards:
        return ""
    nearest = max(found.items, key=closeness)
    lead = f"{nearest.artist.name} stands nearest." if closeness(nearest) else ""
    return " ".join(filter(None, (lead, _agreement(found, voices))))


def _agreement(found: RelatedArtists, voices: Sequence[SourceName]) -> str:
    if len(voices) == 1:
        if is_own(found.id):
            return "Found by sound alone: whose pieces on this server measure most alike."
        return f"All of them are named by {labels.SOURCES[voices[0]]} alone."
    agreed = sum(item.agreement > 1 for item in found.items)
    by_all = sum(item.agreement >= len(voices) for item in found.items)
    total = formatting.counted(len(found.items), "artist")
    if not agreed:
        return f"Of {total} nobody is named by two sources."
    verb = "is" if agreed == 1 else "are"
    said = f"Of {total} {_number(agreed)} {verb} named by two or more sources"
    if len(voices) > 2:  # noqa: PLR2004  # of two, both are all
        said += f", {_number(by_all) if by_all else 'nobody'} by all {_number(len(voices))}"
    return f"{said}."


def _number(count: int) -> str:
    return formatting.WORDS[count] if count < len(formatting.WORDS) else formatting.count(count)


@router.get("/artists/{ident}/related.svg")
async def get_drawing(ident: str, request: PageRequestDep) -> Response:
    """The picture, to take along."""
    data = await _related(request, ident)
    picture = data.picture or RelatedPicture(760, 100, 380, 50, (), ())
    return drawing(
        request,
        RelatedDrawing(
            shell=data.shell,
            name=data.name,
            core=data.core,
            picture=picture,
            voices=data.voices,
            source=data.head.line,
            base=request.base,
        ),
    )


@router.get("/artists/{ident}/related.csv")
async def get_spreadsheet(ident: str, request: PageRequestDep) -> Response:
    """A row for each artist, Spotify's own list after the others."""
    found = (await request.client.related(ident)).value
    rows = [_row(found, number, item) for number, item in enumerate(found.items, 1)]
    rows += [_ranked_row(one) for one in found.spotify or ()]
    headers = {
        "Content-Disposition": f'attachment; filename="related-{quote(found.id, safe="")}.csv"',
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    body = spreadsheet(COLUMNS, rows).encode("utf-8", "replace")
    return Response(body, headers=headers, media_type="text/csv; charset=utf-8")


def _row(found: RelatedArtists, number: int, item: Relation) -> Sequence[object]:
    near = closeness(item)
    return (
        *(number, item.artist.name, ring_word(near), round(near, 4) if near else None),
        *(item.agreement, len(_voices(found))),
        "; ".join(map(_vote, item.sources)),
        *("; ".join(item.artist.genres or ()), item.artist.uri, item.artist.url),
    )


def _ranked_row(one: RankedArtist) -> Sequence[object]:
    artist = one.artist
    said = f"{labels.SOURCES[SourceName.SPOTIFY]} (no. {one.rank}, an order and no distance)"
    genres = "; ".join(artist.genres or ())
    return (None, artist.name, None, None, None, None, said, genres, artist.uri, artist.url)


RELATED = Panel("related", "artists", "related", _related, options=("via",))
add_panel(router, RELATED)
