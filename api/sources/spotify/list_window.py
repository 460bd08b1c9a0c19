"""Put the answers of a list together, by what came rather than by what was asked for. Pure.

Spotify leaves entries out and still counts them, answers fewer or more than it was asked for, and
names totals that are wrong. A position is what it counts: the offset of the part that an entry
came in, and its place there. `next` is read for where the following part begins; nobody follows it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from api.paging import Window, offset_in
from api.sources.spotify.wire import Paging
from api.sources.wire import Unreadable, readable

MOST_CALLS = 16  # for one window, however little comes at a time
_COUNTS = "Spotify counts"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ListPart(Generic[T]):
    """One answer, and what had been asked for."""

    offset: int
    asked: int
    paging: Paging[T]

    @property
    def items(self) -> tuple[T | Unreadable | None, ...]:
        """What came, however much was asked for."""
        return self.paging.items

    @property
    def total(self) -> int | None:
        """How many the list has, it says."""
        return self.paging.total

    @property
    def following(self) -> int | None:
        """Where Spotify’s own link to the next part begins; None where it does not lead on."""
        offset = offset_in(self.paging.next)
        return offset if offset is not None and offset > self.offset else None

    @property
    def leads_on(self) -> bool:
        """Whether `next` leads on, not back; a total outweighs one that names no place."""
        if offset_in(self.paging.next) is not None:
            return self.following is not None
        return bool(self.paging.next) and self.total is None

    @property
    def hints_on(self) -> bool:
        """Whether it is full and `next` is set, though nothing else says that something follows."""
        opaque = bool(self.paging.next) and offset_in(self.paging.next) is None
        return opaque and not self.goes_on and len(self.items) >= self.asked

    @property
    def goes_on(self) -> bool:
        """Whether something follows, by `next` or else by the total; an empty part needs both."""
        if not self.items:
            return self.following is not None and (self.total or 0) > self.end
        return self.leads_on or (self.total or 0) > self.offset + len(self.items)

    @property
    def is_doubtful(self) -> bool:
        """Whether it is empty where only one of the two says that something follows."""
        says_more = self.following is not None, (self.total or 0) > self.end
        return not self.items and any(says_more) and not all(says_more)

    @property
    def end(self) -> int:
        """Where the part ends that was asked for."""
        return self.offset + self.asked

    @property
    def reached(self) -> int:
        """Where the next part begins.

        Of a short part `next` tells how far it goes, and the limit that Spotify has put in place of
        ours; if they differ, the nearer holds. Where neither does, the next part begins after the
        last entry, lest one is lost; what it repeats is left out by `joined`.
        """
        last = self.offset + len(self.items)
        if len(self.items) >= self.asked or not (self.goes_on or self.is_doubtful):
            return last
        if not self.items:
            return min(self.following or self.end, self.end)
        told = [] if self.following is None else [self.following]
        if len(self.items) <= (self.paging.limit or 0) < self.asked:
            told.append(self.offset + (self.paging.limit or 0))
        return max(last, min([*told, self.end])) if told else last


@dataclass(frozen=True, slots=True)
class ListWindow(Generic[T]):
    """What came of a window of a list: entries at their positions, and what follows them."""

    entries: tuple[tuple[int, T | Unreadable | None], ...]
    left_out: int
    """Positions that Spotify counts and sends nothing for."""
    total: int | None
    doubt: str | None
    """What is wrong with the total that Spotify names."""
    following: int | None
    """Where the next window begins."""
    wire: Paging[T]
    """The last answer, with the entries of the window in place of its own."""
    calls: int = 1


def next_part(parts: Sequence[ListPart[T]], window: Window, most: int) -> tuple[int, int] | None:
    """Offset and limit of the next part to ask for; None where the window is read.

    Where it is doubtful whether something follows, one look is taken, beyond the window if need be.
    """
    end = window.offset + window.limit
    if not parts:
        return window.offset, min(most, window.limit)
    last = parts[-1]
    goes_on = last.is_doubtful or last.hints_on or (last.goes_on and last.reached < end)
    if not goes_on or _ends_early(parts) or last.offset >= end or len(parts) >= MOST_CALLS:
        return None
    return last.reached, min(most, end - last.reached) if last.reached < end else most


def joined(parts: Sequence[ListPart[T]], window: Window) -> ListWindow[T]:
    """The entries of these parts that lie in the window, none twice."""
    end = window.offset + window.limit
    entries: dict[int, T | Unreadable | None] = {}
    for before, part in zip((None, *parts), parts, strict=False):
        repeated = _repeated(before, part) if before else 0
        new = enumerate(part.items[repeated:], start=part.offset + repeated)
        entries |= {position: item for position, item in new if position < end}
    last = parts[-1]
    if last.offset >= end:  # no more than a look at what follows
        more = bool(last.items)
    elif last.is_doubtful:
        more = not _ends_early(parts)
    else:
        more = last.goes_on or last.reached > end
    filled = max(entries, default=-1) + 1
    total, doubt = _believed(parts, more=more, filled=filled)
    reached = min(last.reached if more else total or 0, end)
    covered = max(window.offset, filled, reached)
    return ListWindow(
        entries=tuple(entries.items()),
        left_out=covered - window.offset - len(entries),
        total=total,
        doubt=doubt,
        following=covered if more else None,
        wire=last.paging.model_copy(update={"items": tuple(entries.values())}),
        calls=len(parts),
    )


def _ends_early(parts: Sequence[ListPart[T]]) -> bool:
    """Whether two parts in a row are empty, and it is doubtful that anything follows."""
    return len(parts) > 1 and parts[-1].is_doubtful and parts[-2].is_doubtful


def _repeated(before: ListPart[T], part: ListPart[T]) -> int:
    """How many entries begin this part that had already ended the one before.

    That happens where the part before was short by an entry that Spotify left out and nothing said
    so. Entries without a track prove nothing: they all look alike.
    """
    if part.offset != before.offset + len(before.items):
        return 0
    most = min(max(before.asked - len(before.items), 0), len(part.items), len(before.items))
    for count in range(most, 0, -1):
        same = part.items[:count]
        if before.items[-count:] == same and any(map(_tells, same)):
            return count
    return 0


def _tells(item: Any) -> bool:  # noqa: ANN401  # an entry of any list
    return any(getattr(item, name, None) for name in ("item", "track", "id"))


def _believed(
    parts: Sequence[ListPart[T]], *, more: bool, filled: int
) -> tuple[int | None, str | None]:
    """The total, unless what came shows that it is wrong; then how that shows."""
    total = next((part.total for part in reversed(parts) if part.total is not None), None)
    if total is None:
        return None, None
    if more:
        return (total, None) if total > filled else (None, f"{_COUNTS} {total}, and sends more.")
    if _ends_early(parts) and total > parts[-1].end:
        return None, f"{_COUNTS} {total}, and sends nothing where the last of them should be."
    return max(total, filled), None


def readable_entries(part: ListWindow[T]) -> Iterator[T]:
    """The entries that are there and can be read."""
    return iter(readable(item for _, item in part.entries))
