"""Would my song fit? One song against a playlist: a verdict, its reasons, who is near and far."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter

from api.schemas.playlist import Blending, Fit, Neighbour
from api.schemas.track import Track
from web.client import ApiProblem, JobPending
from web.pages.panel import Panel, add_panel
from web.pages.playlist_view import MOST_TEXT
from web.pages.rows import titles
from web.render import Data
from web.request import PageRequest
from web.text import formatting, labels
from web.text.fit import FitVerdict, judged
from web.text.provenance import Head

router = APIRouter()
MOST_OFFERED = 50
MOST_WORDS = 200
UNSURE_LINK = "What you wrote names no song that is known here."


@dataclass(frozen=True, slots=True)
class Companion:
    """A track of the list, by its number there. `note`: its key, or how far it is from the song."""

    number: int
    name: str
    href: str
    note: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A song that the words somebody wrote may mean."""

    name: str
    artists: str
    href: str


@dataclass(frozen=True, slots=True)
class SongPicker:
    """The form that asks for a song, with what was written and why it leads nowhere.

    `titles`: what may be chosen from the library.
    """

    action: str
    written: str = ""
    titles: tuple[str, ...] = ()
    complaint: str = ""
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, kw_only=True)
class FitPanel(Data):
    """One song against a list; without a song the question, and what may be asked about."""

    template: ClassVar[str] = "playlist_fit.html"

    ident: str
    song: str
    song_href: str
    verdict: FitVerdict | None
    camelot: str | None
    blending: tuple[Companion, ...]
    nearest: tuple[Companion, ...]
    farthest: tuple[Companion, ...]
    picker: SongPicker
    head: Head | None


async def _fit(request: PageRequest, ident: str) -> FitPanel:
    track = request.text("track")[:MOST_TEXT]
    picker = await song_picker(request, ident)
    if not track:
        return asking(request, ident, picker)
    answer, profile, song = await asyncio.gather(
        request.client.playlist_fit(ident, track),
        request.client.playlist_profile(ident),
        song_name(request, track),
    )
    found = answer.value
    known = await titles(request.client, [*found.nearest, *found.farthest, *found.blending])
    return FitPanel(
        shell=request.shell(),
        ident=ident,
        song=song,
        song_href=f"/tracks/{found.track}",
        verdict=judged(found, profile.value.features),
        camelot=found.camelot,
        blending=tuple(_blending(one, known) for one in found.blending),
        nearest=_companions(found.nearest, known),
        farthest=_companions(_far(found), known),
        picker=picker,
        head=request.head(labels.PANELS["fit"], answer.call, found),
    )


def asking(request: PageRequest, ident: str, picker: SongPicker) -> FitPanel:
    """The panel while there is no song."""
    return FitPanel(
        shell=request.shell(),
        ident=ident,
        song="",
        song_href="",
        verdict=None,
        camelot=None,
        blending=(),
        nearest=(),
        farthest=(),
        picker=picker,
        head=None,
    )


async def song_name(request: PageRequest, track: str) -> str:
    """What a track is called; its id where nobody knows."""
    try:
        return (await request.client.track(track)).value.name
    except (ApiProblem, JobPending):
        return track


async def song_picker(request: PageRequest, ident: str) -> SongPicker:
    """The form, with the titles that the library has."""
    try:
        found = (await request.client.library.tracks(limit=MOST_OFFERED)).value.items
    except ApiProblem:
        found = ()
    return SongPicker(
        action=f"/playlists/{ident}",
        written=request.text("song")[:MOST_WORDS],
        titles=tuple(dict.fromkeys(track.title for track in found)),
    )


async def song_meant(request: PageRequest, words: str) -> tuple[str | None, tuple[Candidate, ...]]:
    """The track that a link, an id or a title means; or those that it may mean."""
    words = words[:MOST_WORDS]
    try:
        reference = (await request.client.resolve(words)).value
        if reference.id and reference.kind.value in {"track", "unknown"}:
            return reference.id, ()
    except ApiProblem:
        pass  # words, which are searched for
    library = await _in_library(request, words)
    if library is not None:
        return library, ()
    try:
        found = (await request.client.search(words, ["track"], limit=5)).value.tracks
    except ApiProblem:
        return None, ()
    hits = found.items if found else ()
    if len(hits) == 1:
        return hits[0].id, ()
    return None, tuple(_candidate(request, track) for track in hits)


async def _in_library(request: PageRequest, words: str) -> str | None:
    """The file of that very title."""
    try:
        found = (await request.client.library.tracks(limit=MOST_OFFERED)).value.items
    except ApiProblem:
        return None
    alike = (track.id for track in found if track.title.casefold() == words.casefold())
    return next(alike, None)


def _candidate(request: PageRequest, track: Track) -> Candidate:
    path = request.http.url.path
    return Candidate(
        name=track.name,
        artists=formatting.listed([artist.name for artist in track.artists]),
        href=f"{path}?track={track.id}",
    )


def _far(found: Fit) -> Sequence[Neighbour]:
    """The farthest, but for those that a short list calls nearest, too."""
    near = {one.position for one in found.nearest}
    return [one for one in found.farthest if one.position not in near]


def _companions(found: Sequence[Neighbour], known: Mapping[str, Track]) -> tuple[Companion, ...]:
    return tuple(
        Companion(
            number=one.position + 1,
            name=_name(one, known),
            href=f"/tracks/{one.id}",
            note=formatting.decimal(one.distance, 1),
        )
        for one in found
    )


def _blending(one: Blending, known: Mapping[str, Track]) -> Companion:
    return Companion(
        number=one.position + 1,
        name=_name(one, known),
        href=f"/tracks/{one.id}",
        note=one.camelot,
    )


def _name(one: Neighbour | Blending, known: Mapping[str, Track]) -> str:
    track = known.get(one.id)
    return (track.name if track else one.name) or labels.NAMELESS


add_panel(router, Panel("fit", "playlists", "fit", _fit, options=("track",)))
