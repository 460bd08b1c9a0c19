"""What Spotify tells whoever has signed in about themselves: their playlists, what they play."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any, ClassVar

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from api.schemas.lists import Page
from api.schemas.me import Me, Stretch
from web.client import ApiProblem, ApiResponse, following
from web.pages.hits import Hit, hit
from web.render import Data
from web.request import PageRequest, PageRequestDep
from web.responses import page
from web.text import formatting
from web.text.provenance import Head, ProblemNotice, trouble

router = APIRouter()
AT_ONCE = 20
WARN_DAYS = 30
SEE_OTHER = 303
UNAUTHORISED = 401
STRETCHES = {
    Stretch.SHORT: "last four weeks",
    Stretch.MEDIUM: "last six months",
    Stretch.LONG: "last year",
}


@dataclass(frozen=True, slots=True)
class OwnList:
    """A list of somebody's own, or why it cannot be shown."""

    hits: tuple[Hit, ...] = ()
    head: Head | None = None
    trouble: ProblemNotice | None = None
    following: int | None = None
    """Where the part after this one begins."""


@dataclass(frozen=True, slots=True)
class StretchTab:
    """Another stretch of time to count over."""

    label: str
    href: str
    current: bool


@dataclass(frozen=True, kw_only=True)
class MePage(Data):
    """Who is signed in, until when, and what is theirs at Spotify."""

    template: ClassVar[str] = "me.html"

    me: Me
    consent_ends: str
    ends_soon: bool
    playlists: OwnList
    previous: str | None
    next: str | None
    artists: OwnList
    tracks: OwnList
    stretches: tuple[StretchTab, ...]


@router.get("/me")
async def me(request: PageRequestDep) -> Response:
    """One's own playlists and most played music; without a sign-in it leads to one."""
    client = request.client
    try:
        who = (await client.me()).value
    except ApiProblem as problem:
        if problem.problem.status != UNAUTHORISED or not request.site.signs_in:
            raise
        if request.shell().person is None:
            headers = {"Cache-Control": "no-store"}
            return RedirectResponse("/sign-in?next=/me", SEE_OTHER, headers)
        raise
    stretch, offset = _stretch(request.text("range")), request.offset()
    playlists, artists, tracks = await asyncio.gather(
        _list(request, client.my_playlists(limit=AT_ONCE, offset=offset)),
        _list(request, client.my_top_artists(stretch, limit=AT_ONCE)),
        _list(request, client.my_top_tracks(stretch, limit=AT_ONCE)),
    )
    after = playlists.following
    left = who.consent_ends.timestamp() - request.web.clock()
    data = MePage(
        shell=request.shell(),
        me=who,
        consent_ends=formatting.moment(who.consent_ends),
        ends_soon=left < WARN_DAYS * 86_400,
        playlists=playlists,
        previous=_playlists_at(stretch, max(offset - AT_ONCE, 0)) if offset else None,
        next=None if after is None else _playlists_at(stretch, after),
        artists=artists,
        tracks=tracks,
        stretches=tuple(
            StretchTab(label, f"/me?range={each}", current=each is stretch)
            for each, label in STRETCHES.items()
        ),
    )
    return page(request, data)


def _stretch(text: str) -> Stretch:
    """What the address asks for; nonsense is the middle one."""
    return Stretch(text) if text in set(Stretch) else Stretch.MEDIUM


def _playlists_at(stretch: Stretch, offset: int) -> str:
    return f"/me?range={stretch}&offset={offset}#playlists"


async def _list(request: PageRequest, asked: Awaitable[ApiResponse[Page[Any]]]) -> OwnList:
    try:
        answer = await asked
    except ApiProblem as problem:
        return OwnList(trouble=trouble(problem, request.base))
    found = answer.value
    return OwnList(
        hits=tuple(hit(request.site, item) for item in found.items),
        head=request.head("", answer.call, found),
        following=following(found),
    )
