"""The owner's own files: bring, list, hear, delete."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response

from api.http.conditional import client_holds
from api.http.examples import INVENTED
from api.http.files import MEDIA_TYPES, POLICY, PrivateFileResponse, disposition
from api.http.json_body import JSON, read_json
from api.http.multipart import check_length, receive
from api.http.openapi import responses
from api.http.responses import at_home
from api.library.names import FIELDS
from api.music import ids, references
from api.music.key_names import CAMELOT_LIST
from api.paging import Window
from api.routes.dependencies import (
    DemoLabelDep,
    NearestDep,
    Offset,
    OwnAnalysesDep,
    OwnTracksDep,
    TrackOfQuery,
    UploadLimitsDep,
    UploadsDep,
    separate,
)
from api.schemas.analysis import AudioAnalysis
from api.schemas.features import AudioFeatures
from api.schemas.library import LibraryTrack, LibraryTracks, Renewal, TrackChange
from api.schemas.nearest import NearestTracks
from api.schemas.reference import Kind

router = APIRouter(prefix="/v1/library", tags=["library"])
SPOTIFY_TRACK_PATTERN = f"^(spotify:track:|https://open\\.spotify\\.com/track/|){ids.id_pattern()}$"
_FORM: dict[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "additionalProperties": False,
                "properties": {
                    "file": {
                        "type": "string",
                        "format": "binary",
                        "description": "WAV, FLAC, MP3, Ogg, Opus, M4A, AAC or AIFF, 5 seconds or "
                        "more. Its first bytes tell which; the name does not matter.",
                    },
                    "title": {
                        "type": "string",
                        "maxLength": 300,
                        "description": "Without it: what the tags say, else the file’s name.",
                    },
                    "artist": {
                        "type": "string",
                        "maxLength": 300,
                        "description": "Without it: what the tags say.",
                    },
                    "album": {"type": "string", "maxLength": 300},
                    "isrc": {
                        "type": "string",
                        "pattern": "^[A-Z]{2}[A-Z0-9]{3}[0-9]{7}$",
                        "description": "The recording’s number.",
                        "examples": ["GBSMU2401851"],
                    },
                    "spotify_id": {
                        "type": "string",
                        "pattern": SPOTIFY_TRACK_PATTERN,
                        "description": "The same recording at Spotify: id, URI or link. This "
                        "file’s values then also answer for that track.",
                    },
                },
            }
        }
    },
}
_CHANGE = {
    "requestBody": {
        "required": True,
        "content": {
            JSON: {
                "schema": TrackChange.model_json_schema(),
                "example": {"artist": "Vanta Kiosk", "genres": ["slow techno"], "isrc": None},
            }
        },
    }
}
MOST_CHANGE_BYTES = 20_000
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[\x21-\x7e]{1,200}$",
        description="A text of your own making; sent again with the same file, no second job.",
    ),
]


async def _own_track_id(
    track_id: Annotated[
        str,
        Path(
            description="The file’s own id, from the answer to its upload.",
            examples=[ids.OWN_PREFIX + INVENTED.track_id],
            json_schema_extra={"pattern": f"^{ids.OWN_PREFIX}{ids.id_pattern()}$"},
        ),
    ],
) -> str:
    return references.path_id(track_id, Kind.TRACK)


OwnTrackId = Annotated[str, Depends(_own_track_id)]
AnalyserVersion = Annotated[
    int,
    Path(
        ge=1,
        le=1_000_000,
        description="The version of the analyser; `analyses` of the file lists those kept.",
        examples=[3],  # of the demo label, which the playground tries
    ),
]


@router.post(
    "/tracks",
    operation_id="add_library_track",
    response_model=LibraryTrack,
    status_code=202,
    responses=responses(
        "unsupported-format",
        "file-too-large",
        "bad-audio",
        "too-short",
        "no-signal",
        "cross-site",
        "conflict",
        "queue-full",
        "no-room",
        "unsandboxed",
        "no-decoder",
        "http-error",
    )
    | {200: {"model": LibraryTrack, "description": "The same bytes are here already."}},
    openapi_extra={"requestBody": _FORM},
)
async def add_track(
    request: Request, uploads: UploadsDep, *, limits: UploadLimitsDep, key: Key = None
) -> Response:
    """Bring an audio file. It is looked at now, and analysed soon: follow `Location`.

    The same bytes are the same track: names that are sent again replace those it had. The file
    stays on this server and goes nowhere else; deleting it removes it at once.
    """
    await uploads.check()
    check_length(request, limits.most_bytes)
    async with limits.files.place(request), uploads.incoming() as path:
        form = await receive(
            request,
            path,
            known=set(FIELDS),
            most_bytes=limits.most_bytes,
            check_room=limits.check_room,
        )
        taken = await uploads.take(form.file, form.fields, key)
    headers = {"Cache-Control": "no-store"}
    if taken.started is not None:
        headers["Location"] = taken.started.href
    status = 200 if taken.started is None else 202
    body = taken.track.model_dump_json()
    return Response(body, status_code=status, media_type="application/json", headers=headers)


@router.get(
    "/tracks",
    operation_id="get_library_tracks",
    response_model=LibraryTracks,
    responses=responses("cross-site"),
)
async def get_tracks(
    request: Request,
    tracks: OwnTracksDep,
    *,
    limit: Annotated[int, Query(ge=1, le=50, description="How many at most.")] = 20,
    offset: Offset = 0,
    spotify_id: Annotated[
        str | None,
        Query(
            pattern=f"^{ids.id_pattern()}$",
            description="Only those that are linked to this track of Spotify’s.",
        ),
    ] = None,
) -> Response:
    """The files on this server, newest first, each with its latest job."""
    found = await tracks.tracks(Window(limit, offset), spotify_id)
    return at_home(request, "library", found)


@router.get(
    "/nearest",
    operation_id="get_nearest_library_tracks",
    response_model=NearestTracks,
    responses=responses(
        "analysis-in-progress", "track-not-found", "features-unavailable", "cross-site"
    ),
)
async def get_nearest(
    request: Request,
    nearest: NearestDep,
    track: TrackOfQuery,
    *,
    camelot: Annotated[
        str | None,
        Query(
            pattern=CAMELOT_LIST,
            description="Only files in these keys, as DJs write them, separated by commas.",
            examples=["11A,12A"],
        ),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=50, description="How many at most.")] = 10,
) -> Response:
    """The files here that sound most like a track, and where it stands among all of them.

    Six estimates, tempo and loudness weigh the same; `provenance` says how they are compared.
    """
    keys = separate(camelot) if camelot else None
    found = await nearest.to(track, keys=keys, limit=limit)
    return at_home(request, "nearest", found)


@router.get(
    "/tracks/{track_id}",
    operation_id="get_library_track",
    response_model=LibraryTrack,
    responses=responses("track-not-found", "cross-site"),
)
async def get_track(request: Request, track_id: OwnTrackId, tracks: OwnTracksDep) -> Response:
    """A file: its names, its format, its latest job, and where to read what was heard in it."""
    return at_home(request, "library", await tracks.track(track_id))


@router.patch(
    "/tracks/{track_id}",
    operation_id="change_library_track",
    response_model=LibraryTrack,
    responses=responses(
        "track-not-found", "conflict", "file-too-large", "cross-site", "queue-full", "no-room"
    ),
    openapi_extra=_CHANGE,
)
async def change_track(
    track_id: OwnTrackId, request: Request, tracks: OwnTracksDep, *, limits: UploadLimitsDep
) -> Response:
    """Name a file otherwise: title, artist, album, genres, ISRC, the same recording at Spotify.

    Null clears, but a title is always there. What was heard in the file stays as it is.
    """
    async with limits.lists.place(request):
        asked = await read_json(request, TrackChange, most_bytes=MOST_CHANGE_BYTES)
        told = await tracks.change(track_id, asked)
    return Response(told.model_dump_json(), 200, {"Cache-Control": "no-store"}, JSON)


@router.delete(
    "/demo",
    operation_id="delete_demo_label",
    status_code=204,
    responses=responses("cross-site", "no-room"),
)
async def delete_demo(demo: DemoLabelDep) -> Response:
    """Remove the demo label, pieces and lists, for good. Your own files and lists stay."""
    await demo.remove()
    return Response(status_code=204, headers={"Cache-Control": "no-store"})


@router.delete(
    "/tracks/{track_id}",
    operation_id="delete_library_track",
    status_code=204,
    responses=responses("track-not-found", "cross-site", "no-room"),
)
async def delete_track(track_id: OwnTrackId, tracks: OwnTracksDep) -> Response:
    """Delete a file at once, with all that was heard in it; a running job ends."""
    await tracks.delete(track_id)
    return Response(status_code=204, headers={"Cache-Control": "no-store"})


@router.post(
    "/tracks/{track_id}/analyses",
    operation_id="renew_library_track",
    response_model=LibraryTrack,
    status_code=202,
    responses=responses(
        "track-not-found", "conflict", "queue-full", "cross-site", "no-room", "http-error"
    )
    | {200: {"model": LibraryTrack, "description": "The present version has heard it already."}},
)
async def renew_track(track_id: OwnTrackId, analyses: OwnAnalysesDep) -> Response:
    """Have a file heard again by the analyser that is here now: follow `Location`.

    What an older version heard counts until that is done, and is kept beside it afterwards. Where
    the file waits or is being analysed already, that very job is told. A file that is gone from the
    disk cannot be heard: 409 says so.
    """
    renewed = await analyses.renew(track_id)
    headers = {"Cache-Control": "no-store"}
    if renewed.job is not None:
        headers["Location"] = renewed.job.href
    status = 200 if renewed.job is None else 202
    return Response(renewed.track.model_dump_json(), status, headers, JSON)


@router.get(
    "/tracks/{track_id}/analyses/{analyser}/features",
    operation_id="get_kept_features",
    response_model=AudioFeatures,
    responses=responses("track-not-found", "cross-site"),
)
async def get_kept_features(
    request: Request, track_id: OwnTrackId, *, analyser: AnalyserVersion, analyses: OwnAnalysesDep
) -> Response:
    """The audio features that one version of the analyser heard in a file."""
    return at_home(request, "kept-features", await analyses.features(track_id, analyser))


@router.get(
    "/tracks/{track_id}/analyses/{analyser}/analysis",
    operation_id="get_kept_analysis",
    response_model=AudioAnalysis,
    responses=responses("track-not-found", "cross-site"),
)
async def get_kept_analysis(
    request: Request, track_id: OwnTrackId, *, analyser: AnalyserVersion, analyses: OwnAnalysesDep
) -> Response:
    """The audio analysis that one version of the analyser made of a file."""
    return at_home(request, "kept-analysis", await analyses.analysis(track_id, analyser))


@router.get(
    "/analyses",
    operation_id="get_renewal",
    response_model=Renewal,
    responses=responses("cross-site"),
)
async def get_renewal(request: Request, analyses: OwnAnalysesDep) -> Response:
    """How many files an older version of the analyser has heard, and whether they are at it."""
    return at_home(request, "renewal", await analyses.standing())


@router.post(
    "/analyses",
    operation_id="renew_library",
    response_model=Renewal,
    status_code=202,
    responses=responses("cross-site", "no-room"),
)
async def renew_library(analyses: OwnAnalysesDep) -> Response:
    """Have all files heard again that an older version of the analyser has heard.

    A few at a time, through the queue that uploads take, of which they fill half at most. Asked
    again meanwhile, nothing is begun twice.
    """
    found = await analyses.renew_all()
    return Response(found.model_dump_json(), 202, {"Cache-Control": "no-store"}, JSON)


@router.delete(
    "/analyses",
    operation_id="stop_renewal",
    status_code=204,
    responses=responses("cross-site", "no-room"),
)
async def stop_renewal(analyses: OwnAnalysesDep) -> Response:
    """Begin no more of them; those that wait already can be cancelled as jobs."""
    await analyses.stop()
    return Response(status_code=204, headers={"Cache-Control": "no-store"})


@router.get(
    "/tracks/{track_id}/cover",
    operation_id="get_library_cover",
    response_class=Response,
    responses=responses("track-not-found", "cross-site")
    | {
        200: {
            "description": "The picture.",
            "content": {"image/svg+xml": {"schema": {"type": "string"}}},
        },
        304: {"description": "You have it already."},
    },
)
async def get_cover(request: Request, track_id: OwnTrackId, tracks: OwnTracksDep) -> Response:
    """The cover of the release that a piece of the demo label is on; own uploads have none."""
    cover = await tracks.cover(track_id)
    headers = {
        "ETag": cover.etag,
        "Cache-Control": "private, no-cache",
        "Content-Security-Policy": POLICY,
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if client_holds(request.headers, cover.etag):
        return Response(status_code=304, headers=headers)
    return Response(cover.body, media_type="image/svg+xml", headers=headers)


_AUDIO: dict[int | str, dict[str, Any]] = {
    status: {
        "description": text,
        "content": {
            kind: {"schema": {"type": "string", "format": "binary"}}
            for kind in dict.fromkeys(MEDIA_TYPES.values())
        },
    }
    for status, text in ((200, "The whole file."), (206, "The part asked for."))
}


@router.get(
    "/tracks/{track_id}/audio",
    operation_id="get_library_audio",
    response_class=Response,
    responses=responses("track-not-found", "range-not-satisfiable", "cross-site")
    | _AUDIO
    | {304: {"description": "You have it already."}},
)
async def get_audio(
    request: Request,
    track_id: OwnTrackId,
    tracks: OwnTracksDep,
    _range: Annotated[
        str | None,
        Header(alias="Range", description="`bytes=FIRST-LAST`: a part of the file; one at a time."),
    ] = None,
) -> Response:
    """The file as it was brought, whole or in part; players may seek in it."""
    audio = await tracks.audio(track_id)
    headers = {
        "ETag": audio.etag,
        "Cache-Control": "private, no-cache",
        "Content-Disposition": disposition(audio.name),
        "Content-Security-Policy": POLICY,
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if client_holds(request.headers, audio.etag):
        return Response(status_code=304, headers={**headers, "Accept-Ranges": "bytes"})
    media_type = MEDIA_TYPES[audio.format]
    return PrivateFileResponse(audio.path, headers=headers, media_type=media_type)
