"""What every source shares between its wire and the contract: ask, parse, normalise, say why not.

A source itself is no more than its client, its wire models, its normaliser and its texts. An answer
that has nothing in it, or is about something else, is not believed (`Drift.parse`).
"""

from __future__ import annotations

import logging
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache, partial
from itertools import islice
from types import MappingProxyType
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel, ValidationError

from api.cache.entry import Fetched
from api.clock import Clock, moment
from api.problems.refusals import Garbled
from api.schemas.provenance import Method, Missing, Provenance, Reason, Resource, SourceName
from api.sources.upstream.body import Aside
from api.sources.upstream.client import UpstreamReply, UpstreamRequest
from api.sources.wire import About, ParseContext, Wire, lost, odd_places
from api.text import LONGEST, quoted

GAPS_KEPT = 1_024
SAMPLED = 5  # elements of a long list that are looked at for unknown fields
MOST_NAMES = 20  # unknown fields of one thing that are told apart
MOST_LINES = 40  # of the alarm in the log; what comes later is counted only
LONGEST_NAME = LONGEST
_NOTHING = "Its answer has nothing of what was asked for."
_ELSE = "Its answer is about something else."
_IDENTITY = frozenset({"id", "uri", "url", "href", "limit", "offset", "next", "previous"})
_ENDS = frozenset({"next", "previous"})  # null at the ends of a list, which is no absence
_log = logging.getLogger(__name__)
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
    """Makes values of a source's replies. Raises SourceError, Garbled where one makes no sense.

    `licence`, `absences`, `detail`: what its values come under, as Origin has them.
    """

    def __init__(
        self,
        source: SourceName,
        client: Client,
        *,
        clock: Clock,
        licence: str,
        absences: Absences,
        detail: str | None = None,
    ) -> None:
        self._source = source
        self._client = client
        self._clock = clock
        self._licence = licence
        self._absences = absences
        self._detail = detail
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
        at = moment(self._clock())
        try:
            return make(Origin(self._source, at, self._licence, self._absences, self._detail))
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


class Drift:
    """The alarm for unknown fields and unreadable values: a log line each, and counts to ask for.

    What is counted is bounded, whatever a source sends: unreadable values by the fields of our own
    models, unknown fields by MOST_NAMES for each thing they stand in; further ones share a name.
    """

    def __init__(self, source: SourceName) -> None:
        self._source = source
        self._names: Counter[str] = Counter()
        self._lock = threading.Lock()  # large answers are read in threads
        self._lines = 0
        self.fields: Counter[str] = Counter()
        self.unreadable: Counter[str] = Counter()

    def parse(self, model: type[W], data: object, about: About | None = None) -> W:
        """The answer as its wire model. Raises Garbled when it cannot be that.

        `about`: what was asked for, of every answer that names what it is about.
        """
        context = ParseContext(self._source)
        try:
            wire = model.model_validate(data, context=context)
        except ValidationError as error:
            self._refuse(model, error)
            raise Garbled(self._source, "Its answer has not the form it should have.") from error
        if about is not None:
            self._check(wire, about)
        with self._lock:
            for path, name in unknown_fields(wire, model.__name__):
                self._count(self.fields, self._bounded(path, name), "sends an unknown field")
            if context.odd:
                for path in odd_places(wire, f"{model.__name__}."):
                    place = re.sub(r"\[\d+\]", "[]", path)
                    self._count(self.unreadable, place, "sends what cannot be read")
        return wire

    def _check(self, wire: Wire, about: About) -> None:
        if wire.says_nothing():
            raise Garbled(self._source, _NOTHING)
        if not wire.is_about(about):
            raise Garbled(self._source, _ELSE)

    def _refuse(self, model: type[Wire], error: ValidationError) -> None:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        _log.warning("%s: %s does not fit at %s", self._source, model.__name__, quoted(where))

    def _count(self, counter: Counter[str], name: str, what: str) -> None:
        if name not in counter and self._lines < MOST_LINES:
            self._lines += 1
            more = "; what comes now is counted only" if self._lines == MOST_LINES else ""
            _log.warning("%s %s: %s%s", self._source, what, name, more)
        counter[name] += 1

    def _bounded(self, path: str, name: str) -> str:
        """The name of an unknown field, or the one that all further ones of this thing share."""
        whole = f"{path}.{name if _is_plain(name) else quoted(name)}"
        if whole in self.fields:
            return whole
        self._names[path] += 1
        return whole if self._names[path] <= MOST_NAMES else f"{path}.…"


def _is_plain(name: str) -> bool:
    return len(name) <= LONGEST_NAME and name.isascii() and name.isidentifier()


def unknown_fields(wire: Wire, path: str) -> Iterator[tuple[str, str]]:
    """Where, as a dotted path, and what the fields are that the models do not know."""
    for name in islice(wire.__pydantic_extra__ or (), MOST_NAMES + 1):
        yield path, name
    for name, value in wire.__dict__.items():
        children: Iterable[object] = value[:SAMPLED] if isinstance(value, tuple) else (value,)
        for child in children:
            if isinstance(child, Wire):
                yield from unknown_fields(child, f"{path}.{name}")
