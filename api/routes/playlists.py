"""Playlists, their entries and their profile."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.cache.tiers import Served
from api.http.files import disposition
from api.http.openapi import responses
from api.http.stored_answer import StoredAnswer
from api.music.key_names import CAMELOT_LIST
from api.paging import Window
from api.routes.dependencies import (
    Offset,
    OnlySource,
    PlaylistId,
    PlaylistsDep,
    ProfilesDep,
    TrackOfQuery,
)
from api.schemas.lists import Page
from api.schemas.playlist import (
    Fit,
    Fold,
    Playlist,
    PlaylistItem,
    PlaylistProfile,
    PlaylistTable,
)
from api.services import playlist_table
from api.services.export import MEDIA_TYPES, ExportFormat, with_whole_addresses
from api.services.playlist_table import Arrangement, Direction, Sorting

router = APIRouter(prefix="/v1/playlists", tags=["playlists"])
SoFar = Annotated[
    bool,
    Query(
        description="While a job reads a long list: what is known by now, if anything is, instead "
        "of the job. `missing` says how many tracks have not been asked about."
    ),
]
OF_ALL_TRACKS = (
    *("analysis-in-progress", "profile-in-progress", "queue-full"),
    *("playlist-not-found", "playlist-unavailable", "features-unavailable", "profile-unavailable"),
)


@router.get(
    "/{playlist_id}",
    operation_id="get_playlist",
    response_model=Playlist,
    responses=responses("playlist-not-found", "playlist-unavailable"),
)
async def get_playlist(playlist_id: PlaylistId, playlists: PlaylistsDep) -> Response:
    """What a playlist says of itself: name, description, owner, how many entries it has."""
    return StoredAnswer(await playlists.playlist(playlist_id))


@router.get(
    "/{playlist_id}/items",
    operation_id="get_playlist_items",
    response_model=Page[PlaylistItem],
    responses=responses("playlist-not-found", "playlist-unavailable"),
)
async def get_items(
    playlist_id: PlaylistId,
    playlists: PlaylistsDep,
    *,
    limit: Annotated[int, Query(ge=1, le=100, description="How many at most.")] = 50,
    offset: Offset = 0,
) -> Response:
    """A part of a playlist’s entries: tracks, episodes, local files, and gaps.

    A gap is where something was removed. Nothing is skipped, so `position` is true to the playlist.
    """
    return StoredAnswer(
        await playlists.items(playlist_id, Window(limit, offset)),
    )


@router.get(
    "/{playlist_id}/fit",
    operation_id="get_playlist_fit",
    response_model=Fit,
    responses=responses(*OF_ALL_TRACKS),
)
async def get_fit(playlist_id: PlaylistId, profiles: ProfilesDep, track: TrackOfQuery) -> Response:
    """Would this track fit? Its place among the playlist’s tracks, per feature and as a whole.

    The playlist is described by one source, which is named; an own file is measured here.
    """
    return StoredAnswer(await profiles.fit(playlist_id, track), known_to_edge=False)


@router.get(
    "/{playlist_id}/export",
    operation_id="export_playlist",
    responses={
        200: {
            "description": "The file, as an attachment.",
            "content": {media.partition(";")[0]: {} for media in MEDIA_TYPES.values()},
        },
        **responses("playlist-not-found", "playlist-unavailable"),
    },
    response_class=Response,
)
async def export_playlist(
    playlist_id: PlaylistId,
    request: Request,
    profiles: ProfilesDep,
    *,
    as_format: Annotated[
        ExportFormat, Query(alias="format", description="`csv` has Exportify’s columns.")
    ] = ExportFormat.CSV,
) -> Response:
    """A playlist as a file, with the numbers of one source, which each row names.

    Spotify’s terms allow no keeping of what is Spotify’s; the licence stands beside each row.
    """
    exported = await profiles.exported(playlist_id, as_format)
    text = exported.text
    if as_format is ExportFormat.M3U:
        text = with_whole_addresses(text, str(request.base_url).rstrip("/"))
    name = f"{exported.name or playlist_id}.{as_format}"
    headers = {"Content-Disposition": disposition(name), "Cache-Control": "private, no-store"}
    return Response(text, headers=headers, media_type=MEDIA_TYPES[as_format])


@router.get(
    "/{playlist_id}/profile",
    operation_id="get_playlist_profile",
    response_model=PlaylistProfile,
    responses=responses(*OF_ALL_TRACKS),
)
async def get_profile(
    playlist_id: PlaylistId,
    profiles: ProfilesDep,
    *,
    source: OnlySource = None,
    fold: Annotated[
        Fold | None,
        Query(
            description="`tempo` halves and doubles tempi that are about twice or half of what is "
            "usual in the list, as software often hears them; `provenance` says how many."
        ),
    ] = None,
    so_far: SoFar = False,
) -> Response:
    """What a playlist sounds like: how each feature spreads, its keys, and what does not fit.

    All values are of one source, which is named; `described` says how many entries have any.
    A list that takes longer than a request is a job: follow it, then ask here again.
    """
    served = await profiles.of(playlist_id, source, fold, so_far=so_far)
    return _passing(served) if so_far else StoredAnswer(served)


@router.get(
    "/{playlist_id}/table",
    operation_id="get_playlist_table",
    response_model=PlaylistTable,
    responses=responses(
        *("analysis-in-progress", "profile-in-progress", "queue-full"),
        *("playlist-not-found", "playlist-unavailable"),
    ),
)
async def get_table(
    playlist_id: PlaylistId,
    profiles: ProfilesDep,
    *,
    sort: Annotated[Sorting, Query(description="By what.")] = Sorting.POSITION,
    direction: Annotated[Direction, Query(description="Which way.")] = Direction.ASC,
    between: Annotated[
        str | None,
        Query(
            description="Ranges of features, both ends included, either of which may be left out.",
            examples=["tempo:80..120,energy:0.4.."],
            max_length=300,
            pattern=playlist_table.RANGES,
        ),
    ] = None,
    camelot: Annotated[
        str | None,
        Query(
            description="Keys as DJs write them, separated by commas.",
            examples=["8A,9A,8B"],
            max_length=100,
            pattern=CAMELOT_LIST,
        ),
    ] = None,
    fold: Annotated[
        Fold | None,
        Query(
            description="`tempo` halves and doubles tempi that are about twice or half of what is "
            "usual in the list or, where `between` has a range of tempo, that lie in it only so; "
            "`tempo_factor` says which."
        ),
    ] = None,
    time_signature: Annotated[
        int | None, Query(ge=3, le=7, description="So many beats in a bar.")
    ] = None,
    spread: Annotated[
        bool,
        Query(
            description="Instead of `limit` entries one after the other: `limit` of them, evenly "
            "spread from `offset` to the end, and always the same. For pictures of long lists."
        ),
    ] = False,
    so_far: SoFar = False,
    limit: Annotated[int, Query(ge=1, le=500, description="How many at most.")] = 50,
    offset: Offset = 0,
) -> Response:
    """A playlist’s entries with their numbers: sorted, filtered, a part at a time.

    All numbers are of one source, which is named. What it does not know stays, behind the rest,
    and says why; a filter leaves it out, and `unjudged` counts it.
    """
    wanted = Arrangement(
        sort,
        direction,
        playlist_table.spans(between),
        playlist_table.keys(camelot),
        time_signature,
        spread,
    )
    window = Window(limit, offset)
    served = await profiles.table(playlist_id, wanted, window, fold=fold, so_far=so_far)
    return _passing(served) if so_far else StoredAnswer(served, known_to_edge=False)


def _passing(served: Served) -> Response:
    """What will be another answer in a moment, and is to be kept by nobody."""
    headers = {"Cache-Control": "private, no-store"}
    return Response(served.entry.body, headers=headers, media_type="application/json")
