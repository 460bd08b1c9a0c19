"""The API with a pulse: a task that sleeps 5 ms again and again, and notes how late it wakes."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from api.app import create_app, tuned
from api.settings import load_settings

BEAT_S = 0.005
PATH = "/pulse"


class Beating:
    """The app, and at /pulse the greatest lag since it was last asked for, in milliseconds."""

    def __init__(self) -> None:
        self._inner = tuned(create_app(load_settings()))
        self._worst_s = 0.0
        self._pulse: asyncio.Task[None] | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Beat from the first event on."""
        if self._pulse is None:
            self._pulse = asyncio.create_task(self._beat())
        if scope["type"] == "http" and scope["path"] == PATH:
            body = json.dumps(self._worst_s * 1000).encode()
            self._worst_s = 0.0
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": body})
        else:
            await self._inner(scope, receive, send)

    async def _beat(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + BEAT_S
            await asyncio.sleep(BEAT_S)
            self._worst_s = max(self._worst_s, loop.time() - due)


def __getattr__(name: str) -> Beating:
    """`tests.load.beating:app`."""
    if name == "app":
        return Beating()
    raise AttributeError(name)
