"""Search by words or ISRC: first what is in the own library, then what each source has found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar
from urllib.parse import urlencode

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from api.schemas.artist import Artist
from api.schemas.lists import FoundAt, Page, SearchResults
from api.schemas.playlist import Playlist
from api.schemas.problem import Attempt
from api.schemas.provenance import Reason, SourceName
from api.schemas.track import Track
from web.client import ApiCall, ApiProblem, following
from web.pages.hits import Hit, hit
from web.render import Data
from web.request import PageRequest, PageRequestDep
from web.responses import page
from web.text import formatting
from web.text.labels import SOURCES
from web.text.paste import leads_to, pasted
from web.text.provenance import (
    Absence,
    AttemptNotice,
    CallShown,
    ProblemNotice,
    attempted,
    shown,
    trouble,
)

router = APIRouter()
KINDS = {"artist": "Artists", "track": "Tracks", "playlist": "Playlists"}
FEW, MANY = 5, 10
MOST_TEXT = 200  # as the API takes them
SEE_OTHER = 303
UNPROCESSABLE = 422
YOURS = "In your library"
NEVER_ASKED = (Reason.NOT_CONFIGURED, Reason.CLOSED)
OWN_FILE = ("/upload", "Have your own file of it heard here")
_NO_CALL = ApiCall("", None, None, None, None)


@dataclass(frozen=True, slots=True)
class Group:
    """What one source has found of one kind, with where the rest of it is."""

    kind: str
    title: str
    hits: tuple[Hit, ...]
    total: int | None
    more: str | None
    previous: str | None


@dataclass(frozen=True, slots=True)
class SourceHits:
    """All that one source has found; `line`: since when, `absences`: what of it is not shown."""

    ident: str
    title: str
    groups: tuple[Group, ...]
    absences: tuple[Absence, ...]
    line: str


@dataclass(frozen=True, slots=True)
class Asked:
    """Who looked, in a line, and who gave nothing and why."""

    line: str
    in_vain: tuple[AttemptNotice, ...]


@dataclass(frozen=True, slots=True)
class Tab:
    """A link that narrows the search to one kind."""

    label: str
    href: str
    current: bool


@dataclass(frozen=True, kw_only=True)
class SearchPage(Data):
    """Results for free words or an ISRC; without words, only an invitation.

    `everything`: where all kinds are looked for, if it is one alone now.
    """

    template: ClassVar[str] = "search.html"

    words: str
    tabs: tuple[Tab, ...] = ()
    found: tuple[SourceHits, ...] = ()
    everything: str | None = None
    asked: Asked | None = None
    trouble: ProblemNotice | None = None
    call: CallShown | None = None


@router.get("/search")
async def search(request: PageRequestDep) -> Response:
    """Artists, tracks and playlists whose names fit; `type` narrows it to one kind."""
    text, kind = _words(request), request.text("type")
    if not text:
        return page(request, SearchPage(shell=request.shell(), words=""))
    if not kind and (href := await _named(request)):
        return RedirectResponse(href, SEE_OTHER)
    kinds = [kind] if kind in KINDS else list(KINDS)
    offset = request.offset() if kind in KINDS else 0
    limit = MANY if kind in KINDS else FEW
    try:
        answer = await request.client.search(text, kinds, limit=limit, offset=offset)
    except ApiProblem as problem:
        return _refused(request, problem)
    at = _by_source(answer.value)
    data = SearchPage(
        shell=request.shell(text),
        words=text,
        tabs=_tabs(text, kind),
        found=tuple(one for each in at if (one := _source(request, each)) is not None),
        everything=_address(text) if kind in KINDS else None,
        asked=_asked(at, answer.value.attempts),
        call=shown(answer.call, request.base),
    )
    return page(request, data)


def _words(request: PageRequest) -> str:
    return request.text("q")[:MOST_TEXT]


async def _named(request: PageRequest) -> str | None:
    """The page of what is looked for, where that is no word but a link, an id or an ISRC."""
    try:
        return leads_to((await request.client.resolve(pasted(request))).value)
    except ApiProblem:
        return None


def _refused(request: PageRequest, problem: ApiProblem) -> Response:
    """The words stay, with who was asked and the one thing that helps."""
    if problem.problem.status == UNPROCESSABLE:
        raise problem
    text = _words(request)
    told = replace(trouble(problem, request.base), way_on=OWN_FILE)
    data = SearchPage(
        shell=request.shell(text),
        words=text,
        tabs=_tabs(text, request.text("type")),
        trouble=told,
    )
    return page(request, data, status=told.status, headers=problem.headers)


def _tabs(text: str, kind: str) -> tuple[Tab, ...]:
    everything = Tab("All", _address(text), kind not in KINDS)
    return (everything, *(Tab(KINDS[each], _address(text, each), each == kind) for each in KINDS))


def _address(text: str, kind: str | None = None, offset: int = 0) -> str:
    asked = {"q": text} | ({"type": kind} if kind else {}) | ({"offset": offset} if offset else {})
    return "/search?" + urlencode(asked)


def _by_source(found: SearchResults) -> tuple[FoundAt, ...]:
    """What each has found, the own library first; or whose empty pages the answer consists of."""
    first = [page for page in (found.artists, found.tracks, found.playlists) if page is not None]
    alone = [
        FoundAt(
            source=first[0].provenance[0].source,
            artists=found.artists,
            tracks=found.tracks,
            playlists=found.playlists,
        )
        for _ in first[:1]
    ]
    return tuple(sorted(found.by_source or alone, key=lambda one: not _is_ours(one.source)))


def _is_ours(source: SourceName) -> bool:
    return source is SourceName.LIBRARY


def _source(request: PageRequest, found: FoundAt) -> SourceHits | None:
    """Its section; None where there is nothing to be seen in it."""
    at = [(kind, page) for kind in KINDS if (page := getattr(found, f"{kind}s")) is not None]
    title = YOURS if _is_ours(found.source) else SOURCES[found.source]
    heads = [request.head(title, _NO_CALL, page) for _, page in at]
    groups = tuple(_group(request, kind, page) for kind, page in at if page.items or page.offset)
    absences = tuple(each for head in heads for each in head.absences)
    if not groups and not absences:
        return None
    return SourceHits(
        ident=f"found-{found.source}",
        title=title,
        groups=groups,
        absences=absences,
        line=heads[0].line,
    )


def _group(
    request: PageRequest, kind: str, found: Page[Artist] | Page[Track] | Page[Playlist]
) -> Group:
    text, after = _words(request), following(found)
    before = max(0, found.offset - found.limit)
    return Group(
        kind=kind,
        title=KINDS[kind],
        hits=tuple(hit(request.site, item) for item in found.items),
        total=found.total,
        more=None if after is None else _address(text, kind, after),
        previous=_address(text, kind, before) if found.offset else None,
    )


def _asked(found: Sequence[FoundAt], attempts: Sequence[Attempt]) -> Asked:
    """Whoever looked, be it in vain, and whoever did not."""
    looked = [one.source for one in found]
    looked += [one.source for one in attempts if one.reason is Reason.NOT_KNOWN]
    unasked = [one.source for one in attempts if one.reason in NEVER_ASKED]
    silent = [one.source for one in attempts if one.reason not in {*NEVER_ASKED, Reason.NOT_KNOWN}]
    parts = (("Looked in", looked), ("not asked:", unasked), ("no answer from", silent))
    return Asked(
        line=" · ".join(f"{says} {_names(sources)}" for says, sources in parts if sources),
        in_vain=tuple(map(attempted, attempts)),
    )


def _names(sources: Iterable[SourceName]) -> str:
    """Each once, the own library first."""
    once = sorted(dict.fromkeys(sources), key=lambda one: not _is_ours(one))
    return formatting.listed(["your library" if _is_ours(one) else SOURCES[one] for one in once])
