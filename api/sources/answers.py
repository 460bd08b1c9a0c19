"""Read the JSON of a source's answer, and notice fields that nobody told us about."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import from_json

from api.refusals import Garbled
from api.schemas.provenance import SourceName

SAMPLED = 5  # elements of a long list that are looked at for unknown fields
_BOM = b"\xef\xbb\xbf"
_log = logging.getLogger(__name__)


class Wire(BaseModel):
    """What a source sends: lenient in form, finite in numbers, unknown fields kept to be seen."""

    model_config = ConfigDict(extra="allow", frozen=True, allow_inf_nan=False)


W = TypeVar("W", bound=Wire)


def read_json(source: SourceName, body: bytes) -> Any:  # noqa: ANN401  # whatever JSON says
    """The parsed answer. Raises Garbled; NaN is refused here, 1e999 by the wire models."""
    try:
        return from_json(body.removeprefix(_BOM), allow_inf_nan=False)
    except ValueError as error:
        raise Garbled(source, "Its answer is not JSON.") from error


class Drift:
    """The alarm for unknown fields: one log line each, and a count that can be asked for."""

    def __init__(self, source: SourceName) -> None:
        self._source = source
        self.fields: Counter[str] = Counter()

    def parse(self, model: type[W], data: object) -> W:
        """The answer as its wire model. Raises Garbled when it cannot be that."""
        try:
            wire = model.model_validate(data)
        except ValidationError as error:
            where = ".".join(str(part) for part in error.errors()[0]["loc"])
            _log.warning("%s: %s does not fit at %s", self._source, model.__name__, where)
            raise Garbled(self._source, "Its answer has not the form it should have.") from error
        for name in unknown_fields(wire, model.__name__):
            if name not in self.fields:
                _log.warning("%s sends an unknown field: %s", self._source, name)
            self.fields[name] += 1
        return wire


def unknown_fields(wire: Wire, path: str) -> Iterator[str]:
    """Dotted paths of all fields that the models do not know."""
    for name in wire.__pydantic_extra__ or ():
        yield f"{path}.{name}"
    for name, value in wire.__dict__.items():
        children: Iterable[object] = value[:SAMPLED] if isinstance(value, tuple) else (value,)
        for child in children:
            if isinstance(child, Wire):
                yield from unknown_fields(child, f"{path}.{name}")
