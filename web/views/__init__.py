"""The pages, a router per family. They ask /v1 through `web.client` and nobody else."""

from fastapi import APIRouter

from web.views import analysis, artists, home, playlists, search, sources, static, tracks


def router() -> APIRouter:
    """Every page, panel and static file."""
    made = APIRouter(include_in_schema=False)
    for family in (home, search, artists, tracks, analysis, playlists, sources, static):
        made.include_router(family.router)
    return made
