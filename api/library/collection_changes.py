"""What a change makes of a collection: its new rows, or why it cannot be made. Pure.

All is decided between the first and the last statement of one transaction, so that of two changes
of the same version one is refused.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import takewhile

from api.cache.entry import etag_of
from api.clock import moment
from api.db.collections import Change, Counted, Values
from api.library.imports import DraftEntry, entry_of
from api.library.sheet import SheetRow
from api.problems.errors import ChangedMeanwhile, InvalidRequest
from api.schemas.library import (
    MOST_ENTRIES,
    Collection,
    CollectionChange,
    RefusedLine,
    UnreadPart,
)
from api.schemas.problem import InvalidPart

OWNER = "This server’s owner"
TOLD_PARTS = 100  # of a change in which more is wrong
NO_POSITION = "The list has no such position: it has {} entries, and the first is 0."
NAMED_TWICE = "This position is named twice."
TOO_LONG = f"The list would have {{:,}} entries; it may have {MOST_ENTRIES:,}."


def collection(counted: Counted) -> Collection:
    """A collection as it is told."""
    row = counted.row
    return Collection(
        id=row.id,
        name=row.name,
        description=row.description,
        playlist=f"/v1/playlists/{row.id}",
        items_total=counted.items,
        snapshot_id=row.snapshot,
        made_at=moment(row.made_at),
        demo=row.demo is not None,
        features_imported=counted.imported,
        refused=tuple(RefusedLine(**one) for one in json.loads(row.refused or "[]")),
        unread=tuple(UnreadPart(**one) for one in json.loads(row.unread or "[]")),
    )


def columns_of(entry: DraftEntry) -> Values:
    """An entry as columns, without the place it is to have."""
    return {
        "track_id": entry.track_id,
        "name": entry.name,
        "artists": json.dumps(entry.artists, ensure_ascii=False),
        "album": entry.album,
        "duration_ms": entry.duration_ms,
        "isrc": entry.isrc,
        "added_at": entry.added_at,
    }


def snapshot_of(entries: Iterable[tuple[str | None, str | None, str]]) -> str:
    """Another text for other entries, each told by its id, its ISRC and its name."""
    return hashlib.sha256(json.dumps([*entries]).encode()).hexdigest()[:32]


def named_by(asked: CollectionChange) -> list[DraftEntry]:
    """What the references are of. Raises InvalidRequest, naming each that is of no track."""
    read = [entry_of(SheetRow(1, text.strip())) for text in (asked.items or asked.add)]
    refuse(asked, {at: one.reason for at, one in enumerate(read) if isinstance(one, RefusedLine)})
    return [one for one in read if isinstance(one, DraftEntry)]


def refuse(asked: CollectionChange, reasons: Mapping[int, str]) -> None:
    """Raise InvalidRequest if any reference, by its place, has a reason to be refused."""
    field = "items" if asked.items else "add"
    _refuse({f"{field}/{at}": reason for at, reason in reasons.items()})


def _refuse(reasons: Mapping[str, str]) -> None:
    if reasons:
        told = [*reasons.items()][:TOLD_PARTS]
        raise InvalidRequest(
            tuple(InvalidPart(pointer=f"body/{place}", detail=reason) for place, reason in told)
        )


def changed(
    was: Counted,
    entries_before: Callable[[], list[Values]],
    *,
    asked: CollectionChange,
    entries: Sequence[DraftEntry],
    now: float,
    is_seen: Callable[[str], bool],
) -> Change:
    """What is to be written. Raises InvalidRequest, ChangedMeanwhile."""
    shown = collection(was)
    tag = etag_of(shown.model_dump_json().encode())
    if not is_seen(tag):
        raise ChangedMeanwhile(shown, etag=f'"{tag}"')
    row = _own_words(asked)
    if was.row.demo is not None and asked.model_fields_set:
        row |= {"demo": None, "owner": OWNER}  # or the next version of the label would undo it
    if not asked.changes_entries:
        return Change(row)
    before = entries_before()
    after = _after(asked, before, entries, now=now)
    row["snapshot"] = snapshot_of((one["track_id"], one["isrc"], one["name"]) for one in after)
    if "items" in asked.model_fields_set:
        row |= {"refused": None, "unread": None}
    pairs = zip(before, after, strict=False)
    alike = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    return Change(row, alike, after[alike:])


def _own_words(asked: CollectionChange) -> Values:
    """The new name and description, where there are any."""
    given = {
        "name": asked.name.strip(),
        "description": (asked.description or "").strip() or None,
    }
    return {name: value for name, value in given.items() if name in asked.model_fields_set}


def _after(
    asked: CollectionChange,
    before: Sequence[Values],
    entries: Sequence[DraftEntry],
    *,
    now: float,
) -> list[Values]:
    """The whole list afterwards; what it says of a track already, it goes on to say."""
    known = _Known(before)
    fresh = ({**columns_of(entry), "added_at": now} for entry in entries)
    if "items" in asked.model_fields_set:
        return [known.next_like(one) or one for one in fresh]
    _refuse(_wrong_positions(asked.remove, len(before)))
    gone = set(asked.remove)
    left = [one for at, one in enumerate(before) if at not in gone]
    added = [{**(known.next_like(one) or one), "added_at": now} for one in fresh]
    if len(left) + len(added) > max(len(left), MOST_ENTRIES):
        _refuse({"add": TOO_LONG.format(len(left) + len(added))})
    return left + added


def _wrong_positions(remove: Sequence[int], count: int) -> dict[str, str]:
    wrong = {
        f"remove/{at}": NO_POSITION.format(f"{count:,}")
        for at, position in enumerate(remove)
        if position >= count
    }
    first: dict[int, int] = {}
    for at, position in enumerate(remove):
        if first.setdefault(position, at) != at:
            wrong[f"remove/{at}"] = NAMED_TWICE
    return wrong


class _Known:
    """What a list says of its tracks; of one that stands in it twice, each once and in order."""

    def __init__(self, entries: Sequence[Values]) -> None:
        self._by_track: dict[tuple[str, ...], list[Values]] = {}
        for one in reversed(entries):
            self._by_track.setdefault(_track_of(one), []).append(one)

    def next_like(self, entry: Values) -> Values | None:
        """What was said of the same track."""
        said = self._by_track.get(_track_of(entry))
        if said is None:
            return None
        return said.pop() if len(said) > 1 else said[0]


def _track_of(entry: Values) -> tuple[str, ...]:
    """What tells an entry from others: its id, or else its ISRC, or else nothing but its name."""
    for name in ("track_id", "isrc", "name"):
        if entry[name] is not None:
            return name, entry[name]
    raise AssertionError  # every entry has a name
