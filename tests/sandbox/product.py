"""Run the product against the sandbox: `make sandbox`, to develop what Spotify's answers become.

Both share one process, so that neither outlives the other. The pages then say that the catalogue is
invented; its cache has a folder of its own and never mixes with answers of the real Spotify.
"""

import asyncio
import os
import socket
import sys
from base64 import b64encode

from api.settings import load_settings
from tests.sandbox import CLIENT_ID, CLIENT_SECRET, Sandbox
from web.__main__ import server

SANDBOX_PORT = 8790


async def main() -> None:
    """Serve until interrupted."""
    async with _sandbox() as sandbox:
        os.environ |= {
            "SPOTIFY_CLIENT_ID": CLIENT_ID,
            "SPOTIFY_CLIENT_SECRET": CLIENT_SECRET,
            "SPOTIFY_API_URL": sandbox.api_url,
            "SPOTIFY_ACCOUNTS_URL": sandbox.accounts_url,
            "EARPRINT_SECRET": b64encode(os.urandom(32)).decode(),
            **sandbox.urls(),
            "EARPRINT_CONTACT": "sandbox@localhost",
            "LASTFM_API_KEY": "any key will do",
        }
        os.environ.setdefault("EARPRINT_DATA_DIR", f"var/sandbox-{sandbox.port}")
        sys.stdout.write(
            "A stand-in answers in the sources’ place: all music shown is invented.\n"
            f"The stand-in can be told to fail, too: {sandbox.accounts_url}/__sandbox/state\n"
        )
        settings = load_settings()
        sandbox.register(settings.redirect_url)
        await server(settings).serve()


def _sandbox() -> Sandbox:
    """On its usual port, so that what is cached of it stays true; else on any free one."""
    try:
        with socket.create_server(("127.0.0.1", SANDBOX_PORT)):
            return Sandbox(port=SANDBOX_PORT)
    except OSError:
        return Sandbox()


if __name__ == "__main__":
    asyncio.run(main())
