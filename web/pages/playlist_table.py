"""The table of a playlist: every entry with its numbers, sorted, filtered, a part at a time.

It works as links and a form; with a script only the table is fetched, and the address follows.
While a job reads a long list, the entries stand here without numbers and say how far it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from fastapi import APIRouter, Response

from api.schemas.playlist import ItemKind, PlaylistItem, PlaylistTable, SoundingEntry
from api.schemas.track import Track
from web.client import ApiProblem, ApiResponse, JobPending, following
from web.pages.jobs import ReadingNow, reading_now
from web.pages.panel import Panel, refused_fragment
from web.pages.playlist_view import (
    AT_ONCE,
    DOWN,
    HIGH_FIRST,
    KEYS,
    METRES,
    SORTS,
    UP,
    Changes,
    PlaylistView,
    view_of,
    wanted,
)
from web.pages.rows import KINDS, figure_of, named, titles
from web.render import Data
from web.request import PageRequest, PageRequestDep
from web.responses import OK, fragment, page
from web.text import formatting
from web.text.headline import loudness_unit
from web.text.labels import FIELDS, NAMELESS, PANELS
from web.text.meanings import BY_FIELD
from web.text.provenance import Head

router = APIRouter()
WRONG = 422
COLUMNS = (
    *("name", "tempo", "camelot", "time_signature"),
    *("loudness", "energy", "valence", "danceability"),
)
NUMBERS = {"tempo", "time_signature", "loudness"}
BARS = ("energy", "valence", "danceability")
FACTORS = {2.0: "×2", 0.5: "×½"}


@dataclass(frozen=True, slots=True)
class ShareBar:
    """A number from 0 to 1 in figures and as a bar; `width` in percent."""

    label: str
    figure: str
    width: float


@dataclass(frozen=True, slots=True)
class SoundRow:
    """A line of the table. `factor`: that its tempo was doubled or halved; `why`: no numbers."""

    number: int
    name: str
    artists: str
    kind: str
    href: str | None
    tempo: str
    factor: str
    camelot: str
    key: str
    metre: str
    loudness: str
    shares: tuple[ShareBar, ...]
    why: str | None
    is_mine: bool


@dataclass(frozen=True, slots=True)
class AverageRow:
    """The last line of the table: the mean of all that fit, not of this part alone."""

    says: str
    tempo: str
    loudness: str
    shares: tuple[ShareBar, ...]


@dataclass(frozen=True, slots=True)
class RangeEnd:
    """One end of a range that filters: a field, and a slider beside it, called `slides`.

    `free`: where the slider stands while the field is empty.
    """

    name: str
    label: str
    slides: str
    low: float
    high: float
    step: float
    free: float


@dataclass(frozen=True, slots=True)
class SortColumn:
    """A heading that sorts. `sorted`: how it is sorted by now, in the words of aria-sort."""

    name: str
    label: str
    href: str
    fragment: str
    sorted: str
    is_number: bool


@dataclass(frozen=True, slots=True)
class PageTurn:
    """A link to a neighbouring part of the list."""

    says: str
    rel: str
    href: str
    fragment: str


@dataclass(frozen=True, slots=True)
class TableChoices:
    """What the form offers: sorts, keys, metres, and two ranges."""

    sorts: tuple[tuple[str, str], ...]
    keys: tuple[str, ...]
    metres: tuple[tuple[str, str], ...]
    tempo: tuple[RangeEnd, RangeEnd]
    energy: tuple[RangeEnd, RangeEnd]


def _range(field: str, word: str, step: float) -> tuple[RangeEnd, RangeEnd]:
    low, high = BY_FIELD[field].scale
    return (
        RangeEnd(
            f"{field}_min",
            f"{word[:1].upper()}{word[1:]} from",
            f"Lowest {word}",
            low,
            high,
            step,
            free=low,
        ),
        RangeEnd(f"{field}_max", "to", f"Highest {word}", low, high, step, free=high),
    )


CHOICES = TableChoices(
    sorts=tuple(SORTS.items()),
    keys=KEYS,
    metres=tuple((beats, formatting.metre(int(beats))) for beats in METRES),
    tempo=_range("tempo", "BPM", 1),
    energy=_range("energy", "energy", 0.01),
)


@dataclass(frozen=True, slots=True)
class Table:
    """A part of a playlist with its numbers, or while those are not here yet without.

    `late`: where it can be fetched with numbers; `reading`: what keeps them. `sorted`: by what, in
    words. `complaints`: fields of the form that could not be read, by name.
    """

    view: PlaylistView
    columns: tuple[SortColumn, ...]
    rows: tuple[SoundRow, ...]
    average: AverageRow | None
    has_numbers: bool
    says: str
    sorted: str
    note: str
    turns: tuple[PageTurn, ...]
    late: tuple[str, str] | None
    reading: ReadingNow | None
    complaints: Mapping[str, str]
    choices: TableChoices
    unit: str
    head: Head


@dataclass(frozen=True, kw_only=True)
class TablePanel(Data):
    """The table alone. `focus`: somebody has just asked for this part of it."""

    template: ClassVar[str] = "playlist_table.html"

    table: Table
    focus: bool


@router.get("/playlists/{ident}/table")
async def table_page(ident: str, request: PageRequestDep) -> Response:
    """The table as a page of its own."""
    data = await _panel(request, ident)
    return page(request, data, status=WRONG if data.table.complaints else OK)


@router.get("/fragments/playlists/{ident}/table")
async def table_fragment(ident: str, request: PageRequestDep) -> Response:
    """The same for a script. The address follows, unless the panel has only loaded itself."""
    view, loads = view_of(request, ident), bool(request.text("loads"))
    try:
        table = await table_of(request, view)
    except ApiProblem as problem:
        return refused_fragment(request, TABLE, ident=ident, problem=problem)
    data = TablePanel(shell=request.shell(), table=table, focus=not loads)
    if table.complaints:
        return fragment(request, data, status=WRONG)
    return fragment(request, data, headers={} if loads else {"HX-Push-Url": view.at()})


async def _panel(request: PageRequest, ident: str) -> TablePanel:
    table = await table_of(request, view_of(request, ident))
    return TablePanel(shell=request.shell(), table=table, focus=False)


TABLE = Panel("table", "playlists", "table", _panel)


async def table_of(request: PageRequest, view: PlaylistView) -> Table:
    """The table in this view; without numbers while a job reads the list. Raises ApiProblem."""
    asked = wanted(view)
    try:
        answer, working = await known_table(request, view.ident, asked.params)
    except JobPending as nothing_yet:
        return await plain_table(request, view, working=nothing_yet)
    table = await _table(request, view, answer, complaints=asked.complaints)
    if working is None:
        return table
    done = (answer.value.described, answer.value.items_total)
    return replace(table, reading=reading_now(working, _loading(view), done))


async def known_table(
    request: PageRequest, ident: str, params: Mapping[str, str | int | None]
) -> tuple[ApiResponse[PlaylistTable], JobPending | None]:
    """The table; while a job reads the list as far as is known, and the job.

    Raises ApiProblem, and JobPending where nothing is known yet.
    """
    try:
        return await request.client.playlist_table(ident, params), None
    except JobPending as working:
        so_far = {**params, "so_far": "true"}
        return await request.client.playlist_table(ident, so_far), working


def _loading(view: PlaylistView) -> str:
    """Where the table is fetched by itself: the address does not follow then."""
    again = f"/fragments{view.at('/table')}"
    return f"{again}{'&' if '?' in again else '?'}loads=1"


async def plain_table(
    request: PageRequest, view: PlaylistView, *, working: JobPending | None = None
) -> Table:
    """The entries in the list's own order, without numbers. Raises ApiProblem."""
    answer = await request.client.playlist_items(view.ident, limit=AT_ONCE, offset=view.offset)
    found = answer.value
    items = await named(request.client, found.items)
    return Table(
        view=view,
        columns=(),
        rows=tuple(_plain_row(item, view) for item in items),
        average=None,
        has_numbers=False,
        says=_says(found.offset, len(found.items), found.total),
        sorted="in the order of the list",
        note="",
        turns=_turns(view, following(found)),
        late=None if working else (view.at("/table"), _loading(view)),
        reading=None if working is None else reading_now(working, _loading(view)),
        complaints={},
        choices=CHOICES,
        unit="",
        head=request.head(PANELS["table"], answer.call, found),
    )


async def _table(
    request: PageRequest,
    view: PlaylistView,
    answer: ApiResponse[PlaylistTable],
    *,
    complaints: Mapping[str, str],
) -> Table:
    found = answer.value
    known = await titles(request.client, found.items)
    unit = loudness_unit(found.provenance)
    return Table(
        view=view,
        columns=tuple(_column(view, name, unit) for name in COLUMNS),
        rows=tuple(_row(entry, known, view) for entry in found.items),
        average=_average(found),
        has_numbers=True,
        says=_says(found.offset, len(found.items), found.total),
        sorted=_sorted(view),
        note=_note(found, view),
        turns=_turns(view, None if found.next is None else found.offset + len(found.items)),
        late=None,
        reading=None,
        complaints=complaints,
        choices=CHOICES,
        unit=unit,
        head=request.head(PANELS["table"], answer.call, found),
    )


def _row(entry: SoundingEntry, known: Mapping[str, Track], view: PlaylistView) -> SoundRow:
    track = known.get(entry.id or "")
    name = track.name if track else entry.name
    artists = [artist.name for artist in track.artists] if track else entry.artists
    return SoundRow(
        number=entry.position + 1,
        name=name or NAMELESS,
        artists=formatting.listed(list(artists)),
        kind=KINDS[entry.kind],
        href=f"/tracks/{entry.id}" if entry.id else None,
        tempo=figure_of(entry.tempo, entry.tempo_range),
        factor=FACTORS.get(entry.tempo_factor, ""),
        camelot=entry.camelot or "",
        key=entry.key_name or "",
        metre="" if entry.time_signature is None else str(entry.time_signature),
        loudness="" if entry.loudness is None else formatting.decimal(entry.loudness, 1),
        shares=tuple(_share(entry, name) for name in BARS),
        why=entry.reason,
        is_mine=entry.id is not None and entry.id == view.track,
    )


def _average(found: PlaylistTable) -> AverageRow | None:
    """None where there is nothing to average, or a single track."""
    means = found.averages
    if not means or found.total < 2:  # noqa: PLR2004  # one is its own average
        return None
    tempo, loudness = means.get("tempo"), means.get("loudness")
    says = f"Average of {formatting.counted(found.total, 'entry', 'entries')}"
    if found.described < found.items_total:
        says = "Average of those that are known"
    return AverageRow(
        says=says,
        tempo="" if tempo is None else f"{tempo:.0f}",
        loudness="" if loudness is None else formatting.decimal(loudness, 1),
        shares=tuple(_bar(name, means.get(name)) for name in BARS),
    )


def _share(entry: SoundingEntry, field: str) -> ShareBar:
    return _bar(field, getattr(entry, field))


def _bar(field: str, value: float | None) -> ShareBar:
    if value is None:
        return ShareBar(FIELDS[field], "", 0)
    return ShareBar(FIELDS[field], formatting.decimal(value), round(value * 100, 1))


def _plain_row(item: PlaylistItem, view: PlaylistView) -> SoundRow:
    ident = item.track.id if item.track else None
    return SoundRow(
        number=item.position + 1,
        name=item.name or NAMELESS,
        artists=formatting.listed(list(item.artists)),
        kind=KINDS[item.kind],
        href=f"/tracks/{ident}" if ident else None,
        tempo="",
        factor="",
        camelot="",
        key="",
        metre="",
        loudness="",
        shares=(),
        why=item.reason if item.kind is not ItemKind.TRACK or ident is None else None,
        is_mine=ident is not None and ident == view.track,
    )


def _column(view: PlaylistView, name: str, unit: str) -> SortColumn:
    here = view.sort == name
    first = DOWN if name in HIGH_FIRST else UP
    turned = {UP: DOWN, DOWN: UP}[view.direction] if here else first
    changes: Changes = {"sort": name, "direction": turned, "offset": 0}
    labels = {
        "name": "Title",
        "tempo": "BPM",
        "camelot": FIELDS["key"],
        "time_signature": FIELDS["time_signature"],
        "loudness": unit,
    }
    return SortColumn(
        name=name,
        label=labels.get(name) or BY_FIELD[name].label,
        href=view.at(**changes),
        fragment=f"/fragments{view.at('/table', **changes)}",
        sorted={UP: "ascending", DOWN: "descending"}[view.direction] if here else "",
        is_number=name in NUMBERS,
    )


def _says(offset: int, shown: int, total: int | None) -> str:
    whole = "" if total is None else f" of {formatting.count(total)}"
    return f"{offset + 1} to {offset + shown}{whole}" if shown else f"none{whole}"


def _sorted(view: PlaylistView) -> str:
    if view.sort == "position" and view.direction == UP:
        return "in the order of the list"
    way = "from the end" if view.direction == DOWN else "from the beginning"
    if view.sort not in {"position", "name", "camelot"}:
        way = "highest first" if view.direction == DOWN else "lowest first"
    return f"sorted by {SORTS[view.sort]}, {way}"


def _note(found: PlaylistTable, view: PlaylistView) -> str:
    """What a filter has left out, and what half and double tempo did."""
    said, asks_tempo = [], bool(view.tempo_min or view.tempo_max)
    if view.is_filtered:
        said.append(
            f"{formatting.count(found.total)} of {formatting.count(found.items_total)} fit."
        )
    if found.unjudged:
        verb = "has" if found.unjudged == 1 else "have"
        entries = formatting.counted(found.unjudged, "entry", "entries").capitalize()
        said.append(f"{entries} {verb} no number to judge by.")
    if view.fold:
        near = "fall into this range" if asks_tempo else "come near what is usual here"
        said.append(f"×½ and ×2 mark tempi that were halved or doubled to {near}.")
    return " ".join(said)


def _turns(view: PlaylistView, after: int | None) -> tuple[PageTurn, ...]:
    """The links to the parts before and after this one, which begins at `after`."""
    before = max(0, view.offset - AT_ONCE) if view.offset else None
    ways = (("Earlier entries", "prev", before), ("Later entries", "next", after))
    return tuple(
        PageTurn(says, rel, view.at(offset=to), f"/fragments{view.at('/table', offset=to)}")
        for says, rel, to in ways
        if to is not None
    )
