"""What the pictures of a playlist are drawn from: its table, thinned where it is long.

A picture of thousands of points says nothing and weighs a lot, so a long list is drawn by a part
of it: spread evenly from its first entry to its last, always the same, and the words say so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from api.schemas.playlist import Fit, PlaylistTable, SoundingEntry
from api.schemas.track import Track
from web.client import ApiCall, ApiResponse, JobPending
from web.pages.brand_choice import chosen_brand
from web.pages.jobs import ReadingNow, reading_now
from web.pages.profile import SHOWN, own_song, wishes_of
from web.pages.rows import titles
from web.request import PageRequest
from web.text import formatting, labels
from web.text.meanings import BY_FIELD, FeatureMeaning, figure

MOST_POINTS = 500
CHOICES = tuple((field, labels.FIELDS[field]) for field in SHOWN)
ORDINALS = ("", "", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")


@dataclass(frozen=True, slots=True)
class Picked:
    """A number that a picture shows, and those that may be chosen instead."""

    field: str
    meaning: FeatureMeaning
    choices: tuple[tuple[str, str], ...] = CHOICES


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A track in figures, as the data table below a picture has it."""

    number: int
    name: str
    href: str
    figures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """What the pictures of a list are made of. `sampled`: that not all tracks are among these.

    `working`: the job that still reads the list, while there is one.
    """

    rows: Sequence[SoundingEntry]
    names: Mapping[str, Track]
    fit: Fit | None
    wishes: Mapping[str, tuple[float, float]]
    sampled: str
    table: PlaylistTable
    call: ApiCall
    working: JobPending | None

    def reading(self, fragment: str) -> ReadingNow | None:
        """How far the reading of the list is; `fragment` asks for the panel again."""
        if self.working is None:
            return None
        return reading_now(self.working, fragment, (self.table.described, self.table.items_total))

    def name(self, entry: SoundingEntry) -> str:
        """What an entry is called."""
        track = self.names.get(entry.id or "")
        return (track.name if track else entry.name) or labels.NAMELESS

    def mine(self, field: str) -> float | None:
        """What one's own song has of it, where the two can be compared."""
        if self.fit is None or self.fit.percentile.get(field) is None:
            return None
        return self.fit.values.get(field)

    @property
    def loudness_unit(self) -> str:
        """LUFS where files were heard here, dB where a source has a zero of its own."""
        is_lufs = any("LUFS" in (said.detail or "") for said in self.table.provenance)
        return "LUFS" if is_lufs else "dB"

    def figure(self, field: str, value: float) -> str:
        """A number of this list with its unit."""
        if field == "loudness":
            return f"{formatting.decimal(value, 1)} {self.loudness_unit}"
        return figure(field, value)

    def unlike(self, fields: Iterable[str]) -> str:
        """Why one's own song is not drawn by these numbers; empty where it is, or is none."""
        if self.fit is None:
            return ""
        absent = {f"percentile.{field}" for field in fields if self.mine(field) is None}
        whys = (said.detail for said in self.fit.missing if said.field in absent)
        why = next(filter(None, whys), "") if absent else ""
        return f"Your song is not drawn here. {why}" if absent else ""

    def in_figures(self, row: SoundingEntry, fields: Sequence[str]) -> FigureRow:
        """A track in figures; empty where nobody knows one."""
        values = (getattr(row, field) for field in fields)
        return FigureRow(
            number=row.position + 1,
            name=self.name(row),
            href=f"/tracks/{row.id}",
            figures=tuple(
                "" if value is None else self.figure(field, value)
                for field, value in zip(fields, values, strict=True)
            ),
        )


async def drawn(request: PageRequest, ident: str, most: int = MOST_POINTS) -> Drawn:
    """The list as it is drawn: `most` entries of it at most. Raises ApiProblem, JobPending."""
    (answer, working), fit, brand = await asyncio.gather(
        _known(request, ident, {"spread": "true", "limit": most}),
        own_song(request, ident),
        chosen_brand(request),
    )
    found = answer.value
    return Drawn(
        rows=found.items,
        names=await titles(request.client, found.items),
        fit=fit,
        wishes=wishes_of(brand, found.source),
        sampled=thinning([row.position for row in found.items], found.items_total),
        table=found,
        call=answer.call,
        working=working,
    )


async def _known(
    request: PageRequest, ident: str, wanted: Mapping[str, str | int]
) -> tuple[ApiResponse[PlaylistTable], JobPending | None]:
    """The table; while a job reads the list as far as is known, and the job."""
    try:
        return await request.client.playlist_table(ident, wanted), None
    except JobPending as working:
        so_far = {**wanted, "so_far": "true"}
        return await request.client.playlist_table(ident, so_far), working


def picked(request: PageRequest, name: str, usual: str) -> Picked:
    """What the address says of a picture’s number; what is no choice is the usual one."""
    said = request.text(name)
    field = said if said in SHOWN else usual
    return Picked(field, BY_FIELD[field])


def thinning(places: Sequence[int], total: int) -> str:
    """In words that not all of `total` entries are drawn, and which are; empty where all are."""
    if len(places) >= total:
        return ""
    said = f"{formatting.count(len(places))} of {formatting.count(total)} are drawn"
    gaps = [after - before for before, after in pairwise(places)]
    fewest, most = min(gaps, default=1), max(gaps, default=1)
    if fewest == 1 or most - fewest > 1:
        return f"{said}, spread evenly over the list."
    every = " or ".join(dict.fromkeys(_ordinal(gap) for gap in (fewest, most)))
    return f"{said}: every {every}."


def _ordinal(number: int) -> str:
    return ORDINALS[number] if number < len(ORDINALS) else f"{number}th"
