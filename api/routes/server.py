"""About this server: its sources, its health, and what its problems mean."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, JSONResponse

from api.http.openapi import responses
from api.problems.errors import PlainHttp
from api.problems.types import SLUGS
from api.routes.dependencies import PartsDep
from api.schemas.sources import Health, SourceReport
from api.wiring import Parts, readiness

router = APIRouter(tags=["server"])
fallback = APIRouter(include_in_schema=False)
# What is wrong with these is said, but no reason not to answer.
_DO_WITHOUT = {"cache", "worker", "decoding", "library", "room"}
HTML_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'"


@router.get(
    "/v1/sources",
    operation_id="get_sources",
    response_model=SourceReport,
    responses=responses(),
)
async def get_sources(parts: PartsDep) -> SourceReport:
    """What each source can be asked on this server, in plain words; nobody is asked for it."""
    return parts.registry.report()


@router.get("/healthz", operation_id="get_health", response_model=Health)
async def get_health() -> Health:
    """Whether the server lives."""
    return Health(status="ok", checks={})


@router.get(
    "/readyz",
    operation_id="get_readiness",
    response_model=Health,
    responses={503: {"model": Health, "description": "Something it needs is missing."}},
)
async def get_readiness(parts: PartsDep) -> JSONResponse:
    """Whether everything it needs is ready: database, migrations, cache, worker.

    A cache file that cannot be used does not stop it: it then works from memory, and says so.
    `worker` hears own files: `ok`, `starting`, `restarting` or `off`; `decoding` says in how safe
    a place strangers’ files are opened, or why none can be. On a full disk `status` is `no room`,
    and where no file can be opened or analysed `not hearing`; it is still 200, for what is here is
    served, and deleting, which makes room, works.
    """
    checks = await readiness(parts)
    ready = all(state == "ok" for name, state in checks.items() if name not in _DO_WITHOUT)
    health = Health(status=_in_a_word(parts, checks) if ready else "not ready", checks=checks)
    return JSONResponse(health.model_dump(), status_code=200 if ready else 503)


def _in_a_word(parts: Parts, checks: Mapping[str, str]) -> str:
    if checks["room"] != "ok":
        return "no room"
    return "ok" if parts.own.hears else "not hearing"


@fallback.get("/problems/{slug}")
async def get_problem(slug: str, parts: PartsDep) -> HTMLResponse:
    """What a problem type means and what to do, for people."""
    if slug not in SLUGS:
        raise PlainHttp(404)
    text = SLUGS[slug].here(upload_mb=parts.settings.upload_mb)
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
