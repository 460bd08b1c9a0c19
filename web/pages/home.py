"""The start, the paste box, and where what is pasted leads."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import quote

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from api.music.references import is_words
from api.schemas.artist import Image
from api.schemas.library import LibraryTrack
from api.schemas.provenance import SourceName
from api.schemas.reference import Reference
from web.client import ApiProblem, is_own
from web.pages.exercise import ExerciseStep, exercise
from web.pages.files import cover
from web.pages.rows import Numbers, length, numbers, tempo
from web.render import Data
from web.request import PageRequest, PageRequestDep
from web.responses import fragment, page
from web.site import ExampleIds
from web.standing import is_set_up
from web.text import labels
from web.text.formatting import safe_url
from web.text.paste import leads_to, pasted, search_for
from web.text.provenance import BAD_REFERENCE, ProblemNotice, trouble

router = APIRouter()
UNPROCESSABLE = 422
NOT_FOUND = 404
SEE_OTHER = 303
SHOWN_ID = 6
MOST_FILES = 50
MOST_NAMED = 3


@dataclass(frozen=True, kw_only=True)
class HomePage(Data):
    """The start. `steps`: the exercise, where there is something to walk it with.

    `song`: the own file that it is walked with, if it is one; `demo`: the label is. `songs` and
    `sheet`: the newest of what was left here. `others_asked`: somebody but Spotify can be asked.

    `trouble` and `instead`: why the pasted text leads nowhere, and what does.
    `label`: the artists of the demo label, where it is in the library.
    """

    template: ClassVar[str] = "home.html"

    steps: tuple[ExerciseStep, ...]
    song: str | None
    demo: bool
    label: tuple[LabelArtist, ...]
    songs: tuple[LeftHere, ...]
    sheet: LeftHere | None
    spotify_off: bool
    others_asked: bool
    trouble: ProblemNotice | None = None
    instead: str | None = None
    open_url: str | None = None


@dataclass(frozen=True, kw_only=True)
class ChoicePage(Data):
    """A bare id: three things it may be."""

    template: ClassVar[str] = "choice.html"

    ident: str


@dataclass(frozen=True, kw_only=True)
class RecognisedPanel(Data):
    """What is in the box, while it is typed. `href`: where it leads, if it leads anywhere."""

    template: ClassVar[str] = "recognised.html"

    sentence: str
    href: str | None
    link_text: str


@dataclass(frozen=True, slots=True)
class LeftHere:
    """Something of its owner's, to go on with."""

    name: str
    href: str


@dataclass(frozen=True, slots=True)
class LabelPiece:
    """A piece of the demo label, with what was measured in it."""

    name: str
    href: str
    length: str
    tempo: str | None
    key: str | None
    camelot: str | None


@dataclass(frozen=True, slots=True)
class LabelArtist:
    """An artist of the demo label; `picture`: a cover, and `release` what it is of."""

    name: str
    href: str
    picture: Image | None
    release: str
    pieces: tuple[LabelPiece, ...]


@router.get("/")
async def get_home(request: PageRequestDep) -> Response:
    """One box, one file, and the exercise."""
    return page(request, await _home(request))


@router.get("/go")
async def go(request: PageRequestDep) -> Response:
    """Lead from what was pasted to its page; never off this site."""
    text = pasted(request)
    try:
        reference = (await request.client.resolve(text)).value
    except ApiProblem as problem:
        if problem.problem.type == BAD_REFERENCE and is_words(text):
            return _see(search_for(text))
        if problem.problem.status != UNPROCESSABLE:
            raise
        return await _refuse(request, text, problem=trouble(problem, request.base))
    href = leads_to(reference)
    if href is None:
        return await _refuse(request, text, reference=reference)
    return _see(href)


@router.get("/choose/{ident}")
async def choose(ident: str, request: PageRequestDep) -> Response:
    """A bare id does not say what it is of: three links, or of our own the one that there is."""
    await request.client.resolve(ident)  # a mangled id is refused in the API's words
    if is_own(ident) and (section := await _section(request, ident)):
        return _see(f"/{section}/{quote(ident)}")
    return page(request, ChoicePage(shell=request.shell(ident), ident=ident))


async def _section(request: PageRequest, ident: str) -> str | None:
    """The section in which an own id is found; None where it is nobody's."""
    ways = {
        "tracks": request.client.track,
        "artists": request.client.artist,
        "playlists": request.client.playlist,
    }
    for section, way in ways.items():
        try:
            await way(ident)
        except ApiProblem as problem:
            if problem.problem.status != NOT_FOUND:
                raise
        else:
            return section
    return None


@router.get("/fragments/resolve")
async def recognise(request: PageRequestDep) -> Response:
    """What is in the box, in words. Half a link is no error, so this is always 200."""
    text = pasted(request)
    if not text:
        return fragment(request, _recognised(request, "", None))
    try:
        reference = (await request.client.resolve(text)).value
    except ApiProblem as problem:
        return fragment(request, _unrecognised(request, text, problem))
    return fragment(request, _known(request, reference))


def _known(request: PageRequest, reference: Reference) -> RecognisedPanel:
    says = labels.KINDS[reference.kind].removeprefix("an ").removeprefix("a ")
    number = reference.isrc or (reference.id or "")[:SHOWN_ID] + "…" * bool(reference.id)
    sentence = " · ".join(part for part in (says[:1].upper() + says[1:], number) if part)
    href = leads_to(reference)
    if href is None:
        return _recognised(request, f"{sentence}. {labels.INSTEAD[reference.kind]}", None)
    return _recognised(request, sentence, href, link="Open it")


def _unrecognised(request: PageRequest, text: str, problem: ApiProblem) -> RecognisedPanel:
    if is_words(text):
        return _recognised(
            request, "Words, not a link.", search_for(text), link=f"Search for “{text[:40]}”"
        )
    told = trouble(problem, request.base)
    return _recognised(request, " ".join(part for part in (told.detail, told.hint) if part), None)


def _recognised(
    request: PageRequest, sentence: str, href: str | None, *, link: str = ""
) -> RecognisedPanel:
    return RecognisedPanel(shell=request.shell(), sentence=sentence, href=href, link_text=link)


def _see(href: str) -> Response:
    return RedirectResponse(href, SEE_OTHER)


async def _refuse(
    request: PageRequest,
    text: str,
    *,
    problem: ProblemNotice | None = None,
    reference: Reference | None = None,
) -> Response:
    data = await _home(request, text, problem=problem, reference=reference)
    return page(request, data, status=UNPROCESSABLE)


async def _home(
    request: PageRequest,
    text: str = "",
    *,
    problem: ProblemNotice | None = None,
    reference: Reference | None = None,
) -> HomePage:
    kind = reference.kind if reference else None
    able, files, sheet = await asyncio.gather(_able(request), _files(request), _sheet(request))
    own = [track for track in files if not track.demo]
    label = await _label(request, [track for track in files if track.demo])
    examples = _examples(request, able, label)
    demo = examples is not None and is_own(examples.track_id)
    song = None if demo else next((track for track in own if track.duration_ms), None)
    off = able is not None and SourceName.SPOTIFY not in able
    return HomePage(
        shell=request.shell(text),
        steps=await _steps(request, song, examples),
        song=song.title if song else None,
        demo=demo,
        label=label,
        songs=tuple(LeftHere(one.title, f"/tracks/{one.id}") for one in own[:MOST_NAMED]),
        sheet=sheet,
        spotify_off=off,
        others_asked=bool(able),
        trouble=problem,
        instead=f"That is {labels.KINDS[kind]}. {labels.INSTEAD[kind]}" if kind else None,
        open_url=safe_url(reference.url) if reference else None,
    )


def _examples(
    request: PageRequest, able: set[SourceName] | None, label: tuple[LabelArtist, ...]
) -> ExampleIds | None:
    """Those of the demo label while it is here; others where anybody can be asked."""
    shown = request.site.examples
    if shown is None or not (label if is_own(shown.track_id) else able != set()):
        return None
    return shown


async def _steps(
    request: PageRequest, song: LibraryTrack | None, examples: ExampleIds | None
) -> tuple[ExerciseStep, ...]:
    """Walked with an own song; else with the examples."""
    if song is not None:
        return await exercise(request.client, artist=song.artist_id, track=song.id, playlist=None)
    if examples is None:
        return ()
    return await exercise(
        request.client,
        artist=examples.artist_id,
        track=examples.track_id,
        playlist=examples.playlist_id,
    )


async def _files(request: PageRequest) -> tuple[LibraryTrack, ...]:
    """The newest of the library; none where there is no library."""
    try:
        return (await request.client.library.tracks(limit=MOST_FILES)).value.items
    except ApiProblem:
        return ()


async def _sheet(request: PageRequest) -> LeftHere | None:
    """The worksheet that was changed last."""
    try:
        found = (await request.client.worksheets.some(limit=1)).value.items
    except ApiProblem:
        return None
    return next((LeftHere(one.name, f"/worksheets/{one.id}") for one in found), None)


async def _label(request: PageRequest, demo: list[LibraryTrack]) -> tuple[LabelArtist, ...]:
    """The demo's artists in the order of their names; none where there is no demo."""
    if not demo:
        return ()
    known, _ = await numbers(request.client, (track.id for track in demo))
    artists: dict[str, list[LibraryTrack]] = {}
    for track in sorted(demo, key=lambda track: track.artist.casefold()):
        artists.setdefault(track.artist_id, []).append(track)
    return tuple(
        LabelArtist(
            name=own[0].artist,
            href=f"/artists/{ident}",
            picture=cover(request, own[0]),
            release=own[0].album or own[0].title,
            pieces=tuple(_piece(track, known) for track in own),
        )
        for ident, own in artists.items()
    )


def _piece(track: LibraryTrack, known: Numbers) -> LabelPiece:
    features = known.get(track.id)
    return LabelPiece(
        name=track.title,
        href=f"/tracks/{track.id}",
        length=length(track.duration_ms),
        tempo=tempo(features),
        key=features.key_name if features else None,
        camelot=features.camelot if features else None,
    )


async def _able(request: PageRequest) -> set[SourceName] | None:
    """The sources that are set up here; without an answer nothing is claimed."""
    try:
        report = (await request.client.sources()).value
    except ApiProblem:
        return None
    return {each.source for each in report.sources if is_set_up(each)}
