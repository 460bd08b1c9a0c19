"""Run the product against the sandbox: `make sandbox`, and `make run` while nothing is configured.

Both share one process, so that neither outlives the other. The pages then say that the catalogue is
invented; its cache has a folder of its own and never mixes with answers of the real Spotify.
"""

import argparse
import asyncio
import os
import socket
import sys

import uvicorn

from api.settings import Settings, load_settings
from tests.sandbox import CLIENT_ID, CLIENT_SECRET, Sandbox
from web.app import create_app

SANDBOX_PORT = 8790
STOP_WAIT_S = 8


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser("python -m tests.sandbox.product", description=__doc__)
    parser.add_argument(
        "--unless-configured",
        action="store_true",
        help="use the real Spotify where the settings have credentials for it",
    )
    settings = load_settings()
    configured = settings.spotify_configured and parser.parse_args().unless_configured
    asyncio.run(serve(settings) if configured else _serve_invented())


async def _serve_invented() -> None:
    async with _sandbox() as sandbox:
        os.environ |= {
            "SPOTIFY_CLIENT_ID": CLIENT_ID,
            "SPOTIFY_CLIENT_SECRET": CLIENT_SECRET,
            "SPOTIFY_API_URL": sandbox.api_url,
            "SPOTIFY_ACCOUNTS_URL": sandbox.accounts_url,
        }
        os.environ.setdefault("EARPRINT_DATA_DIR", f"var/sandbox-{sandbox.port}")
        sys.stdout.write(
            "No Spotify credentials are set, so a stand-in answers: all music shown is invented.\n"
            f"The stand-in can be told to fail, too: {sandbox.accounts_url}/__sandbox/state\n"
        )
        await serve(load_settings())


def _sandbox() -> Sandbox:
    """On its usual port, so that what is cached of it stays true; else on any free one."""
    try:
        with socket.create_server(("127.0.0.1", SANDBOX_PORT)):
            return Sandbox(port=SANDBOX_PORT)
    except OSError:
        return Sandbox()


async def serve(settings: Settings) -> None:
    """Serve dashboard, API and docs."""
    address = f"http://{settings.host}:{settings.port}"
    sys.stdout.write(f"Earprint is at {address} (API playground: {address}/docs)\n")
    sys.stdout.flush()
    config = uvicorn.Config(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        log_level="warning",
        timeout_graceful_shutdown=STOP_WAIT_S,
    )
    await uvicorn.Server(config).serve()


if __name__ == "__main__":
    main()
