"""Search by words or ISRC: three short lists, or one long one, paged by links."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import urlencode

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from api.schemas.artist import Artist
from api.schemas.lists import Page, SearchResults
from api.schemas.playlist import Playlist
from api.schemas.track import Track
from web.client import ApiCall, ApiProblem, following
from web.pages.hits import Hit, hit
from web.render import Data
from web.request import PageRequest, PageRequestDep
from web.responses import page
from web.text.labels import SOURCES
from web.text.paste import leads_to, pasted
from web.text.provenance import Absence, CallShown, shown

router = APIRouter()
KINDS = {"artist": "Artists", "track": "Tracks", "playlist": "Playlists"}
FEW, MANY = 5, 10
MOST_TEXT = 200  # as the API takes them
SEE_OTHER = 303
_NO_CALL = ApiCall("", None, None, None, None)


@dataclass(frozen=True, slots=True)
class Group:
    """The results of one kind, with where the rest of them is."""

    kind: str
    ident: str
    title: str
    hits: tuple[Hit, ...]
    total: int | None
    absences: tuple[Absence, ...]
    line: str
    more: str | None
    previous: str | None


@dataclass(frozen=True, slots=True)
class Tab:
    """A link that narrows the search to one kind."""

    label: str
    href: str
    current: bool


@dataclass(frozen=True, kw_only=True)
class SearchPage(Data):
    """Results for free words or an ISRC; without words, only an invitation."""

    template: ClassVar[str] = "search.html"

    words: str
    tabs: tuple[Tab, ...]
    groups: tuple[Group, ...]
    call: CallShown | None


@router.get("/search")
async def search(request: PageRequestDep) -> Response:
    """Artists, tracks and playlists whose names fit; `type` narrows it to one kind."""
    text, kind = request.text("q")[:MOST_TEXT], request.text("type")
    if not text:
        return page(request, _nothing_asked(request))
    if not kind and (href := await _named(request)):
        return RedirectResponse(href, SEE_OTHER)
    kinds = [kind] if kind in KINDS else list(KINDS)
    offset = request.offset() if kind in KINDS else 0
    limit = MANY if kind in KINDS else FEW
    answer = await request.client.search(text, kinds, limit=limit, offset=offset)
    found = answer.value
    data = SearchPage(
        shell=request.shell(text),
        words=text,
        tabs=_tabs(text, kind),
        groups=tuple(group for each in KINDS for group in _groups(request, each, found)),
        call=shown(answer.call, request.base),
    )
    return page(request, data)


async def _named(request: PageRequest) -> str | None:
    """The page of what is looked for, where that is no word but a link, an id or an ISRC."""
    try:
        return leads_to((await request.client.resolve(pasted(request))).value)
    except ApiProblem:
        return None


def _nothing_asked(request: PageRequest) -> SearchPage:
    return SearchPage(shell=request.shell(), words="", tabs=(), groups=(), call=None)


def _tabs(text: str, kind: str) -> tuple[Tab, ...]:
    everything = Tab("All", _address(text), kind not in KINDS)
    return (everything, *(Tab(KINDS[each], _address(text, each), each == kind) for each in KINDS))


def _address(text: str, kind: str | None = None, offset: int = 0) -> str:
    asked = {"q": text} | ({"type": kind} if kind else {}) | ({"offset": offset} if offset else {})
    return "/search?" + urlencode(asked)


def _groups(request: PageRequest, kind: str, found: SearchResults) -> list[Group]:
    """What each source has found of this kind; if none has any, that of the first."""
    at_source = {one.source: getattr(one, f"{kind}s") for one in found.by_source}
    filled = {source: page for source, page in at_source.items() if page and page.items}
    if len(filled) > 1:
        return [
            _group(request, kind, page, of=source, title=f"{KINDS[kind]} · {SOURCES[source]}")
            for source, page in filled.items()
        ]
    first = next(iter(filled.values()), getattr(found, f"{kind}s"))
    return [] if first is None else [_group(request, kind, first, of="", title=KINDS[kind])]


def _group(
    request: PageRequest,
    kind: str,
    found: Page[Artist] | Page[Track] | Page[Playlist],
    *,
    of: str,
    title: str,
) -> Group:
    text, after = request.text("q")[:MOST_TEXT], following(found)
    before = max(0, found.offset - found.limit)
    frame = request.head(title, _NO_CALL, found)
    return Group(
        kind=kind,
        ident="-".join(filter(None, ("found", kind, of))),
        title=title,
        hits=tuple(hit(request.site, item) for item in found.items),
        total=found.total,
        absences=frame.absences,
        line=frame.line,
        more=None if after is None else _address(text, kind, after),
        previous=_address(text, kind, before) if found.offset else None,
    )
