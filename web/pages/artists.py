"""An artist: who says what of them, who is related, and what is played most."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import quote

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from api.schemas.artist import Artist, GenresBy, Image
from api.schemas.provenance import SourceName
from api.schemas.track import TrackList
from web.client import ApiProblem
from web.pages.fingerprint import FINGERPRINT
from web.pages.panel import Inlined, WaitingPanel, inlined, quickly
from web.pages.related import RELATED
from web.pages.rows import unlinked_row
from web.pages.top_tracks import TOP_TRACKS
from web.pages.trail import TrailStep, steps
from web.render import Data
from web.request import PageRequest, PageRequestDep
from web.responses import page
from web.text import formatting, labels
from web.text.provenance import Head
from web.text.walk import Look, walk

router = APIRouter()
SEE_OTHER = 303
GENRES = "genres"
BY_OFTEN = "what its listeners say most often first"
SHOWN = (
    (RELATED, "Show the related artists"),
    (TOP_TRACKS, "Show the top tracks"),
    (FINGERPRINT, "Show how these tracks sound together"),
)


@dataclass(frozen=True, slots=True)
class GenresSaid:
    """Genres, each with its votes in words where they are counted, and who says so."""

    who: str
    genres: tuple[tuple[str, str], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class PanelPlace:
    """A panel in the page. `waits`: it is still on its way, and room is kept for it."""

    name: str
    html: Inlined
    waits: bool


@dataclass(frozen=True, kw_only=True)
class ArtistPage(Data):
    """One artist. `trail`: those by whom one came here; `no_genres`: why there are none."""

    template: ClassVar[str] = "artist.html"

    artist: Artist
    picture: Image | None
    trail: tuple[TrailStep, ...]
    genres: tuple[GenresSaid, ...]
    no_genres: str
    panels: tuple[PanelPlace, ...]
    head: Head


@router.get("/artists/{ident}")
async def artist(ident: str, request: PageRequestDep) -> Response:
    """What sources say of an artist; what is quick to tell stands in the page at once."""
    answer = await request.client.artist(ident)
    found = answer.value
    way, panels = await asyncio.gather(steps(request), _panels(request, ident))
    head = request.head("Artist", answer.call, found)
    data = ArtistPage(
        shell=request.shell(),
        artist=found,
        picture=request.site.picture(found.images),
        trail=way,
        genres=_genres(found),
        no_genres=_no_genres(found, head),
        panels=panels,
        head=head,
        walk=walk(Look.ARTIST, artist=found.id),
    )
    return page(request, data)


async def _panels(request: PageRequest, ident: str) -> tuple[PanelPlace, ...]:
    asked = (quickly(request, panel, ident, shown=shown) for panel, shown in SHOWN)
    told = await asyncio.gather(*asked)
    return tuple(
        PanelPlace(panel.name, inlined(one), isinstance(one, WaitingPanel))
        for (panel, _), one in zip(SHOWN, told, strict=True)
    )


def _genres(found: Artist) -> tuple[GenresSaid, ...]:
    """Side by side whoever names any; where one alone does, the last to speak for them."""
    if found.genres_by:
        return tuple(map(_said_by, found.genres_by))
    said = [one for one in found.provenance if GENRES in one.fields]
    if not said or not found.genres:
        return ()
    who = labels.speaker(said[-1].source, said[-1].method)
    return (GenresSaid(who, tuple((name, "") for name in found.genres)),)


def _said_by(one: GenresBy) -> GenresSaid:
    return GenresSaid(
        labels.SOURCES[one.source],
        tuple((each.name, _votes(each.votes)) for each in one.genres),
        BY_OFTEN if one.source is SourceName.LASTFM else "",
    )


def _votes(votes: int | None) -> str:
    """`6 votes`; nothing where nobody voted, or votes are not counted."""
    return f"{formatting.count(votes)} vote{'s' * (votes > 1)}" if votes else ""


def _no_genres(found: Artist, head: Head) -> str:
    """Why there are none; empty where there are some."""
    if found.genres:
        return ""
    label = labels.field_name(GENRES)
    return next((one.why for one in head.absences if one.label == label), "Nobody here names any.")


@router.get("/artists/{ident}/top-track")
async def top_track(ident: str, request: PageRequestDep) -> Response:
    """Lead to the artist's top track; to a search where its page is not known."""
    here = f"/artists/{quote(ident, safe=':')}#{TOP_TRACKS.name}"
    try:
        found = (await request.client.top_tracks(ident)).value
    except ApiProblem:
        return RedirectResponse(here, SEE_OTHER)  # whose panel says why there is none
    return RedirectResponse(_first(found) or here, SEE_OTHER)


def _first(found: TrackList) -> str | None:
    if found.items:
        return f"/tracks/{quote(found.items[0].id, safe=':')}"
    return unlinked_row(found.unlinked[0]).href if found.unlinked else None
