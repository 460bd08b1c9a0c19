"""GET /docs and its files: nothing inline, nothing from elsewhere, unlike FastAPI's own page."""

from functools import cache
from pathlib import Path
from string import Template

from fastapi import APIRouter, HTTPException
from fastapi.responses import HTMLResponse, Response

from api.http.docs import assets

STATIC = "/docs/static"
PAGE = Path(__file__).parent / "page.html"
FOR_EVER = "public, max-age=31536000, immutable"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)

router = APIRouter(include_in_schema=False)


@router.get("/docs")
def get_docs() -> HTMLResponse:
    """Every operation of the API, to be read and tried out."""
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-cache"}
    return HTMLResponse(page(), headers=headers)


@router.get(STATIC + "/{name:path}")
def get_static(name: str) -> Response:
    """A file of the playground; its name changes with its content, so it never goes stale."""
    found = assets.asset(name)
    if found is None:
        raise HTTPException(404)
    return Response(found.body, media_type=found.media_type, headers={"Cache-Control": FOR_EVER})


@cache
def page() -> str:
    """The page with today's file names in it."""
    files = {
        "swagger_css": f"{assets.SWAGGER}/swagger-ui.css",
        "swagger_js": f"{assets.SWAGGER}/swagger-ui-bundle.js",
        "playground_css": assets.public_name("playground.css"),
        "init_js": assets.public_name("swagger-init.js"),
    }
    addresses = {key: f"{STATIC}/{name}" for key, name in files.items()}
    return Template(PAGE.read_text(encoding="utf-8")).substitute(addresses)
