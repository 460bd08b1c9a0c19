"""The whole API in front of a stand-in, as a client of it sees it."""

import random
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

import httpx

from api.app import create_app
from api.settings import Settings
from tests import schema
from tests.sandbox import CLIENT_ID, CLIENT_SECRET


class Upstream(Protocol):
    """Somebody on loopback who speaks as Spotify does."""

    @property
    def api_url(self) -> str:
        """Base of the Web API."""
        ...

    @property
    def accounts_url(self) -> str:
        """Base of /api/token."""
        ...


class Hands:
    """A clock that moves only when told to."""

    def __init__(self, now: float | None = None) -> None:
        self.now = time.time() if now is None else now

    def __call__(self) -> float:
        return self.now

    def move(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds


def settings_for(
    upstream: Upstream, data_dir: Path, *, market: str | None = None, **changes: Any
) -> Settings:
    """Spotify alone, at a stand-in."""
    values: dict[str, Any] = {
        "data_dir": data_dir,
        "worker": False,
        "sources": ("spotify",),
        "spotify": {
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "api_url": upstream.api_url,
            "accounts_url": upstream.accounts_url,
            "market": market,
        },
    }
    return Settings(_env_file=None, **values | changes)


@asynccontextmanager
async def product(
    settings: Settings, clock: Callable[[], float] = time.time
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the running API."""
    schema.put_in(settings.data_dir)
    app = create_app(settings, clock=clock, chance=random.Random(7).random)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://localhost") as client,
    ):
        yield client
