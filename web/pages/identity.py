"""Under which ids others know an artist or track, and the word of whoever knows better."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import quote

from fastapi import APIRouter, Response

from api.schemas.identity import Identity, IdentityLink, IdScheme
from api.schemas.reference import Kind
from web.client import ApiProblem
from web.forms import answered, fields, refused
from web.render import Data
from web.request import PageRequest, PageRequestDep
from web.responses import page
from web.text import formatting, labels
from web.text.provenance import CallShown, ProblemNotice, shown, trouble

router = APIRouter()
FORGET = "forget"
CORRECTED = {
    Kind.ARTIST: (IdScheme.MBID, IdScheme.WIKIDATA, IdScheme.DEEZER, IdScheme.OWN),
    Kind.TRACK: (IdScheme.ISRC, IdScheme.MBID, IdScheme.DEEZER, IdScheme.OWN),
}
SAVED = "Saved. From now on your word counts more than that of any source."
NOTHING = "Nothing was written, so nothing was changed."
FORGOTTEN = "Forgotten. What the sources say counts again."


@dataclass(frozen=True, slots=True)
class LinkRow:
    """One id elsewhere, who says so, and how sure that is."""

    service: str
    ident: str
    url: str | None
    says: str
    ambiguous: bool


@dataclass(frozen=True, slots=True)
class IdField:
    """Where another id is written; `typed` and `none` are what was sent last."""

    name: str
    label: str
    hint: str
    typed: str
    none: bool


@dataclass(frozen=True, kw_only=True)
class IdentityPage(Data):
    """The ids of one artist or track, and a form for better ones."""

    template: ClassVar[str] = "identity.html"

    name: str
    back: str
    action: str
    links: tuple[LinkRow, ...]
    corrected: bool
    fields: tuple[IdField, ...]
    says: str | None
    trouble: ProblemNotice | None
    call: CallShown


@router.get("/artists/{ident}/identity")
async def get_artist(ident: str, request: PageRequestDep) -> Response:
    """Who an artist is elsewhere."""
    return page(request, await _page(request, Kind.ARTIST, ident))


@router.post("/artists/{ident}/identity")
async def post_artist(ident: str, request: PageRequestDep) -> Response:
    """Set which ids of an artist's are right."""
    return await _corrected(request, Kind.ARTIST, ident)


@router.get("/tracks/{ident}/identity")
async def get_track(ident: str, request: PageRequestDep) -> Response:
    """Which track this is elsewhere."""
    return page(request, await _page(request, Kind.TRACK, ident))


@router.post("/tracks/{ident}/identity")
async def post_track(ident: str, request: PageRequestDep) -> Response:
    """Set which ids of a track's are right."""
    return await _corrected(request, Kind.TRACK, ident)


async def _corrected(request: PageRequest, kind: Kind, ident: str) -> Response:
    form = await fields(request)
    forgets = FORGET in form
    links = _links(kind, form)
    if not (links or forgets):  # to the API no links at all mean that all are forgotten
        return answered(request, await _page(request, kind, ident, says=NOTHING))
    try:
        await request.client.correct_identity(kind, ident, {} if forgets else links)
    except ApiProblem as problem:
        told = trouble(problem, request.base)
        return refused(request, await _page(request, kind, ident, form=form, told=told), problem)
    says = FORGOTTEN if forgets else SAVED
    return answered(request, await _page(request, kind, ident, says=says))


def _links(kind: Kind, form: Mapping[str, Sequence[str]]) -> dict[str, str | None]:
    """What was set: an id, or that none is right. What was left alone is left out."""
    none = set(form.get("none", ()))
    typed = {scheme: next(iter(form.get(scheme, ())), "") for scheme in CORRECTED[kind]}
    return {
        scheme.value: None if scheme in none else _end_of(text)
        for scheme, text in typed.items()
        if text or scheme in none
    }


def _end_of(typed: str) -> str:
    """The id alone, where a whole address was pasted."""
    return typed.partition("?")[0].rstrip("/").rpartition("/")[2]


async def _page(
    request: PageRequest,
    kind: Kind,
    ident: str,
    *,
    form: Mapping[str, Sequence[str]] = {},
    says: str | None = None,
    told: ProblemNotice | None = None,
) -> IdentityPage:
    answer = await request.client.identity(kind, ident)
    found = answer.value
    back = f"/{kind}s/{quote(found.id, safe='')}"
    return IdentityPage(
        shell=request.shell(),
        name=await _name(request, kind, found),
        back=back,
        action=f"{back}/identity",
        links=_rows(found.links),
        corrected=any(link.source == "user" for link in found.links),
        fields=tuple(_field(scheme, form) for scheme in CORRECTED[kind]),
        says=says,
        trouble=told,
        call=shown(answer.call, request.base),
    )


async def _name(request: PageRequest, kind: Kind, found: Identity) -> str:
    ask = request.client.artist if kind is Kind.ARTIST else request.client.track
    try:
        return (await ask(found.id)).value.name
    except ApiProblem:
        return found.id


def _rows(links: Sequence[IdentityLink]) -> tuple[LinkRow, ...]:
    """A line for each id, with all who say so."""
    by_id: dict[tuple[IdScheme, str], list[IdentityLink]] = {}
    for link in links:
        by_id.setdefault((link.to, link.id), []).append(link)
    return tuple(
        LinkRow(
            service=labels.NUMBERINGS[scheme][0],
            ident=ident,
            url=formatting.safe_url(those[0].url),
            says="; ".join(map(_says, those)),
            ambiguous=any(link.ambiguous for link in those),
        )
        for (scheme, ident), those in by_id.items()
    )


def _says(link: IdentityLink) -> str:
    when = formatting.moment(link.since)
    if link.source == "user":
        return f"set by hand here, {when}"
    return f"{labels.SOURCES[link.source]}, {labels.LINKED[link.how]}, {when}"


def _field(scheme: IdScheme, form: Mapping[str, Sequence[str]]) -> IdField:
    label, hint = labels.NUMBERINGS[scheme]
    return IdField(
        name=scheme.value,
        label=label,
        hint=hint,
        typed=next(iter(form.get(scheme, ())), ""),
        none=scheme in form.get("none", ()),
    )
