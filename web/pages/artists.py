"""An artist, who is related, and what is played most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import quote

from fastapi import APIRouter, Response

from api.schemas.artist import (
    Artist,
    Image,
    MatchedBy,
    RankedArtist,
    RelatedArtist,
    RelatedVote,
    Relation,
)
from web.client import ApiProblem, is_own
from web.forms import fields, refused
from web.pages.collections import NOT_ADDED, Back, ListForm, added, complaint, list_form
from web.pages.panel import Panel, add_panel
from web.pages.rows import TrackRow, numbers, track_row, unlinked_row
from web.render import Data
from web.request import PageRequest, PageRequestDep
from web.responses import page
from web.text import formatting, labels
from web.text.provenance import Head

router = APIRouter()
NEARNESS = ((0.75, "very near"), (0.5, "near"), (0.25, "somewhat near"), (0, "distant"))
MOST_GENRES = 3
NOTHING_TICKED = "Tick the tracks that you want to add."


@dataclass(frozen=True, kw_only=True)
class ArtistPage(Data):
    """One artist."""

    template: ClassVar[str] = "artist.html"

    artist: Artist
    picture: Image | None
    head: Head


@dataclass(frozen=True, slots=True)
class RelatedCard:
    """One related artist: how near, and who says so at which rank."""

    name: str
    href: str | None
    url: str | None
    picture: Image | None
    genres: str
    near: str | None
    score: float
    said_by: str


@dataclass(frozen=True, kw_only=True)
class RelatedPanel(Data):
    """Artists related to one artist. `by_sound`: found by comparing own files.

    `spotify`: Spotify’s own list, which stands apart.
    """

    template: ClassVar[str] = "artist_related.html"

    ident: str
    by_sound: bool
    items: tuple[RelatedCard, ...]
    spotify: tuple[RelatedCard, ...]
    head: Head


@dataclass(frozen=True, kw_only=True)
class TopTracksPanel(Data):
    """An artist's most played tracks; of an own artist (`own`) the files here.

    `form`: the list that those are added to that are ticked.
    `some_unlinked`: whether there are names that lead to a search, not to a page.
    """

    template: ClassVar[str] = "artist_top_tracks.html"

    ident: str
    own: bool
    rows: tuple[TrackRow, ...]
    some_unlinked: bool
    numbers: str | None
    form: ListForm
    head: Head


@router.get("/artists/{ident}")
async def artist(ident: str, request: PageRequestDep) -> Response:
    """What a source says of an artist; the rest loads beside it."""
    answer = await request.client.artist(ident)
    found = answer.value
    data = ArtistPage(
        shell=request.shell(),
        artist=found,
        picture=request.site.picture(found.images),
        head=request.head("Artist", answer.call, found),
    )
    return page(request, data)


async def _related(request: PageRequest, ident: str) -> RelatedPanel:
    answer = await request.client.related(ident)
    found = answer.value
    return RelatedPanel(
        shell=request.shell(),
        ident=found.id,
        by_sound=is_own(found.id),
        items=tuple(_relation(request, relation) for relation in found.items),
        spotify=tuple(_ranked(request, ranked) for ranked in found.spotify or ()),
        head=request.head(labels.PANELS["related"], answer.call, found),
    )


def _relation(request: PageRequest, relation: Relation) -> RelatedCard:
    named = f"named by {formatting.listed([_vote(vote) for vote in relation.sources])}"
    said_by = "" if is_own(relation.artist.id or "") else named
    near = next(word for floor, word in NEARNESS if relation.score >= floor)
    score = round(relation.score * 100, 1)
    return _card(request, relation.artist, said_by=said_by, near=near, score=score)


def _vote(vote: RelatedVote) -> str:
    """Who names the artist at which place; a name alone may be somebody else’s, too."""
    alone = ", matched by name alone" if vote.matched_by is MatchedBy.NAME else ""
    return f"{labels.SOURCES[vote.source]} (no. {formatting.count(vote.rank)}{alone})"


def _ranked(request: PageRequest, ranked: RankedArtist) -> RelatedCard:
    said_by = f"no. {formatting.count(ranked.rank)} at Spotify"
    return _card(request, ranked.artist, said_by=said_by)


def _card(
    request: PageRequest,
    artist: RelatedArtist,
    *,
    said_by: str,
    near: str | None = None,
    score: float = 0,
) -> RelatedCard:
    return RelatedCard(
        name=artist.name,
        href=f"/artists/{artist.id}" if artist.id else None,
        url=formatting.safe_url(artist.url),
        picture=request.site.picture(artist.images),
        genres=formatting.listed((artist.genres or ())[:MOST_GENRES]),
        near=near,
        score=score,
        said_by=said_by,
    )


async def _top_tracks(
    request: PageRequest, ident: str, form: ListForm | None = None
) -> TopTracksPanel:
    answer = await request.client.top_tracks(ident)
    found = answer.value
    known, says = await numbers(request.client, (track.id for track in found.items))
    unlinked = {track.position: unlinked_row(track) for track in found.unlinked}
    linked = iter(found.items)
    rows = tuple(
        unlinked.get(place) or track_row(place, next(linked), known)
        for place in range(1, len(found.items) + len(unlinked) + 1)
    )
    return TopTracksPanel(
        shell=request.shell(),
        ident=found.id,
        own=is_own(found.id),
        rows=rows,
        some_unlinked=bool(unlinked),
        numbers=says,
        form=form or await list_form(request),
        head=request.head(labels.PANELS["top-tracks"], answer.call, found),
    )


@router.post("/artists/{ident}/lists")
async def post_tracks(ident: str, request: PageRequestDep) -> Response:
    """Add an artist's tracks to a list, and say so."""
    said = await fields(request)
    back = Back(f"/artists/{quote(ident, safe=':')}", "Back to the artist")
    try:
        if not said.get("track"):
            raise complaint(request, NOT_ADDED, NOTHING_TICKED)
        return await added(request, said, said["track"], back=back)
    except ApiProblem as problem:
        form = await list_form(request, said, problem)
        return refused(request, await _top_tracks(request, ident, form), problem)


add_panel(router, Panel("related", "artists", "related", _related))
add_panel(router, Panel("top-tracks", "artists", "top-tracks", _top_tracks))
