"""The owner's files in lines and on cards: what they are, and how far their analysis is."""

from __future__ import annotations

from urllib.parse import quote

from api.schemas.artist import Image
from api.schemas.library import LibraryTrack
from web.client import ApiProblem, is_own
from web.request import PageRequest
from web.text import formatting

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


def about(track: LibraryTrack) -> str:
    """`FLAC, 5.2 MB`."""
    return f"{track.format.upper()}, {formatting.size(track.size_bytes)}"


def cover(request: PageRequest, track: LibraryTrack) -> Image | None:
    """The cover of its release; only pieces of the demo label have one."""
    if track.cover is None:
        return None
    return request.site.picture([Image(url=track.cover, width=COVER_PX, height=COVER_PX)])


def edit_path(ident: str) -> str:
    """Where a file is named otherwise."""
    return f"/library/{quote(ident, safe='')}/edit"


def delete_path(ident: str) -> str:
    """Where the question is asked whether to delete a file."""
    return f"/library/{quote(ident, safe='')}/delete"
