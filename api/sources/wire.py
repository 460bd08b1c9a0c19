"""What every source's wire models share: what cannot be read costs its field or entry, no more.

A field that does not fit becomes None, and its name stands in `unreadable` of its model. A field
that cannot be None is one that the model means nothing without: then the model itself does not fit,
and so on upwards. In a list (`Listed`) what does not fit leaves UNREADABLE at its place. `lost`
says which fields of the contract's value are absent for that.

What calls itself an error, or another kind of thing, does not fit at any depth. Whether the whole
is about what was asked for, its model says (`is_about`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, TypeVar, final

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    ModelWrapValidatorHandler,
    Strict,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)
from pydantic_core import CoreSchema, core_schema

from api.problems.refusals import Garbled
from api.schemas.base import Bpm, Decibels, Milliseconds, Percent, Seconds, Unit
from api.schemas.provenance import Resource, SourceName

MOST_ODD = 20_000  # in one answer; with more it is an answer of another kind
LONGEST_TEXT = 100_000  # a bound, any bound, also has pydantic refuse what is no Unicode
LONGEST_LIST = 1_000  # entries that are read; no source is asked for so many at once
LONGEST_ROW = 25_000  # of an analysis: of segments, beats and their like
T = TypeVar("T")
W = TypeVar("W", bound="Wire")


class ParseContext:
    """One answer while it is read. Raises Garbled where next to nothing of it can be."""

    def __init__(self, source: SourceName) -> None:
        self._source = source
        self.odd = 0

    @property
    def is_clean(self) -> bool:
        """Whether all could be read so far."""
        return not self.odd

    def note(self) -> None:
        """Something could not be read."""
        self.odd += 1
        if self.odd > MOST_ODD:
            raise Garbled(self._source, "Its answer is full of what cannot be read.")


def _noted(info: ValidationInfo) -> None:
    if isinstance(info.context, ParseContext):
        info.context.note()


def says_error(data: object) -> bool:
    """Whether this is an error, whatever status it came with."""
    return isinstance(data, dict) and bool(data.get("error") or data.get("errors"))


@dataclass(frozen=True, slots=True)
class About:
    """What an answer has to be about."""

    ident: str
    may_be_other: bool = False
    """Whether the source may answer under another id: with a copy, or with what it has merged."""


class Wire(BaseModel):
    """What a source sends: lenient in form, finite in numbers, unknown fields kept to be seen."""

    model_config = ConfigDict(extra="allow", frozen=True, allow_inf_nan=False)

    naming: ClassVar[frozenset[str]] = frozenset({"id", "uri", "href", "type"})
    """The fields that only say which thing it is."""
    kinds: ClassVar[frozenset[str]] = frozenset()
    """What it may call itself; whatever it likes if none is named."""

    unreadable: ClassVar[frozenset[str]] = frozenset()
    """The fields that were sent and could not be read. Class-wide none; an instance has its own."""
    is_odd: ClassVar[bool] = False
    """Whether there is anything in it, at any depth, that could not be read."""

    @model_validator(mode="wrap")
    @classmethod
    def _as_far_as_it_can_be_read(
        cls, data: object, handler: ModelWrapValidatorHandler[W], info: ValidationInfo
    ) -> W:
        if isinstance(data, dict) and (  # written out: an analysis has 7,000 of them
            ((data.get("error") or data.get("errors")) and "error" not in cls.model_fields)
            or (cls.kinds and cls.named_kind(data) not in {None, *cls.kinds})
        ):
            raise ValueError(cls.__name__)
        try:
            wire = handler(data)
        except ValidationError as error:
            if not isinstance(data, dict):
                raise
            odd = _fields_of(error)
            wire = handler(data | dict.fromkeys(odd))
            _noted(info)
            object.__setattr__(wire, "unreadable", frozenset(odd))
        is_clean = isinstance(info.context, ParseContext) and info.context.is_clean
        if not is_clean and any(odd_places(wire)):
            object.__setattr__(wire, "is_odd", True)
        return wire

    @classmethod
    def named_kind(cls, sent: Mapping[str, Any]) -> str | None:
        """The kind of thing that it calls itself, if it does."""
        said = sent.get("type")
        return said if isinstance(said, str) else None

    def is_about(self, asked: About) -> bool:
        """Whether it names what was asked for, to the letter."""
        return getattr(self, "id", None) == asked.ident

    def says_nothing(self) -> bool:
        """Whether it names a thing at most, and says nothing of it that could be read."""
        fields = type(self).model_fields.keys() - self.naming
        return all(_is_nothing(getattr(self, name)) for name in fields)


def _is_nothing(said: object) -> bool:
    if isinstance(said, tuple):
        return bool(said) and all(entry is UNREADABLE for entry in said)
    return said in (None, "")


def _fields_of(error: ValidationError) -> set[str]:
    """The fields at fault."""
    errors = error.errors(include_url=False, include_context=False, include_input=False)
    return {str(one["loc"][0]) for one in errors}


@final
class Unreadable:
    """What stands in a list where an entry could not be read."""

    def __repr__(self) -> str:
        return "UNREADABLE"


UNREADABLE: Final = Unreadable()


def _in_its_place(value: Any, handler: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:  # noqa: ANN401
    try:
        return handler(value)
    except ValidationError:
        _noted(info)
        return UNREADABLE


def _cut_at(most: int) -> BeforeValidator:
    """Read so many entries; one that is unreadable then stands for all that follow."""

    def cut(sent: Any) -> Any:  # noqa: ANN401  # whatever JSON says
        too_long = isinstance(sent, list) and len(sent) > most
        return [*sent[:most], UNREADABLE] if too_long else sent

    return BeforeValidator(cut)


if TYPE_CHECKING:
    Listed = tuple[T | Unreadable, ...]
    Row = tuple[T | Unreadable, ...]
else:
    _Entries = tuple[Annotated[T, WrapValidator(_in_its_place)], ...]
    Listed = Annotated[_Entries, _cut_at(LONGEST_LIST)]
    Row = Annotated[_Entries, _cut_at(LONGEST_ROW)]


def readable(things: Iterable[T | Unreadable | None] | None) -> tuple[T, ...]:
    """Those that are there and can be read; the list itself may be absent, too."""
    return tuple(
        thing for thing in things or () if thing is not None and not isinstance(thing, Unreadable)
    )


class Numeric:
    """A number, or a text that is one; never a truth value. What it is bound to stands before."""

    def __get_pydantic_core_schema__(
        self,
        source: object,
        handler: GetCoreSchemaHandler,
    ) -> CoreSchema:
        """As it is, else as a float (188000.0), else as a text."""
        lax: Any = handler(source)
        others = (core_schema.float_schema(strict=True), core_schema.str_schema(strict=True))
        chains = [core_schema.chain_schema([other, lax]) for other in others]
        return core_schema.union_schema([lax | {"strict": True}, *chains], mode="left_to_right")


NUMERIC = Numeric()
Text = Annotated[str, Field(max_length=LONGEST_TEXT)]
Ident = Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]
Flag = Annotated[bool, Strict()]
Count = Annotated[int, Field(ge=0, lt=2**53), NUMERIC]  # JSON's readers can hold no more
Zero2One = Annotated[Unit, NUMERIC]
Zero2Hundred = Annotated[Percent, NUMERIC]
LengthMs = Annotated[Milliseconds, Field(lt=2**31), NUMERIC]  # 24 days
PlaceS = Annotated[Seconds, Field(ge=0, le=2_000_000), NUMERIC]  # 24 days
LevelDb = Annotated[Decibels, Field(ge=-1_000, le=1_000), NUMERIC]
TempoBpm = Annotated[Bpm, Field(le=1_000), NUMERIC]


def calendar_date(text: str) -> str:
    """A year, a month or a day that there is; or nothing, where something was taken down."""
    if text:
        year, month, day = (*text.split("-"), "01", "01")[:3]
        if date(int(year), int(month), int(day)).isoformat()[: len(text)] != text:
            raise ValueError(text)
    return text


def odd_places(wire: Wire, within: str = "") -> Iterator[str]:
    """Where something of it could not be read, as dotted paths.

    An entry is named by the place it was sent at, what lies inside another entry by that one's
    place among those that can be read: `images[2]`, `images[1].width`.
    """
    for name in sorted(wire.unreadable):
        yield f"{within}{name}"
    for name, value in wire.__dict__.items():
        if isinstance(value, Wire):
            if value.is_odd:
                yield from odd_places(value, f"{within}{name}.")
        elif isinstance(value, tuple) and not _are_numbers(value):
            yield from _odd_entries(value, f"{within}{name}")


def _are_numbers(entries: tuple[object, ...]) -> bool:
    """Whether nothing in them can be odd: an analysis has 25,000 such."""
    return bool(entries) and isinstance(entries[0], float) and UNREADABLE not in entries


def _odd_entries(entries: tuple[object, ...], name: str) -> Iterator[str]:
    for place, entry in enumerate(entries):
        if entry is UNREADABLE:
            yield f"{name}[{place}]"
    for place, entry in enumerate(readable(entries)):
        if isinstance(entry, Wire) and entry.is_odd:
            yield from odd_places(entry, f"{name}[{place}].")


def lost(
    wire: Wire, value: Mapping[str, Any] | BaseModel, moved: Mapping[str, str]
) -> tuple[str, ...]:
    """The fields of the contract's value that are absent because they could not be read.

    `moved`: patterns of paths on the wire, and where they stand in the value. A resource inside
    speaks for itself.
    """
    paths = (_absent(value, _moved(place, moved)) for place in odd_places(wire))
    return tuple(dict.fromkeys(path for path in paths if path is not None))


def _moved(path: str, moved: Mapping[str, str]) -> str:
    for pattern, target in moved.items():
        path = re.sub(pattern, target, path)
    return path


def _absent(value: Any, path: str) -> str | None:  # noqa: ANN401  # any part of a value
    """What is absent along this path; None where it has no place in the value, or is there."""
    *above, last = re.findall(r"[^.\[\]]+", path) or ("",)
    for step in above:
        value = _inside(value, step)
        if isinstance(value, Resource):
            return None
    if not last.isdecimal():
        return path if _is_empty(_inside(value, last)) else None
    if value is None:
        return path[: path.rindex("[")]  # nothing is left of the list
    return path if isinstance(value, tuple) else None


_NOWHERE: Final = object()


def _inside(value: Any, step: str) -> Any:  # noqa: ANN401  # any part of a value
    if isinstance(value, tuple):
        return value[int(step)] if int(step) < len(value) else _NOWHERE
    if isinstance(value, BaseModel):
        return getattr(value, step) if step in type(value).model_fields else _NOWHERE
    return value.get(step, _NOWHERE) if isinstance(value, Mapping) else _NOWHERE


def _is_empty(value: Any) -> bool:  # noqa: ANN401  # any part of a value
    if isinstance(value, BaseModel):
        return all(_is_empty(part) for _, part in value)
    return value is None or value in ("", ())
