"""The whole product: the JSON API with the pages in front. `uvicorn web.app:app` serves it.

Importing this module does nothing; the attribute `app` is made when it is first asked for.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict
from functools import cache

from fastapi import APIRouter, FastAPI

from api.app import create_app as create_api
from api.app import in_process, tuned
from api.http.examples import examples
from api.settings import Settings, load_settings
from web import errors, pages
from web.client import ApiClient
from web.request import Web, equip
from web.site import SPOTIFY_PICTURES, ExampleIds, Site


def create_app(
    settings: Settings | None = None, *, clock: Callable[[], float] = time.time
) -> FastAPI:
    """API and pages in one app; the pages ask the API in-process."""
    chosen = settings or load_settings()
    app = create_api(chosen, html=page_routes(), clock=clock)
    equip(app, Web(ApiClient.in_process(in_process(app)), site(chosen, app.version), clock))
    errors.install(app)
    return app


@cache
def page_routes() -> APIRouter:
    """Every address of the pages, those of problem types included; the same for every app."""
    router = APIRouter(include_in_schema=False)
    router.include_router(pages.router())
    router.include_router(errors.router)
    return router


def site(settings: Settings, version: str) -> Site:
    """What the settings mean to the pages. Of invented music no picture is fetched."""
    shown = asdict(examples(settings))
    return Site(
        stand_in=settings.spotify.is_stand_in,
        picture_origins=() if settings.spotify.is_stand_in else SPOTIFY_PICTURES,
        examples=ExampleIds(*(shown[f"{kind}_id"] for kind in ("artist", "track", "playlist"))),
        version=version,
        upload_mb=settings.upload_mb,
        signs_in=settings.signs_in,
        contact=settings.contact,
    )


def __getattr__(name: str) -> FastAPI:
    """Make `app` on demand (PEP 562) and keep it, so that importing has no side effect."""
    if name != "app":
        raise AttributeError(name)
    globals()["app"] = made = tuned(create_app())
    return made
