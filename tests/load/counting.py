"""The API with a tally at /tally: how many tasks live on its loop, and how much its cache holds."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from api.app import create_app, tuned
from api.settings import load_settings

PATH = "/tally"


class Counting:
    """The app as it is served, and one address more."""

    def __init__(self) -> None:
        self._app = create_app(load_settings())
        self._inner = tuned(self._app)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer the tally itself, hand on everything else."""
        if scope["type"] != "http" or scope["path"] != PATH:
            await self._inner(scope, receive, send)
            return
        memory = self._app.state.parts.tiers.memory
        tally = {"tasks": len(asyncio.all_tasks()), "memory": memory.size, "keys": len(memory)}
        body = json.dumps(tally).encode()
        length = [(b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": length})
        await send({"type": "http.response.body", "body": body})


def __getattr__(name: str) -> Counting:
    """`tests.load.counting:app`."""
    if name == "app":
        return Counting()
    raise AttributeError(name)
