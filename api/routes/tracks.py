"""Tracks, their audio features and their audio analysis."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from api.http.batch import batch
from api.http.examples import INVENTED
from api.http.files import disposition
from api.http.openapi import responses
from api.http.stored_answer import StoredAnswer
from api.routes.dependencies import (
    AnalysesDep,
    CatalogDep,
    FeaturesDep,
    Market,
    OnlySource,
    TrackId,
    separate,
)
from api.schemas.analysis import AnalysisColumns, AudioAnalysis
from api.schemas.features import AudioFeatures, FeatureComparison
from api.schemas.lists import Batch
from api.schemas.track import Track
from api.services.analysis import Part, View
from api.services.batch import by_text
from api.services.export import MEDIA_TYPES, ExportFormat, one_as_csv

router = APIRouter(prefix="/v1", tags=["tracks"])
_PARTS = "|".join(Part)


def _ids(most: int) -> Any:  # noqa: ANN401  # as FastAPI's Query
    return Query(
        pattern=f"^[^,]+(,[^,]+){{0,{most - 1}}}$",
        description=f"1 to {most} track ids, separated by commas.",
        examples=[INVENTED.two_tracks],
    )


@router.get(
    "/tracks/{track_id}",
    operation_id="get_track",
    response_model=Track,
    responses=responses("track-not-found", "track-unavailable"),
)
async def get_track(track_id: TrackId, catalog: CatalogDep, market: Market = None) -> Response:
    """A track: name, artists, album, length, ISRC, popularity."""
    return StoredAnswer(await catalog.track(track_id, market))


@router.get(
    "/tracks",
    operation_id="get_tracks",
    response_model=Batch[Track],
    responses=responses(),
)
async def get_tracks(
    request: Request, catalog: CatalogDep, *, ids: Annotated[str, _ids(50)], market: Market = None
) -> Response:
    """Up to 50 tracks in the order asked, also where Spotify’s own batch is closed.

    Each has its own `problem`, so that one wrong id spoils nothing.
    """
    outcomes = await by_text(separate(ids), lambda idents: catalog.tracks(idents, market))
    return batch(request, Track, outcomes)


@router.get(
    "/tracks/{track_id}/features",
    operation_id="get_track_features",
    response_model=AudioFeatures,
    responses=responses("analysis-in-progress", "track-not-found", "features-unavailable"),
)
async def get_features(
    track_id: TrackId, features: FeaturesDep, source: OnlySource = None
) -> Response:
    """Audio features of a track, from the first source that can give them.

    Nine numbers for how it sounds, its tempo, key and metre. Values of different sources are
    never mixed: `provenance` names the one that answered.
    """
    return StoredAnswer(await features.of(track_id, source))


@router.get(
    "/tracks/{track_id}/export",
    operation_id="export_track",
    responses={
        200: {
            "description": "The file, as an attachment.",
            "content": {"text/csv": {"schema": {"type": "string"}}},
        },
        **responses("analysis-in-progress", "track-not-found", "features-unavailable"),
    },
    response_class=Response,
)
async def export_track(
    track_id: TrackId, catalog: CatalogDep, features: FeaturesDep, *, source: OnlySource = None
) -> Response:
    """A track’s audio features as a spreadsheet of one row, with Exportify’s columns."""
    track = Track.model_validate_json((await catalog.track(track_id, None)).entry.body)
    said = AudioFeatures.model_validate_json((await features.of(track_id, source)).entry.body)
    text = one_as_csv(track, said.model_copy(update={"id": track.id}))
    name = f"{track.name or track_id}.csv"
    headers = {"Content-Disposition": disposition(name), "Cache-Control": "private, no-store"}
    return Response(text, headers=headers, media_type=MEDIA_TYPES[ExportFormat.CSV])


@router.get(
    "/tracks/{track_id}/features/sources",
    operation_id="compare_track_features",
    response_model=FeatureComparison,
    responses=responses("analysis-in-progress", "track-not-found", "features-unavailable"),
)
async def compare_features(track_id: TrackId, features: FeaturesDep) -> Response:
    """What every source that can says of the track, side by side, with the spread per field."""
    return StoredAnswer(await features.compare(track_id))


@router.get(
    "/features",
    operation_id="get_features",
    response_model=Batch[AudioFeatures],
    responses=responses(),
)
async def get_many_features(
    request: Request,
    features: FeaturesDep,
    *,
    ids: Annotated[str, _ids(100)],
    source: OnlySource = None,
) -> Response:
    """Audio features of up to 100 tracks, in the order asked, each with its own `problem`.

    Each is described by the first source that can, so several may speak; `source=` asks one alone.
    """
    outcomes = await by_text(separate(ids), lambda idents: features.of_many(idents, source))
    return batch(request, AudioFeatures, outcomes)


@router.get(
    "/tracks/{track_id}/analysis",
    operation_id="get_track_analysis",
    response_model=AudioAnalysis | AnalysisColumns,
    responses=responses("analysis-in-progress", "track-not-found", "analysis-unavailable"),
)
async def get_analysis(
    track_id: TrackId,
    analyses: AnalysesDep,
    *,
    include: Annotated[
        str | None,
        Query(
            pattern=f"^({_PARTS})(,({_PARTS}))*$",
            description=f"Only these parts, separated by commas: {', '.join(Part)}. Default: all.",
            examples=["track,sections"],
        ),
    ] = None,
    view: Annotated[
        View | None,
        Query(
            description="`columns`: one list per field instead of one object per row, pitches and "
            "timbre in bytes; compact."
        ),
    ] = None,
    source: OnlySource = None,
) -> Response:
    """What happens when in a track: bars, beats, tatums, sections and segments with their sound.

    Times in seconds, loudness in dB, confidences from 0 to 1, to the last digit the source sent;
    only pitches and timbre in `view=columns` are rounded, to 256 steps.
    """
    wanted = [Part(name) for name in separate(include)] if include else list(Part)
    served = await analyses.of(track_id, wanted, view=view or View.ROWS, only=source)
    return StoredAnswer(served)
