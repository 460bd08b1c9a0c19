"""The owner's files in lines and on cards: what they are, and how far their analysis is."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from api.schemas.artist import Image
from api.schemas.library import JobState, LibraryTrack
from web.client import ApiProblem, is_own
from web.request import PageRequest
from web.text import formatting, versions

NOBODY = "artist not known"
COVER_PX = 320
LOST = (
    "The file is not on this server’s disk any more, so it cannot be heard again: send the same "
    "file to put it back."
)
AT_IT = "It is at it."
MOVING = {JobState.QUEUED, JobState.RUNNING}


@dataclass(frozen=True, slots=True)
class OlderAnalysis:
    """That an older version of the analyser has heard a file: what the newer one does.

    `action`: where the button leads that has it heard again; without it `why_not` says why not.
    """

    says: str
    action: str | None
    why_not: str


def older_analysis(track: LibraryTrack | None) -> OlderAnalysis | None:
    """None where the version that is here has heard the file, or none has yet."""
    if track is None or (says := versions.older(track)) is None:
        return None
    at_it = track.job is not None and track.job.state in MOVING
    can = track.audio is not None and not at_it
    return OlderAnalysis(says, renew_path(track.id) if can else None, AT_IT if at_it else LOST)


async def own_track(request: PageRequest, ident: str) -> LibraryTrack | None:
    """The file behind a track, if its id is of our own making and it is still here."""
    if not is_own(ident):
        return None
    try:
        return (await request.client.library.track(ident)).value
    except ApiProblem:
        return None


def about(track: LibraryTrack) -> str:
    """`FLAC, 5.2 MB`."""
    return f"{track.format.upper()}, {formatting.size(track.size_bytes)}"


def cover(request: PageRequest, track: LibraryTrack) -> Image | None:
    """The cover of its release; only pieces of the demo label have one."""
    if track.cover is None:
        return None
    return request.site.picture([Image(url=track.cover, width=COVER_PX, height=COVER_PX)])


def renew_path(ident: str) -> str:
    """Where a file is asked to be heard again."""
    return f"/library/{quote(ident, safe='')}/analyse"


def versions_path(ident: str) -> str:
    """Where what each version of the analyser heard in a file stands side by side."""
    return f"/library/{quote(ident, safe='')}/versions"


def edit_path(ident: str) -> str:
    """Where a file is named otherwise."""
    return f"/library/{quote(ident, safe='')}/edit"


def delete_path(ident: str) -> str:
    """Where the question is asked whether to delete a file."""
    return f"/library/{quote(ident, safe='')}/delete"
