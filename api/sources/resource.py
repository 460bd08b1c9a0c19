"""What every source shares between its wire and the contract: ask, parse, normalise, say why not.

A source itself is no more than its client, its wire models, its normaliser and its texts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache, partial
from types import MappingProxyType
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel, ValidationError

from api.cache.entry import Fetched
from api.clock import Clock, moment
from api.problems.refusals import Garbled
from api.schemas.provenance import Method, Missing, Provenance, Reason, Resource, SourceName
from api.sources.upstream.body import Aside, Drift
from api.sources.upstream.client import UpstreamReply, UpstreamRequest
from api.sources.wire import About, Wire, lost

GAPS_KEPT = 1_024
_IDENTITY = frozenset({"id", "uri", "url", "href", "limit", "offset", "next", "previous"})
_ENDS = frozenset({"next", "previous"})  # null at the ends of a list, which is no absence
_NONE: Mapping[str, Any] = MappingProxyType({})

Why = Mapping[str, tuple[Reason, str]]
R = TypeVar("R", bound=Resource)
T = TypeVar("T")
W = TypeVar("W", bound=Wire)


@dataclass(frozen=True, slots=True)
class Absences:
    """Why a value is not there, in a source's words.

    `why` goes by the last part of a field's path; `moved` leads from paths on the wire, as
    patterns, to paths in the contract.
    """

    silent: str
    why: Why = field(default_factory=dict)
    unreadable: str = ""
    moved: Mapping[str, str] = field(default_factory=dict)

    def of(self, path: str, why: Why = _NONE) -> Missing:
        """Why the field at this path is absent."""
        name = path.rsplit(".", maxsplit=1)[-1]
        reason, detail = why.get(name) or self.why.get(name, (Reason.NOT_KNOWN, self.silent))
        return _gap(path, reason, detail)

    def among(
        self, values: Mapping[str, Any], why: Why = _NONE, *, within: str = ""
    ) -> tuple[Missing, ...]:
        """One Missing for every None among the values."""
        return tuple(
            self.of(f"{within}{name}", why)
            for name, value in values.items()
            if value is None and name not in _ENDS
        )

    def of_unreadable(self, path: str) -> Missing:
        """That the field was sent, and what was sent cannot be read."""
        return _gap(path, Reason.NOT_KNOWN, self.unreadable)

    def lost(
        self,
        wire: Wire,
        values: Mapping[str, Any] | BaseModel,
        moved: Mapping[str, str] = _NONE,
        *,
        within: str = "",
    ) -> tuple[Missing, ...]:
        """One Missing for everything among the values that was sent and could not be read."""
        paths = lost(wire, values, {**moved, **self.moved})
        return tuple(self.of_unreadable(f"{within}{path}") for path in paths)


@dataclass(frozen=True, slots=True)
class Origin:
    """Who says something, when and under which terms; and why not, where it says nothing."""

    source: SourceName
    at: datetime
    licence: str
    absences: Absences
    detail: str | None = None
    method: Method = Method.REPORTED

    def provenance(
        self, fields: tuple[str, ...], *, url: str | None = None, detail: str | None = None
    ) -> Provenance:
        """It speaks for these fields."""
        return Provenance(
            source=self.source,
            method=self.method,
            fields=fields,
            retrieved_at=self.at,
            url=url,
            licence=self.licence,
            detail=detail or self.detail,
        )

    def resource(
        self,
        model: Callable[..., R],
        values: Mapping[str, Any],
        wire: Wire | None = None,
        *,
        url: str | None = None,
        why: Why = _NONE,
        detail: str | None = None,
        also: tuple[Missing, ...] = (),
        moved: Mapping[str, str] = _NONE,
    ) -> R:
        """The values as a resource: provenance for what is there, a reason for what is not."""
        odd = () if wire is None else self.absences.lost(wire, values, moved)
        told = {gap.field for gap in (*odd, *also)}
        silent = (gap for gap in self.absences.among(values, why) if gap.field not in told)
        fields = tuple(
            name
            for name, value in values.items()
            if value is not None
            and name not in _IDENTITY
            and (value or name not in told)  # part of a list may be there, and part not
        )
        return model(
            **values,
            provenance=(self.provenance(fields, url=url, detail=detail),),
            missing=(*odd, *silent, *_untold(also, odd)),
        )


@lru_cache(maxsize=GAPS_KEPT)
def _gap(path: str, reason: Reason, detail: str) -> Missing:
    """The absence, made once: a list of thousands has the same few again and again."""
    return Missing(field=path, reason=reason, detail=detail)


def _untold(gaps: Iterable[Missing], told: Iterable[Missing]) -> Iterator[Missing]:
    """Those of the gaps that stand for a field of which nothing is told."""
    fields = {gap.field for gap in told}
    return (gap for gap in gaps if gap.field not in fields)


class Client(Protocol):
    """Somebody who can be asked on behalf of one source. Raises SourceError."""

    async def get(self, request: UpstreamRequest) -> UpstreamReply:
        """The reply with its parsed JSON; without any where what we hold is still good."""
        ...


class ResourceReader:
    """Makes values of a source's replies. Raises SourceError, Garbled where one makes no sense."""

    def __init__(
        self,
        source: SourceName,
        client: Client,
        *,
        clock: Clock,
        origin: Callable[[datetime], Origin],
    ) -> None:
        self._source = source
        self._client = client
        self._clock = clock
        self._origin = origin
        self._aside = Aside()
        self.drift = Drift(source)

    async def one(
        self,
        request: UpstreamRequest,
        model: type[W],
        make: Callable[[W, Origin], T],
        *,
        about: About | None,
    ) -> Fetched[T]:
        """The value, or that the known one still holds; see `read` for `about`."""
        return await self.value(await self._client.get(request), model, make, about=about)

    async def value(
        self,
        reply: UpstreamReply,
        model: type[W],
        make: Callable[[W, Origin], T],
        *,
        about: About | None,
    ) -> Fetched[T]:
        """What a reply says, or that the known value still holds; see `read` for `about`."""
        if reply.is_unchanged:
            return Fetched(None, reply.etag)

        def value() -> T:
            return self.made(partial(make, self.drift.parse(model, reply.data, about)))

        return Fetched(await self._aside(len(reply.body), value), reply.etag)

    async def read(self, reply: UpstreamReply, model: type[W], about: About | None) -> W:
        """A reply as its wire model; `about` is None where it cannot name its subject."""
        parse = partial(self.drift.parse, model, reply.data, about)
        return await self._aside(len(reply.body), parse)

    def made(self, make: Callable[[Origin], T]) -> T:
        """The value of the contract, retrieved now."""
        try:
            return make(self._origin(moment(self._clock())))
        except ValidationError as error:
            raise Garbled(self._source, "Its answer holds values that cannot be right.") from error

    def each(
        self, wires: Mapping[str, W], make: Callable[[W, str, Origin], T]
    ) -> dict[str, Fetched[T] | Garbled]:
        """One value for each wire, by the id it was asked under."""

        def one(ident: str, wire: W) -> Fetched[T] | Garbled:
            try:
                return Fetched(self.made(partial(make, wire, ident)))
            except Garbled as error:
                return error

        return {ident: one(ident, wire) for ident, wire in wires.items()}
