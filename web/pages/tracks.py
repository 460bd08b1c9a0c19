"""A track: what it is, the figures of its sound, and the ways on from it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from fastapi import APIRouter, Response

from api.schemas.artist import Image
from api.schemas.library import Job, LibraryTrack
from api.schemas.track import Track
from web.client import ApiProblem, is_own
from web.pages.features import FEATURES, Explained, FeaturesPanel, UnheardPanel, demo_track
from web.pages.files import (
    OlderAnalysis,
    about,
    delete_path,
    older_analysis,
    own_track,
    versions_path,
)
from web.pages.jobs import job_state, job_to_follow
from web.pages.panel import Inlined, WorkingPanel, inlined, quickly
from web.render import Data
from web.request import PageRequest, PageRequestDep
from web.responses import page
from web.text.labels import FIELDS
from web.text.provenance import Head, ProblemNotice, trouble
from web.text.walk import Look, walk, walk_past

router = APIRouter()
NAMELESS = {"/problems/track-unavailable", "/problems/sources-unavailable"}
UNMISSED = {  # what no musician looks for
    FIELDS[name]
    for name in ("explicit", "track_number", "disc_number", "is_playable", "linked_from", "url")
}


@dataclass(frozen=True, kw_only=True)
class TrackPage(Data):
    """One track. `own`: the file behind it, if it is one of this server's; `composer`: a demo's.

    `features`: what it sounds like, as a panel; `heard`: whether that has anything in it. What it
    `explained` and what is absent from it stand folded below all panels.
    """

    template: ClassVar[str] = "track.html"

    track: Track
    own: OwnFile | None
    composer: bool
    picture: Image | None
    features: Inlined
    heard: bool
    explained: tuple[Explained, ...]
    head: Head


@dataclass(frozen=True, kw_only=True)
class UnknownTrackPage(Data):
    """A track of Spotify's that no source here can name: why, and the one thing that helps."""

    template: ClassVar[str] = "track_unknown.html"

    ident: str
    example: str | None
    trouble: ProblemNotice


@dataclass(frozen=True, slots=True)
class OwnFile:
    """The file behind a track. `note`: what its analysis is doing, where it is not done.

    `audio` is None where the file is gone from the disk; `linked`: the page is of its Spotify id.
    `older`: that an older version of the analyser heard it; `versions`: where several are compared.
    """

    ident: str
    audio: str | None
    about: str
    demo: bool
    linked: bool
    note: str | None
    job: str | None
    older: OlderAnalysis | None
    versions: str | None
    delete: str


@router.get("/tracks/{ident}")
async def track(ident: str, request: PageRequestDep) -> Response:
    """What a source says of a track, and what it sounds like; the rest loads beside it."""
    try:
        answer = await request.client.track(ident)
    except ApiProblem as problem:
        if problem.problem.type not in NAMELESS or is_own(ident):
            raise
        return _unknown(request, ident.rpartition(":")[2], problem)
    found = answer.value
    own = await _own(request, found.id)
    sounds = await quickly(request, FEATURES, found.id, shown="Show what it sounds like")
    head = request.head("Track", answer.call, found)
    gaps = tuple(gap for gap in head.absences if gap.label not in UNMISSED)
    explained: tuple[Explained, ...] = ()
    heard = not isinstance(sounds, UnheardPanel | WorkingPanel)
    if isinstance(sounds, FeaturesPanel):
        explained, gaps = sounds.explained, (*gaps, *sounds.head.absences)
        sounds = replace(sounds, explained=(), head=replace(sounds.head, absences=()))
    data = TrackPage(
        shell=request.shell(),
        walk=walk(
            Look.TRACK,
            artist=next((artist.id for artist in found.artists if artist.id), None),
            track=found.id if heard else None,
        ),
        track=found,
        own=None if own is None else _own_file(own, found.id),
        composer=own is not None and own.truth is not None,
        picture=request.site.picture(found.album.images if found.album else ()),
        features=inlined(sounds),
        heard=heard,
        explained=explained,
        head=replace(head, absences=gaps),
    )
    return page(request, data)


def _unknown(request: PageRequest, ident: str, problem: ApiProblem) -> Response:
    """With the status of the API, and its wait where asking again may help."""
    data = UnknownTrackPage(
        shell=request.shell(),
        walk=walk_past(walk(Look.TRACK), f"/upload?spotify_id={ident}"),
        ident=ident,
        example=demo_track(request),
        trouble=trouble(problem, request.base),
    )
    return page(request, data, status=problem.problem.status, headers=problem.headers)


async def _own(request: PageRequest, ident: str) -> LibraryTrack | None:
    """The file that this is, or that its owner has linked to it."""
    if is_own(ident):
        return await own_track(request, ident)
    try:
        return await request.client.library.linked(ident)
    except ApiProblem:
        return None


def _own_file(track: LibraryTrack, ident: str) -> OwnFile:
    """What a track's page says of its file."""
    return OwnFile(
        ident=track.id,
        audio=track.audio,
        about=about(track),
        demo=track.demo,
        linked=track.id != ident,
        note=_note(track.job),
        job=job_to_follow(track.job),
        older=older_analysis(track),
        versions=versions_path(track.id) if len(track.analyses) > 1 else None,
        delete=delete_path(track.id),
    )


def _note(job: Job | None) -> str | None:
    state = job_state(job)
    if job is None or state is None:
        return None
    if job.problem:
        return f"Its analysis failed: {job.problem.detail}"
    return f"Its analysis: {state}."
