"""What every number means, how it is come by, how often it is right, and under whose terms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter, Response

from api.schemas.about import AboutData, EstimateError, RightShare
from api.schemas.provenance import SourceName
from web.render import Data
from web.request import PageRequestDep
from web.responses import page
from web.text import formatting, labels
from web.text.confidence import LEVELS, Sureness
from web.text.definitions import GROUPS, KINDS, SOURCES, Definition
from web.text.provenance import CallShown, shown

router = APIRouter()
IN_LINE = {SourceName.EXPORTIFY: "imported spreadsheets"}
CHECKED = {  # what was checked, where the definition has more than one
    "tempo": "Tempo",
    "key": "The home note",
    "mode": "Major or minor",
    "time_signature": "Metre",
    "beat": "A beat",
    "bar": "The first beat of a bar",
    "section": "A border",
    "segment": "A beginning",
}


@dataclass(frozen=True, slots=True)
class NumberEntry:
    """A definition with what is known of its errors: `checks` of our own, `stated` by others."""

    definition: Definition
    checks: tuple[str, ...]
    stated: str | None


@dataclass(frozen=True, slots=True)
class NumberGroup:
    """Definitions that belong together."""

    anchor: str
    title: str
    about: str
    entries: tuple[NumberEntry, ...]


@dataclass(frozen=True, slots=True)
class TermsShown:
    """A source, what it is, and under which terms its answers come."""

    slug: str
    name: str
    about: str
    licence: str


@dataclass(frozen=True, slots=True)
class SureLevel:
    """A span of confidence as it is shown."""

    sureness: Sureness
    means: str


@dataclass(frozen=True, kw_only=True)
class AboutDataPage(Data):
    """What every number means, how it is come by, how often it is right, under whose terms."""

    template: ClassVar[str] = "about_data.html"

    kinds: tuple[tuple[str, str], ...]
    levels: tuple[SureLevel, ...]
    groups: tuple[NumberGroup, ...]
    credit: str
    caveat: str
    terms: tuple[TermsShown, ...]
    call: CallShown


@router.get("/about/data")
async def about_data(request: PageRequestDep) -> Response:
    """All numbers, in the order in which a track's pages show them."""
    answer = await request.client.about_data()
    about = answer.value
    data = AboutDataPage(
        shell=request.shell(),
        kinds=KINDS,
        levels=tuple(_levels()),
        groups=tuple(
            NumberGroup(anchor, title, common, tuple(_entry(each, about) for each in definitions))
            for anchor, title, common, definitions in GROUPS
        ),
        credit=about.credit,
        caveat=about.caveat,
        terms=tuple(
            TermsShown(
                each.source.value, labels.SOURCES[each.source], SOURCES[each.source], each.licence
            )
            for each in about.terms
        ),
        call=shown(answer.call, request.base),
    )
    return page(request, data)


def _levels() -> Iterator[SureLevel]:
    """Each span of confidence, and how many of a hundred such answers are right."""
    above = 1.0
    for floor, bars, says in LEVELS:
        least, most = formatting.decimal(floor * 100, 0), formatting.decimal(above * 100, 0)
        span = f"fewer than {most}" if floor == 0 else f"{least} to {most}"
        yield SureLevel(Sureness(bars, says), f"{span} of 100 such answers are right")
        above = floor


def _entry(definition: Definition, about: AboutData) -> NumberEntry:
    guessed = (each for each in about.estimated if each.field == definition.anchor)
    measured = {each.name: each for each in about.measured}
    checks = (
        *(_typical(each) for each in guessed),
        *(_share(measured[name]) for name in definition.checked if name in measured),
    )
    names = formatting.listed(
        [IN_LINE.get(one, labels.SOURCES[one]) for one in definition.stated_by]
    )
    return NumberEntry(definition, checks, names or None)


def _typical(found: EstimateError) -> str:
    return (
        f"Typically off by {formatting.decimal(found.typical_error)} either way, as found on "
        f"{found.tracks} tracks that it had not been shown. Always saying the middle would be off "
        f"by {formatting.decimal(found.unheard_error)}."
    )


def _share(found: RightShare) -> str:
    rendered = (
        f"{CHECKED[found.name]}: {_of_hundred(found.right)} of 100 right on rendered pieces "
        f"({found.right_is}; {formatting.count(found.answers)} answers)"
    )
    if found.records is None:
        return f"{rendered}."
    records = found.records
    return (
        f"{rendered}, {_of_hundred(records.right)} of 100 on records "
        f"({formatting.count(records.answers)} answers)."
    )


def _of_hundred(share: float) -> str:
    return formatting.decimal(share * 100, 0)
