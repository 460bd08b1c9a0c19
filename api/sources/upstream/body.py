"""Read the JSON of a source's answer, and notice what nobody told us about or could be read.

Here every source's answer is believed or not: an error inside a 200 is none, nor is one that has
nothing in it or is about something else (`Drift.parse`), nor one that is larger than any is.
"""

from __future__ import annotations

import asyncio
import logging
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

from pydantic import ValidationError

from api.problems.refusals import Garbled
from api.schemas.provenance import SourceName
from api.sources.upstream import json_slices
from api.sources.wire import About, ParseContext, Wire, odd_places, says_error
from api.text import LONGEST, quoted

SAMPLED = 5  # elements of a long list that are looked at for unknown fields
MOST_NAMES = 20  # unknown fields of one thing that are told apart
MOST_LINES = 40  # of the alarm in the log; what comes later is counted only
LONGEST_NAME = LONGEST
LARGE_BYTES = 32 * 1024  # more is read off the event loop
LARGE_AT_ONCE = 2  # each of them takes its turn with the loop, 5 ms at a time
_BOM = b"\xef\xbb\xbf"
_NO_JSON = "Its answer is not JSON."
_TOO_MUCH = "There is far more in its answer than any has."
_ERROR = "It sent an error where its answer should be."
_NOTHING = "Its answer has nothing of what was asked for."
_ELSE = "Its answer is about something else."
_log = logging.getLogger(__name__)

T = TypeVar("T")
W = TypeVar("W", bound=Wire)


def read_json(source: SourceName, body: bytes) -> Any:  # noqa: ANN401  # whatever JSON says
    """The parsed answer. Raises Garbled; what is no number or text, the wire models refuse."""
    try:
        return json_slices.loads(body.removeprefix(_BOM))
    except json_slices.TooMuch as error:
        raise Garbled(source, _TOO_MUCH) from error
    except ValueError as error:
        raise Garbled(source, _NO_JSON) from error


def read_answer(source: SourceName, body: bytes) -> Any:  # noqa: ANN401  # whatever JSON says
    """The parsed answer, which says something and does not call itself an error. Raises Garbled."""
    data = read_json(source, body)
    if data is None:
        raise Garbled(source, "Its answer is null.")
    if says_error(data):
        raise Garbled(source, _ERROR)
    return data


class Aside:
    """Where large answers are read: off the loop, and few at a time."""

    def __init__(self) -> None:
        self._seats = asyncio.Semaphore(LARGE_AT_ONCE)

    async def __call__(self, size: int, work: Callable[[], T]) -> T:
        """The result of `work` on an answer of so many bytes."""
        if size <= LARGE_BYTES:
            return work()
        async with self._seats:
            return await asyncio.to_thread(work)


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
