"""Serve an app where the settings say, with bounds on what a connection may cost."""

from __future__ import annotations

import socket
import sys

import uvicorn
from fastapi import FastAPI

from api.http.protocol import BoundedHttp
from api.settings import Settings

STOP_WAIT_S = 8


class AnnouncedServer(uvicorn.Server):
    """Says where it is once it is there."""

    def __init__(self, config: uvicorn.Config, settings: Settings) -> None:
        super().__init__(config)
        self._settings = settings

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Bind, then say so; the port may be one that the system has chosen."""
        await super().startup(sockets)
        if self.started:
            port = self.servers[0].sockets[0].getsockname()[1]
            address = self._settings.address(port)
            sys.stdout.write(f"Earprint is at {address} (API playground: {address}/docs)\n")
            sys.stdout.flush()


def server(app: FastAPI, settings: Settings) -> uvicorn.Server:
    """A server of this app."""
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        http=BoundedHttp,
        ws="none",
        log_level="warning",
        timeout_graceful_shutdown=STOP_WAIT_S,
    )
    return AnnouncedServer(config, settings)
