"""What Spotify tells whoever has signed in about themselves: their playlists, what they play."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from api.schemas.artist import Artist, Image
from api.schemas.lists import Page
from api.schemas.me import Me, Stretch
from api.schemas.playlist import Playlist
from api.schemas.track import Track
from web.client import ApiProblem, ApiResponse, following
from web.render import Data
from web.request import PageRequest, PageRequestDep
from web.responses import page
from web.site import Site
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
class Line:
    """One thing in a list: where it leads, a word about it and its picture."""

    name: str
    href: str
    about: str
    picture: Image | None


@dataclass(frozen=True, slots=True)
class OwnList:
    """A list of somebody's own, or why it cannot be shown."""

    lines: tuple[Line, ...] = ()
    head: Head | None = None
    trouble: ProblemNotice | None = None
    previous: str | None = None
    next: str | None = None


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
    artists: OwnList
    tracks: OwnList
    stretches: tuple[StretchTab, ...]


@router.get("/me")
async def me(request: PageRequestDep) -> Response:
    """One's own playlists and most played music; without a sign-in it leads to one."""
    try:
        who = (await request.client.me()).value
    except ApiProblem as problem:
        if problem.problem.status != UNAUTHORISED or not request.site.signs_in:
            raise
        if request.shell().person is None:
            headers = {"Cache-Control": "no-store"}
            return RedirectResponse("/sign-in?next=/me", SEE_OTHER, headers)
        raise
    stretch = _stretch(request.text("range"))
    left = who.consent_ends.timestamp() - request.web.clock()
    data = MePage(
        shell=request.shell(),
        me=who,
        consent_ends=formatting.moment(who.consent_ends),
        ends_soon=left < WARN_DAYS * 86_400,
        playlists=await _playlists(request, stretch),
        artists=await _artists(request, stretch),
        tracks=await _tracks(request, stretch),
        stretches=tuple(
            StretchTab(label, f"/me?range={each}", current=each is stretch)
            for each, label in STRETCHES.items()
        ),
    )
    return page(request, data)


def _stretch(text: str) -> Stretch:
    """What the address asks for; nonsense is the middle one."""
    return Stretch(text) if text in set(Stretch) else Stretch.MEDIUM


async def _playlists(request: PageRequest, stretch: Stretch) -> OwnList:
    offset = request.offset()
    try:
        answer = await request.client.my_playlists(limit=AT_ONCE, offset=offset)
    except ApiProblem as problem:
        return OwnList(trouble=trouble(problem, request.base))

    def at(start: int | None) -> str | None:
        return None if start is None else f"/me?range={stretch}&offset={start}#playlists"

    lines = tuple(_playlist(one, request.site) for one in answer.value.items)
    return OwnList(
        lines,
        _head(request, "Your playlists", answer),
        previous=at(max(offset - AT_ONCE, 0) if offset else None),
        next=at(following(answer.value)),
    )


def _playlist(playlist: Playlist, site: Site) -> Line:
    total = playlist.items_total
    told = [
        None if total is None else formatting.counted(total, "track"),
        "private" if playlist.public is False else None,
        playlist.owner.name,
    ]
    return Line(
        playlist.name or "A playlist without a name",
        f"/playlists/{playlist.id}",
        " · ".join(filter(None, told)),
        site.picture(playlist.images),
    )


async def _artists(request: PageRequest, stretch: Stretch) -> OwnList:
    try:
        answer = await request.client.my_top_artists(stretch, limit=AT_ONCE)
    except ApiProblem as problem:
        return OwnList(trouble=trouble(problem, request.base))
    lines = tuple(
        Line(
            one.name,
            f"/artists/{one.id}",
            ", ".join((one.genres or ())[:3]),
            request.site.picture(one.images),
        )
        for one in answer.value.items
    )
    return OwnList(lines, _head(request, "Artists you play most", answer))


async def _tracks(request: PageRequest, stretch: Stretch) -> OwnList:
    try:
        answer = await request.client.my_top_tracks(stretch, limit=AT_ONCE)
    except ApiProblem as problem:
        return OwnList(trouble=trouble(problem, request.base))
    lines = tuple(
        Line(
            one.name,
            f"/tracks/{one.id}",
            ", ".join(artist.name for artist in one.artists),
            request.site.picture(one.album.images if one.album else ()),
        )
        for one in answer.value.items
    )
    return OwnList(lines, _head(request, "Tracks you play most", answer))


def _head(
    request: PageRequest,
    title: str,
    answer: ApiResponse[Page[Playlist]] | ApiResponse[Page[Artist]] | ApiResponse[Page[Track]],
) -> Head:
    return request.head(title, answer.call, answer.value)
