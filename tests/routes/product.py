"""The JSON API inside the test's own loop, with the sandbox for Spotify and a clock to move."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.app import Earprint, create_app
from api.schemas.provenance import SourceName
from api.services import cascade, identity
from api.settings import Settings
from tests import schema
from tests.sandbox import CLIENT_ID, CLIENT_SECRET, Sandbox

DAY_S = 86_400.0
SHARES = {  # of a request's time that a source has, in seconds
    (module, name): getattr(module, name)
    for module, name in ((cascade, "SHARE_S"), (identity, "SHARE_S"), (identity, "LONGER_S"))
}


@dataclass(slots=True)
class MovableClock:
    """Real time, plus what the test adds to it."""

    ahead_s: float = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead_s

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.ahead_s += seconds


@dataclass(frozen=True, slots=True)
class Product:
    """A running API: ask it with `get`, move its time with `clock`."""

    app: Earprint
    client: httpx.AsyncClient
    clock: MovableClock = field(repr=False)

    async def get(self, path: str, **more: Any) -> httpx.Response:
        """The answer to a GET."""
        return await self.client.get(path, **more)


def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give sources no longer than they really have."""
    for (module, name), seconds in SHARES.items():
        monkeypatch.setattr(module, name, seconds)


WITHOUT_NETWORK = ("spotify", "exportify", "library")  # whom a stand-in speaks for, and own music


def settings_of(sandbox: Sandbox | None, folder: Path, **more: Any) -> Settings:
    """Settings that neither environment nor .env reaches; no worker, and a sandbox or no keys."""
    spotify: dict[str, Any] = {}
    if sandbox is not None:
        spotify = {
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "api_url": sandbox.api_url,
            "accounts_url": sandbox.accounts_url,
        }
    spotify |= more.pop("spotify", {})
    return Settings(
        _env_file=None,
        data_dir=folder,
        **{
            "worker": False,
            "demo": False,
            "sources": WITHOUT_NETWORK,
            "spotify": spotify,
            **more,
        },
    )


def open_blocks(sandbox: Sandbox) -> dict[str, Any]:
    """The settings by which every open source is asked at its stand-in."""
    blocks: dict[str, dict[str, str]] = {}
    for setting, url in sandbox.urls().items():
        source, _, name = setting.lower().partition("_")
        blocks.setdefault(source, {})[name] = url
    blocks["lastfm"]["api_key"] = "a key of nobody’s"
    return {**blocks, "contact": "somebody@localhost", "sources": tuple(SourceName)}


@asynccontextmanager
async def opened(
    sandbox: Sandbox | None, folder: Path, *, clock: MovableClock | None = None, **more: Any
) -> AsyncIterator[Product]:
    """The API of these settings, open as long as the block runs."""
    moving = clock or MovableClock()
    schema.put_in(folder)
    app = create_app(settings_of(sandbox, folder, **more), clock=moving, chance=lambda: 0.5)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://localhost", timeout=20) as client,
    ):
        yield Product(app, client, moving)
