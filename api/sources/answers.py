"""Read the JSON of a source's answer, and notice what nobody told us about or could be read."""

from __future__ import annotations

import json
import logging
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import from_json

from api.refusals import Garbled
from api.schemas.provenance import SourceName
from api.sources.wire import Reading, Wire, odd_places

SAMPLED = 5  # elements of a long list that are looked at for unknown fields
MOST_NAMES = 20  # unknown fields of one thing that are told apart
LONGEST_NAME = 80
LONGEST_INT = 400  # digits; a float holds 309
_BOM = b"\xef\xbb\xbf"
_log = logging.getLogger(__name__)

W = TypeVar("W", bound=Wire)


def read_json(source: SourceName, body: bytes) -> Any:  # noqa: ANN401  # whatever JSON says
    """The parsed answer. Raises Garbled; what is no number or text, the wire models refuse."""
    try:
        return from_json(body.removeprefix(_BOM))
    except ValueError:
        return _read_patiently(source, body)


def _read_patiently(source: SourceName, body: bytes) -> Any:  # noqa: ANN401  # whatever JSON says
    """The parsed answer, half of a surrogate pair and numbers of any length let through."""
    try:
        return json.loads(body.decode("utf-8-sig"), parse_int=_int, object_pairs_hook=_object)
    except (ValueError, RecursionError) as error:
        raise Garbled(source, "Its answer is not JSON.") from error


def _int(digits: str) -> float:
    return int(digits) if len(digits) <= LONGEST_INT else math.inf


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Without fields whose names are no Unicode: no model knows them."""
    return {name: value for name, value in pairs if not re.search("[\ud800-\udfff]", name)}


class Drift:
    """The alarm for unknown fields and unreadable values: a log line each, and counts to ask for.

    What is counted is bounded, whatever a source sends: unreadable values by the fields of our own
    models, unknown fields by MOST_NAMES for each thing they stand in; further ones share a name.
    """

    def __init__(self, source: SourceName) -> None:
        self._source = source
        self._names: Counter[str] = Counter()
        self.fields: Counter[str] = Counter()
        self.unreadable: Counter[str] = Counter()

    def parse(self, model: type[W], data: object) -> W:
        """The answer as its wire model. Raises Garbled when it cannot be that."""
        reading = Reading(self._source)
        try:
            wire = model.model_validate(data, context=reading)
        except ValidationError as error:
            where = ".".join(str(part) for part in error.errors()[0]["loc"])
            _log.warning("%s: %s does not fit at %s", self._source, model.__name__, where)
            raise Garbled(self._source, "Its answer has not the form it should have.") from error
        for path, name in unknown_fields(wire, model.__name__):
            self._count(self.fields, self._bounded(path, name), "sends an unknown field")
        if reading.odd:
            for path in odd_places(wire, f"{model.__name__}."):
                place = re.sub(r"\[\d+\]", "[]", path)
                self._count(self.unreadable, place, "sends what cannot be read")
        return wire

    def _count(self, counter: Counter[str], name: str, what: str) -> None:
        if name not in counter:
            _log.warning("%s %s: %s", self._source, what, name)
        counter[name] += 1

    def _bounded(self, path: str, name: str) -> str:
        """The name of an unknown field, or the one that all further ones of this thing share."""
        short = name[:LONGEST_NAME]
        whole = f"{path}.{short if short.isidentifier() else repr(short)}"
        if whole in self.fields:
            return whole
        self._names[path] += 1
        return whole if self._names[path] <= MOST_NAMES else f"{path}.…"


def unknown_fields(wire: Wire, path: str) -> Iterator[tuple[str, str]]:
    """Where, as a dotted path, and what the fields are that the models do not know."""
    for name in wire.__pydantic_extra__ or ():
        yield path, name
    for name, value in wire.__dict__.items():
        children: Iterable[object] = value[:SAMPLED] if isinstance(value, tuple) else (value,)
        for child in children:
            if isinstance(child, Wire):
                yield from unknown_fields(child, f"{path}.{name}")
