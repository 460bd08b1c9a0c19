"""The playground's answers, as HTTP."""

import re

import httpx
import pytest
from fastapi import FastAPI

from api.http.content_encoding import ContentEncoding
from api.http.docs.routes import SWAGGER, router

BUNDLE = f"/docs/static/{SWAGGER}/swagger-ui-bundle.js"


@pytest.fixture
async def api():
    """The playground alone, over the real wire format."""
    app = FastAPI(docs_url=None, redoc_url=None)
    app.include_router(router)
    app.add_middleware(ContentEncoding)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="http://localhost",
        headers={"Accept-Encoding": ""},
    ) as client:
        yield client


async def test_the_page_runs_under_a_strict_policy(api):
    """Nothing inline is needed, so nothing inline is allowed."""
    answer = await api.get("/docs")

    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert not re.search(r"<script(?! src=)|<style|\son\w+=|\sstyle=", answer.text)


async def test_every_file_of_the_page_may_be_kept_for_ever(api):
    """What the page links to exists and is immutable."""
    page = (await api.get("/docs")).text
    names = re.findall(r'(?:src|href)="(/docs/static/[^"]+)"', page)

    assert len(names) == 4
    for name in names:
        answer = await api.get(name)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert re.search(r"\d", name)


async def test_files_travel_compressed(api):
    """A client that takes gzip gets it; another gets the same bytes as they are."""
    plain = await api.get(BUNDLE)
    packed = await api.get(BUNDLE, headers={"Accept-Encoding": "br, gzip"})

    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["vary"] == "Accept-Encoding"
    assert int(packed.headers["content-length"]) < len(plain.content) / 3
    assert packed.content == plain.content


@pytest.mark.parametrize("name", ["nothing.js", "../page.html", f"{SWAGGER}/../../routes.py", ""])
async def test_other_files_are_not_served(api, name):
    """Only names that were handed out are looked up, so no path leads elsewhere."""
    assert (await api.get(f"/docs/static/{name}")).status_code == 404


async def test_the_playground_is_not_in_the_description(api):
    """It shows the API without being part of it."""
    assert (await api.get("/openapi.json")).json()["paths"] == {}
