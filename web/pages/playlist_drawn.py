"""What the pictures of a playlist are drawn from: its table, thinned where it is long.

A picture of thousands of points says nothing and weighs a lot, so a long list is drawn by a part
of it: spread evenly from its first entry to its last, always the same, and the words say so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from api.schemas.playlist import Fit, PlaylistTable, SoundingEntry
from api.schemas.track import Track
from web.client import ApiResponse, JobPending
from web.pages.brand_choice import chosen_brand
from web.pages.jobs import ReadingNow, reading_now
from web.pages.playlist_table import known_table
from web.pages.playlist_view import SHOWN, PlaylistView
from web.pages.profile import own_song, wishes_of
from web.pages.rows import titles
from web.request import PageRequest
from web.text import formatting, labels
from web.text.headline import loudness_unit
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
    """What the pictures of a list are made of. `working`: the job that still reads it, if one does.

    `fit`: one's own song beside it; `wishes`: ranges that the brand aims at, by feature.
    """

    answer: ApiResponse[PlaylistTable]
    names: Mapping[str, Track]
    fit: Fit | None
    wishes: Mapping[str, tuple[float, float]]
    working: JobPending | None

    @property
    def table(self) -> PlaylistTable:
        """The part of the list that is drawn."""
        return self.answer.value

    @property
    def rows(self) -> Sequence[SoundingEntry]:
        """Its entries."""
        return self.table.items

    @property
    def sampled(self) -> str:
        """That not all tracks are among these, and which are; empty where all are."""
        return thinning([row.position for row in self.rows], self.table.items_total)

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

    def figure(self, field: str, value: float) -> str:
        """A number of this list with its unit."""
        if field == "loudness":
            return f"{formatting.decimal(value, 1)} {loudness_unit(self.table.provenance)}"
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


async def drawn(request: PageRequest, ident: str) -> Drawn:
    """The list as it is drawn. Raises ApiProblem, JobPending."""
    (answer, working), fit, brand = await asyncio.gather(
        known_table(request, ident, _spread(MOST_POINTS)),
        own_song(request, ident),
        chosen_brand(request),
    )
    return Drawn(
        answer=answer,
        names=await titles(request.client, answer.value.items),
        fit=fit,
        wishes=wishes_of(brand, answer.value.source),
        working=working,
    )


async def by_fewer(request: PageRequest, found: Drawn, most: int) -> Drawn:
    """The same list by `most` of its entries at most. Raises ApiProblem, JobPending."""
    if len(found.rows) <= most:
        return found
    answer, working = await known_table(request, found.table.id, _spread(most))
    names = await titles(request.client, answer.value.items)
    return replace(found, answer=answer, names=names, working=working)


def _spread(most: int) -> dict[str, str | int | None]:
    return {"spread": "true", "limit": most}


def picked(view: PlaylistView, name: str) -> Picked:
    """The number that the view wants a picture to show."""
    field = view.pictured(name)
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
