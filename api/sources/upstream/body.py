"""Read a stranger's JSON within bounds, and a large one in slices that let others run in between.

A parser in C holds the interpreter for as long as it works: 400,000 keys are half a second in which
nobody else is answered. So a large answer is read in a thread: its text is first walked from
bracket to bracket, which counts, and each 64 KiB of it are parsed by themselves; what goes beyond
the bounds is never parsed at all. Nor is an error inside a 200 an answer.
"""

from __future__ import annotations

import asyncio
import json
import math
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from pydantic_core import from_json

from api.problems.refusals import Garbled
from api.schemas.provenance import SourceName
from api.sources.wire import says_error

SLICE_BYTES = 1 << 16
LARGE_BYTES = SLICE_BYTES // 2  # more is read off the event loop
LARGE_AT_ONCE = 2  # each of them takes its turn with the loop, 5 ms at a time
LIGHT_BYTES = 1 << 20
LIGHT_PARTS = 40_000  # containers and keys; an analysis of this size has 30,000
MOST_KEYS = 5_000  # in one object; no answer of any source has a hundredth of it
MOST_ENTRIES = 25_000  # in one list: more segments than 8 MiB of an analysis hold
MOST_DEPTH = 150
MOST_STEPS = 400_000  # brackets and commas: an analysis of 8 MiB has 240,000
LONGEST_PART = 1 << 20  # bytes between two brackets or commas: one text, or one number
LONGEST_INT = 400  # digits; a float holds 309
CUT: Final = object()
"""Stands at the end of a list that went on: nothing that any model could read."""

_STRING = rb'"(?:[^"\\]{1,%d}+|\\.){0,%d}+"'
_LONGEST_STRING = _STRING % (60, 20_000)  # 1.2 MB: a match in C holds the interpreter, too
_FLAT_LIST = rb'\[[^"\[\]{}]{0,1000}+\]'
_FLAT_OBJECT = rb'\{(?:[^"\[\]{}]{1,100}+|%b|%b){0,100}+\}' % (_STRING % (1_000, 10), _FLAT_LIST)
_LEAVES = rb"|".join((_LONGEST_STRING, _FLAT_LIST, _FLAT_OBJECT))
_STEP = re.compile(rb'(?:[^"\[\]{},]{1,10000}+|%b){0,50}+([,\[\]{}"])?' % _LEAVES, re.DOTALL)
_LEAP = re.compile(rb'(?:[^"\[\]{}]{1,10000}+|%b){0,500}+([\[\]{}"])?' % _LEAVES, re.DOTALL)
_CLOSES = {b"]": False, b"}": True}
_CONTAINERS = (dict, list)
_HALF = re.compile("[\ud800-\udfff]")
_BOM = b"\xef\xbb\xbf"
_NO_JSON = "Its answer is not JSON."
_TOO_MUCH = "There is far more in its answer than any has."
_ERROR = "It sent an error where its answer should be."

T = TypeVar("T")


def read_json(source: SourceName, body: bytes) -> Any:  # noqa: ANN401  # whatever JSON says
    """The parsed answer. Raises Garbled; what is no number or text, the wire models refuse."""
    try:
        return loads(body.removeprefix(_BOM))
    except TooMuch as error:
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


class TooMuch(ValueError):
    """There is more in it than any answer has."""


@dataclass(slots=True)
class _Open:
    """A container whose end has not been met. `since`: what of it has not been parsed yet."""

    is_object: bool
    start: int
    since: int
    member: int
    """Where the entry begins that is being walked through."""
    count: int = 0
    value: Any = None
    cut_at: int | None = None
    ends_here: bool = False  # a large part has just ended: a comma or the end has to follow


def loads(text: bytes) -> Any:  # noqa: ANN401  # whatever JSON says
    """The value. Raises ValueError, TooMuch; numbers too long for any use are infinite."""
    if len(text) <= SLICE_BYTES // 2:
        return _parsed(text)
    if _is_light(text):
        with suppress(ValueError):  # the walk says what is wrong, or lets it through
            value = from_json(text)
            if _is_within_bounds(value):
                return value
    return _Walk(text).value()


def _is_light(text: bytes) -> bool:
    """Whether parsing it holds nobody up, whatever it says: an analysis of 900 KB takes 7 ms."""
    if len(text) > LIGHT_BYTES:
        return False
    containers = text.count(b"[") + text.count(b"{")
    return containers + text.count(b":") <= LIGHT_PARTS and text.count(b",") <= 2 * LIGHT_PARTS


def _is_within_bounds(value: object) -> bool:
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(MOST_DEPTH):
        if any(len(each) > (MOST_KEYS if type(each) is dict else MOST_ENTRIES) for each in level):
            return False
        level = [
            inner
            for each in level
            for inner in (each.values() if type(each) is dict else each)
            if type(inner) in _CONTAINERS
        ]
    return not level


def _parsed(text: bytes) -> Any:  # noqa: ANN401  # whatever JSON says
    try:
        return from_json(text)
    except ValueError:
        return _patiently(text)


def _patiently(text: bytes) -> Any:  # noqa: ANN401  # whatever JSON says
    """Half of a surrogate pair and numbers of any length let through."""
    try:
        return json.loads(text.decode(), parse_int=_int, object_pairs_hook=_object)
    except RecursionError as error:
        raise TooMuch from error


def _int(digits: str) -> float:
    return int(digits) if len(digits) <= LONGEST_INT else math.inf


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Without fields whose names are no Unicode: no model knows them."""
    return {name: value for name, value in pairs if not _HALF.search(name)}


class _Walk:
    """One walk through a text; a large container is put together from its slices."""

    def __init__(self, text: bytes) -> None:
        self._text = text
        self._stack = [_Open(is_object=False, start=-1, since=0, member=0)]  # around the whole

    def value(self) -> Any:  # noqa: ANN401  # whatever JSON says
        """What the text says."""
        for place, mark in self._marks():
            match mark:
                case b",":
                    self._comma(place)
                case b"[" | b"{":
                    self._open(place, is_object=mark == b"{")
                case b"]" | b"}":
                    self._close(place, is_object=_CLOSES[mark])
                case _:  # a text without an end, or whose end is too far away
                    raise TooMuch if len(self._text) - place > LONGEST_PART else ValueError(mark)
        if len(self._stack) > 1:
            raise ValueError
        whole = self._ended(self._stack[0], len(self._text))
        if len(whole) != 1:
            raise ValueError
        return whole[0]

    def _marks(self) -> Iterator[tuple[int, bytes]]:
        """Brackets and commas where they count: those beyond the cut of a list do not."""
        place, end = 0, len(self._text)
        for _ in range(MOST_STEPS):
            stride = _STEP if self._stack[-1].cut_at is None else _LEAP
            step = stride.match(self._text, place)
            if step is None or place == end:
                return
            place = step.end()
            if step[1]:
                yield place - 1, step[1]
        raise TooMuch

    def _open(self, place: int, *, is_object: bool) -> None:
        if len(self._stack) > MOST_DEPTH:
            raise TooMuch
        self._stack.append(_Open(is_object, place, place + 1, place + 1))

    def _comma(self, place: int) -> None:
        inside = self._stack[-1]
        inside.count += 1
        if inside.is_object and inside.count >= MOST_KEYS:
            raise TooMuch
        if inside.count == MOST_ENTRIES:
            inside.cut_at = place
        if inside.cut_at is not None:
            return
        inside.member = place + 1
        if inside.ends_here:
            self._nothing(inside.since, place)
        elif place - inside.since < SLICE_BYTES:
            return
        else:
            self._take(inside, place)
        inside.since, inside.ends_here = place + 1, False

    def _close(self, place: int, *, is_object: bool) -> None:
        ended = self._stack.pop()
        if ended.is_object is not is_object or not self._stack:
            raise ValueError
        if ended.value is None and ended.cut_at is None and place - ended.start < SLICE_BYTES:
            return  # it is parsed with what it lies in
        value, holder = self._ended(ended, place), self._stack[-1]
        if holder.cut_at is None:
            self._put(holder, ended.start, value)
            holder.since, holder.ends_here = place + 1, True

    def _ended(self, ended: _Open, place: int) -> Any:  # noqa: ANN401  # a list or an object
        end = place if ended.cut_at is None else ended.cut_at
        if ended.ends_here:
            self._nothing(ended.since, end)
        else:
            self._take(ended, end)
        if ended.cut_at is not None:
            ended.value.append(CUT)
        return ended.value

    def _put(self, holder: _Open, start: int, value: object) -> None:
        """Add a value that was put together by itself, under the name that stands before it."""
        if holder.ends_here:
            raise ValueError(start)  # two values without a comma
        if holder.member > holder.since:
            self._take(holder, holder.member - 1)
        if holder.value is None:
            holder.value = {} if holder.is_object else []
        if holder.is_object:
            named = _parsed(b"{%bnull}" % self._text[holder.member : start])
            holder.value |= dict.fromkeys(named, value)
        else:
            self._nothing(holder.member, start)
            holder.value.append(value)

    def _take(self, inside: _Open, end: int) -> None:
        """Parse what has not been parsed before `end`, which is a comma or the end of it all."""
        if end - inside.since > SLICE_BYTES + LONGEST_PART:
            raise TooMuch
        opening, closing = (b"{", b"}") if inside.is_object else (b"[", b"]")
        text = self._text[inside.since : end]
        part = _parsed(b"%b%b%b" % (opening, text, closing))
        is_last = inside.value is None and end != inside.member - 1
        if not part and not is_last and not text.strip():  # a name that is left out is something
            raise ValueError(end)  # nothing beside a comma
        if inside.value is None:
            inside.value = part
        elif inside.is_object:
            inside.value |= part
        else:
            inside.value += part

    def _nothing(self, start: int, end: int) -> None:
        if self._text[start:end].strip():
            raise ValueError
