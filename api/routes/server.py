"""About this server: its sources, its health, and what its problems mean."""

from __future__ import annotations

from html import escape

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, JSONResponse

from api.http.openapi import responses
from api.problems.errors import PlainHttp
from api.problems.types import SLUGS
from api.routes.dependencies import ReadinessDep, SettingsDep, SourcesDep
from api.schemas.about import AboutData
from api.schemas.sources import Health, ServerHealth, SourceReport
from api.services.about_data import about_data
from api.services.readiness import NOT_READY

router = APIRouter(tags=["server"])
fallback = APIRouter(include_in_schema=False)
HTML_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'"


@router.get(
    "/v1/sources",
    operation_id="get_sources",
    response_model=SourceReport,
    responses=responses(),
)
async def get_sources(sources: SourcesDep) -> SourceReport:
    """What each source can be asked on this server, in plain words; nobody is asked for it."""
    return sources.report()


@router.get(
    "/v1/about/data",
    operation_id="get_about_data",
    response_model=AboutData,
    responses=responses(),
)
async def get_about_data() -> AboutData:
    """How often own analysis is right, how far its guesses are off, under whose terms the rest is.

    Typical errors were found on tracks that the model had not been shown; shares of right answers
    on rendered pieces and scores whose truth is known, and, where checked, on annotated records.
    """
    return about_data()


@router.get("/healthz", operation_id="get_health", response_model=Health)
async def get_health() -> Health:
    """Whether the server lives."""
    return Health(status="ok", checks={})


@router.get(
    "/readyz",
    operation_id="get_readiness",
    response_model=ServerHealth,
    responses={503: {"model": ServerHealth, "description": "Something it needs is missing."}},
)
async def get_readiness(readiness: ReadinessDep) -> JSONResponse:
    """Whether everything it needs is ready: database, migrations, cache, worker.

    A cache file that cannot be used does not stop it: it then works from memory, and says so.
    `worker` hears own files: `ok`, `starting`, `restarting` or `off`; `decoding` says in how safe
    a place strangers’ files are opened, or why none can be. On a full disk `status` is `no room`,
    and where no file can be opened or analysed `not hearing`; it is still 200, for what is here is
    served, and deleting, which makes room, works. `cache` tells how large the cache of answers is
    and how often it was enough since the start, `jobs` how many wait and run.
    """
    health = await readiness.health()
    status = 503 if health.status == NOT_READY else 200
    return JSONResponse(health.model_dump(), status_code=status)


@fallback.get("/problems/{slug}")
async def get_problem(slug: str, settings: SettingsDep) -> HTMLResponse:
    """What a problem type means and what to do, for people."""
    if slug not in SLUGS:
        raise PlainHttp(404)
    text = SLUGS[slug].here(upload_mb=settings.upload_mb)
    page = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(text.title)} – Earprint</title></head><body><main>"
        f"<h1>{escape(text.title)}</h1><p>{escape(text.meaning)}</p>"
        f"<h2>What to do</h2><p>{escape(text.remedy)}</p>"
        f"<p>HTTP status {text.status}, type <code>/problems/{escape(slug)}</code>.</p>"
        '<p><a href="/docs">All addresses of the API</a></p></main></body></html>'
    )
    return HTMLResponse(page, headers={"Content-Security-Policy": HTML_POLICY})
