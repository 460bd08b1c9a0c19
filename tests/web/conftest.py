"""The pages over a canned API, and over the whole product against the stand-in for Spotify."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from api.schemas.provenance import SourceName
from api.settings import Settings, SpotifySettings
from tests import schema
from tests.sandbox import CLIENT_ID, CLIENT_SECRET, Sandbox
from tests.web.fake import DESCRIPTION, Fake, product
from web.app import create_app
from web.pages import panel


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Panels that are quick stand in their page, however busy the machine is."""
    monkeypatch.setattr(panel, "PATIENCE_S", 30.0)


@pytest.fixture
def fake() -> Fake:
    """The API, to be told what to answer and asked what it was asked."""
    return Fake()


@pytest.fixture
async def site(fake: Fake) -> AsyncIterator[httpx.AsyncClient]:
    """A browser without JavaScript on the pages in front of `fake`."""
    transport = httpx.ASGITransport(product(fake), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield client


@pytest.fixture(scope="session")
def document() -> dict[str, Any]:
    """The description of the whole API, as it is committed."""
    told: dict[str, Any] = json.loads(DESCRIPTION.read_text(encoding="utf-8"))
    return told


@pytest.fixture
async def whole(tmp_path) -> AsyncIterator[httpx.AsyncClient]:
    """The same on the whole product, with the stand-in as its only source."""
    schema.put_in(tmp_path)
    async with Sandbox() as sandbox:
        app = create_app(
            Settings(
                _env_file=None,
                data_dir=tmp_path,
                worker=False,
                sources=(SourceName.SPOTIFY,),
                spotify=SpotifySettings(
                    client_id=CLIENT_ID,
                    client_secret=SecretStr(CLIENT_SECRET),
                    api_url=sandbox.api_url,
                    accounts_url=sandbox.accounts_url,
                ),
            )
        )
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        base = "http://localhost"
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url=base) as client,
        ):
            yield client
