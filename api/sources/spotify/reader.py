"""Turn a question into a value: ask, parse as a wire model, normalise, and say so if that fails."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeVar

from pydantic import ValidationError

from api.clock import Clock, moment
from api.paging import Window
from api.problems.refusals import BadQuestion, Garbled
from api.schemas.provenance import SourceName
from api.sources.base import Found
from api.sources.spotify.client import Answer, Question, SpotifyClient
from api.sources.spotify.stretch import Part, Stretch, asked_next, stretch
from api.sources.spotify.texts import Origin
from api.sources.spotify.verdicts import Family
from api.sources.spotify.wire import Paging
from api.sources.upstream.body import Aside, Drift
from api.sources.wire import LONGEST_LIST, About, Wire

SHORT_PAGE = 10  # all that apps since February 2026 may ask for at once

T = TypeVar("T")
W = TypeVar("W", bound=Wire)


class Reader:
    """Reads Spotify's answers. Raises SourceError, Garbled where an answer makes no sense."""

    def __init__(self, client: SpotifyClient, *, clock: Clock, licence: str) -> None:
        self._client = client
        self._clock = clock
        self._licence = licence
        self._short: set[Family] = set()
        self._aside = Aside()
        self.drift = Drift(SourceName.SPOTIFY)

    async def get(self, question: Question) -> Answer:
        """The answer as plain JSON."""
        return await self._client.get(question, clock=self._clock)

    async def read(self, answer: Answer, model: type[W], about: About | None) -> W:
        """The answer as its wire model; `about` is None where an answer cannot name its subject."""
        return await self.aside(answer, lambda: self.parse(model, answer.data, about))

    def parse(self, model: type[W], data: object, about: About | None) -> W:
        """What was sent as its wire model."""
        return self.drift.parse(model, data, about)

    async def aside(self, answer: Answer, work: Callable[[], T]) -> T:
        """The result of `work` on an answer, off the event loop if that is large."""
        return await self._aside(answer.size, work)

    def made(self, make: Callable[[Origin], T]) -> T:
        """The value of the contract, retrieved now."""
        try:
            return make(Origin(moment(self._clock()), self._licence))
        except ValidationError as error:
            detail = "Its answer holds values that cannot be right."
            raise Garbled(SourceName.SPOTIFY, detail) from error

    async def one(
        self,
        question: Question,
        model: type[W],
        make: Callable[[W, Origin], T],
        *,
        about: About | None,
    ) -> Found[T]:
        """The value, or that the known one still holds."""
        answer = await self.get(question)
        if answer.data is None:
            return Found(None, answer.etag)

        def value() -> T:
            parsed = self.parse(model, answer.data, about)
            return self.made(lambda origin: make(parsed, origin))

        return Found(await self.aside(answer, value), answer.etag)

    def each(
        self, wires: Mapping[str, W], make: Callable[[W, str, Origin], T]
    ) -> dict[str, Found[T] | Garbled]:
        """One value for each wire, by the id it was asked under."""

        def one(ident: str, wire: W) -> Found[T] | Garbled:
            try:
                return Found(self.made(partial(make, wire, ident)))
            except Garbled as error:
                return error

        return {ident: one(ident, wire) for ident, wire in wires.items()}

    async def window(
        self, question: Question, model: type[Paging[W]], *, window: Window, most: int
    ) -> Stretch[W]:
        """A part of a list, in as few calls as this app is allowed."""
        if question.family not in self._short:
            try:
                return await self._read(question, model, window=window, most=most)
            except BadQuestion:
                if min(most, window.limit) <= SHORT_PAGE:
                    raise
        part = await self._read(question, model, window=window, most=SHORT_PAGE)
        self._short.add(question.family)
        return part

    async def _read(
        self, question: Question, model: type[Paging[W]], *, window: Window, most: int
    ) -> Stretch[W]:
        parts: list[Part[W]] = []
        while wanted := asked_next(parts, window, most):
            offset, limit = wanted
            answer = await self.get(question.windowed(limit, offset))
            about = About(question.values["id"])
            paging = await self.read(answer, model, about)
            if len(paging.items) > LONGEST_LIST:  # it was cut: nothing tells which part this is
                raise Garbled(SourceName.SPOTIFY, "It sent far more than it was asked for.")
            parts.append(Part(offset, limit, paging))
        return stretch(parts, window)

    async def close(self) -> None:
        """Hang up."""
        await self._client.close()
