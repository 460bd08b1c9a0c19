"""MusicBrainz as a source before somebody who answers in its place."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from api.sources import musicbrainz
from api.sources.musicbrainz.source import MusicBrainzSource
from tests.sandbox.answers import Answer, Request
from tests.sandbox.open import musicbrainz as service
from tests.sandbox.server import OnLoopback
from tests.sources.opened import open_settings, open_source


class Asked(OnLoopback):
    """The stand-in, or one answer in its place; notes what it was asked."""

    def __init__(self, sends: Answer | None = None) -> None:
        self.sends = sends
        self.requests: list[Request] = []
        super().__init__(self._handle)

    async def _handle(self, request: Request) -> Answer:
        self.requests.append(request)
        return self.sends or service.answer(request)


@asynccontextmanager
async def source_at(somebody: OnLoopback, **more: Any) -> AsyncIterator[MusicBrainzSource]:
    """The source, as the product makes it."""
    clock, rows = more.pop("clock", None), more.pop("rows", None)
    settings = open_settings("musicbrainz", {"url": somebody.accounts_url}, **more)
    async with open_source(musicbrainz.make_source, settings, clock=clock, rows=rows) as source:
        yield source


@asynccontextmanager
async def asked(sends: Answer | None = None, **more: Any) -> AsyncIterator[Any]:
    """The source and whom it asks."""
    async with Asked(sends) as somebody, source_at(somebody, **more) as source:
        yield source, somebody
