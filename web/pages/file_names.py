"""Naming an own file otherwise: title, artist, album, genres, ISRC, its track at Spotify."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter, Response

from api.schemas.library import LibraryTrack
from api.schemas.problem import Problem
from web.client import ApiProblem
from web.forms import fields, refused, see
from web.pages.files import delete_path, edit_path
from web.render import Data
from web.request import PageRequest, PageRequestDep
from web.responses import page
from web.text.labels import FIELDS
from web.text.provenance import ProblemNotice, trouble

router = APIRouter()
NAMES = {
    "title": "What the song is called.",
    "artist": "Whoever made it. Files of one name share an artist page.",
    "album": "The release it is on; empty if there is none.",
    "genres": "What you call it, separated by commas.",
    "isrc": "The number of this recording, if it has one: two letters, then ten more characters.",
    "spotify_id": "Link or id of the same recording at Spotify. Who looks it up here then sees "
    "what was heard in your file.",
}


@dataclass(frozen=True, slots=True)
class NameField:
    """A field of the form: what stands in it, what it is for, what does not fit."""

    name: str
    label: str
    value: str
    means: str
    wrong: str | None


@dataclass(frozen=True, kw_only=True)
class FileNamesPage(Data):
    """The names of an own file, to be changed. `trouble`: why they were not."""

    template: ClassVar[str] = "file_names.html"

    title: str
    fields: tuple[NameField, ...]
    action: str
    back: str
    delete: str
    trouble: ProblemNotice | None


@router.get("/library/{ident}/edit")
async def get_names(ident: str, request: PageRequestDep) -> Response:
    """The names as they are."""
    track = (await request.client.library.track(ident)).value
    return page(request, _page(request, track, _as_they_are(track)))


@router.post("/library/{ident}/edit")
async def post_names(ident: str, request: PageRequestDep) -> Response:
    """Change them, and lead back to the track; what does not fit is said at its field."""
    said = await fields(request)
    typed = {name: said.get(name, [""])[0] for name in NAMES}
    genres = [genre.strip() for genre in typed["genres"].split(",") if genre.strip()]
    try:
        track = (
            await request.client.library.rename(
                ident, {name: text or None for name, text in typed.items()} | _kept(typed, genres)
            )
        ).value
    except ApiProblem as problem:
        stands = (await request.client.library.track(ident)).value
        return refused(request, _page(request, stands, typed, problem=problem), problem)
    return see(request, f"/tracks/{track.id}")


def _kept(typed: Mapping[str, str], genres: list[str]) -> dict[str, str | list[str]]:
    """What null would not say rightly: a title is never cleared, genres are a list."""
    return {"title": typed["title"], "genres": genres}


def _as_they_are(track: LibraryTrack) -> dict[str, str]:
    said = {name: getattr(track, name) or "" for name in NAMES}
    return said | {"genres": ", ".join(track.genres or ())}


def _page(
    request: PageRequest,
    track: LibraryTrack,
    typed: Mapping[str, str],
    *,
    problem: ApiProblem | None = None,
) -> FileNamesPage:
    wrong = {} if problem is None else _wrong(problem.problem)
    told = None if problem is None or wrong else trouble(problem, request.base)
    return FileNamesPage(
        shell=request.shell(),
        title=track.title,
        fields=tuple(
            NameField(name, FIELDS[name], typed[name], means, wrong.get(name))
            for name, means in NAMES.items()
        ),
        action=edit_path(track.id),
        back=f"/tracks/{track.id}",
        delete=delete_path(track.id),
        trouble=told,
    )


def _wrong(problem: Problem) -> dict[str, str]:
    """What does not fit, by field: `body/genres/1` is about the genres."""
    told = ((part.pointer.split("/")[1:2], part.detail) for part in problem.errors or ())
    return {name[0]: detail for name, detail in told if name and name[0] in NAMES}
