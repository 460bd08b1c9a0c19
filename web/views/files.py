"""The owner's files in lines and on cards: what they are, and how far their analysis is."""

from __future__ import annotations

from urllib.parse import quote

from api.schemas.artist import Image
from api.schemas.library import Job, JobState, LibraryTrack
from web.client import ApiProblem, is_own
from web.pages import FileRow, LabelArtist, LabelPiece, OwnFile
from web.request import PageRequest
from web.text import formatting, labels
from web.views.rows import Numbers, length, tempo

NOBODY = "artist not known"
COVER_PX = 320


async def own_track(request: PageRequest, ident: str) -> LibraryTrack | None:
    """The file behind a track, if its id is of our own making and it is still here."""
    if not is_own(ident):
        return None
    try:
        return (await request.client.library.track(ident)).value
    except ApiProblem:
        return None


def own_file(track: LibraryTrack) -> OwnFile:
    """What a track's page says of its file."""
    return OwnFile(
        audio=track.audio,
        about=about(track),
        demo=track.demo,
        note=_note(track.job),
        job=job_to_follow(track.job),
        delete=delete_path(track.id),
    )


def file_row(request: PageRequest, track: LibraryTrack, known: Numbers) -> FileRow:
    """A file of the library in a line."""
    features = known.get(track.id)
    return FileRow(
        picture=_cover(request, track),
        release=track.album or track.title,
        name=track.title,
        artist=track.artist or NOBODY,
        artist_href=f"/artists/{track.artist_id}",
        href=f"/tracks/{track.id}",
        about=about(track),
        demo=track.demo,
        length=length(track.duration_ms),
        tempo=tempo(features),
        key=features.key_name if features else None,
        camelot=features.camelot if features else None,
        state=_state(track.job),
        job=job_to_follow(track.job),
        gone=track.audio is None,
        delete=delete_path(track.id),
    )


def label(
    request: PageRequest, tracks: list[LibraryTrack], known: Numbers
) -> tuple[LabelArtist, ...]:
    """The demo's artists in the order of their names, each with the pieces that are analysed."""
    artists: dict[str, list[LibraryTrack]] = {}
    for track in sorted(tracks, key=lambda track: track.artist.casefold()):
        artists.setdefault(track.artist_id, []).append(track)
    return tuple(
        LabelArtist(
            name=own[0].artist,
            href=f"/artists/{ident}",
            picture=_cover(request, own[0]),
            release=own[0].album or own[0].title,
            pieces=tuple(_piece(track, known) for track in own),
        )
        for ident, own in artists.items()
    )


def _cover(request: PageRequest, track: LibraryTrack) -> Image | None:
    if track.cover is None:
        return None
    return request.site.picture([Image(url=track.cover, width=COVER_PX, height=COVER_PX)])


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


def about(track: LibraryTrack) -> str:
    """`FLAC, 5.2 MB`."""
    return f"{track.format.upper()}, {formatting.size(track.size_bytes)}"


def delete_path(ident: str) -> str:
    """Where the question is asked whether to delete a file."""
    return f"/library/{quote(ident, safe='')}/delete"


def job_path(job: Job) -> str:
    """Where a job can be followed."""
    return f"/jobs/{quote(job.id, safe='')}"


def job_to_follow(job: Job | None) -> str | None:
    """Where an analysis can be followed that is not done."""
    return job_path(job) if job and job.state is not JobState.DONE else None


def _state(job: Job | None) -> str | None:
    if job is None or job.state is JobState.DONE:
        return None
    ending = f", {job.percent:.0f} %" if job.state is JobState.RUNNING else ""
    return labels.JOB_STATES[job.state] + ending


def _note(job: Job | None) -> str | None:
    state = _state(job)
    if job is None or state is None:
        return None
    if job.problem:
        return f"Its analysis failed: {job.problem.detail}"
    return f"Its analysis: {state}."
