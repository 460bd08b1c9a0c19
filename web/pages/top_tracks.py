"""An artist's most played tracks: with tempo, key and energy, as a list, and as a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import quote

from fastapi import APIRouter, Response

from api.schemas.features import AudioFeatures
from api.schemas.track import Track, TrackList, UnlinkedTrack
from web.client import ApiProblem, is_own
from web.forms import fields, refused
from web.pages.collections import NOT_ADDED, Back, ListForm, added, complaint, list_form
from web.pages.panel import Panel, add_panel
from web.pages.rows import Numbers, TrackRow, numbers, track_row, unlinked_row
from web.render import Data
from web.request import PageRequest, PageRequestDep
from web.text import labels
from web.text.meanings import MEANINGS
from web.text.provenance import Head
from web.text.spreadsheet import spreadsheet

router = APIRouter()
NOTHING_TICKED = "Tick the tracks that you want to add."
MOST_NAME = 200  # of a list, as the API takes it
NUMBERS = (*(meaning.field for meaning in MEANINGS), "key", "mode", "time_signature")
COLUMNS = (
    *("Track URI", "Track Name", "Album Name", "Artist Name(s)", "Release Date", "Duration (ms)"),
    *(name.replace("_", " ").title() for name in NUMBERS),
    *("ISRC", "Source"),
)


@dataclass(frozen=True, slots=True)
class TopTrack:
    """A track, and the release that it is on."""

    row: TrackRow
    release: str


@dataclass(frozen=True, kw_only=True)
class TopTracksPanel(Data):
    """An artist's most played tracks; of an own artist (`own`) the files here.

    `some_unlinked`: whether there are names that lead to a search, not to a page. `known`: who says
    the numbers, and of how many. `form`: the list that those are added to that are ticked.
    """

    template: ClassVar[str] = "artist_top_tracks.html"

    ident: str
    own: bool
    tracks: tuple[TopTrack, ...]
    some_unlinked: bool
    known: str
    form: ListForm
    head: Head


async def _top_tracks(
    request: PageRequest, ident: str, form: ListForm | None = None
) -> TopTracksPanel:
    answer = await request.client.top_tracks(ident)
    found = answer.value
    known, says = await numbers(request.client, (track.id for track in found.items))
    return TopTracksPanel(
        shell=request.shell(),
        ident=found.id,
        own=is_own(found.id),
        tracks=tuple(
            TopTrack(_row(place, track, known), (track.album and track.album.name) or "")
            for place, track in enumerate(_in_order(found), 1)
        ),
        some_unlinked=bool(found.unlinked),
        known=_known(known, says, found),
        form=form or await list_form(request),
        head=request.head(labels.PANELS["top-tracks"], answer.call, found),
    )


def _in_order(found: TrackList) -> Iterator[Track | UnlinkedTrack]:
    """Those with a page here, and at their places between them those without."""
    unlinked = {track.position: track for track in found.unlinked}
    linked = iter(found.items)
    for place in range(1, len(found.items) + len(unlinked) + 1):
        yield unlinked.get(place) or next(linked)


def _row(place: int, track: Track | UnlinkedTrack, known: Numbers) -> TrackRow:
    if isinstance(track, UnlinkedTrack):
        return unlinked_row(track)
    return track_row(place, track, known)


def _known(known: Numbers, says: str | None, found: TrackList) -> str:
    """Who says the numbers, and how many are without."""
    if not known:
        return says or ""
    who = dict.fromkeys(_speaker(features) for features in known.values())
    total = len(found.items) + len(found.unlinked)
    without = total - len(known)
    said = f"Tempo, key and energy by {', '.join(who)}"
    if without:
        said += f", for {len(known)} of {total}; nobody here knows the others"
    return f"{said}."


def _speaker(features: AudioFeatures) -> str:
    first = features.provenance[0]
    return labels.speaker(first.source, first.method)


@router.post("/artists/{ident}/lists")
async def post_tracks(ident: str, request: PageRequestDep) -> Response:
    """Add an artist's tracks to a list, and say so."""
    said = await fields(request)
    back = Back(f"/artists/{quote(ident, safe=':')}", "Back to the artist")
    try:
        if not said.get("track"):
            raise complaint(request, NOT_ADDED, NOTHING_TICKED)
        return await added(request, said, said["track"], back=back)
    except ApiProblem as problem:
        form = await list_form(request, said, problem)
        return refused(request, await _top_tracks(request, ident, form), problem)


@router.get("/artists/{ident}/top-tracks.csv")
async def get_spreadsheet(ident: str, request: PageRequestDep) -> Response:
    """A row for each track, with Exportify's columns."""
    found = (await request.client.top_tracks(ident)).value
    known, _ = await numbers(request.client, (track.id for track in found.items))
    rows = [_line(track, known) for track in _in_order(found)]
    headers = {
        "Content-Disposition": f'attachment; filename="top-tracks-{quote(found.id, safe="")}.csv"',
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    body = spreadsheet(COLUMNS, rows).encode("utf-8", "replace")
    return Response(body, headers=headers, media_type="text/csv; charset=utf-8")


def _line(track: Track | UnlinkedTrack, known: Numbers) -> Sequence[object]:
    linked = isinstance(track, Track)
    features = known.get(track.id) if isinstance(track, Track) else None
    album = track.album
    return (
        track.uri if isinstance(track, Track) else None,
        track.name,
        album and album.name,
        ";".join(artist.name for artist in track.artists),
        *(album and album.release_date, track.duration_ms),
        *(None if features is None else getattr(features, name) for name in NUMBERS),
        *(track.isrc, None if features is None or not linked else _speaker(features)),
    )


TOP_TRACKS = Panel("top-tracks", "artists", "top-tracks", _top_tracks)
add_panel(router, TOP_TRACKS)
