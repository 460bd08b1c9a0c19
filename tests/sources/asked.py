"""An open source before its stand-in, or before one answer in its place."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.sandbox.answers import Answer, Request
from tests.sandbox.server import OnLoopback
from tests.sources.opened import open_settings, open_source


class Asked(OnLoopback):
    """The stand-in, unless it `sends` one answer; notes what it was asked."""

    def __init__(self, answer: Callable[[Request], Answer], sends: Answer | None) -> None:
        self.sends = sends
        self.requests: list[Request] = []
        self._answer = answer
        super().__init__(self._handle)

    async def _handle(self, request: Request) -> Answer:
        self.requests.append(request)
        return self.sends or self._answer(request)


@dataclass(frozen=True)
class OpenService:
    """A source by name: how it is made, who answers in its place, and where."""

    name: str
    make: Callable[..., Any]
    answer: Callable[[Request], Answer]
    path: str = ""
    settings: dict[str, Any] = field(default_factory=dict)

    @asynccontextmanager
    async def source_at(self, somebody: OnLoopback, **more: Any) -> AsyncIterator[Any]:
        """The source, as the product makes it; `more` are settings, or its clock and rows."""
        clock, rows = more.pop("clock", None), more.pop("rows", None)
        url = f"{somebody.accounts_url}{self.path}"
        settings = open_settings(self.name, {"url": url}, **self.settings | more)
        async with open_source(self.make, settings, clock=clock, rows=rows) as source:
            yield source

    @asynccontextmanager
    async def asked(self, sends: Answer | None = None, **more: Any) -> AsyncIterator[Any]:
        """The source and whom it asks."""
        async with (
            Asked(self.answer, sends) as somebody,
            self.source_at(somebody, **more) as source,
        ):
            yield source, somebody
