"""The pages, a router per family. They ask /v1 through `web.client.client` and nobody else."""

from fastapi import APIRouter

from api.http.static import static_router
from web.render import STATIC, assets
from web.views import (
    analysis,
    artists,
    composer,
    home,
    jobs,
    library,
    playlists,
    search,
    sources,
    tracks,
    uploading,
)

FAMILIES = (
    home,
    search,
    artists,
    tracks,
    composer,
    analysis,
    playlists,
    uploading,
    jobs,
    library,
    sources,
)


def router() -> APIRouter:
    """Every page, panel and static file."""
    made = APIRouter(include_in_schema=False)
    for family in FAMILIES:
        made.include_router(family.router)
    made.include_router(static_router(STATIC + "/{name}", assets))
    return made
