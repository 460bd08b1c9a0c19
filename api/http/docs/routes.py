"""GET /docs and its files: nothing inline, nothing from elsewhere, unlike FastAPI's own page."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from string import Template

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.caller import Person, caller
from api.http.static import Asset, read_assets, static_router

FOLDER = Path(__file__).parent
STATIC = "/docs/static"
SWAGGER = "swagger-ui-5.35.0"
FILES = {
    "swagger_css": "swagger-ui.css",
    "swagger_js": "swagger-ui-bundle.js",
    "playground_css": "playground.css",
    "init_js": "swagger-init.js",
}
THEMES = ("light", "dark")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)

router = APIRouter(include_in_schema=False)


@router.get("/docs")
async def get_docs(request: Request) -> HTMLResponse:
    """Every operation of the API, to be read and tried out, in the light that pages are read in."""
    chosen = request.cookies.get("theme", "")
    theme = chosen if chosen in THEMES else ""
    who = caller()
    token = who.csrf_token if isinstance(who, Person) else ""
    keep = "private, no-store" if token else "no-cache"
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": keep}
    return HTMLResponse(page().substitute(csrf_token=token, theme=theme), headers=headers)


@cache
def assets() -> Mapping[str, Asset]:
    """The files of the page, and of Swagger UI all that its licence wants to travel along."""
    own = read_assets(FOLDER / "static", STATIC)
    swagger = read_assets(FOLDER / "static" / SWAGGER, f"{STATIC}/{SWAGGER}", versioned=True)
    return {**own, **swagger}


router.include_router(static_router(STATIC + "/{name:path}", assets))


@cache
def page() -> Template:
    """The page with today's file names in it; `$csrf_token` and `$theme` are still open."""
    addresses = {key: assets()[name].address for key, name in FILES.items()}
    text = (FOLDER / "page.html").read_text(encoding="utf-8")
    return Template(Template(text).safe_substitute(addresses))
