"""Serve the product where the settings say: `python -m web`, which is what `make run` does."""

from __future__ import annotations

import uvicorn

from api.app import tuned
from api.http.server import server as server_of
from api.settings import Settings, load_settings
from web.app import create_app


def server(settings: Settings) -> uvicorn.Server:
    """A server of dashboard, API and docs."""
    return server_of(tuned(create_app(settings)), settings)


if __name__ == "__main__":
    server(load_settings()).run()
