"""JSON as a table: Spotify's account data, answers of APIs, any list of objects. Pure.

Every object becomes a row, every path in it a column named by its last words, so that the same
headings are known as in a spreadsheet. A line is the number of the entry.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from api.library.sheet import headings
from api.library.sheet.cells import names_a_track
from api.library.sheet.columns import NO_TRACKS
from api.library.sheet.rows import MOST_COLUMNS, MOST_ROWS, TOO_MANY, NotASheet, SheetTable, Unread

MOST_DEPTH = 12
MOST_VALUES = 120_000  # answers of Spotify’s API have 80,000 in 2 MB
SEVERAL = "The file has {} lists; all of them were put into this one collection."
_APART = ("album", "artist", "owner", "added_by", "image", "user", "show", "device")
_NOT_WANTED = "banned"  # what somebody wants never to hear
_Entries = list[dict[str, str]]
_Named = tuple[str, _Entries]  # what a list is called, and its entries


def read_records(text: str) -> SheetTable | None:
    """The table in a JSON file; None where the text is not JSON. Raises NotASheet."""
    if text.lstrip()[:1] not in {"{", "["}:
        return None
    try:
        said = _parsed(text)
    except RecursionError as error:
        raise NotASheet("This JSON is nested too deep.") from error
    except ValueError:
        return None
    found = list(_Reader(_is_track).lists(said)) or list(_Reader(_is_named).lists(said))
    if not found:
        raise NotASheet(NO_TRACKS.format(" in this JSON"))
    entries = [flat for _, flats in found for flat in flats]
    if len(entries) > MOST_ROWS:
        raise NotASheet(TOO_MANY)
    titles = list(dict.fromkeys(title for flat in entries for title in flat))
    if len(titles) > MOST_COLUMNS:
        raise NotASheet(f"The entries have more than {MOST_COLUMNS:,} kinds of values.")
    rows = [(at, [flat.get(title, "") for title in titles]) for at, flat in enumerate(entries, 1)]
    names = [name for name, _ in found if name]
    several = Unread(None, None, ", ".join(names), SEVERAL.format(len(found)))
    return SheetTable([(0, titles), *rows], (several,) if len(found) > 1 else (), headed=True)


def _parsed(text: str) -> Any:  # noqa: ANN401  # JSON is anything
    try:
        return json.loads(text)
    except ValueError:
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) < 2:  # noqa: PLR2004
            raise
        return [json.loads(line) for line in lines]  # one object a line


class _Reader:
    """Walks through JSON, a bounded number of values in all."""

    def __init__(self, is_entry: Callable[[dict[str, str]], bool]) -> None:
        self._is_entry = is_entry
        self._left = MOST_VALUES

    def lists(self, said: Any, path: tuple[str, ...] = (), name: str = "") -> Iterator[_Named]:  # noqa: ANN401
        """The innermost lists of tracks in it, with what each is called."""
        if isinstance(said, list):
            yield from self._innermost(said, path, name)
        elif isinstance(said, dict):
            self._count(path)
            named = said.get("name") or said.get("title")
            below = named if isinstance(named, str) else name
            found = [
                one
                for key, value in said.items()
                if isinstance(value, dict | list)
                and not key.casefold().startswith((*_APART, _NOT_WANTED))
                for one in self.lists(value, (*path, key), below)
            ]
            alone = [] if found or path else self._entries([said])
            yield from found or ([(name, alone)] if alone else [])

    def _innermost(self, said: list[Any], path: tuple[str, ...], name: str) -> Iterator[_Named]:
        self._count(path)
        inner = [
            found
            for one in said
            if isinstance(one, dict | list)
            for found in self.lists(one, (*path, ""), name)
        ]
        if inner or not (entries := self._entries(said)):
            yield from inner
        elif not ("" in path and isinstance(said[0], str)):  # links of one entry are no list
            yield name, entries

    def _entries(self, said: list[Any]) -> _Entries:
        flats = [self._entry(one) for one in said]
        return [flat for flat in flats if flat] if any(map(self._is_entry, flats)) else []

    def _entry(self, said: Any) -> dict[str, str]:  # noqa: ANN401
        if isinstance(said, dict):
            return self._flat(said, ())
        self._count(())
        return {"uri": said} if isinstance(said, str) else {}

    def _flat(self, said: Any, path: tuple[str, ...]) -> dict[str, str]:  # noqa: ANN401
        """An object as titles and cells; several values of one title are joined as in a CSV."""
        self._count(path)
        if said is None:
            return {}
        if not isinstance(said, dict | list):
            title = _title(path)
            text = said if isinstance(said, str) else json.dumps(said)
            return {} if title is None else {title: text}
        found: dict[str, str] = {}
        parts = said.items() if isinstance(said, dict) else (("", one) for one in said)
        for key, value in parts:
            for title, cell in self._flat(value, (*path, key) if key else path).items():
                found[title] = f"{found[title]};{cell}" if title in found else cell
        return found

    def _count(self, path: tuple[str, ...]) -> None:
        self._left -= 1
        if self._left < 0 or len(path) > MOST_DEPTH:
            raise NotASheet("This JSON has far more in it than a list of tracks.")


def _is_track(flat: dict[str, str]) -> bool:
    return any(
        names_a_track(cell) and _means(title) in {"reference", "isrc"}
        for title, cell in flat.items()
    )


def _is_named(flat: dict[str, str]) -> bool:
    return {"name", "artists"} <= {_means(title) for title in flat}


def _means(title: str) -> str | None:
    known = headings.meaning(title)
    return known and known[0]


def _title(path: tuple[str, ...]) -> str | None:
    """The last word of a path, or all from where it leaves the track: `album artists name`."""
    for at, word in enumerate(path):
        if word.casefold().startswith(_APART) and at < len(path) - 1:
            title = " ".join(path[at:])
            return title if headings.meaning(title) else None
    return path[-1]
