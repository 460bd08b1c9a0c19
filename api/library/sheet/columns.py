"""What the columns of a table mean: by their headings, by their order, by their cells. Pure.

A heading is believed unless its cells contradict it. Programs that translate their headings keep
the order of their columns, so a known run of columns is known under any names. What is left is
known by what stands in it, or named as not understood.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from api.library.sheet import headings
from api.library.sheet.cells import (
    cleaned,
    clock_ms,
    is_isrc,
    is_link,
    is_nothing,
    moment,
    names_a_track,
    number,
)
from api.library.sheet.key_names import key_of
from api.library.sheet.rows import MOST_ROWS, TOO_MANY, NotASheet, SheetTable, Unread
from api.schemas.features import UNIT_FEATURES

LOOKED_AT = 200  # cells of a column, to see what stands in it
HEADING_WITHIN = 20  # lines
MOST_SHARE_OF_MISFITS = 0.1
FEWEST_KNOWN = 2  # headings, where no line names a track
NO_TRACKS = "No line has a link, an id or an ISRC of a track{}."
Cells = list[str]
Line = tuple[int, Cells]


@dataclass(frozen=True, slots=True)
class Columns:
    """The rows below the heading, all of one width, and in which columns each thing stands."""

    rows: list[Line]
    titles: Sequence[str]
    places: dict[str, list[int]]
    unread: list[Unread] = field(default_factory=list)

    def first(self, meaning: str) -> int | None:
        """The column that is taken for this."""
        return next(iter(self.places.get(meaning, ())), None)


def understand(table: SheetTable) -> Columns:
    """Heading, rows and meanings. Raises NotASheet."""
    cleaned_lines = [(number, [*map(cleaned, cells)]) for number, cells in table.lines]
    heading, body = _split(cleaned_lines, headed=table.headed)
    if len(body) > MOST_ROWS:
        raise NotASheet(TOO_MANY)
    unread: list[Unread] = []
    width = len(heading) or Counter(len(cells) for _, cells in body).most_common(1)[0][0]
    rows = [(line, _fitted(line, cells, width=width, unread=unread)) for line, cells in body]
    titles = heading or [""] * width
    meanings = _meanings(titles, rows, unread, headed=bool(heading))
    places: dict[str, list[int]] = {}
    for at in sorted(meanings, key=lambda at: (_rank(titles[at]), at)):
        places.setdefault(meanings[at], []).append(at)
    return Columns(rows, titles, places, unread)


def _split(lines: list[Line], *, headed: bool) -> tuple[Cells, list[Line]]:
    """The heading, empty where there is none, and what stands below it without its repetitions."""
    at = 0 if headed else _heading_at(lines)
    if at is None:
        return [], lines
    heading = _without_end(lines[at][1])
    again = [title.casefold() for title in heading]
    body = [
        (number, cells)
        for number, cells in lines[at + 1 :]
        if cells[0].casefold() != again[0]
        or [cell.casefold() for cell in _without_end(cells)] != again
    ]
    if not body:
        raise NotASheet(NO_TRACKS.format(": there is nothing below the heading"))
    return heading, body


def _without_end(cells: Cells) -> Cells:
    end = len(cells)
    while end and not cells[end - 1]:
        end -= 1
    return cells[:end]


def _heading_at(lines: list[Line]) -> int | None:
    """Which line is the heading: it stands above the first track and has the most known names."""
    track = next(
        (at for at, (_, cells) in enumerate(lines) if any(map(names_a_track, cells))), len(lines)
    )
    above = [cells for _, cells in lines[: min(track, HEADING_WITHIN)]]
    known = [sum(headings.meaning(cell) is not None for cell in cells) for cells in above]
    if track == len(lines):
        if max(known, default=0) < FEWEST_KNOWN:
            says = f"; its columns are {_listed(above[0])}" if known and known[0] else ""
            raise NotASheet(NO_TRACKS.format(says))
        return known.index(max(known))
    if not above:
        return None
    best = known.index(max(known))
    return best if known[best] else _unknown_heading(above, lines[track:])


def _listed(cells: Cells) -> str:
    return ", ".join(f"“{cell[:40]}”" for cell in cells[:10])


def _unknown_heading(above: list[Cells], below: list[Line]) -> int | None:
    """A line of words as wide as the rows below it, over a column of tracks."""
    width = Counter(len(cells) for _, cells in below).most_common(1)[0][0]
    for at, cells in enumerate(above):
        if len(cells) == width > 1 and all(cell and number(cell) is None for cell in cells):
            return at
    return None


def _fitted(line: int, cells: Cells, *, width: int, unread: list[Unread]) -> Cells:
    """A row in as many columns as there are; of a wider one only what names a track."""
    used = _without_end(cells)
    if len(used) <= width:
        return used + [""] * (width - len(used))
    reason = (
        f"This line has {len(used)} cells and the heading {width}: perhaps a comma in it is not in "
        "quotation marks. Only its link, id or ISRC was taken."
    )
    unread.append(Unread(None, line, " ".join(used), reason))
    return [cell if names_a_track(cell) else "" for cell in used[:width]]


def _meanings(
    titles: Sequence[str], rows: list[Line], unread: list[Unread], *, headed: bool
) -> dict[int, str]:
    """What each column holds, by place."""
    samples = [_sample(rows, at) for at in range(len(titles))]
    found: dict[int, str] = {}
    for at, title in enumerate(titles):
        named = headings.meaning(title)
        if named is not None and _believable(named[0], rows, at):
            found[at] = named[0]
    _by_order(found, samples)
    for at in range(len(titles)):
        if at not in found and samples[at] and (meaning := _by_cells(samples[at], rows, at)):
            found[at] = meaning
    if not {"name", "artists"} & set(found.values()):
        _by_place(found, samples, unread, titles=titles if headed else [])
    for at, sample in enumerate(samples):
        if at not in found and sample:
            unread.append(Unread(titles[at] or f"column {at + 1}", None, sample[0], NOT_UNDERSTOOD))
    return found


NOT_UNDERSTOOD = "It cannot be told what this column means, so nothing was taken from it."
NO_TITLE = "There is no heading."
UNKNOWN_TITLE = "This heading is not understood."
GUESSED = {
    "name": "The column was taken for the name of the track.",
    "artists": "The column was taken for the artist.",
}


def _rank(title: str) -> int:
    named = headings.meaning(title)
    return 99 if named is None else named[1]


def _sample(rows: list[Line], at: int) -> Cells:
    found: Cells = []
    for _, cells in rows:
        if cells[at] and not is_nothing(cells[at]):
            found.append(cells[at])
            if len(found) == LOOKED_AT:
                break
    return found


def _believable(meaning: str, rows: list[Line], at: int) -> bool:
    """A column of tracks has to have one; what other headings promise is seen when it is read."""
    if meaning == "reference":
        return any(names_a_track(cells[at]) for _, cells in rows)
    return True


def _mostly(sample: Iterable[str], fits: Callable[[str], bool]) -> bool:
    judged = [fits(cell) for cell in sample]
    return bool(judged) and judged.count(False) <= len(judged) * MOST_SHARE_OF_MISFITS


def _uris_of(kind: str) -> Callable[[str], bool]:
    return lambda cell: f"spotify:{kind}:" in cell


def _between(low: float, high: float, *, whole: bool = False) -> Callable[[str], bool]:
    def fits(cell: str) -> bool:
        read = number(cell)
        return (
            read is not None
            and low <= read.value <= high
            and (not whole or read.value == int(read.value))
        )

    return fits


_FITS: dict[str, Callable[[str], bool]] = {
    "reference": lambda cell: is_link(cell) or names_a_track(cell),
    "isrc": is_isrc,
    "artist_ids": _uris_of("artist"),
    "album_uri": _uris_of("album"),
    "text": lambda cell: True,  # noqa: ARG005
    "date": lambda cell: cell[:4].isdigit(),
    "count": _between(0, 1e9, whole=True),
    "duration": _between(0, 1e9, whole=True),
    "added_at": lambda cell: moment(cell, month_first=None) is not None or cell.startswith("1970"),
    "key": lambda cell: _between(-1, 11, whole=True)(cell) or key_of(cell) is not None,
    "mode": _between(-1, 1, whole=True),
    "loudness": _between(-100, 10),
    "tempo": _between(0, 400),
    "time_signature": _between(0, 12, whole=True),
    **dict.fromkeys(UNIT_FEATURES, _between(0, 100)),
}


def _order(names: str) -> tuple[tuple[str, str], ...]:
    """Columns as meaning and test; where the two differ a colon stands between."""
    return tuple((name.split(":")[0], name.split(":")[-1]) for name in names.split())


ORDERS = (  # in which programs write their columns, in whatever language
    _order(
        "reference name:text artist_ids artists:text other:album_uri album:text other:artist_ids "
        "other:text other:date other:text other:count other:count duration other:text other:text "
        "other:count isrc"
    ),
    _order(
        "reference name:text album:text artists:text other:date duration other:count other:text "
        "other:text added_at"
    ),
    _order(
        "reference artist_ids:text name:text album:text artists:text other:date duration "
        "other:count other:text added_at"
    ),
    _order(
        "danceability energy key loudness mode speechiness acousticness instrumentalness liveness "
        "valence tempo time_signature"
    ),
)


def _by_order(found: dict[int, str], samples: list[Cells]) -> None:
    """Fill in what a run of columns in a known order says of those without a known name."""
    for order in ORDERS:
        for start in range(len(samples) - len(order) + 1):
            if all(
                found.get(start + at, meaning) in {meaning, "other"}
                and (not samples[start + at] or _mostly(samples[start + at], _FITS[test]))
                for at, (meaning, test) in enumerate(order)
            ) and any(samples[start : start + len(order)]):
                for at, (meaning, _) in enumerate(order):
                    found.setdefault(start + at, meaning)
                break


_TELLING: tuple[tuple[str, Callable[[str], bool]], ...] = (  # whatever the column is called
    ("isrc", is_isrc),
    ("other", lambda cell: cell.startswith(("spotify:artist:", "spotify:album:"))),
    ("duration", lambda cell: ":" in cell and clock_ms(cell) is not None),
    ("added_at", lambda cell: "T" in cell and moment(cell, month_first=None) is not None),
    ("key", lambda cell: key_of(cell) is not None),
)


def _by_cells(sample: Cells, rows: list[Line], at: int) -> str | None:
    """What a column holds, seen from what stands in it; one track in a column is enough."""
    known = next((meaning for meaning, fits in _TELLING if _mostly(sample, fits)), None)
    if known in {None, "key"} and any(names_a_track(cells[at]) for _, cells in rows):
        return "reference"
    return known


def _by_place(
    found: dict[int, str], samples: list[Cells], unread: list[Unread], *, titles: Sequence[str]
) -> None:
    """Else the first two columns of words are the name and the artist, and it is said."""
    words = [
        at
        for at, sample in enumerate(samples)
        if at not in found
        and sample
        and not _mostly(sample, lambda cell: number(cell) is not None or "://" in cell)
    ]
    for meaning, at in zip(("name", "artists"), words, strict=False):
        found[at] = meaning
        title = titles[at] if titles else f"column {at + 1}"
        why = UNKNOWN_TITLE if titles else NO_TITLE
        unread.append(Unread(title, None, samples[at][0], f"{why} {GUESSED[meaning]}"))
