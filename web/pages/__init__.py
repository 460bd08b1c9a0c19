"""The pages, a router per family. They ask /v1 through `web.client` and nobody else."""

from fastapi import APIRouter

from api.http.static import static_router
from web.pages import (
    about_data,
    agreement,
    analysis,
    analysis_exports,
    artists,
    brand_match,
    brands,
    collecting,
    collections,
    compare,
    console,
    developers,
    features,
    file_names,
    file_versions,
    fingerprint,
    home,
    identity,
    jobs,
    library,
    me,
    nearest,
    playlist_fit,
    playlist_flow,
    playlist_scatter,
    playlist_table,
    playlists,
    profile,
    related,
    search,
    sources,
    theme,
    top_tracks,
    tracks,
    upload,
    worksheet,
    worksheets,
)
from web.render import STATIC, assets

FAMILIES = (
    home,
    search,
    artists,
    related,
    top_tracks,
    fingerprint,
    tracks,
    collecting,
    compare,
    features,
    brand_match,
    nearest,
    agreement,
    collections,
    brands,
    identity,
    analysis,
    analysis_exports,
    playlists,
    playlist_fit,
    playlist_table,
    playlist_scatter,
    playlist_flow,
    profile,
    upload,
    jobs,
    library,
    file_names,
    file_versions,
    me,
    sources,
    about_data,
    console,
    developers,
    theme,
    worksheets,  # before the pages of one, which is never called `new`
    worksheet,
)


def router() -> APIRouter:
    """Every page, panel and static file."""
    made = APIRouter(include_in_schema=False)
    for family in FAMILIES:
        made.include_router(family.router)
    made.include_router(static_router(STATIC + "/{name}", assets))
    return made
