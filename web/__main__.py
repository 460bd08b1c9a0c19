"""Serve the product where the settings say: `python -m web`, which is what `make run` does."""

from __future__ import annotations

import sys

import uvicorn

from api.serving import BoundedHttp
from api.settings import Settings, load_settings
from api.settled import settled
from web.app import create_app

STOP_WAIT_S = 8


def server(settings: Settings) -> uvicorn.Server:
    """A server of dashboard, API and docs; says where they will be."""
    address = f"http://{settings.host}:{settings.port}"
    sys.stdout.write(f"Earprint is at {address} (API playground: {address}/docs)\n")
    sys.stdout.flush()
    config = uvicorn.Config(
        settled(create_app(settings)),
        host=settings.host,
        port=settings.port,
        http=BoundedHttp,
        ws="none",
        log_level="warning",
        timeout_graceful_shutdown=STOP_WAIT_S,
    )
    return uvicorn.Server(config)


if __name__ == "__main__":
    server(load_settings()).run()
