"""Artists."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.http.openapi import responses
from api.http.stored_answer import StoredAnswer
from api.paging import Window
from api.routes.dependencies import ArtistId, CatalogDep, Market, Offset, RelatedDep
from api.schemas.artist import Artist, RelatedArtists
from api.schemas.lists import Page
from api.schemas.track import Album, TrackList

router = APIRouter(prefix="/v1/artists", tags=["artists"])


@router.get(
    "/{artist_id}",
    operation_id="get_artist",
    response_model=Artist,
    responses=responses("artist-not-found", "artist-unavailable"),
)
async def get_artist(artist_id: ArtistId, catalog: CatalogDep) -> Response:
    """An artist: name, pictures, genres, popularity, followers.

    Newer Spotify apps are told little more than the name; `missing` says of each field why.
    """
    return StoredAnswer(await catalog.artist(artist_id))


@router.get(
    "/{artist_id}/related",
    operation_id="get_related_artists",
    response_model=RelatedArtists,
    responses=responses("artist-not-found", "related-unavailable"),
)
async def get_related(artist_id: ArtistId, related: RelatedDep) -> Response:
    """Artists related to this one, nearest first, merged over the sources that can say.

    `score` runs from 0 to 1; `agreement` counts the sources that name the artist.
    """
    return StoredAnswer(await related.of(artist_id))


@router.get(
    "/{artist_id}/top-tracks",
    operation_id="get_top_tracks",
    response_model=TrackList,
    responses=responses("artist-not-found", "top-tracks-unavailable"),
)
async def get_top_tracks(
    artist_id: ArtistId, catalog: CatalogDep, market: Market = None
) -> Response:
    """The artist’s most played tracks, most played first."""
    return StoredAnswer(await catalog.top_tracks(artist_id, market))


@router.get(
    "/{artist_id}/albums",
    operation_id="get_artist_albums",
    response_model=Page[Album],
    responses=responses("artist-not-found", "albums-unavailable"),
)
async def get_albums(
    artist_id: ArtistId,
    catalog: CatalogDep,
    *,
    limit: Annotated[int, Query(ge=1, le=50, description="How many at most.")] = 10,
    offset: Offset = 0,
    market: Market = None,
) -> Response:
    """A part of the artist’s releases, guest appearances included."""
    window = Window(limit, offset)
    return StoredAnswer(await catalog.albums(artist_id, window, market))
